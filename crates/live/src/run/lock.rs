//! The lock that allows one migration at a time.

use std::time::{Duration, Instant};

use autogen_dialect::Dialect;
use sha2::{Digest, Sha256};

use super::{Progress, Settings};
use crate::LiveError;
use crate::session::Session;
use crate::watch::GRACE;

/// The key of PostgreSQL's advisory lock: `autogen` in ASCII.
pub(crate) const KEY: i64 = 0x0061_7574_6f67_656e;

/// How often the lock is requested. A call that waits inside the server would hold a
/// snapshot, and CREATE INDEX CONCURRENTLY would wait for it.
const PAUSE: Duration = Duration::from_millis(200);

/// How long SQLite itself waits for a locked file before we try again: short, so that we can
/// stop in between.
const BUSY: Duration = Duration::from_secs(1);

const DOING: &str = "locking the database";

/// A lock that is held.
pub(crate) struct Lock {
    /// The server's number of the session; empty on SQLite.
    pub(crate) number: String,
    /// The statements that restore the session's settings.
    restore: String,
    /// MySQL: its name.
    name: Option<String>,
}

/// MySQL's locks belong to the server, not to a database: the name contains a hash of the
/// database's name, since it has at most 64 characters. It is compared without case, as names
/// of databases may be.
pub(crate) fn lock_name(database: &str) -> String {
    let hash = Sha256::digest(database.to_lowercase());
    let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("autogen:{digits}")
}

