//! A scratch database: in memory for SQLite, otherwise on the server, where it is dropped at
//! the end.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use autogen_dialect::Dialect;

use crate::error::server_words;
use crate::watch::{Stop, Watch};
use crate::{Connection, LiveError, MissingFile, Reach};

/// How long the server may take to drop a database, also after a request to stop.
const DROPPING: Duration = Duration::from_secs(30);

/// An empty database that nobody else uses.
///
/// Close it: without that, its database is left behind, with a name that begins with
/// `autogen_scratch_`.
#[derive(Debug)]
pub struct Scratch {
    connection: Connection,
    /// Its server, and its name.
    server: Option<(Connection, String)>,
}

impl Scratch {
    /// A database in memory.
    ///
    /// # Errors
    /// [`LiveError`] if SQLite fails.
    pub async fn in_memory() -> Result<Self, LiveError> {
        let connection = Connection::connect_or_create("sqlite::memory:").await?;
        Ok(Self { connection, server: None })
    }

    /// A database of this family, if that needs no server.
    ///
    /// # Errors
    /// [`LiveError`] if SQLite fails.
    pub async fn embedded(dialect: Dialect) -> Result<Option<Self>, LiveError> {
        match dialect {
            Dialect::Sqlite => Self::in_memory().await.map(Some),
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => Ok(None),
        }
    }

    /// A database on the same server; for SQLite one in memory.
    ///
    /// # Errors
    /// [`LiveError`] if the server cannot be reached, or the role may not create databases.
    pub async fn beside(url: &str, reach: &Reach) -> Result<Self, LiveError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        if url.to_ascii_lowercase().starts_with("sqlite:") {
            return Self::in_memory().await;
        }
        let admin = Connection::open(url, MissingFile::Refused, reach.clone()).await?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("autogen_scratch_{}_{number}", std::process::id());
        let create = format!("create database {}", admin.dialect().quote(&name));
        let made = run(&admin, &create).await;
        made.map_err(|reason| LiveError::NoScratch { url: admin.url().to_owned(), reason })?;
        match Connection::open(&with_database(url, &name), MissingFile::Refused, reach.clone())
            .await
        {
            Ok(connection) => {
                if let Some(sql) = connection.dialect().stop_clock() {
                    // A server that rejects it (`secure_timestamp`) keeps its own time.
                    let _ = run(&connection, sql).await;
                }
                Ok(Self { connection, server: Some((admin, name)) })
            }
            Err(error) => {
                drop_database(&admin, &name).await?;
                Err(error)
            }
        }
    }

    /// The connection to it.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Its name; empty if it is in memory.
    pub fn name(&self) -> &str {
        self.server.as_ref().map_or("", |(_, name)| name)
    }

    /// Drops the database.
    ///
    /// # Errors
    /// [`LiveError`] if the server rejects it.
    pub async fn close(self) -> Result<(), LiveError> {
        self.connection.close().await;
        let Some((admin, name)) = self.server else { return Ok(()) };
        let dropped = drop_database(&admin, &name).await;
        admin.close().await;
        dropped
    }
}

async fn drop_database(admin: &Connection, name: &str) -> Result<(), LiveError> {
    let sql = format!("drop database {}", admin.dialect().quote(name));
    let mut session = admin.session().await?;
    session.watch(Watch::new(Stop::default(), None));
    session.answer_within(Some(DROPPING));
    let dropped = session.run(&sql).await;
    dropped.map_err(|error| session.error("dropping the scratch database", &error))
}

/// Returns the server's message if it rejects the statement.
async fn run(connection: &Connection, sql: &str) -> Result<(), String> {
    let mut session = connection.session().await.map_err(|error| error.to_string())?;
    session.run(sql).await.map_err(|error| server_words(&error))
}

/// The same URL with another database.
fn with_database(url: &str, name: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) => {
            parsed.set_path(name);
            parsed.into()
        }
        // It is a URL, since it was connected to.
        Err(_) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_server() {
        let url = "postgres://me:a%40b@host:5433/app?sslmode=disable";
        let expected = "postgres://me:a%40b@host:5433/other?sslmode=disable";
        assert_eq!(with_database(url, "other"), expected);
        let socket = "postgres:///app?host=/run/postgresql";
        assert_eq!(with_database(socket, "other"), "postgres:///other?host=/run/postgresql");
    }
}
