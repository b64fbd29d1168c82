//! Connecting to PostgreSQL, and the session's settings there.

use std::path::Path;
use std::str::FromStr;

use autogen_dialect::Dialect;
use autogen_dialect::postgres::PLAIN_STRINGS;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{self, ConnectOptions as _};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};

use super::port::{listens, other};
use super::{Connection, MissingFile, REACH};
use crate::LiveError;
use crate::driver::Pooled;
use crate::session::Session;
use crate::shown::shown;
use crate::side_connection::SideConnection;

pub(super) async fn open(url: &str, _: MissingFile) -> Result<DatabaseConnection, LiveError> {
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
        .map_err(|error| LiveError::connect(&shown(url), &of_postgres(error)))?;
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

pub(super) async fn session(connection: &Connection) -> Result<Session, LiveError> {
    let pool = connection.inner.get_postgres_connection_pool();
    let side = SideConnection::Postgres(pool.connect_options());
    let taken = Pooled::Postgres(connection.take(pool).await?);
    let mut session = Session::new(taken, Dialect::Postgres, side, connection.properties());
    if connection.lent {
        plain_strings(&mut session)
            .await
            .map_err(|error| LiveError::connect(&connection.url, &error))?;
    }
    Ok(session)
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

/// The driver's error for PostgreSQL, in plain words if the server does not speak its protocol.
fn of_postgres(error: sqlx::Error) -> sqlx::Error {
    match &error {
        sqlx::Error::Protocol(text) if text.contains("SSLRequest") => other("MySQL", "mysql://"),
        _ => error,
    }
}
