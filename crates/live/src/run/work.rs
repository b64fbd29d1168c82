//! What is run, and who is informed.

use std::time::Duration;

use crate::history::RevisionSummary;
use crate::side_connection::Phase;

/// Statements that run together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementGroup {
    /// Whether they run in one transaction; otherwise one by one.
    pub transaction: bool,
    /// Whether SQLite tables are rebuilt, which must not delete rows of other tables: foreign
    /// keys are off meanwhile, and are checked before the commit. A group that drops a table is
    /// always run like this.
    pub rebuilds: bool,
    /// The statements, without semicolons.
    pub statements: Vec<String>,
}

/// A query that runs before a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What would go wrong.
    pub message: String,
    /// A query that returns a row in that case.
    pub sql: String,
}

/// A migration in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its revision.
    pub revision: RevisionSummary,
    /// The probes.
    pub probes: Vec<Probe>,
    /// The statements.
    pub groups: Vec<StatementGroup>,
}

impl Migration {
    /// All statements, in their order.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(|group| &group.statements).map(String::as_str)
    }
}

/// A finished statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Its number, from 1.
    pub number: usize,
    /// The number of all statements.
    pub total: usize,
    /// How long it took.
    pub took: Duration,
    /// How many rows it wrote, if it writes rows.
    pub rows: Option<u64>,
}

/// Receives the progress of a run. Every method does nothing by default.
pub trait Progress {
    /// Another process is migrating this database; called repeatedly.
    fn waiting(&mut self, since: Duration) {
        let _ = since;
    }
    /// A migration begins; `done` of its `total` statements were finished before.
    fn begins(&mut self, revision: &RevisionSummary, done: usize, total: usize) {
        let _ = (revision, done, total);
    }
    /// A statement begins; `number` counts from 1. A statement that did not get its locks begins
    /// again, and so do those of its transaction.
    fn statement(&mut self, number: usize, total: usize, sql: &str) {
        let _ = (number, total, sql);
    }
    /// A statement has finished; a later rollback may undo it.
    fn finished(&mut self, statement: &Finished) {
        let _ = statement;
    }
    /// Another session holds a lock that the statement needs; it is tried again.
    fn blocked(&mut self, since: Duration) {
        let _ = since;
    }
    /// Whether [`Self::phase`] is wanted, for which a second connection is opened.
    fn is_curious(&self) -> bool {
        false
    }
    /// The progress of a long statement.
    fn phase(&mut self, phase: &Phase) {
        let _ = phase;
    }
    /// A migration was completed.
    fn ends(&mut self, revision: &RevisionSummary) {
        let _ = revision;
    }
}

/// Ignores the progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
