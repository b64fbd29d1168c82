//! Domains and sequences: what they create, remove and need.

use std::collections::BTreeMap;

use autogen_schema::{
    Change, Domain, DomainChange, GrantChange, Grantable, IndexKey, PartitionChange, Partitioning,
    QName, SequenceChange, Statistics, StatisticsChange,
};

use super::footprint::{partition_contents, partition_demands};
use super::resource::{Footprint, Resource};
use super::{programmable, standing};

/// When a careful person would write it.
pub(super) fn domain_phase(change: &DomainChange) -> u8 {
    match change {
        DomainChange::Create(_) | DomainChange::Rename(_) | DomainChange::Alter(_) => 3,
        DomainChange::Drop(_) => 12,
    }
}

pub(super) fn sequence_phase(change: &SequenceChange) -> u8 {
    match change {
        SequenceChange::Create(_) | SequenceChange::Rename(_) | SequenceChange::Alter(_) => 3,
        SequenceChange::Own { owner, .. } if owner.after.is_none() => 5,
        SequenceChange::Own { .. } => 8,
        SequenceChange::Speak { spoken, .. } if spoken.after => 0,
        SequenceChange::Speak { .. } => 13,
        SequenceChange::Drop(_) => 12,
    }
}

pub(super) fn of_domain(change: &DomainChange) -> Footprint {
    let of = |name: &QName| vec![Resource::Type(name.clone())];
    let leans_on = |item: &Domain| -> Vec<Resource> {
        let mut all: Vec<Resource> =
            item.base.named().map(|name| Resource::Type(name.clone())).into_iter().collect();
        if let Some(autogen_schema::Default::Expression(expr)) = &item.default {
            all.extend(expr.sequences().into_iter().map(Resource::Sequence));
            all.extend(expr.identifiers().into_iter().map(Resource::Routine));
        }
        let called = item.checks.iter().flat_map(|check| check.expr.identifiers());
        all.extend(called.map(Resource::Routine));
        all
    };
    let called = |item: &Domain| -> Vec<Resource> {
        let all = leans_on(item).into_iter();
        all.filter(|it| matches!(it, Resource::Routine(_))).collect()
    };
    match change {
        DomainChange::Create(item) => {
            Footprint { creates: of(&item.name), needs: leans_on(item), ..Footprint::default() }
        }
        DomainChange::Drop(item) => {
            Footprint { removes: of(&item.name), releases: leans_on(item), ..Footprint::default() }
        }
        DomainChange::Rename(name) => Footprint {
            creates: of(&name.after),
            removes: of(&name.before),
            ..Footprint::default()
        },
        DomainChange::Alter(item) => Footprint {
            creates: of(&item.after.name),
            // It is made anew over another base.
            removes: match item.before.same_base(&item.after) {
                true => Vec::new(),
                false => of(&item.before.name),
            },
            needs: leans_on(&item.after),
            releases: called(&item.before),
        },
    }
}

pub(super) fn of_sequence(change: &SequenceChange) -> Footprint {
    // Sequences share the names of tables.
    let of = |name: &QName| vec![Resource::Sequence(name.clone()), Resource::Table(name.clone())];
    match change {
        SequenceChange::Create(item) => {
            Footprint { creates: of(&item.name), ..Footprint::default() }
        }
        SequenceChange::Drop(item) => Footprint { removes: of(&item.name), ..Footprint::default() },
        SequenceChange::Rename(name) => Footprint {
            creates: of(&name.after),
            removes: of(&name.before),
            ..Footprint::default()
        },
        SequenceChange::Alter(item) => {
            Footprint { creates: of(&item.after.name), ..Footprint::default() }
        }
        // Other changes of the sequence and the column come after it is spoken
        // of, and before it no longer is.
        SequenceChange::Speak { table, column, sequence, spoken } => {
            let mut all = vec![Resource::Column(table.clone(), column.after.name.clone())];
            all.push(Resource::Sequence(sequence.name.clone()));
            match spoken.after {
                true => Footprint { releases: all, ..Footprint::default() },
                false => Footprint { needs: all, ..Footprint::default() },
            }
        }
        SequenceChange::Own { sequence, owner } => {
            let column = |owner: &Option<(QName, String)>| -> Vec<Resource> {
                let place = owner.clone();
                place.map(|(table, column)| Resource::Column(table, column)).into_iter().collect()
            };
            let mut needs = column(&owner.after);
            needs.push(Resource::Sequence(sequence.clone()));
            let mut releases = column(&owner.before);
            // A column that goes takes its table's resources with it.
            releases.extend(owner.before.iter().map(|(table, _)| Resource::Table(table.clone())));
            releases.push(Resource::Sequence(sequence.clone()));
            Footprint { needs, releases, ..Footprint::default() }
        }
    }
}

