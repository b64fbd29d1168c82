//! Connecting to a database.

pub(crate) mod mysql;
mod protocol;
mod reach;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_dialect::postgres::PLAIN_STRINGS;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sea_orm::sqlx::{self, ConnectOptions as _};
use sea_orm::{
    DatabaseConnection, DatabaseConnectionType, SqlxPostgresConnector, SqlxSqliteConnector,
};

pub use reach::Reach;

use crate::LiveError;
use crate::session::{Of, Session};
use crate::shown::shown;
use crate::side_connection::SideConnection;

/// How long to wait for a server to answer at all.
const REACH: Duration = Duration::from_secs(10);

/// The oldest PostgreSQL whose catalog our queries support, as `server_version_num`.
const OLDEST_POSTGRES: u32 = 120_000;

/// The version of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVersion {
    /// PostgreSQL's `server_version_num` (150004 is 15.4), SQLite's `SQLITE_VERSION_NUMBER`
    /// (3046001 is 3.46.1), for MySQL and MariaDB two digits for each part after the first
    /// (101118 is 10.11.18).
    pub number: u32,
    /// As the server prints it.
    pub text: String,
}

impl ServerVersion {
    /// The first part: 15 for PostgreSQL 15.4, 3 for SQLite 3.46.1.
    pub fn major(&self, dialect: Dialect) -> u32 {
        match dialect {
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => self.number / 10_000,
            Dialect::Sqlite => self.number / 1_000_000,
        }
    }
}

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
            Some(Dialect::Postgres) => (open_postgres(url).await?, Dialect::Postgres),
            Some(Dialect::Sqlite) => (open_sqlite(url, missing).await?, Dialect::Sqlite),
            Some(Dialect::Mysql | Dialect::Mariadb) => (mysql::open(url).await?, Dialect::Mysql),
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
        let unsupported = |scheme: String| Err(LiveError::NotSupported { scheme });
        let dialect = match &inner.inner {
            DatabaseConnectionType::SqlxPostgresPoolConnection(_) => Dialect::Postgres,
            DatabaseConnectionType::SqlxSqlitePoolConnection(_) => Dialect::Sqlite,
            DatabaseConnectionType::SqlxMySqlPoolConnection(_) => Dialect::Mysql,
            // Not our enum: an application may build SeaORM with more variants.
            #[allow(unreachable_patterns, reason = "depends on SeaORM's features")]
            other => return unsupported(format!("{other:?}").to_ascii_lowercase()),
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
        let sql = match self.dialect {
            Dialect::Postgres => {
                "select current_setting('server_version_num'), current_setting('server_version')"
            }
            // SQLite opens the file only when the schema is read.
            Dialect::Sqlite => {
                "select sqlite_version(), sqlite_version() from (select count(*) from sqlite_master)"
            }
            Dialect::Mysql | Dialect::Mariadb => return self.ask_mysql().await,
        };
        let mut session = self.session().await?;
        let rows =
            session.rows(sql).await.map_err(|error| LiveError::connect(&self.url, &error))?;
        let mut columns = rows.into_iter().next().unwrap_or_default().into_iter().flatten();
        let number = columns.next().unwrap_or_default();
        let text = columns.next().unwrap_or_default();
        let number = match self.dialect {
            Dialect::Postgres => number.parse().unwrap_or_default(),
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => sqlite_number(&number),
        };
        self.version = ServerVersion { number, text };
        if self.dialect == Dialect::Postgres && self.version.number < OLDEST_POSTGRES {
            return Err(self.too_old("PostgreSQL"));
        }
        Ok(())
    }

    async fn ask_mysql(&mut self) -> Result<(), LiveError> {
        let mut session = self.session().await?;
        let found = mysql::version(&mut session).await;
        (self.dialect, self.version) =
            found.map_err(|error| LiveError::connect(&self.url, &error))?;
        if mysql::is_too_old(self.dialect, &self.version) {
            return Err(self.too_old(self.dialect.name()));
        }
        Ok(())
    }

    fn too_old(&self, name: &str) -> LiveError {
        LiveError::NotSupported { scheme: format!("{name} {}", self.version.text) }
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
        let (sent, direct) = (Arc::clone(&self.sent), Arc::clone(&self.direct));
        let of = Of { sent, url: self.url.clone(), direct, watch: self.reach.watch() };
        let mut wait = self.reach.again();
        let lost = |error: sqlx::Error| LiveError::connect(&self.url, &error);
        match self.dialect {
            Dialect::Postgres => {
                let pool = self.inner.get_postgres_connection_pool();
                let side = SideConnection::Postgres(pool.connect_options());
                let taken = wait.over(pool.acquire()).await.map_err(lost)?;
                let mut session = Session::postgres(taken, side, of);
                if self.lent {
                    plain_strings(&mut session).await.map_err(lost)?;
                }
                Ok(session)
            }
            Dialect::Sqlite => {
                let pool = self.inner.get_sqlite_connection_pool();
                Ok(Session::sqlite(wait.over(pool.acquire()).await.map_err(lost)?, of))
            }
            Dialect::Mysql | Dialect::Mariadb => {
                let pool = self.inner.get_mysql_connection_pool();
                let taken = wait.over(pool.acquire()).await.map_err(lost)?;
                let side = SideConnection::Mysql(pool.connect_options());
                let mut session = Session::mysql(taken, self.dialect, side, of);
                if self.lent {
                    mysql::set_up(&mut session).await.map_err(lost)?;
                }
                Ok(session)
            }
        }
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

/// Sets standard strings in a session of the application.
async fn plain_strings(session: &mut Session) -> Result<(), sqlx::Error> {
    let found = session.texts("select current_setting('standard_conforming_strings')").await?;
    if found.iter().any(|it| it == "off") {
        session.run(PLAIN_STRINGS).await?;
        session.spend();
    }
    Ok(())
}

/// `3.46.1` as 3046001.
fn sqlite_number(text: &str) -> u32 {
    let mut parts = text.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    let mut next = || parts.next().unwrap_or_default();
    next() * 1_000_000 + next() * 1_000 + next()
}

async fn open_postgres(url: &str) -> Result<DatabaseConnection, LiveError> {
    let bad = |reason: String| LiveError::BadUrl { url: shown(url), reason };
    // The driver's message may quote the URL's parts, the password among them.
    let mut options = PgConnectOptions::from_str(url)
        .map_err(|_| bad("it is not of the form postgres://user:password@host/database".into()))?
        .disable_statement_logging();
    if options.get_application_name().is_none() {
        options = options.application_name("autogen");
    }
    reach(&options).await.map_err(|error| {
        let (url, reason) = (shown(url), error.to_string());
        LiveError::Unreachable { url, reason }
    })?;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(REACH * 3)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(PLAIN_STRINGS).execute(&mut *connection).await.map(drop)
            })
        })
        .connect_with(options)
        .await
        .map_err(|error| LiveError::connect(&shown(url), &protocol::of_postgres(error)))?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// Checks that the port is open: the pool treats a refused connection as a server that is
