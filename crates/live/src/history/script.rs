//! The history as statements of a script, for those who run migrations by another program.

use autogen_dialect::Dialect;

use super::table::Words;
use super::{HISTORY_TABLE, Record, RevisionSummary, table};

/// The statement that creates the history table if it is missing.
pub fn creation(dialect: Dialect) -> String {
    table::definition(HISTORY_TABLE, Words::of(dialect))
}

/// The statement that records a revision as applied; it fails if the revision is recorded already.
pub fn applied(dialect: Dialect, revision: &RevisionSummary) -> String {
    Record::done(revision).insertion(dialect, HISTORY_TABLE)
}

/// The statement that forgets an undone revision.
pub fn undone(dialect: Dialect, id: &str) -> String {
    format!("delete from {HISTORY_TABLE} where revision = {}", dialect.quote_text(id))
}
