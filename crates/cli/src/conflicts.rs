//! Conflicts between two lists of changes.

use std::collections::BTreeSet;

use autogen_schema::{Change, TableChange};

/// What both sides change: the same object, or a table as a whole and something in it.
pub(crate) fn conflicts(left: &[Change], right: &[Change]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for one in left {
        for other in right {
            if one.object() == other.object() {
                found.insert(one.object());
            }
            let shared = one.table().filter(|table| other.table() == Some(table));
            if let Some(table) = shared
                && (is_whole(one) || is_whole(other))
            {
                found.insert(table.to_string());
            }
        }
    }
    found.into_iter().collect()
}

/// Whether a table is created, dropped or renamed.
fn is_whole(change: &Change) -> bool {
    matches!(
        change,
        Change::Table(TableChange::Create(_) | TableChange::Drop(_) | TableChange::Rename(_))
    )
}
