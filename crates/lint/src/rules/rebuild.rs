//! RW114: table rebuild.

use autogen_dialect::Work;
use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "RW114",
    title: "table rebuild",
    severity: Severity::Warning,
    page: "SQLite can't make this change in place: it copies the table into a new one and renames that. Rows, indexes, triggers and the AUTOINCREMENT counter are kept. All writers wait during the copy, so run it when there is little traffic.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.step.does(Work::Rebuild) {
        return None;
    }
    let table = case.change.table()?;
    Finding::new(
        format!("{table} is copied into a new table, and writers wait"),
        "run it when there is little traffic; the file grows by the size of the table",
    )
}
