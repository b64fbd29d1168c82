//! The history table: the revisions of a database, and the progress of each. The first upgrade
//! creates it; commands that only show something read it, and never create it.

mod record;
pub mod script;
mod table;

use std::time::Duration;

use autogen_dialect::Dialect;
use sea_orm::sqlx;
use sha2::{Digest, Sha256};

use crate::run::{Silent, lock};
use crate::session::Session;
use crate::{Connection, LiveError};

pub use record::{Absorbed, Applied, RevisionSummary, State};
use table::columns;
pub(crate) use table::{create, table};

/// The name of the history table, in the default schema.
pub const HISTORY_TABLE: &str = "autogen_history";

/// The format of its rows that this build writes, and the newest that it reads.
const FORMAT: i64 = 1;

/// The rows of the history, in the order in which they were applied. Empty if there is no
/// history yet.
///
/// # Errors
/// [`LiveError`] A0311, and A0314 if a newer autogen wrote the history.
pub async fn current(connection: &Connection) -> Result<Vec<Applied>, LiveError> {
    let mut session = connection.session().await?;
    read(&mut session, None).await
}

/// Records exactly these revisions as applied, and runs nothing: for `stamp`. `wait` is how
/// long to wait for another running migration.
///
/// # Errors
/// [`LiveError`] A0307, A0308, A0311, A0313, A0314.
pub async fn mark(
    connection: &Connection,
    revisions: &[RevisionSummary],
    wait: Duration,
) -> Result<(), LiveError> {
    let mut session = connection.session().await?;
    let lock = lock::take(&mut session, &wait.into(), &mut Silent).await?;
    let marked = mark_all(&mut session, revisions).await;
    let released = lock.release(&mut session).await;
    marked.and(released)
}

/// Replaces the rows of replaced revisions by one row for their replacement. `wait` is how
/// long to wait for another running migration.
///
/// # Errors
/// As [`mark`].
pub async fn absorb(
    connection: &Connection,
    absorbed: &[Absorbed],
    wait: Duration,
) -> Result<(), LiveError> {
    if absorbed.is_empty() {
        return Ok(());
    }
    let mut session = connection.session().await?;
    let lock = lock::take(&mut session, &wait.into(), &mut Silent).await?;
    let written = absorb_all(&mut session, absorbed).await;
    let released = lock.release(&mut session).await;
    written.and(released)
}

async fn absorb_all(session: &mut Session, absorbed: &[Absorbed]) -> Result<(), LiveError> {
    create(session).await?;
    let write = async |session: &mut Session| {
        for Absorbed { by, ids } in absorbed {
            for id in ids {
                forget(session, id).await?;
            }
            write_done(session, by).await?;
        }
        Ok(())
    };
    within(session, write).await
}

async fn mark_all(session: &mut Session, revisions: &[RevisionSummary]) -> Result<(), LiveError> {
    create(session).await?;
    within(session, async |session| write_marks(session, revisions).await).await
}

/// Changes the history in one transaction.
async fn within(
    session: &mut Session,
    change: impl AsyncFnOnce(&mut Session) -> Result<(), LiveError>,
) -> Result<(), LiveError> {
    let begin = match session.dialect() {
        Dialect::Postgres => "begin",
        Dialect::Sqlite => "begin immediate",
        Dialect::Mysql | Dialect::Mariadb => "start transaction",
    };
    let doing = "writing the history";
    session.run(begin).await.map_err(|error| session.error(doing, &error))?;
    session.set_unfinished(true);
    let written = change(session).await;
    let end = if written.is_ok() { "commit" } else { "rollback" };
    let ended = session.run(end).await.map_err(|error| session.error(doing, &error));
    written.and(ended)
}

async fn write_marks(
    session: &mut Session,
    revisions: &[RevisionSummary],
) -> Result<(), LiveError> {
    let dialect = session.dialect();
    let ids: Vec<String> = revisions.iter().map(|it| dialect.quote_text(&it.id)).collect();
    let rest = if ids.is_empty() {
        String::new()
    } else {
        format!(" where revision not in ({})", ids.join(", "))
    };
    let table = table(session);
    write(session, &format!("delete from {table}{rest}")).await?;
    for revision in revisions {
        write_done(session, revision).await?;
    }
    Ok(())
}

async fn write_done(session: &mut Session, revision: &RevisionSummary) -> Result<(), LiveError> {
    Record::done(revision).write(session).await
}

