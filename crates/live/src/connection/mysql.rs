//! Connecting to MySQL and MariaDB, and the session's settings there.

use std::str::FromStr;

use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Executor as _};
use sea_orm::{DatabaseConnection, SqlxMySqlConnector};

use super::port::listens;
use super::{Connection, MissingFile, REACH, protocol};
use crate::LiveError;
use crate::driver::Pooled;
use crate::session::Session;
use crate::shown::shown;
use crate::side_connection::SideConnection;

/// Modes that change the meaning of SQL, or that reject a change because of existing dates.
const LEFT_OUT: [&str; 21] = [
    "ANSI",
    "ANSI_QUOTES",
    "DB2",
    "EMPTY_STRING_IS_NULL",
    "HIGH_NOT_PRECEDENCE",
    "IGNORE_SPACE",
    "MAXDB",
    "MSSQL",
    "NO_BACKSLASH_ESCAPES",
    "NO_FIELD_OPTIONS",
    "NO_KEY_OPTIONS",
    "NO_TABLE_OPTIONS",
    "NO_ZERO_DATE",
    "NO_ZERO_IN_DATE",
    "ORACLE",
    "PAD_CHAR_TO_FULL_LENGTH",
    "PIPES_AS_CONCAT",
    "POSTGRESQL",
    "REAL_AS_FLOAT",
    "SIMULTANEOUS_ASSIGNMENT",
    "TRADITIONAL",
];

/// Modes without which a server turns NULL into 0 and a removed label into '', and replaces
/// an unavailable engine by another.
const NEEDED: [&str; 4] = [
    "ERROR_FOR_DIVISION_BY_ZERO",
    "NO_ENGINE_SUBSTITUTION",
    "STRICT_ALL_TABLES",
    "STRICT_TRANS_TABLES",
];

pub(super) async fn open(url: &str, _: MissingFile) -> Result<DatabaseConnection, LiveError> {
    let bad = |reason: &str| LiveError::BadUrl { url: shown(url), reason: reason.to_owned() };
    let form = "it is not of the form mysql://user:password@host/database";
    // The driver accepts only one scheme; the server tells which of the two it is.
    let (_, rest) = url.split_once(':').ok_or_else(|| bad(form))?;
    // The driver's message may quote the URL's parts, the password among them.
    let options = MySqlConnectOptions::from_str(&format!("mysql:{rest}"))
        .map_err(|_| bad(form))?
        .disable_statement_logging()
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .set_names(false);
    if options.get_database().is_none() {
        return Err(bad("it names no database"));
    }
    let (host, port, socket) =
        (options.get_host().to_owned(), options.get_port(), options.get_socket().cloned());
    let address = socket.is_none().then_some((host.as_str(), port));
    listens(&host, port, socket.clone()).await.map_err(|error| {
        let (url, reason) = (shown(url), error.to_string());
        LiveError::Unreachable { url, reason }
    })?;
    let pool = MySqlPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(REACH * 3)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                let mode: String = sqlx::query_scalar("select @@global.sql_mode")
                    .persistent(false)
                    .fetch_one(&mut *connection)
                    .await?;
                connection.execute(AssertSqlSafe(settings(&mode))).await.map(drop)
            })
        })
        .connect_with(options);
    let pool = protocol::unless_postgres(address, pool)
        .await
        .map_err(|error| LiveError::connect(&shown(url), &error))?;
    Ok(SqlxMySqlConnector::from_sqlx_mysql_pool(pool))
}

pub(super) async fn session(connection: &Connection) -> Result<Session, LiveError> {
    let pool = connection.inner.get_mysql_connection_pool();
    let side = SideConnection::Mysql(pool.connect_options());
    let taken = Pooled::Mysql(connection.take(pool).await?);
    let mut session = Session::new(taken, connection.dialect, side, connection.properties());
    if connection.lent {
        set_up(&mut session).await.map_err(|error| LiveError::connect(&connection.url, &error))?;
    }
    Ok(session)
}

/// Gives a session of an application's pool our settings.
async fn set_up(session: &mut Session) -> Result<(), sqlx::Error> {
    let mode = session.texts("select @@global.sql_mode").await?;
    session.spend();
    session.run(&settings(mode.first().map_or("", String::as_str))).await
}

/// The settings of our sessions, based on the server's global modes: routines and triggers
/// store the modes under which they were created.
fn settings(mode: &str) -> String {
    let kept = mode.split(',').filter(|it| !it.is_empty() && !LEFT_OUT.contains(it));
    let mut modes: Vec<&str> = kept.chain(NEEDED).collect();
    modes.sort_unstable();
    modes.dedup();
    format!("set names utf8mb4, sql_mode = '{}', time_zone = '+00:00'", modes.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes() {
        assert!(LEFT_OUT.is_sorted() && NEEDED.is_sorted());
        assert_eq!(
            settings("ANSI_QUOTES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE"),
            "set names utf8mb4, sql_mode = 'ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,\
             ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,STRICT_TRANS_TABLES', time_zone = '+00:00'"
        );
    }
}
