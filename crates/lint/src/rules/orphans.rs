//! DD104: foreign key over orphans.

use autogen_dialect::probe::{Held, Rows};
use autogen_plan::Severity;
use autogen_schema::{FkMatch, ForeignKey, Partitioning, QName};

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
    let (table, key) = case.change.added_foreign_key()?;
    let empty = key.columns.iter().any(|column| case.comes_empty(table, column));
    let all_empty = key.columns.iter().all(|column| case.comes_empty(table, column));
    let unchecked = if key.match_type == FkMatch::Full { all_empty } else { empty };
    let guarded = as_it_was(case, table, key).is_some_and(|(table, wanted)| {
        case.schema.before.tables.get(&table).is_some_and(|before| {
            before.foreign_keys.iter().any(|there| !there.not_valid && guards(there, &wanted))
        })
    });
    if !case.first || case.new_table || unchecked || guarded || key.not_valid {
        return None;
    }
    Finding::probed(
        probe(case, table, key),
        format!("fails if a row of {table} has no row in {}", key.references),
        "look for orphans before you run this",
    )
}

/// The table and the key under their names before the plan.
fn as_it_was(case: &Case<'_>, table: &QName, key: &ForeignKey) -> Option<(QName, ForeignKey)> {
    let mut was = key.clone();
    was.columns = case.origin.columns(table, &key.columns)?;
    was.referenced_columns = case.origin.columns(&key.references, &key.referenced_columns)?;
    was.references = case.origin.table(&key.references)?;
    Some((case.origin.table(table)?, was))
}

/// A query for rows without a referenced row. Rows that are partly NULL are not checked,
/// although MATCH FULL rejects them.
fn probe(case: &Case<'_>, table: &QName, key: &ForeignKey) -> Option<String> {
    let values: Vec<Held> =
        key.columns.iter().map(|column| case.held(table, column)).collect::<Option<_>>()?;
    let child = Rows { table: &case.origin.table(table)?, values: &values };
    if gets_rows(case, &key.references) {
        return None;
    }
    let Some(parent) = case.origin.table(&key.references) else {
        return Some(case.dialect.probe_orphans(child, None));
    };
    let held = |column: &String| case.held(&key.references, column);
    let values: Vec<Held> = key.referenced_columns.iter().map(held).collect::<Option<_>>()?;
    let parent = Rows { table: &parent, values: &values };
    Some(case.dialect.probe_orphans(child, Some(parent)))
}

/// Whether tables are attached to the referenced table, and bring their rows.
fn gets_rows(case: &Case<'_>, parent: &QName) -> bool {
    let wanted = case.schema.after.tables.get(parent);
    let partitions = wanted.and_then(|it| it.partitioning.as_ref());
    let names = partitions.map(Partitioning::names).unwrap_or_default();
    let tables = case.dialect.partitions_are_tables();
    tables && names.into_iter().any(|name| case.schema.before.tables.contains_key(name))
}

/// Whether rows that satisfy the existing key satisfy the wanted one.
fn guards(there: &ForeignKey, wanted: &ForeignKey) -> bool {
    let partly_null = wanted.columns.len() > 1 && there.match_type != wanted.match_type;
    there.columns == wanted.columns
        && there.references == wanted.references
        && there.referenced_columns == wanted.referenced_columns
        && !partly_null
}
