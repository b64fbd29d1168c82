//! Constraints.

use std::collections::BTreeMap;

use autogen_schema::{
    Carrier, Check, Deferrable, Exclusion, FkAction, FkMatch, ForeignKey, Index, KeyPart, Name,
    PrimaryKey, Schema, Unique,
};

use super::columns::expr;
use super::left::attribute;
use super::names::Naming;
use super::rows::ConstraintRow;
use super::{Building, Buildings, OutsideColumns};
use crate::introspect::note;

/// The tables that foreign keys reference.
pub(super) struct Parents<'a> {
    pub(super) outside_columns: OutsideColumns,
    pub(super) naming: &'a Naming,
}

impl Parents<'_> {
    /// The columns that a foreign key references.
    fn columns(&self, row: &ConstraintRow, tables: &Buildings) -> Vec<String> {
        if let Some(names) = &row.parent_columns {
            return names.clone();
        }
        let (Some(id), Some(key)) = (row.parent_id, &row.parent_key) else { return Vec::new() };
        match tables.get(&id) {
            Some(building) => building.columns(key),
            None => key
                .iter()
                .filter_map(|number| self.outside_columns.get(&(id, *number)).cloned())
                .collect(),
        }
    }
}

/// Adds constraints to their tables. `exclusions` are the indexes of the exclusion
/// constraints, by oid.
pub(super) fn fill(
    rows: Vec<ConstraintRow>,
    mut exclusions: BTreeMap<i64, Index>,
    parents: &Parents<'_>,
    tables: &mut Buildings,
    schema: &mut Schema,
) {
    for row in rows {
        let parent = parents.columns(&row, tables);
        let Some(building) = tables.get_mut(&row.relation) else { continue };
        let object = format!("constraint {} of {}", row.name, building.table.name);
        if row.period {
            let message = "a constraint over periods is not compared";
            schema.unsupported.push(note("U0107", object, message));
            continue;
        }
        if row.not_enforced && row.kind != 'c' {
            let message = "a constraint that is not enforced is not compared";
            schema.unsupported.push(note("U0108", object, message));
            continue;
        }
        if row.stored.unwrap_or_default() {
            let message = "the storage parameters and the tablespace of its index are not \
                           compared";
            let carrier = Carrier::Index(building.table.name.clone(), row.name.clone());
            attribute(schema, object.clone(), message.to_owned(), carrier);
            schema.unsupported.push(note("U0120", object, message));
        }
        let deferrable = row.deferrable.then_some(if row.deferred {
            Deferrable::InitiallyDeferred
        } else {
            Deferrable::InitiallyImmediate
        });
        let key = row.key.as_deref().unwrap_or_default();
        let name = Name::Exact(row.name.clone());
        match row.kind {
            'p' => {
                let mut made = PrimaryKey::new(name, &[]);
                made.columns = key_parts(building, key);
                made.include = building.columns(row.include.as_deref().unwrap_or_default());
                made.deferrable = deferrable;
                made.comment = row.comment;
                building.table.primary_key = Some(made);
            }
            'u' => {
                let mut made = Unique::new(name, &[]);
                made.columns = key_parts(building, key);
                made.include = building.columns(row.include.as_deref().unwrap_or_default());
                made.nulls_not_distinct = row.nulls_not_distinct.unwrap_or_default();
                made.deferrable = deferrable;
                made.comment = row.comment;
                building.table.uniques.push(made);
            }
            'f' => {
                let mut made = foreign_key(row, deferrable, building, parents.naming);
                made.referenced_columns = parent;
                building.table.foreign_keys.push(made);
            }
            'c' => {
                let made = Check {
                    name,
                    expr: expr(row.expr.as_deref().unwrap_or_default()),
                    not_valid: !row.validated && !row.not_enforced,
                    no_inherit: row.no_inherit,
                    not_enforced: row.not_enforced,
                    comment: row.comment,
                };
                building.table.checks.push(made);
            }
            _ => {
                let index = row.index.and_then(|id| exclusions.remove(&id));
                let Some(index) = index else { continue };
                let operators = row.operators.unwrap_or_default();
                building.table.exclusions.push(Exclusion {
                    name,
                    method: index.method.unwrap_or_else(|| "btree".to_owned()),
                    elements: index.parts.into_iter().zip(operators).collect(),
                    predicate: index.predicate,
                    deferrable,
                    comment: row.comment,
                });
            }
        }
    }
}

fn key_parts(building: &Building, numbers: &[i32]) -> Vec<KeyPart> {
    building.columns(numbers).into_iter().map(KeyPart::new).collect()
}

fn foreign_key(
    row: ConstraintRow,
    deferrable: Option<Deferrable>,
    building: &Building,
    naming: &Naming,
) -> ForeignKey {
    let parent = naming
        .name(row.parent_schema.as_deref().unwrap_or_default(), row.parent.unwrap_or_default());
    let mut made = ForeignKey::new(Name::Exact(row.name), &[], parent, &[]);
    made.columns = building.columns(row.key.as_deref().unwrap_or_default());
    made.on_delete = action(row.on_delete);
    made.on_update = action(row.on_update);
    made.set_columns = building.columns(row.set_columns.as_deref().unwrap_or_default());
    made.match_type = match row.match_type {
        Some('f') => FkMatch::Full,
        Some('p') => FkMatch::Partial,
        _ => FkMatch::Simple,
    };
    made.deferrable = deferrable;
    made.not_valid = !row.validated;
    made.comment = row.comment;
    made
}

/// Source: PostgreSQL manual, 53.13 "pg_constraint".
fn action(code: Option<char>) -> FkAction {
    match code {
        Some('r') => FkAction::Restrict,
        Some('c') => FkAction::Cascade,
        Some('n') => FkAction::SetNull,
        Some('d') => FkAction::SetDefault,
        _ => FkAction::NoAction,
    }
}
