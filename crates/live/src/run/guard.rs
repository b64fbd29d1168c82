//! Runs a statement with a time limit, waits for locks in short turns, and can be stopped
//! from elsewhere.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::pin::pin;
use std::time::{Duration, Instant};

use autogen_dialect::mysql::touched;
use autogen_dialect::postgres::concurrently::Concurrently;
use autogen_dialect::{Alone, Dialect, alone};
use sea_orm::sqlx;

use super::{Finished, Progress, Run, shortened, versions};
use crate::LiveError;
use crate::driver::mysql_number;
use crate::error::{Class, class, server_words};

/// How often the progress of a statement is read.
const TICK: Duration = Duration::from_millis(500);

/// How long a cancelled statement may take to end.
const GRACE: Duration = Duration::from_secs(15);

/// How long the second connection that cancels it may take.
const REACH: Duration = Duration::from_secs(5);

/// How long the second connection may take that only looks: meanwhile nobody can stop the run.
const LOOK: Duration = Duration::from_millis(500);

/// How long a statement waits for a lock: meanwhile all others who want the table wait behind it.
const TURN: Duration = Duration::from_millis(60);

/// How long the others go on before the next turn: four turns, and up to two more by chance, so
/// that it does not always meet the same query of theirs.
const PAUSE: Duration = Duration::from_millis(240);
const JITTER: Duration = Duration::from_millis(120);

/// Why a statement did not finish.
enum Ended {
    Refused(sqlx::Error),
    Stopped,
    TooLong(Duration),
    /// It was cancelled, and the server does not report the result.
    Silent,
    /// It was cancelled since it waited for a lock.
    Busy,
}

/// Whether MariaDB evaluated a computed column of an open table with the names before the
/// statement. The statement had no effect, and a second attempt reads the table again.
/// Observed with 10.11, after reading `information_schema.columns`.
fn is_stale(error: &sqlx::Error) -> bool {
    const NO_COLUMN: u16 = 1054;
    let sqlx::Error::Database(database) = error else { return false };
    mysql_number(&**database) == Some(NO_COLUMN)
        && database.message().contains("GENERATED ALWAYS AS")
}

/// The turns of waiting for locks.
pub(super) struct Turns {
    /// How long to wait in all, without the time in which statements run.
    most: Option<Duration>,
    waited: Duration,
}

impl Turns {
    pub(super) fn new(most: Option<Duration>) -> Self {
        Self { most, waited: Duration::ZERO }
    }

    /// The pause before another turn, if there is time left; `waited` is the length of the last
    /// one.
    fn pause(&mut self, waited: Duration) -> Option<Duration> {
        self.waited += waited;
        self.most.filter(|most| self.waited < *most)?;
        let pause = PAUSE + JITTER.mul_f64(chance());
        self.waited += pause;
        Some(pause)
    }
}

