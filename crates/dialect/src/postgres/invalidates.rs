//! What a change of a column or of its type invalidates in PostgreSQL.

use std::collections::BTreeSet;

use autogen_schema::{Column, ColumnType, Pair};

use super::convert::{Family, family};
use crate::DependencyKind;

/// A column's change. Generated columns, views and the like reject a change of type.
///
/// Source: manual, ALTER TABLE, `SET DATA TYPE`.
pub(crate) fn column(column: Pair<&Column>) -> BTreeSet<DependencyKind> {
    let Pair { before, after } = column;
    let mut kinds = data_type(Pair::new(&before.data_type, &after.data_type));
    if before.collation != after.collation {
        kinds.extend([DependencyKind::Generates, DependencyKind::Reads]);
    }
    kinds
}

/// A type's change.
pub(crate) fn data_type(types: Pair<&ColumnType>) -> BTreeSet<DependencyKind> {
    if types.before == types.after {
        return BTreeSet::new();
    }
    let mut kinds = BTreeSet::from([DependencyKind::Generates, DependencyKind::Reads]);
    if !keeps_operators(types.before, types.after) {
        kinds.extend([DependencyKind::Computes, DependencyKind::References]);
    }
    kinds
}

/// Whether constraints and indexes on the column survive the change: they keep using the same
/// operators.
fn keeps_operators(before: &ColumnType, after: &ColumnType) -> bool {
    if before == after {
        return true;
    }
    let (before, after) = (family(before), family(after));
    let number = |it: Family| matches!(it, Family::Integer | Family::Number);
    (before == after
        && !matches!(before, Family::Enum | Family::Array | Family::Other | Family::Json))
        || (number(before) && number(after))
}
