//! What a migrator does, as events of the crate `tracing`.

use std::time::Duration;

use autogen_live::history::RevisionSummary;
use autogen_live::run::{Finished, Progress};
use tracing::{debug, info, warn};

/// The target of all events.
const TARGET: &str = "sea_autogen";

/// Sends the progress of a run to `tracing`.
pub(super) struct Events {
    /// `apply` or `undo`.
    action: &'static str,
}

impl Events {
    pub(super) fn up() -> Self {
        Self { action: "apply" }
    }

    pub(super) fn down() -> Self {
        Self { action: "undo" }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Progress for Events {
    fn waiting(&mut self, since: Duration) {
        let waited_ms = milliseconds(since);
        warn!(target: TARGET, waited_ms, "another process is migrating this database");
    }

    fn begins(&mut self, revision: &RevisionSummary, done: usize, total: usize) {
        let (revision, description) = (&revision.id, &revision.description);
        let action = self.action;
        info!(target: TARGET, revision, description, action, done, total, "revision begins");
    }

    fn statement(&mut self, number: usize, total: usize, sql: &str) {
        debug!(target: TARGET, number, total, sql, "statement begins");
    }

    fn finished(&mut self, statement: &Finished) {
        let Finished { number, total, took, rows } = statement;
        let took_ms = milliseconds(*took);
        debug!(target: TARGET, number, total, took_ms, rows, "statement ended");
    }

    fn blocked(&mut self, since: Duration) {
        let waited_ms = milliseconds(since);
        warn!(target: TARGET, waited_ms, "another session holds a lock that the statement needs");
    }

    fn ends(&mut self, revision: &RevisionSummary) {
        info!(target: TARGET, revision = revision.id, action = self.action, "revision ended");
    }
}
