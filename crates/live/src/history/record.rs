//! The history's data of revisions.

use std::fmt;

/// The state of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Being applied, or the process that applied it is gone.
    Running,
    /// Applied.
    Done,
    /// A statement failed.
    Failed,
    /// Being undone, or the process that undid it is gone.
    Reverting,
}

impl State {
    /// The word in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Reverting => "reverting",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A revision as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RevisionSummary {
    /// Its id.
    pub id: String,
    /// The ids of the revisions before it.
    pub parents: Vec<String>,
    /// Its description, in one line.
    pub description: String,
    /// The checksum of its file.
    pub checksum: String,
}

/// A row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The revision as it was when it was applied.
    pub revision: RevisionSummary,
    /// Its state.
    pub state: State,
    /// How many of its statements are finished.
    pub steps_done: usize,
    /// How many statements it has.
    pub steps_total: usize,
    /// When it began, in UTC as in `2026-11-22T09:15:51.123Z`.
    pub started_at: String,
    /// When it ended, if it has.
    pub finished_at: Option<String>,
    /// The database user who applied it last, if the server reports one.
    pub applied_by: Option<String>,
    /// Why it stopped, if it failed.
    pub failure: Option<String>,
    /// The hash of the finished statements.
    pub(crate) prefix: String,
}

/// A revision, and the rows of the history that it replaces: those of the revisions that it
/// replaces, and its own earlier row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absorbed {
    /// The revision.
    pub by: RevisionSummary,
    /// The ids in the history.
    pub ids: Vec<String>,
}
