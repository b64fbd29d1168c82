//! Changes that affect each other's rows: labels and a change of their column, and tables
//! that become logged or unlogged.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{Change, ColumnType, ForeignKey, QName, Schema, Table};

use super::edges::Edges;

/// Relabelled rows. The column is altered first: the new label may be too long for it before.
/// An enum comes last: it has only the new labels.
pub(super) fn relabelled(changes: &[Change], edges: &mut Edges) {
    let altered: BTreeMap<(&QName, &str), usize> = changes
        .iter()
        .enumerate()
        .filter_map(|(at, change)| {
            let (table, column) = change.altered_column()?;
            Some(((table, column.after.name.as_str()), at))
        })
        .collect();
    for (at, change) in changes.iter().enumerate() {
        let Some((table, column)) = change.relabelled_column() else { continue };
        let Some(alter) = altered.get(&(table, column.as_str())) else { continue };
        match changes.get(*alter).is_some_and(becomes_enum) {
            true => edges.add(at, *alter),
            false => edges.add(*alter, at),
        }
    }
}

fn becomes_enum(change: &Change) -> bool {
    change.altered_column().is_some_and(|(_, column)| {
        matches!(column.after.data_type, ColumnType::Enum(_) | ColumnType::InlineEnum(_))
    })
}

/// A table that becomes logged or unlogged.
struct Switch {
    at: usize,
    logged: bool,
}

/// At every moment a logged table references only logged ones. `before` is the schema that
/// the changes start from.
pub(super) fn logged(before: &Schema, changes: &[Change], edges: &mut Edges) {
    let switches: BTreeMap<&QName, Switch> =
        changes.iter().enumerate().filter_map(|(at, change)| switch(at, change)).collect();
    if switches.is_empty() {
        return;
    }
    let gone: BTreeSet<(&QName, &ForeignKey)> =
        changes.iter().filter_map(Change::dropped_foreign_key).collect();
    let parents = |table: &QName, keys: &[ForeignKey]| -> Vec<&Switch> {
        let stay = keys.iter().filter(|key| !gone.contains(&(table, *key)));
        stay.filter_map(|key| switches.get(&key.references)).collect()
    };
    keys_of_their_own(&switches, changes, edges);
    let mut comes = |at: usize, parents: Vec<&Switch>| {
        parents.iter().filter(|parent| parent.logged).for_each(|parent| edges.add(parent.at, at));
    };
    let logged = |table: &&Table| !table.options.unlogged;
    let parents_of = |table: Option<&Table>| {
        let table = table.filter(logged);
        table.map_or_else(Vec::new, |table| parents(&table.name, &table.foreign_keys))
    };
    let parent = |key: Option<(&QName, &ForeignKey)>| -> Vec<&Switch> {
        key.and_then(|(_, key)| switches.get(&key.references)).into_iter().collect()
    };
    let keys = |name: &QName| before.tables.get(name).map_or(&[][..], |table| &table.foreign_keys);
    for (name, switch) in switches.iter().filter(|(_, switch)| switch.logged) {
        comes(switch.at, parents(name, keys(name)));
    }
    for (at, change) in changes.iter().enumerate() {
        comes(at, parents_of(change.created_table()));
        comes(at, parent(change.added_foreign_key()));
    }
    let mut goes = |at: usize, parents: Vec<&Switch>| {
        parents.iter().filter(|parent| !parent.logged).for_each(|parent| edges.add(at, parent.at));
    };
    for (name, switch) in switches.iter().filter(|(_, switch)| !switch.logged) {
        goes(switch.at, parents(name, keys(name)));
    }
    for (at, change) in changes.iter().enumerate() {
        goes(at, parents_of(change.dropped_table()));
        goes(at, parent(change.dropped_foreign_key()));
    }
}

/// A key is added once its own table is in its final state, and dropped before the table
/// becomes logged.
fn keys_of_their_own(switches: &BTreeMap<&QName, Switch>, changes: &[Change], edges: &mut Edges) {
    for (at, change) in changes.iter().enumerate() {
        if let Some(child) = change.added_foreign_key().and_then(|it| switches.get(it.0)) {
            edges.add(child.at, at);
        }
        let child = change.dropped_foreign_key().and_then(|it| switches.get(it.0));
        if let Some(child) = child.filter(|it| it.logged) {
            edges.add(at, child.at);
        }
    }
}

/// A table that changes, and whether it is logged afterwards.
fn switch(at: usize, change: &Change) -> Option<(&QName, Switch)> {
    let (table, options) = change.changed_options()?;
    let differs = options.before.unlogged != options.after.unlogged;
    differs.then_some((table, Switch { at, logged: !options.after.unlogged }))
}
