//! The own objects of partitions, in addition to those of their table.

use autogen_schema::{Pair, Partition, Partitioning, Table};

/// The own objects of the partitions on both sides, at any depth.
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

fn own_below<'t>(both: Pair<&'t Partitioning>, found: &mut Vec<Pair<&'t Table>>) {
    for after in &both.after.partitions {
        let mut named =
            both.before.partitions.iter().filter(|partition| partition.name == after.name);
        let Some(before) = named.find(|partition| fits(partition, after)) else { continue };
        found.push(Pair::new(&*before.own, &*after.own));
        if let (Some(before), Some(after)) = (&before.partitioning, &after.partitioning) {
            own_below(Pair::new(before, after), found);
        }
    }
}

/// Whether one becomes the other by changes of its own partitions.
pub(super) fn fits(there: &Partition, wanted: &Partition) -> bool {
    let by = |partition: &Partition| partition.partitioning.as_ref().map(|it| it.by.clone());
    there.bound == wanted.bound && by(there) == by(wanted)
}
