//! RW115: check copies the table.

use autogen_plan::Severity;
use autogen_schema::{Change, Constraint, ConstraintChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "RW115",
    title: "check copies the table",
    severity: Severity::Warning,
    page: "MySQL and MariaDB add a check by copying the table (`ALGORITHM=COPY, LOCK=SHARED`); nobody can write meanwhile. On a large, busy table, check new rows by a trigger, or copy with gh-ost or pt-online-schema-change.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Constraint(ConstraintChange::Add { table, constraint: Constraint::Check(_) }) =
        case.change
    else {
        return None;
    };
    if !case.copies() {
        return None;
    }
    Finding::new(
        format!("{table} is copied while the check is added, and nobody can write to it meanwhile"),
        "on a large table, use a tool that copies online, or a quiet hour",
    )
}
