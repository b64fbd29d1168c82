//! Connecting to a database.

#[cfg(not(all(feature = "mysql", feature = "postgres", feature = "sqlite")))]
mod absent;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod port;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "mysql")]
mod protocol;
mod reach;
#[cfg(feature = "sqlite")]
mod sqlite;
pub(crate) mod version;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use autogen_dialect::Dialect;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, Database, Pool};
use sea_orm::{DatabaseConnection, DatabaseConnectionType};

#[cfg(not(feature = "mysql"))]
use absent as mysql;
#[cfg(not(feature = "postgres"))]
use absent as postgres;
#[cfg(not(feature = "sqlite"))]
use absent as sqlite;
pub use reach::Reach;
pub use version::ServerVersion;

use crate::LiveError;
use crate::session::{Of, Session};
use crate::shown::shown;

/// How long to wait for a server to answer at all.
const REACH: Duration = Duration::from_secs(10);

/// An open database.
///
/// Each operation takes one session from SeaORM's pool and returns it. A connection opened
/// here has a pool with only one session, so do not hold one of [`Connection::raw`]
/// meanwhile.
#[derive(Debug, Clone)]
pub struct Connection {
    inner: DatabaseConnection,
    dialect: Dialect,
    version: ServerVersion,
    url: String,
    sent: Arc<AtomicUsize>,
    /// Whether a direct connection was confirmed, without a pooler.
    direct: Arc<AtomicBool>,
    /// Whether the pool belongs to the application, whose sessions have other settings.
    #[cfg_attr(
        not(any(feature = "mysql", feature = "postgres")),
        allow(dead_code, reason = "SQLite has no such settings")
    )]
    lent: bool,
    reach: Reach,
}

/// What a missing SQLite file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingFile {
    /// An error, also with `mode=rwc`.
    Refused,
    /// An empty database, which is created.
    Created,
    /// An empty database, which is not created: reading finds nothing in it.
    Empty,
}

impl Connection {
    /// Connects to `postgres://..`, `postgresql://..`, `mysql://..`, `mariadb://..` or
    /// `sqlite:..`. Whether it is MySQL or MariaDB, the server decides. A missing SQLite file is
    /// an error, also with `mode=rwc`.
    ///
    /// # Errors
    /// [`LiveError`] A0301 to A0308.
    pub async fn connect(url: &str) -> Result<Self, LiveError> {
        Self::open(url, MissingFile::Refused, Reach::default()).await
    }

    /// The same, but creates a missing SQLite file.
    ///
    /// # Errors
    /// [`LiveError`] A0301 to A0308.
    pub async fn connect_or_create(url: &str) -> Result<Self, LiveError> {
        Self::open(url, MissingFile::Created, Reach::default()).await
    }

    /// The same for any answer to a missing SQLite file, with a limit on the time.
    ///
    /// # Errors
    /// [`LiveError`] A0301 to A0308, and A0324 if stopping is requested.
    pub async fn open(url: &str, missing: MissingFile, reach: Reach) -> Result<Self, LiveError> {
        reach.over(&shown(url), Self::opened(url, missing, reach.clone())).await
    }

    async fn opened(url: &str, missing: MissingFile, reach: Reach) -> Result<Self, LiveError> {
        let (inner, dialect) = match dialect_of(url) {
            Some(Dialect::Postgres) => (postgres::open(url, missing).await?, Dialect::Postgres),
            Some(Dialect::Sqlite) => (sqlite::open(url, missing).await?, Dialect::Sqlite),
            Some(Dialect::Mysql | Dialect::Mariadb) => {
                (mysql::open(url, missing).await?, Dialect::Mysql)
            }
            None => {
                let reason = "it starts with none of postgres://, mysql://, mariadb:// and sqlite:";
                return Err(LiveError::BadUrl { url: shown(url), reason: reason.to_owned() });
            }
        };
        Self::over(inner, dialect, shown(url), false, reach).await
    }

    /// Uses a connection that the application opened.
    ///
    /// # Errors
    /// [`LiveError::NotSupported`] for a connection to something else.
    pub async fn from_sea_orm(inner: DatabaseConnection) -> Result<Self, LiveError> {
        let dialect = match &inner.inner {
            #[cfg(feature = "postgres")]
            DatabaseConnectionType::SqlxPostgresPoolConnection(_) => Dialect::Postgres,
            #[cfg(feature = "sqlite")]
            DatabaseConnectionType::SqlxSqlitePoolConnection(_) => Dialect::Sqlite,
            #[cfg(feature = "mysql")]
            DatabaseConnectionType::SqlxMySqlPoolConnection(_) => Dialect::Mysql,
            // Not our enum: an application may build SeaORM with more variants.
            #[allow(unreachable_patterns, reason = "depends on SeaORM's features")]
            other => return Err(unknown(&format!("{other:?}"))),
        };
        let url = "the application's database".to_owned();
        Self::over(inner, dialect, url, true, Reach::default()).await
    }