pub(super) fn partition_phase(change: &PartitionChange) -> u8 {
    match change {
        PartitionChange::Detach { .. } => 0,
        PartitionChange::Attach { .. } => 10,
        PartitionChange::Drop { .. } => 5,
        PartitionChange::Divide { partitioning, .. } if partitioning.after.is_none() => 5,
        PartitionChange::Create { .. } | PartitionChange::Divide { .. } => 9,
        PartitionChange::Comment { .. } => 13,
    }
}

pub(super) fn of_partition(change: &PartitionChange) -> Footprint {
    let table = |name: &QName| Resource::Table(name.clone());
    match change {
        PartitionChange::Create { of, partition, .. } => Footprint {
            creates: partition_contents(partition),
            needs: [vec![table(of)], partition_demands(partition)].concat(),
            ..Footprint::default()
        },
        PartitionChange::Drop { of, partition, .. } => Footprint {
            removes: partition_contents(partition),
            needs: partition.names().into_iter().map(programmable::row_security).collect(),
            releases: [vec![table(of)], partition_demands(partition)].concat(),
            ..Footprint::default()
        },
        // It is a relation of its name all the time.
        PartitionChange::Detach { of, .. } => {
            Footprint { releases: vec![table(of)], ..Footprint::default() }
        }
        PartitionChange::Attach { of, .. } => {
            Footprint { needs: vec![table(of)], ..Footprint::default() }
        }
        PartitionChange::Comment { partition, .. } => {
            Footprint { needs: vec![table(partition)], ..Footprint::default() }
        }
        PartitionChange::Divide { table: name, partitioning } => {
            let contents = |side: &Option<Partitioning>| -> Vec<Resource> {
                let partitions = side.iter().flat_map(|it| &it.partitions);
                partitions.flat_map(partition_contents).collect()
            };
            let mut creates = vec![Resource::Whole(name.clone())];
            creates.extend(contents(&partitioning.after));
            let mut removes = contents(&partitioning.before);
            match partitioning.after.is_some() {
                true => removes.push(table(name)),
                false => creates.push(table(name)),
            }
            let gone = partitioning.before.iter().flat_map(Partitioning::names);
            let needs = gone.map(programmable::row_security).collect();
            Footprint { creates, removes, needs, ..Footprint::default() }
        }
    }
}

