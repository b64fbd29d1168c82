//! DL102: drop column.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL102",
    title: "drop column",
    severity: Severity::Danger,
    page: "The values of the column are lost, and code that still reads or writes it fails. Deploy code that ignores the column first, then drop it. `downgrade` restores the column, but not its values.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    // Its values are replaced by computed ones.
    let computed = || {
        let (table, column) = case.change.altered_column()?;
        column.after.generated.as_ref().map(|_| (table, &column.before))
    };
    let (table, column) = case.change.dropped_column().or_else(computed)?;
    if !case.first || column.generated.is_some() {
        return None;
    }
    Finding::new(
        format!("the values of {table}.{} are lost", column.name),
        "deploy code that does not use the column first",
    )
}
