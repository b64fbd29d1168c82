//! Tables that reference each other in a cycle and all become UNLOGGED, or all logged again:
//! each would have to be the first. So some of the keys between them are dropped and
//! recreated.

use std::collections::BTreeSet;

use autogen_schema::{
    Change, Constraint, ConstraintChange, ForeignKey, Pair, QName, Schema, Table,
};

/// Drops the keys that close a cycle, and adds them again.
pub(super) fn detach(schema: Pair<&Schema>, changes: &mut Vec<Change>) {
    let pairs: Vec<Pair<&Table>> = schema
        .after
        .tables_beside(schema.before)
        .filter_map(|(after, before)| Some(Pair::<&Table>::new(before?, after)))
        .filter(|it| it.before.options.unlogged != it.after.options.unlogged)
        .collect();
    if pairs.is_empty() {
        return;
    }
    // Keys that are dropped or added anyway do not count.
    let moved: BTreeSet<(QName, ForeignKey)> = changes.iter().filter_map(moved).collect();
    let stays = |table: &Table, key: &ForeignKey| {
        key.references != table.name && !moved.contains(&(table.name.clone(), key.clone()))
    };
    let bare: Vec<Table> = pairs
        .iter()
        .map(|table| {
            let mut bare = table.after.clone();
            bare.foreign_keys.retain(|key| stays(table.after, key));
            bare
        })
        .collect();
    let detached = super::cycles::circular(&bare.iter().collect::<Vec<_>>());
    for table in &bare {
        for key in &table.foreign_keys {
            if detached.contains(&(table.name.clone(), key.references.clone())) {
                let constraint = || Constraint::ForeignKey(key.clone());
                let name = || table.name.clone();
                changes.push(
                    ConstraintChange::Drop { table: name(), constraint: constraint() }.into(),
                );
                changes
                    .push(ConstraintChange::Add { table: name(), constraint: constraint() }.into());
            }
        }
    }
}

fn moved(change: &Change) -> Option<(QName, ForeignKey)> {
    let (table, key) = change.added_foreign_key().or_else(|| change.dropped_foreign_key())?;
    Some((table.clone(), key.clone()))
}
