//! What a comparison can't tell of the way back: the places of columns, and rows.

use std::collections::BTreeMap;

use autogen_schema::{Change, ColumnChange, QName, TableChange};

/// Columns come back in the places that they had, which needs no other order unless the way
/// there had one; and rows get their labels back.
pub(super) fn in_place(mut changes: Vec<Change>, made: &[Change]) -> Vec<Change> {
    let positions: BTreeMap<(&QName, &str), usize> = made.iter().filter_map(position).collect();
    for change in &mut changes {
        if let Change::Column(ColumnChange::Add { table, column, position }) = change {
            *position = positions.get(&(&*table, column.name.as_str())).copied();
        }
    }
    changes.retain(|change| {
        reordered(change).is_none_or(|table| made.iter().any(|it| reordered(it) == Some(table)))
    });
    let relabels = made.iter().rev().filter(|it| it.relabelled_column().is_some());
    changes.extend(relabels.map(Change::inverse));
    changes
}

/// The place of a column that is dropped.
fn position(change: &Change) -> Option<((&QName, &str), usize)> {
    let Change::Column(ColumnChange::Drop { table, column, position }) = change else {
        return None;
    };
    position.map(|at| ((table, column.name.as_str()), at))
}

/// The table whose columns get another order.
fn reordered(change: &Change) -> Option<&QName> {
    let Change::Table(TableChange::Reorder { table, .. }) = change else { return None };
    Some(table)
}
