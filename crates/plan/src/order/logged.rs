//! Tables that lose or gain `UNLOGGED`: at every moment a logged table
//! references logged ones only.

use std::collections::BTreeSet;

use autogen_schema::{Change, ForeignKey, QName, Schema, Table};

use super::resource::{Footprint, Resource};

/// Adds what the changes need of each other for that; `before` is the schema
/// that they start from.
pub(super) fn connect(before: &Schema, changes: &[Change], footprints: &mut [Footprint]) {
    let switched: BTreeSet<&QName> = changes.iter().filter_map(switch).map(|(it, _)| it).collect();
    if switched.is_empty() {
        return;
    }
    // Keys that go do so before their table begins to last.
    let gone: BTreeSet<(&QName, &ForeignKey)> =
        changes.iter().filter_map(Change::dropped_foreign_key).collect();
    let of = |table: &QName, keys: &[ForeignKey]| -> Vec<Resource> {
        let stay = keys.iter().filter(|key| !gone.contains(&(table, *key)));
        let parents = stay.map(|key| &key.references);
        parents.filter(|it| switched.contains(it)).cloned().map(Resource::Logged).collect()
    };
    let parent = |key: &ForeignKey| {
        let switched = switched.contains(&key.references);
        switched.then(|| Resource::Logged(key.references.clone()))
    };
    // A key comes when its table is what it shall be.
    let switched_on: BTreeSet<&QName> =
        changes.iter().filter_map(switch).filter(|(_, logged)| *logged).map(|(it, _)| it).collect();
    let settled = |table: &QName| {
        let name = switched.contains(table).then(|| table.clone())?;
        Some(if switched_on.contains(table) {
            Resource::Logged(name)
        } else {
            Resource::Unlogged(name)
        })
    };
    for (change, footprint) in changes.iter().zip(footprints) {
        if let Some((name, logged)) = switch(change) {
            let parents = before.tables.get(name).map(|table| of(name, &table.foreign_keys));
            let own = Resource::Logged(name.clone());
            let without = Resource::Unlogged(name.clone());
            let mut parents = parents.unwrap_or_default();
            parents.retain(|it| *it != own);
            if logged {
                footprint.creates.push(own);
                footprint.removes.push(without);
                footprint.needs.extend(parents);
            } else {
                footprint.removes.push(own);
                footprint.creates.push(without);
                footprint.releases.extend(parents);
            }
        }
        let logged = |table: &&Table| !table.options.unlogged;
        if let Some(table) = change.created_table().filter(logged) {
            footprint.needs.extend(of(&table.name, &table.foreign_keys));
        }
        if let Some(table) = change.dropped_table().filter(logged) {
            footprint.releases.extend(of(&table.name, &table.foreign_keys));
        }
        if let Some((table, key)) = change.added_foreign_key() {
            footprint.needs.extend(settled(table));
            footprint.needs.extend(parent(key));
        }
        if let Some((table, key)) = change.dropped_foreign_key() {
            footprint.releases.push(Resource::Unlogged(table.clone()));
            footprint.releases.extend(parent(key));
        }
    }
}

/// A table that switches, and whether it logged afterwards.
fn switch(change: &Change) -> Option<(&QName, bool)> {
    let (table, options) = change.changed_options()?;
    let differs = options.before.unlogged != options.after.unlogged;
    differs.then_some((table, !options.after.unlogged))
}
