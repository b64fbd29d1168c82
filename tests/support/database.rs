//! Empty databases with names of their own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use autogen_dialect::Dialect;
use autogen_live::Connection;
use sea_orm::ConnectionTrait;

use crate::services;

/// Runs a future to completion, on a runtime of its own.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a tokio runtime").block_on(future)
}

/// The databases to test: all, or those that `AUTOGEN_TEST_DATABASES` names
/// (`sqlite,postgres`).
pub fn dialects() -> Vec<Dialect> {
    let Ok(names) = std::env::var("AUTOGEN_TEST_DATABASES") else { return Dialect::ALL.to_vec() };
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| name.parse().expect("AUTOGEN_TEST_DATABASES names databases")).collect()
}

/// An empty database, dropped at the end.
pub struct Database {
    dialect: Dialect,
    url: String,
    kept: Kept,
}

enum Kept {
    File(tempfile::TempDir),
    Server { admin: String, name: String },
}

impl Database {
    /// A new database on the test server of the dialect, which is started if it is not running.
    pub fn fresh(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sqlite => {
                let folder = services::folder().join("sqlite");
                std::fs::create_dir_all(&folder).expect("a folder under target");
                let folder = tempfile::TempDir::new_in(folder).expect("a temporary folder");
                let file = folder.path().join("test.db");
                std::fs::write(&file, "").expect("an empty database file");
                let url = format!("sqlite:{}", file.display());
                Self { dialect, url, kept: Kept::File(folder) }
            }
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => {
                static NUMBER: AtomicU32 = AtomicU32::new(0);
                let admin = services::url(dialect).expect("it has a server");
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                let name = format!("autogen_test_{}_{number}", std::process::id());
                let template = match dialect {
                    Dialect::Postgres => " template template0",
                    Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => "",
                };
                on_server(&admin, &format!("create database {name}{template}"))
                    .expect("the test server gives a new database");
                let url = with_database(&admin, &name);
                Self { dialect, url, kept: Kept::Server { admin, name } }
            }
        }
    }

    /// The database family.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The URL to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL for another user of the server, without a password.
    pub fn url_as(&self, user: &str) -> String {
        let (scheme, rest) = self.url.split_once("://").expect("a server's URL");
        let host = rest.split_once('@').map_or(rest, |(_, host)| host);
        format!("{scheme}://{user}@{host}")
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> PathBuf {
        match &self.kept {
            Kept::File(folder) => folder.path().join("test.db"),
            Kept::Server { .. } => panic!("a server's database is no file"),
        }
    }

    /// A connection.
    pub async fn connect(&self) -> Connection {
        Connection::connect(&self.url).await.expect("the test database can be connected to")
    }

    /// Runs statements over a separate connection.
    pub async fn run(&self, sql: &str) {
        let connection = self.connect().await;
        let result = connection.raw().execute_unprepared(sql).await;
        connection.close().await;
        if let Err(error) = result {
            panic!("{error}\nin: {sql}");
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Kept::Server { admin, name } = &self.kept {
            // The server is discarded as a whole, so a failure leaves nothing behind.
            let force = match self.dialect {
                Dialect::Postgres => " with (force)",
                Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => "",
            };
            let _ = on_server(admin, &format!("drop database if exists {name}{force}"));
        }
    }
}

/// Runs a statement from anywhere, also from inside another runtime.
fn on_server(url: &str, sql: &str) -> Result<(), String> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let thread = std::thread::spawn(move || {
        block_on(async {
            let connection = Connection::connect(&url).await.map_err(|e| e.to_string())?;
            let done = connection.raw().execute_unprepared(&sql).await;
            connection.close().await;
            done.map(drop).map_err(|e| e.to_string())
        })
    });
    thread.join().map_err(|_| "the thread panicked".to_owned())?
}

fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, q)| (base, Some(q)));
    let base = base.rsplit_once('/').map_or(base, |(base, _)| base);
    match query {
        Some(query) => format!("{base}/{name}?{query}"),
        None => format!("{base}/{name}"),
    }
}