/// The stored data of a revision.
pub(crate) struct Record<'a> {
    pub(crate) revision: &'a RevisionSummary,
    pub(crate) state: State,
    pub(crate) done: usize,
    pub(crate) total: usize,
    pub(crate) prefix: String,
    pub(crate) failure: Option<String>,
}

impl<'a> Record<'a> {
    /// Of a revision whose statements somebody else ran.
    fn done(revision: &'a RevisionSummary) -> Self {
        let (prefix, failure) = (String::new(), None);
        Self { revision, state: State::Done, done: 0, total: 0, prefix, failure }
    }

    pub(crate) async fn write(&self, session: &mut Session) -> Result<(), LiveError> {
        let dialect = session.dialect();
        let insertion = self.insertion(dialect, &table(session));
        write(session, &format!("{insertion} {}", replaced(dialect))).await
    }

    /// The statement that adds it to the table.
    fn insertion(&self, dialect: Dialect, table: &str) -> String {
        let text = |text: &str| dialect.quote_text(text);
        let now = now(dialect);
        let finished = if self.state == State::Done { now } else { "null" };
        format!(
            "insert into {table} (revision, parents, description, checksum, dialect, \
             format, state, steps_done, steps_total, prefix, started_at, finished_at, \
             applied_by, failure) values \
             ({}, {}, {}, {}, {}, {FORMAT}, {}, {}, {}, {}, {now}, {finished}, {}, {})",
            text(&self.revision.id),
            text(&self.revision.parents.join(" ")),
            text(&self.revision.description),
            text(&self.revision.checksum),
            text(dialect.name()),
            text(self.state.word()),
            self.done,
            self.total,
            text(&self.prefix),
            user(dialect),
            self.failure.as_deref().map_or_else(|| "null".to_owned(), text),
        )
    }
}

/// If the revision has a row, everything except its start is replaced.
fn replaced(dialect: Dialect) -> String {
    let columns = [
        "parents",
        "description",
        "checksum",
        "format",
        "state",
        "steps_done",
        "steps_total",
        "prefix",
        "finished_at",
        "applied_by",
        "failure",
    ];
    let set = |given: fn(&str) -> String| -> String {
        columns.map(|column| format!("{column} = {}", given(column))).join(", ")
    };
    // This also clears the pending statement.
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => {
            let columns = set(|column| format!("excluded.{column}"));
            format!("on conflict (revision) do update set {columns}, pending = null")
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let columns = set(|column| format!("values({column})"));
            format!("on duplicate key update {columns}, pending = null")
        }
    }
}

/// The user who applies it.
fn user(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "session_user || coalesce('@' || host(pg_catalog.inet_client_addr()), '')"
        }
        Dialect::Sqlite => "null",
        Dialect::Mysql | Dialect::Mariadb => "user()",
    }
}

/// Stores the fingerprint of the database before the next statement, or that the statement
/// begins: only this shows whether it ran, if the process ends during it.
pub(crate) async fn write_pending(
    session: &mut Session,
    id: &str,
    fingerprint: &str,
) -> Result<(), LiveError> {
    let (table, dialect) = (table(session), session.dialect());
    let (id, print) = (dialect.quote_text(id), dialect.quote_text(fingerprint));
    write(session, &format!("update {table} set pending = {print} where revision = {id}")).await
}

/// Reads the stored fingerprint.
pub(crate) async fn read_pending(
    session: &mut Session,
    id: &str,
) -> Result<Option<String>, LiveError> {
    let (table, id) = (table(session), session.dialect().quote_text(id));
    let sql = format!("select pending from {table} where revision = {id}");
    Ok(ask(session, &sql).await?.into_iter().flatten().flatten().next())
}

/// Deletes a revision's row.
pub(crate) async fn forget(session: &mut Session, id: &str) -> Result<(), LiveError> {
    let (table, id) = (table(session), session.dialect().quote_text(id));
    write(session, &format!("delete from {table} where revision = {id}")).await
}

pub(crate) async fn write(session: &mut Session, sql: &str) -> Result<(), LiveError> {
    session.run(sql).await.map_err(|error| session.error("writing the history", &error))
}

/// The current time, to the millisecond.
pub(crate) fn now(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "clock_timestamp()",
        Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
        Dialect::Mysql | Dialect::Mariadb => "utc_timestamp(3)",
    }
}

async fn check_format(session: &mut Session) -> Result<(), LiveError> {
    let table = table(session);
    let sql = format!("select {} from {table}", as_text(session.dialect(), "max(format)"));
    let rows = ask(session, &sql).await?;
    let newest = rows.into_iter().flatten().flatten().next();
    let found = newest.and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    if found > FORMAT {
        let url = session.url().to_owned();
        return Err(LiveError::HistoryTooNew { url, found, known: FORMAT });
    }
    Ok(())
}

