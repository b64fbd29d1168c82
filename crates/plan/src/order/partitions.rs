//! Partitions: they are detached before all other changes of their table, and attached once
//! the table is in its final state; a table that becomes partitioned or plain is changed
//! while it is plain.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{Change, ForeignKey, ObjectId, PartitionChange, QName, Schema};

use super::edges::{Edges, Usage};

/// A partition that is detached or attached.
struct Move<'c> {
    /// The top-level table, the relation that it is a partition of, and its own name.
    names: [&'c QName; 3],
    /// Its own name, and those of its partitions.
    own: Vec<&'c QName>,
    attached: bool,
}

impl<'c> Move<'c> {
    fn of(change: &'c Change) -> Option<Self> {
        let Change::Partition(change) = change else { return None };
        let (table, of, partition, attached) = match change {
            PartitionChange::Detach { table, of, partition, .. } => (table, of, partition, false),
            PartitionChange::Attach { table, of, partition, .. } => (table, of, partition, true),
            PartitionChange::Create { .. }
            | PartitionChange::Drop { .. }
            | PartitionChange::Comment { .. }
            | PartitionChange::Divide { .. } => return None,
        };
        let names = [table, of, &partition.name];
        Some(Self { names, own: partition.names(), attached })
    }

    /// Whether the change comes before it.
    fn follows(&self, change: &Change) -> bool {
        let [table, ..] = self.names;
        if let Some(other) = Move::of(change) {
            return self.attached && !other.attached || self.comes_after(&other);
        }
        match self.attached {
            true => self.concerns(change),
            false => drops_reference(change, table),
        }
    }

    /// Whether the change comes after it.
    fn precedes(&self, change: &Change) -> bool {
        let [table, _, name] = self.names;
        if Move::of(change).is_some() {
            return false;
        }
        refers(change, table) || !self.attached && (refers(change, name) || self.concerns(change))
    }

    /// Partitions of partitions are detached first, and attached last.
    fn comes_after(&self, other: &Move<'_>) -> bool {
        let ([_, of, name], [_, other_of, other_name]) = (self.names, other.names);
        match (self.attached, other.attached) {
            (false, false) => other_of == name,
            (true, true) => of == other_name,
            (true, false) | (false, true) => false,
        }
    }

    /// Whether it changes one of the tables. Objects on them are recreated with them, except
    /// those on the partition itself.
    fn concerns(&self, change: &Change) -> bool {
        let within = |name| self.own.contains(&name);
        match change.attached_to() {
            Some(on) => within(on),
            None => change.table().is_some_and(|it| self.names.contains(&it) || within(it)),
        }
    }
}

/// Partitions that are detached or attached.
pub(super) fn moved(changes: &[Change], edges: &mut Edges) {
    for (at, change) in changes.iter().enumerate() {
        let Some(moved) = Move::of(change) else { continue };
        for (other, change) in changes.iter().enumerate().filter(|(other, _)| *other != at) {
            if moved.follows(change) {
                edges.add(other, at);
            } else if moved.precedes(change) {
                edges.add(at, other);
            }
        }
        if !moved.attached {
            counters(changes, moved.names, edges);
        }
    }
}

/// A table keeps the sequences that its former partitions use until they use others.
fn counters(changes: &[Change], [table, _, partition]: [&QName; 3], edges: &mut Edges) {
    let dropped =
        |change: &Change| change.dropped_table().is_some_and(|dropped| dropped.name == *table);
    let Some(drop) = changes.iter().position(dropped) else { return };
    let counted =
        changes.iter().enumerate().filter(|(_, change)| change.table() == Some(partition));
    counted.for_each(|(at, _)| edges.add(at, drop));
}

/// Whether the change drops a reference to a table: referenced rows cannot leave it.
fn drops_reference(change: &Change, parent: &QName) -> bool {
    let refers = |key: &ForeignKey| key.references == *parent;
    change.dropped_foreign_key().is_some_and(|(table, key)| table != parent && refers(key))
        || change
            .dropped_table()
            .is_some_and(|it| it.name != *parent && it.foreign_keys.iter().any(refers))
}

/// Whether the change adds a reference to a table.
fn refers(change: &Change, parent: &QName) -> bool {
    change
        .added_foreign_key()
        .is_some_and(|(table, key)| table != parent && key.references == *parent)
}

/// A partitioned table restricts its keys more than a plain one: everything else about it
/// changes while it is plain. What reads it is dropped before, and created after.
pub(super) fn divided(changes: &[Change], usages: &[Usage], edges: &mut Edges) {
    for (divide, change) in changes.iter().enumerate() {
        let Some((table, partitioning)) = change.divided_table() else { continue };
        let last = partitioning.after.is_some();
        let relation = ObjectId::Relation(table.clone());
        for (at, (change, usage)) in changes.iter().zip(usages).enumerate() {
            let own = change.table() == Some(table) && !reads(change);
            if own && Move::of(change).is_none() {
                if last { edges.add(at, divide) } else { edges.add(divide, at) }
            } else if usage.releases(&relation) {
                edges.add(at, divide);
            } else if usage.needs.contains(&relation) {
                edges.add(divide, at);
            }
        }
    }
}

/// Whether it changes something that reads tables, or is on one.
fn reads(change: &Change) -> bool {
    matches!(change, Change::View(_) | Change::Routine(_) | Change::Trigger(_) | Change::Policy(_))
}

/// An index of a partition is taken for the equal index of its table: its own indexes come
/// after those.
pub(super) fn own_indexes(after: &Schema, changes: &[Change], edges: &mut Edges) {
    let created = || {
        let all = changes.iter().enumerate();
        all.filter_map(|(at, change)| Some((at, change.created_index()?.0)))
    };
    let tables: BTreeSet<&QName> = created().map(|(_, table)| table).collect();
    if tables.is_empty() {
        return;
    }
    let roots: BTreeMap<&QName, &QName> =
        after.partitions().into_iter().map(|(name, root)| (name, &root.name)).collect();
    for (at, table) in created() {
        let Some(root) = roots.get(table).filter(|root| tables.contains(*root)) else { continue };
        let above = created().filter(|(_, table)| table == root);
        above.for_each(|(first, _)| edges.add(first, at));
    }
}
