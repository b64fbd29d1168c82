//! Changes of partitions that are refused: the server would reject them, or rows would be
//! lost.

use std::collections::BTreeSet;

use autogen_dialect::{Dialect, Refusal};
use autogen_schema::{
    Change, Partition, PartitionChange, Partitioning, QName, Routine, Schema, Table,
};

use crate::dependencies::Uses;

/// Undeclared partitions that are kept and prevent the plan: one of their own objects uses
/// something that is dropped, or they have the rows of a new partition. The server would
/// reject it.
pub(crate) fn left_behind(dialect: Dialect, before: &Schema, target: &Schema) -> Vec<Refusal> {
    let stays = |it: &&Routine| !target.routines.iter().any(|other| other.key() == it.key());
    let routines: Vec<&Routine> = before.routines.iter().filter(stays).collect();
    let mut found = overlapping(dialect, before, target);
    for (name, root) in target.partitions() {
        let Some(existing) = before.tables.get(&root.name) else { continue };
        let place =
            root.partitioning.as_ref().and_then(|partitioning| partitioning.find(&root.name, name));
        let Some((_, partition)) = place.filter(|(_, partition)| !partition.own.is_bare()) else {
            continue;
        };
        let uses = OwnUses::of(dialect, &partition.own);
        let columns = existing.columns.iter().filter(|column| root.column(&column.name).is_none());
        let columns = columns.filter(|column| uses.column(&column.name));
        let mut used: Vec<String> =
            columns.map(|column| format!("column {}.{}", root.name, column.name)).collect();
        let called = routines.iter().filter(|routine| uses.calls(routine));
        used.extend(called.map(|routine| format!("function {}", routine.signature())));
        found.extend(used.into_iter().map(|what| {
            Refusal {
                code: "A0418",
                object: what,
                message: format!(
                    "it would be dropped, but an object that only the partition \
                                  {name} has uses it"
                ),
                hint:
                    "drop that index, constraint, trigger or policy of the partition by hand first"
                        .to_owned(),
            }
        }));
    }
    found
}

/// New partitions that overlap with others.
fn overlapping(dialect: Dialect, before: &Schema, target: &Schema) -> Vec<Refusal> {
    let mut found = Vec::new();
    for table in target.tables.values() {
        let partitioning =
            before.tables.get(&table.name).and_then(|table| table.partitioning.as_ref());
        let existing: BTreeSet<&QName> =
            partitioning.into_iter().flat_map(Partitioning::names).collect();
        let mut open: Vec<&Partitioning> = table.partitioning.iter().collect();
        while let Some(partitioning) = open.pop() {
            open.extend(
                partitioning
                    .partitions
                    .iter()
                    .filter_map(|partition| partition.partitioning.as_ref()),
            );
            found.extend(beside(dialect, partitioning, &existing));
        }
    }
    found
}

/// Overlapping siblings; two new ones are reported once.
fn beside(
    dialect: Dialect,
    partitioning: &Partitioning,
    existing: &BTreeSet<&QName>,
) -> Vec<Refusal> {
    let overlaps = |one: &Partition, other: &Partition| {
        dialect.bounds_overlap(&partitioning.by, &one.bound, &other.bound)
    };
    let (old, new): (Vec<&Partition>, Vec<&Partition>) =
        partitioning.partitions.iter().partition(|partition| existing.contains(&partition.name));
    let in_the_way = |(at, one): (usize, &&Partition)| {
        let mut others = old.iter().chain(&new[..at]);
        others.find(|other| overlaps(one, other)).map(|other| taken(one, other))
    };
    new.iter().enumerate().filter_map(in_the_way).collect()
}

fn taken(new: &Partition, other: &Partition) -> Refusal {
    Refusal {
        code: "A0420",
        object: format!("partition {}", new.name),
        message: format!("its rows ({}) belong to {}", new.bound, other.name),
        hint: format!(
            "declare {0} instead, or give one of them another bound; to rename {0}, do that by \
             hand first",
            other.name
        ),
    }
}

/// What a partition's own objects use.
struct OwnUses<'t> {
    own: &'t Table,
    texts: Vec<Uses>,
}

impl<'t> OwnUses<'t> {
    fn of(dialect: Dialect, table: &'t Table) -> Self {
        let triggers =
            table.triggers.iter().map(|trigger| Uses::of_trigger(dialect, &table.name, trigger));
        let policies = table.row_security.iter().flat_map(|security| &security.policies);
        let policies = policies.map(|policy| Uses::of_policy(dialect, &table.name, policy));
        Self { own: table, texts: triggers.chain(policies).collect() }
    }

    fn column(&self, column: &str) -> bool {
        self.own.constraints().iter().any(|it| it.uses(column))
            || self.own.indexes.iter().any(|it| it.uses(column))
            || self.texts.iter().any(|it| it.column(&self.own.name, column))
    }

    fn calls(&self, routine: &Routine) -> bool {
        let callee = routine.callee();
        self.own.constraints().iter().any(|it| it.calls(&callee))
            || self.own.indexes.iter().any(|it| it.calls(&callee))
            || self.texts.iter().any(|it| it.calls(&callee))
    }
}

/// Partitions that would be dropped with their rows while one of another name replaces them.
pub(crate) fn renamed(
    dialect: Dialect,
    target: &Schema,
    changes: &[Change],
    no_renames: &BTreeSet<String>,
) -> Vec<Refusal> {
    if !dialect.partitions_are_tables() {
        return Vec::new();
    }
    let created: Vec<_> = changes.iter().filter_map(placed).collect();
    let dropped = changes.iter().filter_map(Change::dropped_partition);
    let dropped =
        dropped.filter(|(_, partition)| !no_renames.contains(&partition.name.to_string()));
    let renamed = dropped.filter_map(|(of, partition)| {
        let takes = |created: &Partition| {
            let by = divided_by(target, of);
            let overlaps = |by| dialect.bounds_overlap(by, &created.bound, &partition.bound);
            created.bound == partition.bound || by.is_some_and(overlaps)
        };
        let mut alike = created.iter().filter(|(other, added)| *other == of && takes(added));
        Some((&partition.name, &alike.next()?.1.name))
    });
    let refusal = |(before, after): (&QName, &QName)| Refusal {
        code: "A0419",
        object: format!("partition {before}"),
        message: format!("it would be dropped with its rows, and {after} takes its place"),
        hint: format!(
            "{} it by hand first (ALTER TABLE .. {} ..), or move its rows, or pass \
             --no-rename {before}",
            if before.schema == after.schema { "rename" } else { "move" },
            if before.schema == after.schema { "RENAME TO" } else { "SET SCHEMA" },
        ),
    };
    renamed.map(refusal).collect()
}

/// The partition that a change adds.
fn placed(change: &Change) -> Option<(&QName, &Partition)> {
    if let Change::Partition(PartitionChange::Attach { of, partition, .. }) = change {
        return Some((of, partition));
    }
    change.created_partition()
}

/// The partition key of a table or of a partition.
fn divided_by<'s>(schema: &'s Schema, name: &QName) -> Option<&'s str> {
    if let Some(table) = schema.tables.get(name) {
        return table.partitioning.as_ref().map(|it| it.by.as_str());
    }
    let root = schema.partitions().get(name).copied()?;
    let (_, partition) = root.partitioning.as_ref()?.find(&root.name, name)?;
    partition.partitioning.as_ref().map(|it| it.by.as_str())
}
