//! The timeouts of a run, and how it is stopped.

use std::time::Duration;

pub use crate::watch::Stop;

/// The settings of a run. A [`Duration`] alone is how long to wait for another running
/// migration; the rest are the defaults.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long to wait for another running migration.
    pub wait: Duration,
    /// How long a statement waits for locks that others hold; `None` for the server's own
    /// setting. The wait consists of short ones, between which other sessions get their turn.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may run; `None` for no limit.
    pub statement_timeout: Option<Duration>,
    /// Requests the run to stop.
    pub stop: Stop,
}

/// The default.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

impl From<Duration> for Settings {
    fn from(wait: Duration) -> Self {
        Self {
            wait,
            lock_timeout: Some(LOCK_TIMEOUT),
            statement_timeout: None,
            stop: Stop::default(),
        }
    }
}
