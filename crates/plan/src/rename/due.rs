//! Which declared renames are pending: they stay in the models after they were applied.

use std::collections::BTreeMap;
use std::sync::Arc;

use autogen_schema::{ColumnType, QName, Rename, Schema, Table};

use super::has_column;

/// Whether a declared rename was declared before. Without that, a pending exchange cannot be
/// distinguished from an applied one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// It was, or that is unknown.
    Unknown,
    /// It was not.
    New,
    /// It was not, and neither was another rename that frees its new name.
    Freed,
}

/// Whether a declared rename is pending.
pub(super) fn fits(schema: &Schema, wanted: &Schema, rename: &Rename, news: News) -> bool {
    match rename {
        Rename::Table { before, after } => {
            let gone = !wanted.tables.contains_key(before) || news == News::New;
            let due = !schema.tables.contains_key(after) && gone;
            schema.tables.contains_key(before) && (due || news == News::Freed)
        }
        Rename::Type { before, after } => {
            schema.enums.contains_key(before) && !schema.enums.contains_key(after)
        }
        Rename::Column { table, before, after } => {
            let (Some(there), Some(wanted)) = (schema.tables.get(table), wanted.tables.get(table))
            else {
                return false;
            };
            let swaps = there.column(after).is_some() && wanted.column(before).is_some();
            there.column(before).is_some()
                && (there.column(after).is_none()
                    || (swaps && !same_types(there, wanted))
                    || news == News::Freed)
        }
        Rename::Value { of, before, after } => schema
            .enums
            .get(of)
            .is_some_and(|item| item.values.contains(before) && !item.values.contains(after)),
        Rename::Label { table, column, before, after } => {
            let has = |label| labels(schema, table, column).is_some_and(|it| it.contains(label));
            has(before) && !has(after)
        }
    }
}

/// Declared exchanges that names and types do not decide.
pub(super) fn unclear(
    schema: &Schema,
    wanted: &Schema,
    declared: &[Rename],
    given: &[Rename],
) -> Vec<Rename> {
    let both = |tables: &BTreeMap<QName, Arc<Table>>, one: &QName, other: &QName| {
        tables.contains_key(one) && tables.contains_key(other)
    };
    let open = |rename: &&Rename| match rename {
        Rename::Table { before, after } => {
            both(&schema.tables, before, after) && both(&wanted.tables, before, after)
        }
        Rename::Column { table, before, after } => {
            match (schema.tables.get(table), wanted.tables.get(table)) {
                (Some(there), Some(wanted)) => {
                    let both =
                        |it: &Table| it.column(before).is_some() && it.column(after).is_some();
                    both(there) && both(wanted) && same_types(there, wanted)
                }
                (Some(_) | None, _) => false,
            }
        }
        Rename::Type { .. } | Rename::Value { .. } | Rename::Label { .. } => false,
    };
    declared.iter().filter(open).filter(|it| !given.contains(it)).cloned().collect()
}

/// Whether a value is renamed that the database stores as plain text.
pub(super) fn is_in_rows(schema: &Schema, rename: &Rename) -> bool {
    match rename {
        Rename::Label { table, column, .. } => {
            has_column(schema, table, column) && labels(schema, table, column).is_none()
        }
        Rename::Table { .. }
        | Rename::Column { .. }
        | Rename::Type { .. }
        | Rename::Value { .. } => false,
    }
}

/// The values of a column's type.
pub(super) fn labels<'s>(
    schema: &'s Schema,
    table: &QName,
    column: &str,
) -> Option<&'s Vec<String>> {
    let column = schema.tables.get(table)?.column(column)?;
    if let ColumnType::InlineEnum(labels) = &column.data_type { Some(labels) } else { None }
}

/// Names alone do not show whether two names were exchanged, so a declared exchange is
/// applied only if the types show that it is pending.
fn same_types(before: &Table, wanted: &Table) -> bool {
    wanted.columns.iter().all(|column| {
        before.column(&column.name).is_some_and(|other| other.data_type == column.data_type)
    })
}
