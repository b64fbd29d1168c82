//! What partitions have of their own, beyond their table.

use std::collections::BTreeSet;

use autogen_schema::{Pair, Partition, Partitioning, QName, Schema, Table};

/// What the partitions that are on both sides have of their own, at any depth.
pub(super) fn tables_of(table: Pair<&Table>) -> Vec<Pair<&Table>> {
    let mut found = Vec::new();
    let both = table.map(|it| it.partitioning.as_ref());
    if let (Some(before), Some(after)) = (both.before, both.after)
        && before.by == after.by
    {
        own_below(Pair::new(before, after), &mut found);
    }
    found
}

/// The partitions that have the same place on both sides.
pub(super) fn same_place(schema: Pair<&Schema>) -> BTreeSet<QName> {
    let tables = schema.after.tables_beside(schema.before);
    let both = tables.filter_map(|(after, before)| Some(Pair::new(&**before?, &**after)));
    both.flat_map(tables_of).map(|own| own.after.name.clone()).collect()
}

fn own_below<'t>(both: Pair<&'t Partitioning>, found: &mut Vec<Pair<&'t Table>>) {
    for after in &both.after.partitions {
        let mut there = both.before.partitions.iter().filter(|it| it.name == after.name);
        let Some(before) = there.find(|it| fits(it, after)) else { continue };
        found.push(Pair::new(&*before.own, &*after.own));
        if let (Some(before), Some(after)) = (&before.partitioning, &after.partitioning) {
            own_below(Pair::new(before, after), found);
        }
    }
}

/// Columns of tables, and of their partitions with them.
pub(super) fn with_partitions(schema: &Schema, columns: &mut BTreeSet<(QName, String)>) {
    if columns.is_empty() {
        return;
    }
    let mut more = Vec::new();
    for table in schema.tables.values() {
        let names = table.partitioning.iter().flat_map(Partitioning::names);
        let of_table = || columns.iter().filter(|(of, _)| *of == table.name);
        for name in names {
            more.extend(of_table().map(|(_, column)| (name.clone(), column.clone())));
        }
    }
    columns.extend(more);
}

/// Whether one can become the other by what is below it.
pub(super) fn fits(there: &Partition, wanted: &Partition) -> bool {
    let by = |partition: &Partition| partition.partitioning.as_ref().map(|it| it.by.clone());
    there.bound == wanted.bound && by(there) == by(wanted)
}
