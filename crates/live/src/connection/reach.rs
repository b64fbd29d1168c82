//! How long connecting may take, and how somebody ends it before.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;

use crate::LiveError;
use crate::watch::{Stop, Watch};

/// How long a server may take until a session is open.
const LONGEST: Duration = Duration::from_secs(30);

/// What bounds the wait for a server until it has let us in.
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
    /// Waits until somebody asks to stop, and as long as a statement may take, but no
    /// longer than 30 s.
    pub fn new(statement: Option<Duration>, stop: Stop) -> Self {
        Self { statement, stop }
    }

    fn limit(&self) -> Duration {
        self.statement.unwrap_or(LONGEST).min(LONGEST)
    }

    /// The same for the answers of a session that is open.
    pub(crate) fn watch(&self) -> Watch {
        Watch::new(self.stop.clone(), self.statement)
    }

    /// Waits for another session of a pool that is open.
    pub(crate) fn again(&self) -> Watch {
        Watch::new(self.stop.clone(), Some(self.limit()))
    }

    /// Waits for a connection to be opened; `url` is as it may be shown.
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
