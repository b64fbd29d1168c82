//! BC102: rename column.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC102",
    title: "rename column",
    severity: Severity::Warning,
    page: "Code that uses the old name fails after the rename. Deploy both together, or add a new column, write both, and drop the old one later.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, name) = case.change.renamed_column()?;
    // A temporary name of an exchange never existed before the plan.
    let before = case.schema.before.tables.get(table);
    let passing = before.is_some_and(|it| it.column(&name.before).is_none());
    if !case.first || passing {
        return None;
    }
    Finding::new(
        format!("code that still uses {table}.{} will fail", name.before),
        "deploy the code together with this, or go through a second column",
    )
}
