//! DD104: foreign key over orphans.

use autogen_dialect::probe::Place;
use autogen_plan::Severity;
use autogen_schema::{Change, Constraint, ConstraintChange, ForeignKey, QName};

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
    let guarded = case.schema.before.tables.get(table).is_some_and(|before| {
        before.foreign_keys.iter().any(|there| !there.not_valid && guards(there, key))
    });
    if !case.first || case.new_table || added || guarded || key.not_valid {
        return None;
    }
    Finding::probed(
        probe(case, table, key),
        format!("fails if a row of {table} has no row in {}", key.references),
        "look for orphans before you run this",
    )
}

/// A query for rows without a parent. Rows that are partly NULL are not looked
/// at, though MATCH FULL minds them.
fn probe(case: &Case<'_>, table: &QName, key: &ForeignKey) -> Option<String> {
    let columns = case.origin.columns(table, &key.columns)?;
    let table = case.origin.table(table)?;
    let child = Place { table: &table, columns: &columns };
    let Some(parent) = case.origin.table(&key.references) else {
        return Some(case.dialect.probe_orphans(child, None));
    };
    let columns = case.origin.columns(&key.references, &key.referenced_columns)?;
    let parent = Place { table: &parent, columns: &columns };
    Some(case.dialect.probe_orphans(child, Some(parent)))
}

/// Whether the rows that `there` allows are rows that `wanted` allows.
fn guards(there: &ForeignKey, wanted: &ForeignKey) -> bool {
    let partly_null = wanted.columns.len() > 1 && there.match_type != wanted.match_type;
    there.columns == wanted.columns
        && there.references == wanted.references
        && there.referenced_columns == wanted.referenced_columns
        && !partly_null
}
