//! DL113: parents that stand in for those that are gone.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL113",
    title: "parents that stand in",
    severity: Severity::Warning,
    page: "A way back makes a table again whose rows are lost, while rows of another table still refer to them. So that the foreign key holds again and no row goes, each of those parents comes back with its key; everything else in it is its default, NULL, or a neutral value (0, '', false). Put the rows of a backup into the table instead, where there is one, or fill in the rest afterwards. Whoever wants the references to go instead, sets them to NULL before.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, _) = case.change.added_constraint()?;
    let parents = case.parents.filter(|it| it.statements.first() == Some(&case.step.sql))?;
    let names: Vec<String> = parents.tables.iter().map(ToString::to_string).collect();
    Finding::new(
        format!(
            "the rows of {} that {table} refers to come back with nothing but their keys",
            names.join(", ")
        ),
        "restore them from a backup, or fill in the rest afterwards",
    )
}
