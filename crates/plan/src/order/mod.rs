//! The order of changes: a graph of local edges ("this must run before that"),
//! found through the things that changes create, remove and need. Ties are
//! broken by phase, table and name, so that the result reads well and is the
//! same on every run.

mod footprint;
mod kinds;
mod labels;
mod logged;
mod programmable;
mod resource;
mod standing;

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, ColumnChange, Constraint, ConstraintChange, EnumChange, IndexChange, PolicyChange,
    QName, Schema, TableChange, TriggerChange, ViewChange,
};

use self::resource::{Footprint, Loose, Resource};
use crate::PlanError;
use crate::diff::cycles::circular;

/// Sorts the changes; `before` is the schema that they start from.
pub(crate) fn order(
    dialect: Dialect,
    before: &Schema,
    changes: Vec<Change>,
) -> Result<Vec<Change>, PlanError> {
    let loose = loose_references(&changes);
    let mut footprints: Vec<Footprint> = changes.iter().map(|it| footprint(&loose, it)).collect();
    programmable::connect(dialect, before, &changes, &mut footprints);
    footprint::through_partitions(before, &changes, &mut footprints);
    kinds::around_divided(&changes, &mut footprints);
    standing::connect(&changes, &mut footprints);
    labels::connect(&changes, &mut footprints);
    logged::connect(before, &changes, &mut footprints);
    let edges = edges(&footprints);
    let mut waiting = vec![0_usize; changes.len()];
    for later in edges.values().flatten() {
        waiting[*later] += 1;
    }
    let keys: Vec<_> = changes.iter().map(sort_key).collect();
    let mut ready: BTreeSet<_> =
        (0..changes.len()).filter(|at| waiting[*at] == 0).map(|at| (&keys[at], at)).collect();
    let mut sorted = Vec::with_capacity(changes.len());
    while let Some((_, at)) = ready.pop_first() {
        sorted.push(at);
        for later in edges.get(&at).into_iter().flatten() {
            waiting[*later] -= 1;
            if waiting[*later] == 0 {
                ready.insert((&keys[*later], *later));
            }
        }
    }
    if sorted.len() < changes.len() {
        let stuck = (0..changes.len()).filter(|at| waiting[*at] > 0);
        return Err(PlanError::Circle(stuck.map(|at| changes[at].describe()).collect()));
    }
    let mut slots: Vec<Option<Change>> = changes.into_iter().map(Some).collect();
    Ok(sorted.into_iter().filter_map(|at| slots[at].take()).collect())
}

/// References in a circle that a database without checks at creation keeps in
/// its tables: for the order they do not count.
fn loose_references(changes: &[Change]) -> Loose {
    let created: Vec<_> = changes.iter().filter_map(Change::created_table).collect();
    let dropped: Vec<_> = changes.iter().filter_map(Change::dropped_table).collect();
    let mut loose = circular(&created);
    loose.extend(circular(&dropped));
    loose
}

/// What a change creates, removes and needs.
fn footprint(loose: &Loose, change: &Change) -> Footprint {
    match change {
        // These never wait: they come first or last.
        Change::Namespace(_) | Change::Extension(_) | Change::Collation(_) => Footprint::default(),
        Change::Domain(change) => kinds::of_domain(change),
        Change::Sequence(change) => kinds::of_sequence(change),
        Change::Partition(change) => kinds::of_partition(change),
        Change::Statistics(change) => kinds::of_statistics(change),
        Change::Grant(change) => kinds::of_grant(change),
        Change::Enum(change) => footprint::of_enum(change),
        Change::Table(change) => footprint::of_table(loose, change),
        Change::Column(change) => footprint::of_column(change),
        Change::Constraint(change) => footprint::of_constraint(change),
        Change::Index(change) => footprint::of_index(change),
        Change::View(change) => programmable::of_view(change),
        Change::Routine(change) => programmable::of_routine(change),
        Change::Trigger(change) => programmable::of_trigger(change),
        Change::Policy(change) => programmable::of_policy(change),
    }
}

