//! Partitions.

use autogen_schema::{Change, Pair, Partition, PartitionChange, Partitioning, QName, Table};

pub(super) fn diff(table: Pair<&Table>, changes: &mut Vec<Change>) {
    let name = &table.after.name;
    let both = table.map(|it| it.partitioning.as_ref());
    match (both.before, both.after) {
        (None, None) => {}
        (Some(before), Some(after)) if before.by == after.by => {
            below(name, name, Pair::new(before, after), changes);
        }
        (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => {
            let partitioning = Box::new(both.map(Option::<&Partitioning>::cloned));
            changes.push(PartitionChange::Divide { table: name.clone(), partitioning }.into());
        }
    }
}

/// Compares the partitions of a table, or of a partition of it.
fn below(table: &QName, of: &QName, both: Pair<&Partitioning>, changes: &mut Vec<Change>) {
    let find = |partitions: &'_ [Partition], name: &QName| -> Option<Partition> {
        partitions.iter().find(|it| it.name == *name).cloned()
    };
    for there in &both.before.partitions {
        let wanted = find(&both.after.partitions, &there.name);
        if wanted.is_none_or(|wanted| !fits(there, &wanted)) {
            let partition = Box::new(there.clone());
            let (table, of) = (table.clone(), of.clone());
            changes.push(PartitionChange::Drop { table, of, partition }.into());
        }
    }
    for wanted in &both.after.partitions {
        let there = find(&both.before.partitions, &wanted.name);
        match there.filter(|there| fits(there, wanted)) {
            Some(there) => {
                if there.comment != wanted.comment {
                    let comment = Pair::new(there.comment.clone(), wanted.comment.clone());
                    let (table, partition) = (table.clone(), wanted.name.clone());
                    changes.push(PartitionChange::Comment { table, partition, comment }.into());
                }
                if let (Some(before), Some(after)) = (&there.partitioning, &wanted.partitioning) {
                    below(table, &wanted.name, Pair::new(before, after), changes);
                }
            }
            None => {
                let partition = Box::new(wanted.clone());
                let (table, of) = (table.clone(), of.clone());
                changes.push(PartitionChange::Create { table, of, partition }.into());
            }
        }
    }
}

/// Whether one can become the other by what is below it.
fn fits(there: &Partition, wanted: &Partition) -> bool {
    let by = |partition: &Partition| partition.partitioning.as_ref().map(|it| it.by.clone());
    there.bound == wanted.bound && by(there) == by(wanted)
}
