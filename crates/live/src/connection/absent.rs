//! In place of a driver whose feature is off.

use sea_orm::DatabaseConnection;

use super::{Connection, MissingFile, dialect_of};
use crate::LiveError;
use crate::session::Session;
use crate::shown::shown;

pub(super) async fn open(url: &str, _: MissingFile) -> Result<DatabaseConnection, LiveError> {
    Err(match dialect_of(url) {
        Some(dialect) => LiveError::no_driver(&shown(url), dialect),
        None => LiveError::NotSupported { scheme: shown(url) },
    })
}

pub(super) async fn session(connection: &Connection) -> Result<Session, LiveError> {
    Err(LiveError::no_driver(&connection.url, connection.dialect))
}