fn edges(footprints: &[Footprint]) -> BTreeMap<usize, BTreeSet<usize>> {
    let index = |pick: fn(&Footprint) -> &Vec<Resource>| {
        let mut map: BTreeMap<&Resource, Vec<usize>> = BTreeMap::new();
        for (at, footprint) in footprints.iter().enumerate() {
            for resource in pick(footprint) {
                map.entry(resource).or_default().push(at);
            }
        }
        map
    };
    let creators = index(|it| &it.creates);
    let removers = index(|it| &it.removes);
    let mut edges: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut add = |first: &[usize], later: usize| {
        for first in first.iter().filter(|first| **first != later) {
            edges.entry(*first).or_default().insert(later);
        }
    };
    let none = Vec::new();
    for (at, footprint) in footprints.iter().enumerate() {
        for resource in &footprint.needs {
            add(creators.get(resource).unwrap_or(&none), at);
        }
        for resource in &footprint.creates {
            add(removers.get(resource).unwrap_or(&none), at);
        }
        for resource in &footprint.releases {
            for remover in removers.get(resource).unwrap_or(&none) {
                add(&[at], *remover);
            }
        }
    }
    edges
}

/// Phase, table, name: how a careful person would write the script.
fn sort_key(change: &Change) -> (u8, Option<QName>, String) {
    let phase = match change {
        Change::Namespace(_) | Change::Extension(_) | Change::Collation(_) => 3,
        Change::Domain(change) => kinds::domain_phase(change),
        Change::Sequence(change) => kinds::sequence_phase(change),
        Change::Partition(change) => kinds::partition_phase(change),
        Change::Statistics(change) => kinds::statistics_phase(change),
        Change::Grant(change) => kinds::grant_phase(change),
        Change::View(ViewChange::Drop(_))
        | Change::Trigger(TriggerChange::Drop { .. })
        | Change::Policy(PolicyChange::Drop { .. }) => 0,
        Change::Routine(change) => programmable::routine_phase(change),
        Change::Policy(PolicyChange::Protect { .. }) => 10,
        Change::View(ViewChange::Create(_) | ViewChange::Alter(_)) => 11,
        Change::Trigger(TriggerChange::Create { .. })
        | Change::Policy(PolicyChange::Create { .. }) => 12,
        Change::Trigger(TriggerChange::Comment { .. } | TriggerChange::Firing { .. })
        | Change::Policy(PolicyChange::Comment { .. }) => 13,
        Change::Constraint(ConstraintChange::Drop { constraint, .. }) => match constraint {
            Constraint::ForeignKey(_) => 0,
            Constraint::PrimaryKey(_)
            | Constraint::Unique(_)
            | Constraint::Check(_)
            | Constraint::Exclusion(_) => 1,
        },
        Change::Index(IndexChange::Drop { .. }) => 1,
        Change::Constraint(ConstraintChange::Rename { .. })
        | Change::Index(IndexChange::Rename { .. }) => 2,
        Change::Enum(
            EnumChange::Create(_)
            | EnumChange::Alter(_)
            | EnumChange::Rename(_)
            | EnumChange::RenameValue { .. },
        ) => 3,
        Change::Table(TableChange::Create(_) | TableChange::Rename(_)) => 4,
        Change::Table(TableChange::Options { .. }) => 5,
        Change::Column(ColumnChange::Drop { .. }) => 6,
        Change::Column(
            ColumnChange::Alter { .. }
            | ColumnChange::Add { .. }
            | ColumnChange::Rename { .. }
            | ColumnChange::RenameLabel { .. }
            | ColumnChange::Relabel { .. },
        ) => 7,
        Change::Table(TableChange::Reorder { .. }) => 8,
        Change::Constraint(ConstraintChange::Add { constraint, .. }) => match constraint {
            Constraint::PrimaryKey(_)
            | Constraint::Unique(_)
            | Constraint::Check(_)
            | Constraint::Exclusion(_) => 8,
            Constraint::ForeignKey(_) => 10,
        },
        Change::Index(IndexChange::Create { .. } | IndexChange::Tune { .. }) => 9,
        Change::Table(TableChange::Drop(_)) => 11,
        Change::Enum(EnumChange::Drop(_)) => 12,
        Change::Table(TableChange::Comment { .. })
        | Change::Constraint(ConstraintChange::Comment { .. })
        | Change::Index(IndexChange::Comment { .. }) => 13,
    };
    (phase, change.table().cloned(), change.object())
}
