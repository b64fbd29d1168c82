//! DD105: check over violations.

use autogen_dialect::Cost;
use autogen_plan::Severity;
use autogen_schema::{Change, Constraint, ConstraintChange, DomainChange, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD105",
    title: "check over violations",
    severity: Severity::Warning,
    page: "Rows that violate the check make the migration fail, and nothing is changed. Look for them first: `SELECT .. WHERE NOT (..)`.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if let Change::Domain(DomainChange::Alter(item)) = case.change {
        let reads = case.step.effect.cost == Cost::Scan;
        return reads.then(|| of_domain(&item.after.name)).flatten();
    }
    let Change::Constraint(ConstraintChange::Add { table, constraint: Constraint::Check(check) }) =
        case.change
    else {
        return None;
    };
    if !case.first || case.new_table || check.not_valid || check.not_enforced {
        return None;
    }
    let probe = case
        .origin
        .table(table)
        .zip(case.origin.expression(table, &check.expr))
        .map(|(table, expr)| case.dialect.probe_violations(&table, expr));
    Finding::probed(
        probe,
        format!("fails if a row of {table} violates {}", check.expr),
        "look for such rows before you run this",
    )
}

fn of_domain(name: &QName) -> Option<Finding> {
    Finding::new(
        format!("fails if a value of domain {name} violates it"),
        "look for such values in every column of the domain before you run this",
    )
}
