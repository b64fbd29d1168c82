//! One deployer at a time.

use std::time::{Duration, Instant};

use autogen_dialect::Dialect;

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
            let begun = Instant::now();
            let sql = format!("select pg_try_advisory_lock({KEY})::text");
            loop {
                let got = session.texts(&sql).await.map_err(|e| session.error(doing, &e))?;
                if got.first().is_some_and(|text| text == "true") {
                    session.set_unfinished(true);
                    return Ok(Lock { busy_timeout: None });
                }
                if begun.elapsed() >= wait {
                    let reason = format!("waited {} s", wait.as_secs());
                    return Err(LiveError::Locked { url: session.url().to_owned(), reason });
                }
                progress.waiting(begun.elapsed());
                tokio::time::sleep(PAUSE).await;
            }
        }
        Dialect::Sqlite => {
            let sql = "select cast(timeout as text) from pragma_busy_timeout";
            let found = session.texts(sql).await.map_err(|e| session.error(doing, &e))?;
            let sql = format!("pragma busy_timeout = {}", wait.as_millis().min(i32::MAX as u128));
            session.run(&sql).await.map_err(|e| session.error(doing, &e))?;
            session.set_unfinished(true);
            Ok(Lock { busy_timeout: found.into_iter().next() })
        }
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
        };
        session.run(&sql).await.map_err(|e| session.error("unlocking the database", &e))?;
        session.set_unfinished(false);
        Ok(())
    }
}
