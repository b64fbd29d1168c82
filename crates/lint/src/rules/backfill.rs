//! RW113: backfill in one statement.

use autogen_dialect::Work;
use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "RW113",
    title: "backfill in one statement",
    severity: Severity::Warning,
    page: "One UPDATE of all rows holds their locks until the transaction ends, and doubles the size of the table for a while. On a large table, fill in batches of some thousand rows, each in its own transaction.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.step.does(Work::Backfill) || case.new_table {
        return None;
    }
    let table = case.change.table()?;
    Finding::new(
        format!("rows of {table} are updated in one statement"),
        "on a large table, fill in batches before this migration",
    )
}
