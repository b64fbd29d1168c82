//! The limits on connecting: a timeout, and a request to stop.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;

use crate::LiveError;
use crate::watch::{Stop, Watch};

/// The maximum time until a session is open.
const LONGEST: Duration = Duration::from_secs(30);

/// The limits on connecting.
#[derive(Debug, Clone)]
pub struct Reach {
    statement: Option<Duration>,
    stop: Stop,
}

impl Default for Reach {
    fn default() -> Self {
        Self::new(None, Stop::default())
    }
}

impl Reach {
    /// Ends when stopping is requested, after the statement timeout, and after 30 s at the
    /// latest.
    pub fn new(statement: Option<Duration>, stop: Stop) -> Self {
        Self { statement, stop }
    }

    fn limit(&self) -> Duration {
        self.statement.unwrap_or(LONGEST).min(LONGEST)
    }

    /// The same limits for the answers of an open session.
    pub(crate) fn watch(&self) -> Watch {
        Watch::new(self.stop.clone(), self.statement)
    }

    /// The limits for another session of an open pool.
    pub(crate) fn again(&self) -> Watch {
        Watch::new(self.stop.clone(), Some(self.limit()))
    }

    /// Waits for a connection to be opened; `url` is the displayed one.
    pub(crate) async fn over<T>(
        &self,
        url: &str,
        opened: impl Future<Output = Result<T, LiveError>>,
    ) -> Result<T, LiveError> {
        tokio::select! {
            biased;
            opened = opened => opened,
            () = self.stop.asked() => {
                let place = format!("while connecting to {url}");
                Err(LiveError::Stopped { place, leaves_index: false })
            }
            () = sleep(self.limit()) => {
                let reason = format!("no answer in {} s", self.limit().as_secs_f64());
                Err(LiveError::Unreachable { url: url.to_owned(), reason })
            }
        }
    }
}
