//! DD103: unique over duplicates.

use autogen_plan::Severity;
use autogen_schema::{Change, Constraint, ConstraintChange, IndexChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD103",
    title: "unique over duplicates",
    severity: Severity::Warning,
    page: "Rows with equal values make the migration fail, and nothing is changed. Look for duplicates first: `SELECT .. GROUP BY .. HAVING count(*) > 1`.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first || case.new_table {
        return None;
    }
    let table = match case.change {
        Change::Index(IndexChange::Create { table, index }) if index.unique => table,
        Change::Constraint(ConstraintChange::Add {
            table,
            constraint: Constraint::PrimaryKey(_) | Constraint::Unique(_),
        }) => table,
        _other => return None,
    };
    Finding::new(
        format!("fails if {table} holds duplicates"),
        "look for duplicates before you run this",
    )
}