/// A divided table minds its keys more than a plain one does: all else about
/// the table changes while it is plain.
pub(super) fn around_divided(changes: &[Change], footprints: &mut [Footprint]) {
    let divided: BTreeMap<QName, (usize, bool)> = changes
        .iter()
        .enumerate()
        .filter_map(|(at, change)| {
            let (table, partitioning) = change.divided_table()?;
            Some((table.clone(), (at, partitioning.after.is_some())))
        })
        .collect();
    if divided.is_empty() {
        return;
    }
    for (at, change) in changes.iter().enumerate() {
        if is_text(change) {
            // Texts on the table go before, and come when it is whole again.
            let of = |all: &[Resource]| -> Vec<QName> {
                let names = all.iter().filter_map(|it| {
                    if let Resource::Table(name) = it { Some(name.clone()) } else { None }
                });
                names.filter(|name| divided.contains_key(name)).collect()
            };
            let (comes, goes) = (of(&footprints[at].needs), of(&footprints[at].releases));
            footprints[at].needs.extend(comes.into_iter().map(Resource::Whole));
            for table in goes {
                let gone = Resource::Name(table.clone(), String::new());
                if let Some((divide, _)) = divided.get(&table) {
                    footprints[*divide].needs.push(gone.clone());
                }
                footprints[at].creates.push(gone);
            }
            continue;
        }
        if standing::moves(change) {
            continue;
        }
        let Some(table) = change.table() else { continue };
        let Some((divide, last)) = divided.get(table).copied().filter(|it| it.0 != at) else {
            continue;
        };
        let (first, second) = if last { (at, divide) } else { (divide, at) };
        footprints[first].creates.push(Resource::Keys(table.clone()));
        footprints[second].needs.push(Resource::Keys(table.clone()));
    }
}

fn is_text(change: &Change) -> bool {
    matches!(change, Change::View(_) | Change::Routine(_) | Change::Trigger(_) | Change::Policy(_))
}

pub(super) fn grant_phase(change: &GrantChange) -> u8 {
    match change {
        GrantChange::Revoke { .. } => 0,
        GrantChange::Grant { .. } => 13,
    }
}

pub(super) fn of_grant(change: &GrantChange) -> Footprint {
    let object = |on: &Grantable| match on {
        Grantable::Relation(name) => vec![Resource::Table(name.clone())],
        Grantable::Sequence(name) => vec![Resource::Sequence(name.clone())],
        Grantable::Schema(_) => Vec::new(),
        Grantable::Column(table, column) => {
            vec![Resource::Table(table.clone()), Resource::Column(table.clone(), column.clone())]
        }
        Grantable::Routine(name, _) => vec![Resource::Routine(name.name.clone())],
    };
    // The same privilege may go in one form and come in another.
    let own = |on: &Grantable, to: &Option<String>| {
        let role = to.as_deref().unwrap_or_default();
        Resource::Name(QName::bare(format!("privileges on {on}")), role.to_owned())
    };
    match change {
        GrantChange::Grant { on, to, .. } => {
            let creates = vec![own(on, to)];
            Footprint { creates, needs: object(on), ..Footprint::default() }
        }
        GrantChange::Revoke { on, to, .. } => {
            let removes = vec![own(on, to)];
            Footprint { removes, releases: object(on), ..Footprint::default() }
        }
    }
}

pub(super) fn statistics_phase(change: &StatisticsChange) -> u8 {
    match change {
        StatisticsChange::Drop(_) => 1,
        StatisticsChange::Create(_) => 9,
        StatisticsChange::Alter(_) => 13,
    }
}

pub(super) fn of_statistics(change: &StatisticsChange) -> Footprint {
    let own = |item: &Statistics| Resource::Name(item.table.sibling(""), item.name.to_string());
    let leans_on = |item: &Statistics| -> Vec<Resource> {
        let mut all = vec![Resource::Table(item.table.clone())];
        for key in &item.on {
            let names = match key {
                IndexKey::Column(name) => vec![name.clone()],
                IndexKey::Expression(expr) => expr.identifiers(),
            };
            all.extend(names.into_iter().flat_map(|name| {
                [Resource::Column(item.table.clone(), name.clone()), Resource::Routine(name)]
            }));
        }
        all
    };
    match change {
        StatisticsChange::Create(item) => {
            Footprint { creates: vec![own(item)], needs: leans_on(item), ..Footprint::default() }
        }
        StatisticsChange::Drop(item) => {
            Footprint { removes: vec![own(item)], releases: leans_on(item), ..Footprint::default() }
        }
        StatisticsChange::Alter(item) => {
            Footprint { needs: vec![own(&item.after)], ..Footprint::default() }
        }
    }
}