/// A random number from 0 to 1.
fn chance() -> f64 {
    let hash = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(hash >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

impl Run<'_> {
    /// Runs the next statement.
    pub(super) async fn statement(
        &mut self,
        sql: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        if self.settings.stop.is_asked() {
            return Err(self.stopped(false));
        }
        progress.statement(self.done + 1, self.total, sql);
        let begun = Instant::now();
        let mut ended = self.guarded(sql, progress).await;
        if let Err(Ended::Refused(error)) = &ended
            && is_stale(error)
        {
            ended = self.guarded(sql, progress).await;
        }
        match ended {
            Ok(rows) => {
                self.done += 1;
                let rows = writes_rows(sql).then_some(rows);
                let (number, total, took) = (self.done, self.total, begun.elapsed());
                progress.finished(&Finished { number, total, took, rows });
                Ok(())
            }
            Err(Ended::Refused(error)) => {
                self.note_refusal(&error);
                self.waited = begun.elapsed();
                Err(self.refused(sql, &error))
            }
            Err(Ended::Busy) => {
                self.waited = begun.elapsed();
                Err(self.busy(sql))
            }
            Err(Ended::Stopped) => Err(self.stopped(self.leaves_index(sql))),
            Err(Ended::TooLong(limit)) => Err(LiveError::StatementTimeout {
                revision: self.migration.revision.id.clone(),
                number: self.done + 1,
                total: self.total,
                statement: shortened(sql),
                seconds: limit.as_secs(),
                leaves_index: self.leaves_index(sql),
            }),
            Err(Ended::Silent) => {
                self.session.give_up();
                Err(LiveError::Lost {
                    url: self.session.url().to_owned(),
                    doing: format!("statement {} was cancelled", self.done + 1),
                    reason: format!("no answer in {} s", GRACE.as_secs()),
                })
            }
        }
    }

    pub(super) fn refused(&self, sql: &str, error: &sqlx::Error) -> LiveError {
        let number = self.done + 1;
        let revision = self.migration.revision.id.clone();
        match class(error) {
            Class::ReadOnly | Class::Full => self.session.error("running a migration", error),
            Class::Gone | Class::Late => {
                let doing = format!("statement {number} of {} of {revision}", self.total);
                self.session.error(&doing, error)
            }
            Class::Busy => self.busy(sql),
            Class::Login
            | Class::NoDatabase
            | Class::NotADatabase
            | Class::NotAllowed
            | Class::Alone
            | Class::Other => match versions::refused(sql, error) {
                Some(tables) => {
                    let place = format!("statement {number} of {}", self.total);
                    self.worn_out(&place, tables)
                }
                None => self.failed(sql, server_words(error)),
            },
        }
    }

    /// The error if another session holds a lock that the next statement needs.
    fn busy(&self, sql: &str) -> LiveError {
        LiveError::LockTimeout {
            revision: self.migration.revision.id.clone(),
            number: self.done + 1,
            total: self.total,
            statement: shortened(sql),
            seconds: 0,
            holders: String::new(),
        }
    }

    /// The error for a requested stop.
    pub(super) fn stopped(&self, leaves_index: bool) -> LiveError {
        let (done, total) = (self.done, self.total);
        let id = &self.migration.revision.id;
        LiveError::Stopped {
            place: format!("at statement {} of {total} of revision {id}", done + 1),
            leaves_index,
        }
    }

    /// Whether a cancelled statement leaves an index behind.
    fn leaves_index(&self, sql: &str) -> bool {
        let kind = alone(self.session.dialect(), sql);
        matches!(kind, Some(Alone::Reindex(_) | Alone::Index(Concurrently::Create { .. })))
    }

    async fn guarded(&mut self, sql: &str, progress: &mut dyn Progress) -> Result<u64, Ended> {
        let (side, number) = (self.session.side_connection().clone(), self.number);
        let stop = self.settings.stop.clone();
        let limit = self.settings.statement_timeout;
        let begun = Instant::now();
        let mut second = None;
        // MySQL's own limit is a second or more. Of other statements than DDL, such as CALL, a part
        // may have happened before they wait.
        let in_seconds = matches!(self.session.dialect(), Dialect::Mysql | Dialect::Mariadb);
        let mut looks =
            self.settings.lock_timeout.is_some() && in_seconds && touched(sql).is_some();
        let mut ended: Option<(Ended, Instant)> = None;
        let mut running = pin!(self.session.affect(sql));
        loop {
            let left = match (&ended, limit) {
                (Some((_, since)), _) => GRACE.saturating_sub(since.elapsed()),
                (None, Some(limit)) => limit.saturating_sub(begun.elapsed()),
                (None, None) => Duration::MAX,
            };
            let open = ended.is_none();
            tokio::select! {
                biased;
                result = &mut running => return match (result, ended) {
                    (Ok(rows), _) => Ok(rows),
                    (Err(_), Some((why, _))) => Err(why),
                    (Err(error), None) => Err(Ended::Refused(error)),
                },
                () = stop.asked(), if open => {
                    ended = Some((Ended::Stopped, Instant::now()));
                    // If cancelling fails, the statement ends by itself or not in time.
                    let _ = tokio::time::timeout(REACH, side.cancel(number)).await;
                }
                () = tokio::time::sleep(TURN.saturating_sub(begun.elapsed())), if open && looks => {
                    looks = false;
                    let waits = async { side.connect().await.ok()??.cancel_waiting(number).await };
                    if let Ok(Some(())) = tokio::time::timeout(LOOK, waits).await {
                        ended = Some((Ended::Busy, Instant::now()));
                    }
                }
                () = tokio::time::sleep(left), if left < Duration::MAX => match limit {
                    Some(limit) if open => {
                        ended = Some((Ended::TooLong(limit), Instant::now()));
                        let _ = tokio::time::timeout(REACH, side.cancel(number)).await;
                    }
                    Some(_) | None => return Err(Ended::Silent),
                },
                () = tokio::time::sleep(TICK), if open && progress.is_curious() => {
                    let asks = async {
                        if second.is_none() {
                            second = side.connect().await.ok()?;
                        }
                        second.as_mut()?.phase(number).await
                    };
                    if let Ok(Some(phase)) = tokio::time::timeout(LOOK, asks).await {
                        progress.phase(&phase);
                    }
                }
            }
        }
    }

    /// After an error: whether to try again, if only a lock was missing. Otherwise the error
    /// lists the sessions that may hold it.
    pub(super) async fn another_turn(
        &mut self,
        turns: &mut Turns,
        error: LiveError,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let LiveError::LockTimeout { revision, number, total, statement, .. } = error else {
            return Err(error);
        };
        let waited = std::mem::take(&mut self.waited);
        if let Some(pause) = turns.pause(waited) {
            progress.blocked(turns.waited);
            tokio::select! {
                () = self.settings.stop.asked() => return Err(self.stopped(false)),
                () = tokio::time::sleep(pause) => return Ok(()),
            }
        }
        let mut holders = Vec::new();
        if let Ok(Some(mut second)) = self.session.side_connection().connect().await {
            holders = second.open_transactions(self.number).await;
        }
        let holders = match holders.is_empty() {
            true => String::new(),
            false => format!("; open transactions: {}", holders.join("; ")),
        };
        let seconds = turns.waited.as_secs();
        Err(LiveError::LockTimeout { revision, number, total, statement, seconds, holders })
    }

    /// Sets how long the following statements wait for a lock before they fail and are tried
    /// again.
    pub(super) async fn set_turn(&mut self, turns: &Turns) -> Result<(), LiveError> {
        let Some(most) = turns.most else { return Ok(()) };
        let turn = TURN.min(most.saturating_sub(turns.waited)).max(Duration::from_millis(10));
        match self.session.dialect() {
            Dialect::Postgres => self.set_locks(&turn.as_millis().to_string()).await,
            Dialect::Mysql | Dialect::Mariadb => self.set_locks("1").await,
            Dialect::Sqlite => Ok(()),
        }
    }

    /// Lets the following statements of MySQL wait for locks in one turn.
    pub(super) async fn wait_long(&mut self) -> Result<(), LiveError> {
        match self.settings.lock_timeout {
            Some(most) => self.set_locks(&most.as_secs().max(1).to_string()).await,
            None => Ok(()),
        }
    }

    /// Lets the following statements wait for locks without a limit: a concurrent index build
    /// that times out leaves an invalid index behind.
    pub(super) async fn wait_for_locks(&mut self) -> Result<(), LiveError> {
        match self.session.dialect() {
            Dialect::Postgres if self.settings.lock_timeout.is_some() => self.set_locks("0").await,
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb | Dialect::Sqlite => Ok(()),
        }
    }

    async fn set_locks(&mut self, value: &str) -> Result<(), LiveError> {
        if self.locks == value {
            return Ok(());
        }
        let sql = match self.session.dialect() {
            Dialect::Postgres => format!("set lock_timeout = {value}"),
            Dialect::Mysql | Dialect::Mariadb => format!(
                "set session lock_wait_timeout = {value}, innodb_lock_wait_timeout = {value}"
            ),
            Dialect::Sqlite => return Ok(()),
        };
        self.command(&sql).await?;
        self.locks = value.to_owned();
        Ok(())
    }
}

/// Whether a statement's number of rows is meaningful.
fn writes_rows(sql: &str) -> bool {
    let words = ["delete", "insert", "merge", "replace", "update", "with"];
    let code = sql.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("--"));
    let word = code.unwrap_or_default().split(|c: char| !c.is_ascii_alphabetic()).next();
    word.is_some_and(|word| words.iter().any(|it| word.eq_ignore_ascii_case(it)))
}
