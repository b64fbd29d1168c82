//! Rows that get other labels, beside a change of their column.

use std::collections::BTreeSet;

use autogen_schema::{Change, ColumnType, QName};

use super::resource::{Footprint, Resource};

/// The column is altered first: the new label may be too long for it as it is.
/// An enum comes last: it has none but the new labels.
pub(super) fn connect(changes: &[Change], footprints: &mut [Footprint]) {
    let mut enums: Option<BTreeSet<(&QName, &str)>> = None;
    for (change, footprint) in changes.iter().zip(footprints) {
        let Some((table, column)) = change.relabelled_column() else { continue };
        let enums = enums.get_or_insert_with(|| changes.iter().filter_map(becomes_enum).collect());
        let place = Resource::Column(table.clone(), column.clone());
        match enums.contains(&(table, column.as_str())) {
            true => footprint.releases.push(place),
            false => footprint.needs.push(place),
        }
    }
}

fn becomes_enum(change: &Change) -> Option<(&QName, &str)> {
    let (table, column) = change.altered_column()?;
    let of = &column.after.data_type;
    matches!(of, ColumnType::Enum(_) | ColumnType::InlineEnum(_))
        .then_some((table, column.after.name.as_str()))
}
