//! What the history says of revisions.

use std::fmt;

/// How far a revision got.
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
    /// What it is about, in one line.
    pub description: String,
    /// The checksum of its file.
    pub checksum: String,
}

/// A row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The revision as it was when it was applied.
    pub revision: RevisionSummary,
    /// How far it got.
    pub state: State,
    /// How many of its statements are done.
    pub steps_done: usize,
    /// How many statements it has.
    pub steps_total: usize,
    /// When it began, in UTC as in `2026-11-22T09:15:51.123Z`.
    pub started_at: String,
    /// When it ended, if it did.
    pub finished_at: Option<String>,
    /// The user of the database who did it last, where the server tells.
    pub applied_by: Option<String>,
    /// Why it stopped, where it failed.
    pub failure: Option<String>,
    /// The hash of the statements that are done.
    pub(crate) prefix: String,
}

/// A revision, and the rows of the history that it stands for: those of the
/// revisions that it replaces, and of its own number from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absorbed {
    /// The revision.
    pub by: RevisionSummary,
    /// The ids in the history.
    pub ids: Vec<String>,
}
