//! How patient a run is, and how it is asked to stop.

use std::time::Duration;

pub use crate::watch::Stop;

/// How a run behaves. A [`Duration`] alone is how long another deployer may
/// take; the rest is as usual.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long to wait for another running migration.
    pub wait: Duration,
    /// How long a statement waits for locks that others hold; `None` for what the
    /// server does by itself. The wait is made of short ones, between which those
    /// who came later get their turn.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may run; `None` for ever.
    pub statement_timeout: Option<Duration>,
    /// Asks the run to stop.
    pub stop: Stop,
}

/// What is usual.
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
