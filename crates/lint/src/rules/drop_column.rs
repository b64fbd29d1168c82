//! DL102: drop column.

use autogen_plan::Severity;
use autogen_schema::{Change, ColumnChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL102",
    title: "drop column",
    severity: Severity::Danger,
    page: "The values of the column are lost, and code that still reads or writes it fails. Deploy code that ignores the column first, then drop it. `downgrade` brings back the column, but not its values.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = match case.change {
        Change::Column(ColumnChange::Drop { table, column, .. }) => (table, &**column),
        // The values that it holds give way to computed ones.
        Change::Column(ColumnChange::Alter { table, column })
            if column.after.generated.is_some() =>
        {
            (table, &column.before)
        }
        _other => return None,
    };
    if !case.first || column.generated.is_some() {
        return None;
    }
    Finding::new(
        format!("the values of {table}.{} are lost", column.name),
        "deploy code that does not use the column first",
    )
}
