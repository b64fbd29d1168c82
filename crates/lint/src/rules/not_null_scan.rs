//! LK106: SET NOT NULL reads the table.

use autogen_dialect::Work;
use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK106",
    title: "SET NOT NULL reads the table",
    severity: Severity::Warning,
    page: "SET NOT NULL reads every row under an ACCESS EXCLUSIVE lock. On a large table, add `CHECK (.. IS NOT NULL) NOT VALID` first, validate it in another transaction, and then set NOT NULL: PostgreSQL accepts the validated check as proof.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.altered_column()?;
    if !case.step.does(Work::SetNotNull) || case.new_table {
        return None;
    }
    Finding::new(
        format!("{table} can't be used while every row is checked for {}", column.after.name),
        "on a large table, prove it by a validated CHECK first",
    )
}
