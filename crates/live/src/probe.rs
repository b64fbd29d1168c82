//! Probes: queries that find existing rows on which a statement would fail, before anything
//! runs.

use std::time::Duration;

use autogen_dialect::{Dialect, split};
use autogen_schema::visible;
use sea_orm::sqlx;

use crate::driver::mysql_number;
use crate::error::{Class, class, server_words};
use crate::session::Session;
use crate::{Connection, LiveError};

/// How long a probe may run: after that its result is unknown.
const PATIENCE: Duration = Duration::from_secs(60);

/// The result of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// No such row.
    Clear,
    /// There is such a row; with the server's message if a value cannot even be evaluated.
    Found(Option<String>),
    /// The probe took too long.
    Unknown,
}

/// Runs probes one after the other, each in a read-only transaction.
///
/// # Errors
/// [`LiveError`] if the connection fails, or a query is invalid.
pub async fn probe(connection: &Connection, queries: &[&str]) -> Result<Vec<Outcome>, LiveError> {
    if queries.is_empty() {
        return Ok(Vec::new());
    }
    let mut session = connection.session().await?;
    let mut outcomes = Vec::new();
    for query in queries {
        outcomes.push(ask(&mut session, query).await?);
    }
    Ok(outcomes)
}

/// Runs one probe: one query, prepared, so that the server accepts nothing else.
pub(crate) async fn ask(session: &mut Session, query: &str) -> Result<Outcome, LiveError> {
    let doing = "looking for rows that are in the way";
    let bad = |session: &Session, reason| {
        let url = session.url().to_owned();
        LiveError::BadProbe { url, reason }
    };
    let fail = |session: &Session, error: &sqlx::Error| match class(error) == Class::Other {
        true => bad(session, server_words(error)),
        false => session.error(doing, error),
    };
    if split(session.dialect(), query).statements.len() != 1 {
        let reason = format!("a probe is one query, and this is not a query: {}", visible(query));
        return Err(bad(session, reason));
    }
    // Times are read as the statements will read them.
    let (begin, end) = match session.dialect() {
        Dialect::Postgres => (
            format!(
                "begin read only; set local statement_timeout = {}; set local time zone 'UTC'",
                PATIENCE.as_millis()
            ),
            "rollback",
        ),
        Dialect::Sqlite => {
            ("begin; pragma query_only = on".to_owned(), "rollback; pragma query_only = off")
        }
        Dialect::Mysql => (
            format!(
                "set session max_execution_time = {}; start transaction read only",
                PATIENCE.as_millis()
            ),
            "rollback; set session max_execution_time = default",
        ),
        Dialect::Mariadb => (
            format!(
                "set session max_statement_time = {}; start transaction read only",
                PATIENCE.as_secs()
            ),
            "rollback; set session max_statement_time = default",
        ),
    };
    session.run(&begin).await.map_err(|error| fail(session, &error))?;
    session.set_unfinished(true);
    let found = session.is_found(&format!("select 1 where exists ({query}\n)")).await;
    let ended = session.run(end).await;
    session.set_unfinished(ended.is_err());
    match found {
        Ok(false) => Ok(Outcome::Clear),
        Ok(true) => Ok(Outcome::Found(None)),
        Err(error) => match reason(&error) {
            Reason::Value => Ok(Outcome::Found(Some(server_words(&error)))),
            Reason::Time => Ok(Outcome::Unknown),
            Reason::Other => Err(fail(session, &error)),
        },
    }
}

/// Why a probe has no result.
enum Reason {
    /// A value cannot be converted.
    Value,
    /// It took too long.
    Time,
    /// The query is invalid here.
    Other,
}

/// Sources: PostgreSQL manual, appendix A: class 22 "Data Exception", 23502 and 23514 for
/// values that a domain rejects, 57014 `query_canceled`. MySQL uses the same class; its 3024
/// `ER_QUERY_TIMEOUT` and MariaDB's 1969 `ER_STATEMENT_TIMEOUT` are timeouts.
fn reason(error: &sqlx::Error) -> Reason {
    let code = match error {
        sqlx::Error::Database(database) => {
            if matches!(mysql_number(&**database), Some(1969 | 3024)) {
                return Reason::Time;
            }
            database.code().unwrap_or_default().into_owned()
        }
        _ => return Reason::Other,
    };
    match code.as_str() {
        "57014" => Reason::Time,
        "23502" | "23514" => Reason::Value,
        code if code.len() == 5 && code.starts_with("22") => Reason::Value,
        _ => Reason::Other,
    }
}
