//! DD104: foreign key over orphans.

use autogen_plan::Severity;
use autogen_schema::{Change, Constraint, ConstraintChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD104",
    title: "foreign key over orphans",
    severity: Severity::Warning,
    page: "Rows without a parent make the migration fail, and nothing is changed. Look for orphans first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Constraint(ConstraintChange::Add {
        table,
        constraint: Constraint::ForeignKey(key),
    }) = case.change
    else {
        return None;
    };
    let added = case
        .schema
        .before
        .tables
        .get(table)
        .is_none_or(|before| key.columns.iter().all(|column| before.column(column).is_none()));
    if !case.first || case.new_table || added || key.not_valid {
        return None;
    }
    Finding::new(
        format!("fails if a row of {table} has no row in {}", key.references),
        "look for orphans before you run this",
    )
}
