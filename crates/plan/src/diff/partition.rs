//! Partitions that are created or dropped.

use autogen_schema::{
    Change, Constraint, ConstraintChange, Pair, Partition, PartitionChange, Partitioning, QName,
    Table,
};

use super::own::fits;

pub(super) fn diff(table: Pair<&Table>, changes: &mut Vec<Change>) {
    let name = &table.after.name;
    let both = table.map(|it| it.partitioning.as_ref());
    match (both.before, both.after) {
        (None, None) => {}
        (Some(before), Some(after)) if before.by == after.by => {
            below(name, name, Pair::new(before, after), changes);
        }
        (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => {
            let mut partitioning = Box::new(both.map(Option::<&Partitioning>::cloned));
            let (gone, new) = (&mut partitioning.before, &mut partitioning.after);
            let gone: Vec<Change> = gone.iter_mut().flat_map(attached).collect();
            let new: Vec<Change> = new.iter_mut().flat_map(attached).collect();
            changes.extend(gone.iter().map(Change::inverse));
            changes.push(PartitionChange::Divide { table: name.clone(), partitioning }.into());
            changes.extend(new);
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
            let mut partition = Box::new(there.clone());
            let (table, of) = (table.clone(), of.clone());
            changes.extend(taken_off(&mut partition).iter().map(Change::inverse));
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
                let mut partition = Box::new(wanted.clone());
                let (table, of) = (table.clone(), of.clone());
                let attached = taken_off(&mut partition);
                changes.push(PartitionChange::Create { table, of, partition }.into());
                changes.extend(attached);
            }
        }
    }
}

/// Removes the objects that have to wait for other tables and routines, and returns the
/// changes that add them.
fn taken_off(partition: &mut Partition) -> Vec<Change> {
    let own = &mut *partition.own;
    let mut changes = super::programmable::on_new_table(own);
    own.triggers.clear();
    own.row_security = None;
    changes.extend(own.foreign_keys.drain(..).map(|key| {
        let (table, constraint) = (partition.name.clone(), Constraint::ForeignKey(key));
        Change::from(ConstraintChange::Add { table, constraint })
    }));
    changes.extend(partition.partitioning.iter_mut().flat_map(attached));
    changes
}

/// The same for all partitions.
pub(super) fn attached(partitioning: &mut Partitioning) -> Vec<Change> {
    partitioning.partitions.iter_mut().flat_map(taken_off).collect()
}
