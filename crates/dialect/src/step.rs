//! Steps: the statements that a database runs for a change, and their cost.

use std::borrow::Cow;

use autogen_schema::{Change, Fill, Pair, QName, Schema, Using};
use serde::Serialize;

/// How long a step holds its lock, as a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// Only the catalog changes.
    Instant,
    /// Every row is read.
    Scan,
    /// Every row is rewritten.
    Rewrite,
}

/// What a step blocks in other sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocks {
    /// Reads and writes continue.
    Nothing,
    /// Reads continue.
    Writes,
    /// Reads and writes of the table wait.
    ReadsAndWrites,
}

/// The lock that a step takes on existing rows, and its cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Effect {
    /// The strongest lock on an existing table, in the database's terms; empty for none.
    pub lock: &'static str,
    /// What it blocks.
    pub blocks: Blocks,
    /// How long.
    pub cost: Cost,
}

impl Effect {
    /// No lock, no cost.
    pub const NONE: Self = Self { lock: "", blocks: Blocks::Nothing, cost: Cost::Instant };
}

/// What a statement does to the rows of a table, or for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Rows are updated: filled, converted or relabelled.
    Backfill,
    /// All rows are inserted into a new table that takes the name of the old one (SQLite).
    Rebuild,
    /// All rows are inserted into a new table, partitioned in another way, that takes the name of
    /// the old one (PostgreSQL).
    Repartition,
    /// The server copies all rows, and writes wait (MySQL).
    CopyTable,
    /// An index is built.
    BuildIndex,
    /// The table, or an index of it, is built in place, and writes wait (MySQL).
    SharedBuild,
    /// Rows are checked for NULL.
    SetNotNull,
    /// Rows are checked again by constraints that they satisfy (PostgreSQL).
    CheckRows,
}

/// One statement of a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Step {
    /// The statement, without a closing semicolon.
    pub sql: String,
    /// The changes that it carries out, as indexes into the list of changes.
    pub causes: Vec<usize>,
    /// Whether it may run in a transaction.
    pub transaction: bool,
    /// Whether it must be committed before the next step.
    pub commit: bool,
    /// Whether SQLite's foreign keys must be off, from before the transaction.
    pub foreign_keys_off: bool,
    /// Its lock and cost.
    pub effect: Effect,
    /// What it does to rows.
    #[serde(skip)]
    pub work: Vec<Work>,
}

impl Step {
    /// A step in a transaction.
    pub(crate) fn new(cause: usize, effect: Effect, sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            causes: vec![cause],
            transaction: true,
            commit: false,
            foreign_keys_off: false,
            effect,
            work: Vec::new(),
        }
    }

    /// Adds what the step does to rows.
    pub(crate) fn doing(mut self, work: Work) -> Self {
        self.work.push(work);
        self
    }

    /// Whether the rows go into a new table that takes the place of the old one.
    pub fn replaces_table(&self) -> bool {
        self.does(Work::Rebuild) || self.does(Work::Repartition)
    }

    /// Whether it does this work.
    pub fn does(&self, work: Work) -> bool {
        self.work.contains(&work)
    }
}

/// The input of lowering.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The canonical schemas, both settled.
    pub schema: Pair<&'a Schema>,
    /// The changes in the order in which they apply.
    pub changes: &'a [Change],
    /// The values of new NOT NULL columns in existing rows.
    pub fills: &'a [Fill],
    /// How values are converted.
    pub usings: &'a [Using],
    /// Whether an earlier schema is restored: dropped values are lost, and required columns get
    /// placeholder values.
    pub restoring: bool,
    /// The server's version, if known, as `major * 10000 + minor * 100 + patch`.
    pub server: Option<u32>,
}

impl<'a> Request<'a> {
    /// Both schemas under the names that are valid during the other changes: renames come first
    /// on the way up, and last on the way down.
    pub(crate) fn ends(&self) -> Pair<Cow<'a, Schema>> {
        let Pair { before, after } = self.schema;
        if self.restoring {
            let earlier = before_renames(after, self.changes);
            return Pair::new(
                Cow::Borrowed(before),
                earlier.map_or(Cow::Borrowed(after), Cow::Owned),
            );
        }
        let mut renamed = Cow::Borrowed(before);
        for rename in self.changes.iter().filter(|it| is_rename(it)) {
            let _ = rename.apply(renamed.to_mut());
        }
        Pair::new(renamed, Cow::Borrowed(after))
    }

    /// Whether the table or view is dropped by a later change, together with everything on it.
    pub(crate) fn goes_after(&self, cause: usize, on: &QName) -> bool {
        let later = self.changes.get(cause..).unwrap_or_default();
        later.iter().any(|change| change.gone_relations().contains(&on))
    }
}

/// The schema under the names before the renames, which come last on the way down. `None` if
/// there are no renames.
pub(crate) fn before_renames(schema: &Schema, changes: &[Change]) -> Option<Schema> {
    let mut earlier = None;
    for rename in changes.iter().rev().filter(|it| is_rename(it)) {
        let schema = earlier.get_or_insert_with(|| schema.clone());
        // A mismatch is reported when the changes are applied.
        let _ = rename.inverse().apply(schema);
    }
    earlier
}

pub(crate) fn is_rename(change: &Change) -> bool {
    change.renamed_table().is_some() || change.renamed_column().is_some()
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refusal {
    /// A stable code, explained by `autogen explain`.
    pub code: &'static str,
    /// The object.
    pub object: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}