/// The rows, or only one revision's. `None` if there is no table.
pub(crate) async fn read(
    session: &mut Session,
    id: Option<&str>,
) -> Result<Vec<Applied>, LiveError> {
    let found = columns(session).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    check_format(session).await?;
    let (table, dialect) = (table(session), session.dialect());
    let later = |column: &str| match found.contains(column) {
        true => column.to_owned(),
        false => format!("null as {column}"),
    };
    let time = |column: &str| match dialect {
        Dialect::Postgres => {
            format!("to_char({column} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
        }
        Dialect::Sqlite => column.to_owned(),
        Dialect::Mysql | Dialect::Mariadb => format!(
            "concat(date_format({column}, '%Y-%m-%dT%T.'), \
             lpad(floor(microsecond({column}) / 1000), 3, '0'), 'Z')"
        ),
    };
    let only = id.map(|id| format!(" where revision = {}", dialect.quote_text(id)));
    let sql = format!(
        "select revision, parents, description, checksum, state, {}, {}, prefix, {}, {}, \
         {}, {} from {table}{} order by {table}.started_at, {table}.revision",
        as_text(dialect, "steps_done"),
        as_text(dialect, "steps_total"),
        time("started_at"),
        time("finished_at"),
        later("applied_by"),
        later("failure"),
        only.unwrap_or_default()
    );
    let rows = ask(session, &sql).await?;
    rows.into_iter().map(|row| applied(session, row)).collect()
}

/// A number as a text.
fn as_text(dialect: Dialect, expr: &str) -> String {
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => format!("cast({expr} as text)"),
        Dialect::Mysql | Dialect::Mariadb => format!("cast({expr} as char)"),
    }
}

fn applied(session: &Session, row: Vec<Option<String>>) -> Result<Applied, LiveError> {
    let broken = |what: &str| LiveError::Catalog {
        url: session.url().to_owned(),
        doing: "reading the history".to_owned(),
        reason: format!("{what} can't be read"),
    };
    let mut columns = row.into_iter();
    let mut next = || columns.next().flatten();
    let mut need = |what: &str| next().ok_or_else(|| broken(what));
    let id = need("revision")?;
    let parents = need("parents")?;
    let (description, checksum) = (need("description")?, need("checksum")?);
    let state = match need("state")?.as_str() {
        "running" => State::Running,
        "done" => State::Done,
        "failed" => State::Failed,
        "reverting" => State::Reverting,
        other => return Err(broken(&format!("the state `{other}` of {id}"))),
    };
    let steps_done = need("steps_done")?.parse().map_err(|_| broken("steps_done"))?;
    let steps_total = need("steps_total")?.parse().map_err(|_| broken("steps_total"))?;
    let (prefix, started_at) = (need("prefix")?, need("started_at")?);
    let parents = parents.split_whitespace().map(str::to_owned).collect();
    let revision = RevisionSummary { id, parents, description, checksum };
    let (finished_at, applied_by, failure) = (next(), next(), next());
    Ok(Applied {
        revision,
        state,
        steps_done,
        steps_total,
        started_at,
        finished_at,
        applied_by,
        failure,
        prefix,
    })
}

async fn ask(session: &mut Session, sql: &str) -> Result<Vec<Vec<Option<String>>>, LiveError> {
    let rows: Result<_, sqlx::Error> = session.rows(sql).await;
    rows.map_err(|error| session.error("reading the history", &error))
}

/// The hash of the finished statements: during a repair, a file may change after them, but
/// not before.
pub(crate) fn prefix_hash<'a>(statements: impl Iterator<Item = &'a str>) -> String {
    let mut prefix = Prefix::default();
    statements.for_each(|it| prefix.push(it));
    prefix.hash()
}

/// The finished statements, hashed one by one.
#[derive(Default)]
pub(crate) struct Prefix {
    hash: Sha256,
    /// How many there are.
    pub(crate) len: usize,
}

impl Prefix {
    pub(crate) fn push(&mut self, statement: &str) {
        // A git checkout may have changed line ends.
        self.hash.update(statement.replace("\r\n", "\n").as_bytes());
        self.hash.update([0]);
        self.len += 1;
    }

    /// In hexadecimal digits.
    pub(crate) fn hash(&self) -> String {
        self.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
