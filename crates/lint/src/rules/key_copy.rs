//! RW109: primary key copies the table.

use autogen_plan::Severity;
use autogen_schema::{Change, Constraint, ConstraintChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "RW109",
    title: "primary key copies the table",
    severity: Severity::Warning,
    page: "If the table gets no other primary key in the same statement, MySQL and MariaDB copy it (`ALGORITHM=COPY, LOCK=SHARED`); nobody can write meanwhile. Dropping one key and adding another in one statement works in place.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Constraint(
        ConstraintChange::Add { table, constraint: Constraint::PrimaryKey(_) }
        | ConstraintChange::Drop { table, constraint: Constraint::PrimaryKey(_) },
    ) = case.change
    else {
        return None;
    };
    if !case.copies() {
        return None;
    }
    Finding::new(
        format!(
            "{table} is copied while its primary key changes, and nobody can write to it meanwhile"
        ),
        "on a large table, use a tool that copies online, or a quiet hour",
    )
}
