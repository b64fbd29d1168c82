//! What a change of a column or of its type invalidates in PostgreSQL.

use std::collections::BTreeSet;

use autogen_schema::{Column, ColumnType, Pair};

use super::convert::{Family, family};
use super::versions::{drops_expression, sets_expression};
use crate::DependencyKind;

/// A column's change. Generated columns, views and the like reject a change of type.
///
/// Source: manual, ALTER TABLE, `SET DATA TYPE`.
pub(crate) fn column(column: Pair<&Column>, server: Option<u32>) -> BTreeSet<DependencyKind> {
    let Pair { before, after } = column;
    if is_replaced(column, server) {
        return DependencyKind::ALL.into_iter().collect();
    }
    let mut kinds = data_type(Pair::new(&before.data_type, &after.data_type));
    if before.collation != after.collation {
        kinds.extend([DependencyKind::Generates, DependencyKind::Reads]);
    }
    kinds
}

/// Whether a generated column that becomes a plain one is dropped and added for it, with the
/// values that it had.
pub(crate) fn is_replaced(column: Pair<&Column>, server: Option<u32>) -> bool {
    let storage = column.before.generated.as_ref().map(|it| it.storage);
    column.after.generated.is_none()
        && storage.is_some_and(|storage| !drops_expression(storage, server))
}

/// Whether a column that is generated afterwards stays: at most its expression changes, and
/// nothing that it is computed from.
pub(crate) fn keeps_generated(column: Pair<&Column>, invalid: bool, server: Option<u32>) -> bool {
    let Pair { before, after } = column;
    let same_kind = match (&before.generated, &after.generated) {
        (Some(before), Some(after)) => {
            before == after || before.storage == after.storage && sets_expression(server)
        }
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    same_kind && before.data_type == after.data_type && !invalid
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
