//! The state of revisions in a database.

use autogen_live::history::{Applied, State};
use autogen_plan::Revision;

/// A revision, and how it stands in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionStatus {
    /// Its id.
    pub id: String,
    /// What it is about, in one line.
    pub message: String,
    /// Its state.
    pub state: RevisionState,
}

/// The state of a revision in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionState {
    /// It was not run.
    Pending,
    /// It is applied.
    Applied {
        /// Since when, in UTC as in `2026-11-22T09:15:51.123Z`.
        at: String,
    },
    /// It was begun: another process runs or undoes it now, or was interrupted. The next upgrade
    /// or downgrade continues.
    Unfinished {
        /// How many of its statements are finished.
        done: usize,
        /// How many it has.
        total: usize,
        /// Whether it is being undone.
        down: bool,
        /// The error that stopped it, if one did.
        because: Option<String>,
    },
}

impl RevisionStatus {
    pub(super) fn of(revision: &Revision, history: &[Applied]) -> Self {
        let row = history.iter().find(|row| row.revision.id == revision.id);
        let message = if revision.message.is_empty() { &revision.slug } else { &revision.message };
        Self {
            id: revision.id.clone(),
            message: message.clone(),
            state: row.map_or(RevisionState::Pending, RevisionState::of),
        }
    }
}

impl RevisionState {
    fn of(row: &Applied) -> Self {
        match row.state {
            State::Done => Self::Applied {
                at: row.finished_at.clone().unwrap_or_else(|| row.started_at.clone()),
            },
            State::Running | State::Failed | State::Reverting => Self::Unfinished {
                done: row.steps_done,
                total: row.steps_total,
                down: row.state == State::Reverting,
                because: row.failure.clone(),
            },
        }
    }
}
