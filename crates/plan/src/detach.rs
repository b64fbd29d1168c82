//! Partitions that become tables, tables that become partitions, and partitions that move to
//! another table or get another bound. Their rows are kept: such a partition is detached
//! first and attached last, and in between it is compared like any other table.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Check, Column, Exclusion, ForeignKey, Index, Name, Pair, Partition, PartitionChange,
    Partitioning, PrimaryKey, QName, Schema, Table, Unique,
};

/// The position of a partition.
struct Position<'s> {
    /// The top-level table.
    table: &'s QName,
    /// The relation that it is a partition of.
    of: &'s QName,
    depth: usize,
    partition: &'s Partition,
}

type Positions<'s> = BTreeMap<&'s QName, Position<'s>>;

fn places(schema: &Schema) -> Positions<'_> {
    let mut found = Positions::new();
    for table in schema.tables.values() {
        if let Some(partitioning) = &table.partitioning {
            below(&table.name, &table.name, partitioning, 0, &mut found);
        }
    }
    found
}

fn below<'s>(
    table: &'s QName,
    of: &'s QName,
    partitioning: &'s Partitioning,
    depth: usize,
    found: &mut Positions<'s>,
) {
    for partition in &partitioning.partitions {
        found.insert(&partition.name, Position { table, of, depth, partition });
        if let Some(own) = &partition.partitioning {
            below(table, &partition.name, own, depth + 1, found);
        }
    }
}

/// Both sides with the moved partitions as tables, and the changes to and from that state.
pub(crate) struct Apart {
    pub(crate) schema: Pair<Schema>,
    /// From `before` to the state with detached partitions.
    pub(crate) detached: Vec<Change>,
    /// From that state to `after`.
    pub(crate) attached: Vec<Change>,
}

/// Detaches the moved partitions between two exact schemas; `None` if there are none. A
/// partition that was attached by changes that are now undone still has the names that it had
/// as a table.
pub(crate) fn apart(dialect: Dialect, schema: Pair<&Schema>, undoing: bool) -> Option<Apart> {
    if !dialect.partitions_are_tables() {
        return None;
    }
    let both = schema.map(places);
    let moved = moved(schema, &both, |existing, wanted| {
        let by =
            |partition: &Partition| partition.partitioning.as_ref().map(|inner| inner.by.clone());
        let (one, other) = (existing.partition, wanted.partition);
        existing.of == wanted.of && one.bound == other.bound && by(one) == by(other)
    });
    if moved.is_empty() {
        return None;
    }
    let was = |name: &QName| schema.after.tables.get(name).filter(|_| undoing);
    let (before, detached) = detach(dialect, schema.before, &moved, was);
    let (after, mut back) = detach(dialect, schema.after, &moved, |name| before.tables.get(name));
    back.reverse();
    let attached = back.iter().map(Change::inverse).collect();
    Some(Apart { schema: Pair::new(before, after), detached, attached })
}

/// The schema that a declared one is resolved against: partitions that are declared elsewhere
/// are tables, and tables that are declared as partitions are omitted.
pub(crate) fn beside_declared(
    dialect: Dialect,
    before: &Schema,
    declared: &Schema,
) -> Option<Schema> {
    if !dialect.partitions_are_tables() {
        return None;
    }
    let schema = Pair::new(before, declared);
    let both = schema.map(places);
    let moved = moved(schema, &both, |there, wanted| there.of == wanted.of);
    if moved.is_empty() {
        return None;
    }
    let (mut result, _) = detach(dialect, before, &moved, |_| None);
    result.tables.retain(|name, _| !both.after.contains_key(name));
    Some(result)
}

/// Models cannot declare a partition's own objects: a table that becomes one keeps its
/// triggers and its row security.
pub(crate) fn keep_attached(before: &Schema, target: &mut Schema) {
    let new = places(target).into_iter().map(|(name, place)| (name.clone(), place.table.clone()));
    for (name, root) in new.collect::<Vec<_>>() {
        let Some(there) = before.tables.get(&name) else { continue };
        let root = target.table_mut(&root).and_then(|it| it.partitioning.as_mut());
        if let Some(partition) = root.and_then(|it| it.partition_mut(&name)) {
            partition.own.triggers.clone_from(&there.triggers);
            partition.own.row_security.clone_from(&there.row_security);
        }
    }
}

/// The names of all partitions, if partitions are tables.
pub(crate) fn partitions(dialect: Dialect, schema: &Schema) -> BTreeSet<QName> {
    match dialect.partitions_are_tables() {
        true => places(schema).into_keys().cloned().collect(),
        false => BTreeSet::new(),
    }
}

