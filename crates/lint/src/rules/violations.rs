//! DD105: check over violations.

use autogen_dialect::Cost;
use autogen_plan::Severity;
use autogen_schema::{
    Change, Check, Column, ColumnType, Constraint, ConstraintChange, Domain, DomainChange, Pair,
    QName,
};

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
        return reads.then(|| of_domain(case, item)).flatten();
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

fn of_domain(case: &Case<'_>, item: &Pair<Domain>) -> Option<Finding> {
    let name = &item.after.name;
    let places = held(case, item);
    let probe = condition(case, item)
        .filter(|_| !places.is_empty())
        .map(|condition| case.dialect.probe_values(&places, &condition));
    Finding::probed(
        probe,
        format!("fails if a value of domain {name} violates it"),
        "look for such values in every column of the domain before you run this",
    )
}

/// What the step would not take, if it can be asked before the plan runs.
fn condition(case: &Case<'_>, item: &Pair<Domain>) -> Option<String> {
    if case.step.sql.ends_with(" SET NOT NULL") {
        return Some("VALUE IS NULL".to_owned());
    }
    let added = |check: &&Check| {
        let text = format!("CHECK ({})", check.expr);
        !item.before.checks.contains(check) && case.step.sql.ends_with(&text)
    };
    let check = item.after.checks.iter().find(added)?;
    case.origin.says_the_same(&check.expr).then(|| format!("NOT ({})", check.expr))
}

/// The columns that are of the domain before and after, as they are called before.
fn held(case: &Case<'_>, item: &Pair<Domain>) -> Vec<(QName, String)> {
    let of = |column: &Column, name: &QName| column.data_type == ColumnType::Domain(name.clone());
    let mut places = Vec::new();
    for table in case.schema.after.tables.values() {
        for column in table.columns.iter().filter(|it| of(it, &item.after.name)) {
            let there = case.origin.table(&table.name);
            let place = there.zip(case.origin.column(&table.name, &column.name));
            let was = place.as_ref().and_then(|(table, column)| {
                case.schema.before.tables.get(table).and_then(|it| it.column(column))
            });
            if was.is_some_and(|it| of(it, &item.before.name)) {
                places.extend(place);
            }
        }
    }
    places
}
