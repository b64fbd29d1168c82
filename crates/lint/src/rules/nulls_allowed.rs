//! BC109: NULL becomes possible.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC109",
    title: "NULL becomes possible",
    severity: Severity::Note,
    page: "After `ALTER TABLE t ALTER COLUMN a DROP NOT NULL`, new code may write NULL. Code that is still running and reads the column into a type without NULL (a `String` in place of an `Option<String>`) fails on such a row; comparisons and `NOT IN` with the column find fewer rows. Deploy code that reads NULL first, then code that writes it.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.altered_column()?;
    let after = case.finally(table, column);
    // MariaDB has no NOT NULL for generated columns.
    let allowed = !column.before.nullable && after.nullable && after.generated.is_none();
    // Code of the earlier schema reads NULL.
    if !allowed || !case.first || case.new_table || case.restoring {
        return None;
    }
    Finding::new(
        format!("code that reads {table}.{} may find NULL", after.name),
        "deploy code that reads NULL before code that writes it",
    )
}
