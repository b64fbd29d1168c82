//! RW107: indexes are built again.

use autogen_dialect::{Blocks, Cost, Work};
use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "RW107",
    title: "indexes are built again",
    severity: Severity::Warning,
    page: "The rows are kept, but PostgreSQL can't keep indexes of the column: they sort by its collation, by operators of its type (`timestamp` and `timestamptz` have different ones), or they have expressions or a predicate that use it. They are built again under an ACCESS EXCLUSIVE lock, so that nobody can read or write the table: `ALTER TABLE t ALTER COLUMN name TYPE text COLLATE \"C\"` on an indexed column. On a large table, build an index that is ready first (`CREATE INDEX CONCURRENTLY .. (name COLLATE \"C\")`), and drop the old one before the change. Otherwise fill a second column, index it concurrently, and swap the names.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.altered_column()?;
    let effect = case.step.effect;
    let builds = case.step.does(Work::BuildIndex)
        && (effect.cost, effect.blocks) == (Cost::Scan, Blocks::ReadsAndWrites);
    if !builds || case.new_table {
        return None;
    }
    let name = &column.after.name;
    Finding::new(
        format!("{table} can't be used while its indexes over {name} are built again"),
        "on a large table, build an index for the new values concurrently, and drop the old one first",
    )
}
