//! What is run, and who is told.

use std::time::Duration;

use crate::history::RevisionSummary;
use crate::side_connection::Phase;

/// Statements that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementGroup {
    /// Whether they run in one transaction; else each runs by itself.
    pub transaction: bool,
    /// Whether SQLite tables are rebuilt, which must not delete the rows of
    /// other tables: foreign keys are off meanwhile, and are checked before
    /// the commit. A group that drops a table is always run so.
    pub rebuilds: bool,
    /// The statements, without semicolons.
    pub statements: Vec<String>,
}

/// What is asked before a migration runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What would go wrong.
    pub message: String,
    /// A query that gives a row where it would.
    pub sql: String,
}

/// A migration in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Which one it is.
    pub revision: RevisionSummary,
    /// What must not be found.
    pub probes: Vec<Probe>,
    /// What to run.
    pub groups: Vec<StatementGroup>,
}

impl Migration {
    /// All statements, in their order.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(|group| &group.statements).map(String::as_str)
    }
}

/// A statement that has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Which one it is, from 1.
    pub number: usize,
    /// Out of how many.
    pub total: usize,
    /// How long it took.
    pub took: Duration,
    /// How many rows it wrote, where it writes some.
    pub rows: Option<u64>,
}

/// Who is told how it goes. Every method does nothing by default.
pub trait Progress {
    /// Somebody else is migrating this database; called again and again.
    fn waiting(&mut self, since: Duration) {
        let _ = since;
    }
    /// A migration begins, `done` of its `total` statements having been done
    /// before.
    fn begins(&mut self, revision: &RevisionSummary, done: usize, total: usize) {
        let _ = (revision, done, total);
    }
    /// A statement begins; `number` counts from 1. One that did not get its
    /// locks begins again, and so do those of its transaction.
    fn statement(&mut self, number: usize, total: usize, sql: &str) {
        let _ = (number, total, sql);
    }
    /// A statement has run; what comes after it may undo it.
    fn finished(&mut self, statement: &Finished) {
        let _ = statement;
    }
    /// Somebody holds a lock that the statement needs; it is tried again.
    fn blocked(&mut self, since: Duration) {
        let _ = since;
    }
    /// Whether [`Self::phase`] is wanted, for which servers are asked over a
    /// second connection.
    fn is_curious(&self) -> bool {
        false
    }
    /// How far a statement got that takes long.
    fn phase(&mut self, phase: &Phase) {
        let _ = phase;
    }
    /// A migration has ended well.
    fn ends(&mut self, revision: &RevisionSummary) {
        let _ = revision;
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