fn moved(
    schema: Pair<&Schema>,
    places: &Pair<Positions<'_>>,
    stays: impl Fn(&Position<'_>, &Position<'_>) -> bool,
) -> BTreeSet<QName> {
    let mut moved = BTreeSet::new();
    for (name, there) in &places.before {
        let elsewhere = match places.after.get(name) {
            Some(wanted) => !stays(there, wanted),
            None => schema.after.tables.contains_key(*name),
        };
        if elsewhere {
            moved.insert((*name).clone());
        }
    }
    let plain = |name: &&&QName| schema.before.tables.contains_key(**name);
    moved.extend(places.after.keys().filter(plain).map(|name| (*name).clone()));
    moved
}

/// Detaches all of these that are partitions, the innermost first.
fn detach<'s>(
    dialect: Dialect,
    schema: &Schema,
    names: &BTreeSet<QName>,
    there: impl Fn(&QName) -> Option<&'s Arc<Table>>,
) -> (Schema, Vec<Change>) {
    let mut result = schema.clone();
    let mut changes = Vec::new();
    let all = places(schema);
    let mut order: Vec<&Position<'_>> = names.iter().filter_map(|name| all.get(name)).collect();
    order.sort_by_key(|place| (Reverse(place.depth), &place.partition.name));
    for place in order {
        let Some(table) = result.tables.get(place.table) else { continue };
        let found = table.partitioning.as_ref();
        let found = found.and_then(|it| it.find(place.table, &place.partition.name));
        let Some((of, partition)) = found else { continue };
        let mut plain = dialect.detached(table, partition);
        if let Some(there) = there(&partition.name) {
            as_it_was(&mut plain, &partition.own, there);
        }
        let change = PartitionChange::Detach {
            table: place.table.clone(),
            of: of.clone(),
            partition: Box::new(partition.clone()),
            plain: Arc::new(plain),
        };
        let change = Change::from(change);
        // What was found here exists.
        let _ = change.apply(&mut result);
        changes.push(change);
    }
    (result, changes)
}

/// A table that becomes a partition keeps the order of its columns, its options, and its
/// names for the objects of the partitioned table.
fn as_it_was(plain: &mut Table, own: &Table, before: &Table) {
    let place =
        |column: &Column| before.columns.iter().position(|existing| existing.name == column.name);
    let last = before.columns.len();
    plain.columns.sort_by_key(|column| place(column).unwrap_or(last));
    for column in &mut plain.columns {
        column.comment = before.column(&column.name).and_then(|existing| existing.comment.clone());
    }
    let keys = (own.primary_key.as_slice(), before.primary_key.as_slice());
    named(plain.primary_key.as_mut_slice(), keys, PrimaryKey::same_structure, |part| {
        (&mut part.name, &mut part.comment)
    });
    named(&mut plain.uniques, (&own.uniques, &before.uniques), Unique::same_structure, |part| {
        (&mut part.name, &mut part.comment)
    });
    named(
        &mut plain.foreign_keys,
        (&own.foreign_keys, &before.foreign_keys),
        ForeignKey::same_structure,
        |part| (&mut part.name, &mut part.comment),
    );
    named(
        &mut plain.exclusions,
        (&own.exclusions, &before.exclusions),
        Exclusion::same_structure,
        |part| (&mut part.name, &mut part.comment),
    );
    named(&mut plain.indexes, (&own.indexes, &before.indexes), Index::same_structure, |part| {
        (&mut part.name, &mut part.comment)
    });
    // A partition's checks have the names of its table's.
    for check in &mut plain.checks {
        let alike = |other: &&Check| other.expr == check.expr;
        check.comment = before.checks.iter().find(alike).and_then(|other| other.comment.clone());
    }
    plain.options = before.options.clone();
    plain.sort();
}

/// Gives objects the names and comments of existing equal ones. An object that exists
/// unchanged keeps its name; next come objects inherited from the table, for which the server
/// uses existing ones before it creates new ones.
fn named<T: Clone + PartialEq>(
    all: &mut [T],
    (own, before): (&[T], &[T]),
    alike: impl Fn(&T, &T) -> bool,
    labels: impl Fn(&mut T) -> (&mut Name, &mut Option<String>),
) {
    let mut left = before.to_vec();
    left.retain(|item| !own.contains(item));
    let stays = |item: &T| own.contains(item) && before.contains(item);
    let mut open: Vec<&mut T> = all.iter_mut().filter(|item| !stays(item)).collect();
    open.sort_by_key(|item| own.contains(item));
    for item in open {
        let Some(at) = left.iter().position(|it| alike(it, item)) else { continue };
        let mut found = left.remove(at);
        let (from, to) = (labels(&mut found), labels(item));
        to.0.clone_from(from.0);
        to.1.clone_from(from.1);
    }
}
