//! One deployer at a time.

use std::time::{Duration, Instant};

use autogen_dialect::Dialect;
use sha2::{Digest, Sha256};

use super::Progress;
use crate::LiveError;
use crate::session::Session;

/// The key of PostgreSQL's advisory lock: `autogen` in ASCII.
const KEY: i64 = 0x0061_7574_6f67_656e;

/// How often we ask for the lock. A call that waits inside the server would
/// hold a snapshot, for which CREATE INDEX CONCURRENTLY waits in turn.
const PAUSE: Duration = Duration::from_millis(200);

/// A lock that is held.
pub(crate) struct Lock {
    /// SQLite: the timeout to set again, in milliseconds.
    busy_timeout: Option<String>,
    /// MySQL: its name.
    name: Option<String>,
}

/// MySQL's locks are the server's, not a database's: the database is in the
/// name, as a hash, since a name has 64 characters at the most. It is compared
/// without regard to case, as names of databases may be.
fn lock_name(database: &str) -> String {
    let hash = Sha256::digest(database.to_lowercase());
    let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("autogen:{digits}")
}

/// Takes the lock, or gives up after `wait`.
///
/// On SQLite the lock is the transaction of each group, begun with BEGIN
/// IMMEDIATE; here only its patience is set.
pub(crate) async fn take(
    session: &mut Session,
    wait: Duration,
    progress: &mut dyn Progress,
) -> Result<Lock, LiveError> {
    let doing = "locking the database";
    match session.dialect() {
        Dialect::Postgres => {
            let sql = format!("select pg_try_advisory_lock({KEY})::text");
            poll(session, &sql, "true", wait, progress).await?;
            Ok(Lock { busy_timeout: None, name: None })
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let found = session.rows("select database()").await;
            let found = found.map_err(|error| session.error(doing, &error))?;
            let database = found.into_iter().flatten().flatten().next();
            let name = lock_name(database.as_deref().unwrap_or_default());
            let sql = format!("select coalesce(get_lock('{name}', 0), 0)");
            poll(session, &sql, "1", wait, progress).await?;
            Ok(Lock { busy_timeout: None, name: Some(name) })
        }
        Dialect::Sqlite => {
            let sql = "select cast(timeout as text) from pragma_busy_timeout";
            let found = session.texts(sql).await.map_err(|e| session.error(doing, &e))?;
            let sql = format!("pragma busy_timeout = {}", wait.as_millis().min(i32::MAX as u128));
            session.run(&sql).await.map_err(|e| session.error(doing, &e))?;
            session.set_unfinished(true);
            Ok(Lock { busy_timeout: found.into_iter().next(), name: None })
        }
    }
}

/// Asks for a lock again and again.
async fn poll(
    session: &mut Session,
    sql: &str,
    got_it: &str,
    wait: Duration,
    progress: &mut dyn Progress,
) -> Result<(), LiveError> {
    let begun = Instant::now();
    loop {
        let got = session.texts(sql).await;
        let got = got.map_err(|error| session.error("locking the database", &error))?;
        if got.first().is_some_and(|text| text == got_it) {
            session.set_unfinished(true);
            return Ok(());
        }
        if begun.elapsed() >= wait {
            let reason = format!("waited {} s", wait.as_secs());
            return Err(LiveError::Locked { url: session.url().to_owned(), reason });
        }
        progress.waiting(begun.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
}

impl Lock {
    pub(crate) async fn release(self, session: &mut Session) -> Result<(), LiveError> {
        let sql = match session.dialect() {
            Dialect::Postgres => format!("select pg_advisory_unlock({KEY})"),
            Dialect::Sqlite => match self.busy_timeout {
                Some(milliseconds) => format!("pragma busy_timeout = {milliseconds}"),
                None => return Ok(()),
            },
            Dialect::Mysql | Dialect::Mariadb => match self.name {
                Some(name) => format!("do release_lock('{name}')"),
                None => return Ok(()),
            },
        };
        session.run(&sql).await.map_err(|e| session.error("unlocking the database", &e))?;
        session.set_unfinished(false);
        Ok(())
    }
}
