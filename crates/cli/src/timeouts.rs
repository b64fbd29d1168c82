//! How long `upgrade` and `downgrade` wait, and how they are told to stop.

use std::sync::{LazyLock, Once};
use std::time::Duration;

use autogen_live::run::{LOCK_TIMEOUT, Settings, Stop};
use autogen_live::{LiveError, Reach};
use clap::Args as ClapArgs;

use crate::config::Config;
use crate::duration::time;
use crate::error::exit;
use crate::output;

/// How long to wait for another running migration.
pub(crate) const WAIT: Duration = Duration::from_secs(600);

/// The request to stop, once a signal handler is installed. Until then a signal ends the
/// process.
static STOP: LazyLock<Stop> = LazyLock::new(Stop::default);

/// Flags about time; those that are not given are in autogen.toml, or usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, ClapArgs)]
pub(crate) struct Timeouts {
    /// How long to wait for another running migration: 90s, 10m, 1h; by default 10m
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) wait: Option<Duration>,
    /// How long a statement waits for locks, in short turns; 0 for the server's own
    /// setting; by default 30s
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) lock_timeout: Option<Duration>,
    /// How long a statement may run; by default without limit
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) statement_timeout: Option<Duration>,
    /// Report how long each statement took, and how many rows it wrote
    #[arg(long)]
    pub(crate) timings: bool,
}

impl Timeouts {
    /// Flags over configuration over what is usual.
    pub(crate) fn settings(&self, config: &Config) -> Settings {
        let locks = self.lock_timeout.or(config.lock_timeout).unwrap_or(LOCK_TIMEOUT);
        let statement = self.statement_timeout.or(config.statement_timeout);
        Settings {
            wait: self.wait.or(config.wait).unwrap_or(WAIT),
            lock_timeout: some(locks),
            statement_timeout: statement.and_then(some),
            stop: stop_on_signals(),
        }
    }
}

/// Zero means no limit.
fn some(time: Duration) -> Option<Duration> {
    Some(time).filter(|it| !it.is_zero())
}

/// The limits on connecting, given the statement timeout.
pub(crate) fn reach(statement: Option<Duration>) -> Reach {
    Reach::new(statement.and_then(some), STOP.clone())
}

/// For work on a scratch database, which nobody else waits for: a signal ends it, and the
/// database is dropped as usual.
pub(crate) fn on_our_own(statement_timeout: Option<Duration>) -> Settings {
    let statement_timeout = statement_timeout.and_then(some);
    Settings { stop: stop_on_signals(), statement_timeout, ..Duration::ZERO.into() }
}

/// Fails if a signal arrived that nothing else has noticed.
pub(crate) fn require_going_on(doing: &str) -> Result<(), LiveError> {
    match STOP.is_asked() {
        true => Err(LiveError::Stopped { place: format!("while {doing}"), leaves_index: false }),
        false => Ok(()),
    }
}

/// Requests to stop when the process is interrupted or terminated; the second signal ends it
/// at once, which the next run repairs as after a crash.
fn stop_on_signals() -> Stop {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        let asked = STOP.clone();
        tokio::spawn(async move {
            if signal().await.is_ok() {
                output::note("stopping after a rollback; press again to end at once");
                asked.ask();
            }
            if signal().await.is_ok() {
                std::process::exit(exit::STOPPED.into());
            }
        });
    });
    STOP.clone()
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
