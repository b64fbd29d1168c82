//! Partitions that are detached or attached. They leave their table before all else
//! about it changes, and come to one that is as it shall be.

use autogen_schema::{Change, ForeignKey, PartitionChange, QName};

use super::resource::{Footprint, Resource};

/// A partition that changes its standing.
struct Move<'c> {
    /// The table at the top, what it is a partition of, and itself.
    names: [&'c QName; 3],
    /// Itself, and its own partitions.
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

    /// Whether the change is made before it.
    fn follows(&self, change: &Change) -> bool {
        let [table, ..] = self.names;
        if let Some(other) = Move::of(change) {
            return self.attached && !other.attached || self.comes_after(&other);
        }
        match self.attached {
            true => self.concerns(change),
            false => lets_go(change, table),
        }
    }

    /// Whether the change is made after it.
    fn precedes(&self, change: &Change) -> bool {
        let [table, _, name] = self.names;
        if Move::of(change).is_some() {
            return false;
        }
        refers(change, table) || !self.attached && (refers(change, name) || self.concerns(change))
    }

    /// Partitions of partitions go first, and come last.
    fn comes_after(&self, other: &Move<'_>) -> bool {
        let ([_, of, name], [_, other_of, other_name]) = (self.names, other.names);
        match (self.attached, other.attached) {
            (false, false) => other_of == name,
            (true, true) => of == other_name,
            (true, false) | (false, true) => false,
        }
    }

    /// Whether it changes one of the tables. What hangs on them is made anew with
    /// them, but for what hangs on the partition itself.
    fn concerns(&self, change: &Change) -> bool {
        let within = |name| self.own.contains(&name);
        match change.hangs_on() {
            Some(on) => within(on),
            None => change.table().is_some_and(|it| self.names.contains(&it) || within(it)),
        }
    }
}

/// Whether a partition changes its standing.
pub(super) fn moves(change: &Change) -> bool {
    Move::of(change).is_some()
}

/// Adds what the changes need of each other for that.
pub(super) fn connect(changes: &[Change], footprints: &mut [Footprint]) {
    for (at, change) in changes.iter().enumerate() {
        let Some(own) = Move::of(change) else { continue };
        let mark = |word: &str| {
            let word = format!("{word} {}", u8::from(own.attached));
            Resource::Name(own.names[2].clone(), word)
        };
        for (other, it) in changes.iter().enumerate().filter(|(other, _)| *other != at) {
            if own.follows(it) {
                footprints[other].creates.push(mark("before"));
            } else if own.precedes(it) {
                footprints[other].needs.push(mark("after"));
            }
            if own.attached {
                continue;
            }
            // A table keeps the sequences that its former partitions count by until
            // they count by others.
            if it.dropped_table().is_some_and(|it| it.name == *own.names[0]) {
                footprints[other].needs.push(mark("counts"));
            } else if it.table() == Some(own.names[2]) {
                footprints[other].creates.push(mark("counts"));
            }
        }
        footprints[at].needs.push(mark("before"));
        footprints[at].creates.push(mark("after"));
    }
}

/// Whether the change ends references to a table: rows that others refer to can't
/// leave it.
fn lets_go(change: &Change, parent: &QName) -> bool {
    let refers = |key: &ForeignKey| key.references == *parent;
    change.dropped_foreign_key().is_some_and(|(table, key)| table != parent && refers(key))
        || change
            .dropped_table()
            .is_some_and(|it| it.name != *parent && it.foreign_keys.iter().any(refers))
}

/// Whether the change begins a reference to a table.
fn refers(change: &Change, parent: &QName) -> bool {
    change
        .added_foreign_key()
        .is_some_and(|(table, key)| table != parent && key.references == *parent)
}
