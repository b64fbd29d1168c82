//! Tables that reference each other in a cycle: one of the keys is added once both tables
//! exist. Dropping is the same in reverse.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::Dialect;
use autogen_schema::{Change, Constraint, ConstraintChange, QName, Table, TableChange};

/// Creates the tables, with as few separate foreign keys as possible.
pub(super) fn create(dialect: Dialect, tables: Vec<&Table>) -> Vec<Change> {
    let detached = if dialect.checks_references() { circular(&tables) } else { BTreeSet::new() };
    let mut changes = Vec::new();
    for table in tables {
        let mut table = table.clone();
        let (apart, inline) = table
            .foreign_keys
            .into_iter()
            .partition(|key| detached.contains(&(table.name.clone(), key.references.clone())));
        table.foreign_keys = inline;
        let mut attached = super::programmable::on_new_table(&table);
        table.triggers.clear();
        table.row_security = None;
        attached.extend(table.partitioning.iter_mut().flat_map(super::partition::attached));
        let name = table.name.clone();
        changes.push(TableChange::Create(Box::new(table)).into());
        changes.extend(attached);
        changes.extend(Vec::into_iter(apart).map(|key| {
            let constraint = Constraint::ForeignKey(key);
            Change::from(ConstraintChange::Add { table: name.clone(), constraint })
        }));
    }
    changes
}

/// The smallest set of references (child, parent) without which no table waits for itself.
pub(crate) fn circular(tables: &[&Table]) -> BTreeSet<(QName, QName)> {
    let mut pending: BTreeMap<&QName, BTreeSet<&QName>> = BTreeMap::new();
    let names: BTreeSet<&QName> = tables.iter().map(|table| &table.name).collect();
    for table in tables {
        let parents = table.foreign_keys.iter().map(|key| &key.references);
        let parents = parents.filter(|parent| **parent != table.name && names.contains(parent));
        pending.insert(&table.name, parents.collect());
    }
    detach(pending)
}

/// The references (child, parent) that have to wait.
fn detach<'t>(mut pending: BTreeMap<&'t QName, BTreeSet<&'t QName>>) -> BTreeSet<(QName, QName)> {
    let mut children: BTreeMap<&QName, Vec<&'t QName>> = BTreeMap::new();
    for (child, parents) in &pending {
        for parent in parents {
            children.entry(parent).or_default().push(child);
        }
    }
    let mut ready: BTreeSet<&QName> =
        pending.iter().filter(|(_, parents)| parents.is_empty()).map(|(name, _)| *name).collect();
    let mut detached = BTreeSet::new();
    loop {
        let Some(name) = ready.pop_first() else {
            let Some(stuck) = first_in_circle(&pending) else { return detached };
            let parents = pending.insert(stuck, BTreeSet::new()).unwrap_or_default();
            detached.extend(parents.into_iter().map(|parent| (stuck.clone(), parent.clone())));
            ready.insert(stuck);
            continue;
        };
        pending.remove(name);
        for child in children.get(name).into_iter().flatten() {
            if let Some(parents) = pending.get_mut(child) {
                parents.remove(name);
                if parents.is_empty() {
                    ready.insert(child);
                }
            }
        }
    }
}

/// The first table that is in a cycle, and does not merely wait for one.
fn first_in_circle<'t>(pending: &BTreeMap<&'t QName, BTreeSet<&'t QName>>) -> Option<&'t QName> {
    let mut name = pending.keys().next().copied()?;
    let mut seen = BTreeSet::new();
    while seen.insert(name) {
        name = pending.get(name).and_then(|parents| parents.first()).copied()?;
    }
    Some(name)
}