    async fn over(
        inner: DatabaseConnection,
        dialect: Dialect,
        url: String,
        lent: bool,
        reach: Reach,
    ) -> Result<Self, LiveError> {
        let version = ServerVersion { number: 0, text: String::new() };
        let sent = Arc::new(AtomicUsize::new(0));
        let direct = Arc::new(AtomicBool::new(false));
        let mut connection = Self { inner, dialect, version, url, sent, direct, lent, reach };
        connection.ask_version().await?;
        connection.sent.store(0, Ordering::Relaxed);
        Ok(connection)
    }

    async fn ask_version(&mut self) -> Result<(), LiveError> {
        let mut session = self.session().await?;
        let asked = version::ask(&mut session, self.dialect).await;
        (self.dialect, self.version) =
            asked.map_err(|error| LiveError::connect(&self.url, &error))?;
        match version::too_old(self.dialect, &self.version) {
            Some(name) => {
                let scheme = format!("{name} {}", self.version.text);
                Err(LiveError::NotSupported { scheme })
            }
            None => Ok(()),
        }
    }

    /// The database family.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The server's version.
    pub fn version(&self) -> &ServerVersion {
        &self.version
    }

    /// The URL for display: without a password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// SeaORM's connection.
    pub fn raw(&self) -> &DatabaseConnection {
        &self.inner
    }

    /// The real name of the schema of unqualified names; SQLite has no schemas.
    ///
    /// # Errors
    /// [`LiveError`] A0311.
    pub async fn default_schema(&self) -> Result<Option<String>, LiveError> {
        match self.dialect {
            Dialect::Sqlite => Ok(None),
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => {
                let mut session = self.session().await?;
                let sql = match self.dialect {
                    Dialect::Sqlite | Dialect::Postgres => {
                        "select current_schema()::text where current_schema() is not null \
                         and current_schema() !~ '^pg_'"
                    }
                    Dialect::Mysql | Dialect::Mariadb => {
                        "select database() from dual where database() is not null"
                    }
                };
                let found = session.texts(sql).await;
                let found =
                    found.map_err(|error| session.error("asking for the schema", &error))?;
                Ok(found.into_iter().next())
            }
        }
    }

    /// How many requests were sent since the connection was opened: for tests
    /// and benchmarks.
    pub fn requests(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Closes the connection.
    pub async fn close(self) {
        // A connection that fails to close needs no handling.
        let _ = self.inner.close().await;
    }

    pub(crate) async fn session(&self) -> Result<Session, LiveError> {
        match self.dialect {
            Dialect::Postgres => postgres::session(self).await,
            Dialect::Sqlite => sqlite::session(self).await,
            Dialect::Mysql | Dialect::Mariadb => mysql::session(self).await,
        }
    }

    /// Takes a connection from its pool.
    async fn take<D: Database>(&self, pool: &Pool<D>) -> Result<PoolConnection<D>, LiveError> {
        let taken = self.reach.again().over(pool.acquire()).await;
        taken.map_err(|error: sqlx::Error| LiveError::connect(&self.url, &error))
    }

    /// What a session takes from its connection.
    fn properties(&self) -> Of {
        let (sent, direct) = (Arc::clone(&self.sent), Arc::clone(&self.direct));
        Of { sent, url: self.url.clone(), direct, watch: self.reach.watch() }
    }
}

/// The error for a connection of SeaORM, named as in its code, that this build cannot use.
fn unknown(name: &str) -> LiveError {
    let known = [
        ("SqlxPostgres", Dialect::Postgres),
        ("SqlxSqlite", Dialect::Sqlite),
        ("SqlxMySql", Dialect::Mysql),
    ];
    match known.into_iter().find(|(start, _)| name.starts_with(start)) {
        Some((_, dialect)) => LiveError::no_driver("the application's database", dialect),
        None => LiveError::NotSupported { scheme: name.to_ascii_lowercase() },
    }
}

/// The database family of a URL's scheme.
pub fn dialect_of(url: &str) -> Option<Dialect> {
    let (scheme, _) = url.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" => Some(Dialect::Postgres),
        "sqlite" => Some(Dialect::Sqlite),
        "mysql" => Some(Dialect::Mysql),
        "mariadb" => Some(Dialect::Mariadb),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_without_its_driver_is_said_with_its_feature() {
        let found = ["SqlxPostgresPool", "SqlxMySqlPool", "SqlxSqlitePool", "Mock"].map(unknown);
        let codes = found.each_ref().map(LiveError::code);
        assert_eq!(codes, ["A0690", "A0690", "A0690", "A0302"]);
        for (error, feature) in found.iter().zip(["`postgres`", "`mysql`", "`sqlite`"]) {
            assert!(error.hint().contains(feature), "{error}");
        }
    }
}
