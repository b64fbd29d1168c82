//! Every wait on a server ends: by its answer, by a timeout, or soon after a request to stop.
//! After a missing answer the session is given up: it is closed, and nothing more is sent.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::sqlx;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// How long an answer may take after a request to stop, or after the wait for others.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// Stops a run from elsewhere: the current statement is cancelled, its transaction rolled
/// back, and the lock released.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(AtomicBool, Notify)>);

impl Stop {
    /// Requests to stop.
    pub fn ask(&self) {
        self.0.0.store(true, Ordering::SeqCst);
        self.0.1.notify_waiters();
    }

    /// Whether stopping was requested.
    pub fn is_asked(&self) -> bool {
        self.0.0.load(Ordering::SeqCst)
    }

    /// Waits until stopping is requested.
    pub(crate) async fn asked(&self) {
        loop {
            let notified = self.0.1.notified();
            if self.is_asked() {
                return;
            }
            notified.await;
        }
    }
}

/// The limits on the waits of a session.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    stop: Stop,
    limit: Option<Duration>,
    within: Option<Duration>,
    given_up: bool,
}

impl Watch {
    /// Ends when stopping is requested, and after `limit` at the latest; `None` for no limit.
    pub(crate) fn new(stop: Stop, limit: Option<Duration>) -> Self {
        Self { stop, limit, within: None, given_up: false }
    }

    /// Adds another limit.
    pub(crate) fn within(&mut self, within: Option<Duration>) {
        self.within = within;
    }

    /// How long the next answer may take; `None` for no limit.
    fn longest(&self) -> Option<Duration> {
        self.limit.into_iter().chain(self.within).min()
    }

    /// Notes that the server does not answer.
    pub(crate) fn give_up(&mut self) {
        self.given_up = true;
    }

    /// Whether the server did not answer.
    pub(crate) fn is_given_up(&self) -> bool {
        self.given_up
    }

    /// Fails if the server did not answer before.
    pub(crate) fn require_open(&self) -> Result<(), sqlx::Error> {
        if self.given_up { Err(silent("the server did not answer before")) } else { Ok(()) }
    }

    /// Waits for an answer.
    ///
    /// # Errors
    /// As the answer; and an I/O error if none arrives in time.
    pub(crate) async fn over<T>(
        &mut self,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        self.require_open()?;
        let mut answer = pin!(answer);
        let longest = self.longest();
        let limit = longest.unwrap_or(Duration::MAX);
        if !self.stop.is_asked() {
            tokio::select! {
                biased;
                answer = &mut answer => return answer,
                () = self.stop.asked() => {}
                () = sleep(limit), if longest.is_some() => {
                    self.given_up = true;
                    return Err(match longest == self.limit {
                        true => late(limit),
                        false => silent(&format!("no answer in {:.0} s", limit.as_secs_f64())),
                    });
                }
            }
        }
        // What ends a run is still sent: the rollback, the release of the lock.
        timeout(GRACE, answer).await.unwrap_or_else(|_| {
            self.given_up = true;
            Err(silent(&format!("no answer in {} s", GRACE.as_secs())))
        })
    }
}

/// The statement timeout has passed.
#[derive(Debug)]
struct Late(Duration);

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer in {} s", self.0.as_secs_f64())
    }
}

impl std::error::Error for Late {}

fn late(limit: Duration) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, Late(limit)))
}

/// Whether no answer arrived within the statement timeout.
pub(crate) fn is_late(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|it| it.is::<Late>())
}

fn silent(words: &str) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, words.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let Ok(runtime) = builder.enable_time().build() else { unreachable!("a runtime") };
        runtime.block_on(work)
    }

    #[test]
    fn what_does_not_answer_is_given_up() {
        block_on(async {
            let mut watch = Watch::new(Stop::default(), Some(Duration::from_millis(5)));
            let never = std::future::pending::<Result<(), sqlx::Error>>();
            let Err(sqlx::Error::Io(error)) = watch.over(never).await else { unreachable!("late") };
            assert!(is_late(&error));
            assert!(watch.is_given_up());
            let Err(sqlx::Error::Io(error)) = watch.over(async { Ok(()) }).await else {
                unreachable!("it is given up")
            };
            assert!(!is_late(&error));
        });
    }

    #[test]
    fn an_answer_comes_within_that_or_not_at_all() {
        block_on(async {
            let mut watch = Watch::new(Stop::default(), None);
            watch.within(Some(Duration::from_millis(5)));
            let never = std::future::pending::<Result<(), sqlx::Error>>();
            assert!(watch.over(never).await.is_err());
            assert!(watch.is_given_up());
        });
    }

    #[test]
    fn what_ends_a_run_is_still_sent() {
        block_on(async {
            let stop = Stop::default();
            let mut watch = Watch::new(stop.clone(), None);
            stop.ask();
            assert!(watch.over(async { Ok(()) }).await.is_ok());
        });
    }
}