/// Takes the lock, or fails after `settings.wait`, even if the server does not answer.
pub(crate) async fn take(
    session: &mut Session,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<Lock, LiveError> {
    session.answer_within(Some(settings.wait.saturating_add(GRACE)));
    let lock = ask(session, settings, progress).await;
    session.answer_within(None);
    lock
}

/// Requests the lock until we have it.
///
/// On SQLite the lock is the transaction of each group, begun with BEGIN IMMEDIATE; here only
/// its timeout is set.
async fn ask(
    session: &mut Session,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<Lock, LiveError> {
    match session.dialect() {
        Dialect::Postgres => {
            let sql = "select pg_backend_pid()::text, current_setting('lock_timeout')";
            let [number, timeout] = one_row(session, sql).await?;
            require_direct(session, &number).await?;
            let sql = format!("select pg_try_advisory_lock({KEY})::text, pg_backend_pid()::text");
            poll(session, &sql, "true", &number, settings, progress).await?;
            let restore = format!("select set_config('lock_timeout', '{timeout}', false)");
            Ok(Lock { number, restore, name: None })
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let sql = "select connection_id(), coalesce(database(), ''), @@lock_wait_timeout, \
                       @@innodb_lock_wait_timeout";
            let [number, database, locks, rows] = one_row(session, sql).await?;
            require_direct(session, &number).await?;
            let name = lock_name(&database);
            let sql = format!("select coalesce(get_lock('{name}', 0), 0), connection_id()");
            poll(session, &sql, "1", &number, settings, progress).await?;
            let restore = format!(
                "set session lock_wait_timeout = {locks}, innodb_lock_wait_timeout = {rows}"
            );
            Ok(Lock { number, restore, name: Some(name) })
        }
        Dialect::Sqlite => {
            let sql = "select cast(timeout as text) from pragma_busy_timeout";
            let [timeout] = one_row(session, sql).await?;
            let busy = settings.wait.min(BUSY).as_millis();
            let sql = format!("pragma busy_timeout = {busy}");
            session.run(&sql).await.map_err(|e| session.error(DOING, &e))?;
            session.set_unfinished(true);
            session.set_interruptible(true).await.map_err(|e| session.error(DOING, &e))?;
            let restore = format!("pragma busy_timeout = {timeout}");
            Ok(Lock { number: String::new(), restore, name: None })
        }
    }
}

async fn one_row<const N: usize>(
    session: &mut Session,
    sql: &str,
) -> Result<[String; N], LiveError> {
    let rows = session.rows(sql).await.map_err(|error| session.error(DOING, &error))?;
    let row: Vec<String> = rows.into_iter().flatten().flatten().collect();
    row.try_into().map_err(|_| LiveError::Catalog {
        url: session.url().to_owned(),
        doing: DOING.to_owned(),
        reason: "a value is missing".to_owned(),
    })
}

async fn one(session: &mut Session, sql: &str) -> Result<String, LiveError> {
    let [text] = one_row(session, sql).await?;
    Ok(text)
}

/// Refuses a pooler that gives each transaction another session: no lock would hold, and
/// settings of one session would leak to others.
///
/// While a second connection has an open transaction, the first must still have its own
/// session, and the two sessions must differ. A pooler reuses either the session that was
/// returned last, or the next in its row: both are detected here.
async fn require_direct(session: &mut Session, number: &str) -> Result<(), LiveError> {
    if session.is_direct() {
        return Ok(());
    }
    let (begin, ask) = match session.dialect() {
        Dialect::Postgres => ("begin", "select pg_backend_pid()::text"),
        Dialect::Mysql | Dialect::Mariadb => ("start transaction", "select connection_id()"),
        Dialect::Sqlite => return Ok(()),
    };
    let again = one(session, ask).await?;
    require_same(session, number, &again)?;
    // A server without a free session for a second connection is not a pooler.
    if let Ok(Some(mut second)) = session.side_connection().connect().await {
        let begun = second.rows(begin).await;
        let other = second.rows(ask).await.unwrap_or_default();
        if other.into_iter().flatten().flatten().any(|other| other == number) {
            return Err(pooled(session, format!("both are session {number}")));
        }
        let now = one(session, ask).await;
        if begun.is_ok() {
            let _ = second.rows("rollback").await;
        }
        require_same(session, number, &now?)?;
    }
    session.found_direct();
    Ok(())
}

fn require_same(session: &Session, before: &str, now: &str) -> Result<(), LiveError> {
    if before == now {
        return Ok(());
    }
    Err(pooled(session, format!("first it was session {before}, then {now}")))
}

fn pooled(session: &Session, reason: String) -> LiveError {
    LiveError::Pooler { url: session.url().to_owned(), reason }
}

/// Requests a lock repeatedly.
async fn poll(
    session: &mut Session,
    sql: &str,
    got_it: &str,
    number: &str,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<(), LiveError> {
    let begun = Instant::now();
    loop {
        let left = settings.wait.saturating_sub(begun.elapsed());
        session.answer_within(Some(left.saturating_add(GRACE)));
        let [got, now] = one_row(session, sql).await?;
        session.set_unfinished(true);
        require_same(session, number, &now)?;
        if got == got_it {
            return Ok(());
        }
        session.set_unfinished(false);
        if begun.elapsed() >= settings.wait {
            let reason = format!("waited {} s", settings.wait.as_secs());
            return Err(LiveError::Locked { url: session.url().to_owned(), reason });
        }
        pause(begun, settings, progress).await?;
    }
}

/// Waits a moment for another session.
async fn pause(
    begun: Instant,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<(), LiveError> {
    progress.waiting(begun.elapsed());
    tokio::select! {
        () = settings.stop.asked() => {
            let place = "while waiting for another process".to_owned();
            Err(LiveError::Stopped { place, leaves_index: false })
        }
        () = tokio::time::sleep(PAUSE) => Ok(()),
    }
}

/// Retries something that waits for the whole database.
pub(crate) async fn patiently<T>(
    session: &mut Session,
    settings: &Settings,
    progress: &mut dyn Progress,
    mut attempt: impl AsyncFnMut(&mut Session) -> Result<T, LiveError>,
) -> Result<T, LiveError> {
    let begun = Instant::now();
    loop {
        match attempt(session).await {
            Err(LiveError::Locked { .. }) if begun.elapsed() < settings.wait => {
                pause(begun, settings, progress).await?;
            }
            other => return other,
        }
    }
}

impl Lock {
    pub(crate) async fn release(self, session: &mut Session) -> Result<(), LiveError> {
        let unlock = match session.dialect() {
            Dialect::Postgres => format!("select pg_advisory_unlock({KEY})"),
            Dialect::Mysql | Dialect::Mariadb => {
                format!("do release_lock('{}')", self.name.unwrap_or_default())
            }
            Dialect::Sqlite => {
                let off = session.set_interruptible(false).await;
                off.map_err(|e| session.error("unlocking the database", &e))?;
                "select 1".to_owned()
            }
        };
        for sql in [self.restore, unlock] {
            session.run(&sql).await.map_err(|e| session.error("unlocking the database", &e))?;
        }
        session.set_unfinished(false);
        Ok(())
    }
}
