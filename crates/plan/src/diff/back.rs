//! What a comparison does not know about the way down: the positions of columns, and rows.

use std::collections::BTreeMap;

use autogen_schema::{Change, ColumnChange, QName, TableChange};

/// Restored columns get their former positions, which needs no reordering unless the way up
/// had one; and rows get their labels back.
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

/// The position of a dropped column.
fn position(change: &Change) -> Option<((&QName, &str), usize)> {
    let Change::Column(ColumnChange::Drop { table, column, position }) = change else {
        return None;
    };
    position.map(|at| ((table, column.name.as_str()), at))
}

/// The table whose columns are reordered.
fn reordered(change: &Change) -> Option<&QName> {
    let Change::Table(TableChange::Reorder { table, .. }) = change else { return None };
    Some(table)
}
