//! How patient a run is, and how it is asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// How a run behaves. A [`Duration`] alone is how long another deployer may
/// take; the rest is as usual.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long another deployer may take.
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

/// A way to stop a run from elsewhere: the statement under way is cancelled, its
/// transaction rolled back, and the lock given back.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(AtomicBool, Notify)>);

impl Stop {
    /// Asks to stop.
    pub fn ask(&self) {
        self.0.0.store(true, Ordering::SeqCst);
        self.0.1.notify_waiters();
    }

    /// Whether somebody asked.
    pub fn is_asked(&self) -> bool {
        self.0.0.load(Ordering::SeqCst)
    }

    /// Ends once somebody asks.
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
