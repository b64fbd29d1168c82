//! Connecting to SQLite.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use autogen_dialect::Dialect;
use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};

use super::{Connection, MissingFile, REACH};
use crate::LiveError;
use crate::driver::Pooled;
use crate::session::Session;
use crate::shown::shown;
use crate::side_connection::SideConnection;

pub(super) async fn open(url: &str, missing: MissingFile) -> Result<DatabaseConnection, LiveError> {
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

pub(super) async fn session(connection: &Connection) -> Result<Session, LiveError> {
    let taken = connection.take(connection.inner.get_sqlite_connection_pool()).await?;
    let side = SideConnection::Sqlite(Arc::new(AtomicBool::new(false)));
    Ok(Session::new(Pooled::Sqlite(taken), Dialect::Sqlite, side, connection.properties()))
}
