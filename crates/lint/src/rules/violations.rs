//! DD105: check over violations.

use autogen_dialect::Cost;
use autogen_dialect::probe::{Compared, Held};
use autogen_plan::Severity;
use autogen_schema::{
    Check, ColumnType, Constraint, Domain, Exclusion, IndexKey, Pair, QName, Schema,
};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD105",
    title: "check over violations",
    severity: Severity::Warning,
    page: "Rows that violate the check make the migration fail, and nothing is changed. So do two rows that conflict under an exclusion constraint. Look for them first: `SELECT .. WHERE NOT (..)`.\n\nThe probe of an exclusion constraint sorts ranges and compares each with the next one. Other types (boxes, circles) require comparing each row with all others; if that takes more than a minute, the probe has no result.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if let Some(item) = case.change.altered_domain() {
        return of_domain(case, item);
    }
    let (table, constraint) = case.change.added_constraint()?;
    match constraint {
        Constraint::Check(check) => of_check(case, table, check),
        Constraint::Exclusion(exclusion) => of_exclusion(case, table, exclusion),
        Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::ForeignKey(_) => None,
    }
}

fn of_check(case: &Case<'_>, table: &QName, check: &Check) -> Option<Finding> {
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

fn of_exclusion(case: &Case<'_>, table: &QName, exclusion: &Exclusion) -> Option<Finding> {
    if !case.first || case.new_table {
        return None;
    }
    let mut before = case.schema.before.tables.get(&case.origin.table(table)?)?.exclusions.iter();
    if before.any(|it| it.same_structure(exclusion)) {
        // It is only recreated, and existing rows satisfy it.
        return None;
    }
    let words: Vec<String> = exclusion
        .elements
        .iter()
        .map(|(part, operator)| match &part.key {
            IndexKey::Column(name) => format!("{name} {operator}"),
            IndexKey::Expression(expr) => format!("{expr} {operator}"),
        })
        .collect();
    Finding::probed(
        conflicts(case, table, exclusion),
        format!("fails if two rows of {table} conflict in {}", words.join(", ")),
        "look for such rows before you run this",
    )
}

/// Two rows that conflict.
fn conflicts(case: &Case<'_>, table: &QName, exclusion: &Exclusion) -> Option<String> {
    let elements = exclusion.elements.iter().map(|(part, operator)| {
        let (held, data_type) = match &part.key {
            IndexKey::Column(name) => {
                (case.held(table, name)?, Some(data_type(case, table, name)?))
            }
            IndexKey::Expression(expr) => {
                (Held::There(format!("({})", case.origin.expression(table, expr)?)), None)
            }
        };
        let collation = part.collation.as_deref();
        Some(Compared { held, collation, operator, data_type })
    });
    let elements: Vec<Compared<'_>> = elements.collect::<Option<_>>()?;
    let predicate = match &exclusion.predicate {
        Some(expr) => Some(case.origin.expression(table, expr)?),
        None => None,
    };
    case.dialect.probe_conflicts(&case.origin.table(table)?, &elements, predicate)
}

/// The type of a column's values, if it is the same before and after the plan. `None` if it
/// changes: then the operator may not exist for the current type.
fn data_type<'a>(case: &Case<'a>, table: &QName, name: &str) -> Option<&'a ColumnType> {
    let of = |schema: &'a Schema, table: &QName, name: &str| {
        schema.tables.get(table)?.column(name).map(|it| &it.data_type)
    };
    let before = case
        .origin
        .column(table, name)
        .zip(case.origin.table(table))
        .and_then(|(name, table)| of(case.schema.before, &table, &name));
    let after = of(case.schema.after, table, name);
    match (before, after) {
        (Some(before), Some(after)) => (before == after).then_some(before),
        (before, after) => before.or(after),
    }
}

fn of_domain(case: &Case<'_>, item: &Pair<Domain>) -> Option<Finding> {
    if case.step.effect.cost != Cost::Scan {
        return None;
    }
    let name = &item.after.name;
    Finding::probed(
        domain_violations(case, item),
        format!("fails if a value of domain {name} violates it"),
        "look for such values in every column of the domain before you run this",
    )
}

/// A value that the changed domain rejects, in any of its columns.
fn domain_violations(case: &Case<'_>, item: &Pair<Domain>) -> Option<String> {
    let Pair { before, after } = item;
    let old = |check: &&Check| before.checks.iter().any(|other| other.expr == check.expr);
    let new: Vec<&Check> =
        after.checks.iter().filter(|check| !check.not_valid).filter(|check| !old(check)).collect();
    if !new.iter().all(|check| case.origin.can_call(&check.expr)) {
        return None;
    }
    let data_type = ColumnType::Domain(before.name.clone());
    let nulls = before.nullable && !after.nullable;
    let mut conditions = Vec::new();
    for table in case.schema.before.tables.values() {
        for column in table.columns.iter().filter(|column| column.data_type == data_type) {
            let name = case.dialect.quote(&column.name);
            let checks = new.iter().map(|check| {
                let expr = check.expr.rename_column("value", &column.name);
                format!("NOT ({expr})")
            });
            let null = nulls.then(|| format!("{name} IS NULL"));
            let wrong: Vec<String> = checks.chain(null).collect();
            if !wrong.is_empty() {
                conditions.push((&table.name, wrong.join(" OR ")));
            }
        }
    }
    case.dialect.probe_anywhere(&conditions)
}