/// starting, and retries until its timeout.
async fn reach(options: &PgConnectOptions) -> Result<(), std::io::Error> {
    let (host, port) = (options.get_host(), options.get_port());
    let socket = options
        .get_socket()
        .cloned()
        .or_else(|| host.starts_with('/').then(|| Path::new(host).to_path_buf()));
    listens(host, port, socket.map(|folder| folder.join(format!(".s.PGSQL.{port}")))).await
}

/// Checks that a port or a socket is open.
async fn listens(host: &str, port: u16, socket: Option<PathBuf>) -> Result<(), std::io::Error> {
    let attempt = async {
        match socket {
            #[cfg(unix)]
            Some(path) => tokio::net::UnixStream::connect(path).await.map(drop),
            #[cfg(not(unix))]
            Some(_) => Ok(()),
            None => tokio::net::TcpStream::connect((host, port)).await.map(drop),
        }
    };
    tokio::time::timeout(REACH, attempt).await.unwrap_or_else(|_| {
        let seconds = REACH.as_secs();
        Err(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            format!("no answer from {host}:{port} in {seconds} s"),
        ))
    })
}

async fn open_sqlite(url: &str, missing: MissingFile) -> Result<DatabaseConnection, LiveError> {
    let bad = |reason: String| LiveError::BadUrl { url: shown(url), reason };
    let mut options = SqliteConnectOptions::from_str(url)
        // The driver's message may quote a secret.
        .map_err(|_| bad("it is not of the form sqlite:FILE, or a parameter is unknown".into()))?;
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    let path = options.get_filename();
    if !in_memory {
        if path.as_os_str().is_empty() {
            return Err(bad("it names no file".to_owned()));
        }
        if path.is_dir() {
            let reason = "it is a folder".to_owned();
            return Err(LiveError::NotADatabase { url: shown(url), reason });
        }
        if !path.exists() {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let has_folder = folder.is_none_or(Path::is_dir);
            match missing {
                MissingFile::Empty if has_folder => {
                    options = SqliteConnectOptions::new().in_memory(true);
                }
                MissingFile::Created => {}
                MissingFile::Empty | MissingFile::Refused => {
                    return Err(LiveError::NoSuchDatabase { url: shown(url) });
                }
            }
        }
    }
    let options = options
        .disable_statement_logging()
        .create_if_missing(missing == MissingFile::Created)
        .row_buffer_size(1000);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(REACH * 3)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|error| LiveError::connect(&shown(url), &error))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}
