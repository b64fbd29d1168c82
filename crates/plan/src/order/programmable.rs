//! What views, routines, triggers and policies create, remove and need. What
//! they lean on is found among the things that the other changes are about.

use std::collections::BTreeMap;

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Partitioning, PolicyChange, QName, Routine, RoutineChange, RoutineKind, Schema,
    TriggerChange, ViewChange,
};

use super::resource::{Footprint, Resource};
use crate::dependencies::Uses;

pub(super) fn of_view(change: &ViewChange) -> Footprint {
    let own = |name: &QName| vec![Resource::Table(name.clone())];
    match change {
        ViewChange::Create(view) => Footprint { creates: own(&view.name), ..Footprint::default() },
        ViewChange::Drop(view) => Footprint { removes: own(&view.name), ..Footprint::default() },
        ViewChange::Alter(view) => {
            Footprint { creates: own(&view.after.name), ..Footprint::default() }
        }
    }
}

/// An event is gone before anything changes under it, and comes last.
pub(super) fn routine_phase(change: &RoutineChange) -> u8 {
    let is_event = |routine: &Routine| routine.kind == RoutineKind::Event;
    match change {
        RoutineChange::Create(routine) if is_event(routine) => 13,
        RoutineChange::Alter(routine) if is_event(&routine.after) => 13,
        RoutineChange::Drop(routine) if is_event(routine) => 0,
        RoutineChange::Create(_) | RoutineChange::Alter(_) => 3,
        RoutineChange::Drop(_) => 12,
    }
}

pub(super) fn of_routine(change: &RoutineChange) -> Footprint {
    let own = |routine: &Routine| match routine.kind {
        RoutineKind::Function | RoutineKind::Procedure | RoutineKind::Aggregate => {
            vec![Resource::Routine(routine.name.name.clone())]
        }
        // Nobody calls it.
        RoutineKind::Event => Vec::new(),
    };
    match change {
        RoutineChange::Create(routine) => {
            Footprint { creates: own(routine), ..Footprint::default() }
        }
        RoutineChange::Drop(routine) => Footprint { removes: own(routine), ..Footprint::default() },
        RoutineChange::Alter(routine) => {
            Footprint { creates: own(&routine.after), ..Footprint::default() }
        }
    }
}

pub(super) fn of_trigger(change: &TriggerChange) -> Footprint {
    let own = |on: &QName, name: &String| vec![Resource::Name(on.clone(), name.clone())];
    match change {
        TriggerChange::Create { on, trigger } => {
            Footprint { creates: own(on, &trigger.name), ..Footprint::default() }
        }
        // A view that goes would take it along.
        TriggerChange::Drop { on, trigger } => Footprint {
            removes: own(on, &trigger.name),
            releases: vec![Resource::Table(on.clone())],
            ..Footprint::default()
        },
        TriggerChange::Comment { on, trigger, .. } | TriggerChange::Firing { on, trigger, .. } => {
            Footprint { needs: own(on, &trigger.name), ..Footprint::default() }
        }
    }
}

pub(super) fn of_policy(change: &PolicyChange) -> Footprint {
    let own = |on: &QName, name: &String| vec![Resource::Name(on.clone(), name.clone())];
    match change {
        PolicyChange::Create { table, policy } => {
            Footprint { creates: own(table, &policy.name), ..Footprint::default() }
        }
        PolicyChange::Drop { table, policy } => {
            Footprint { removes: own(table, &policy.name), ..Footprint::default() }
        }
        PolicyChange::Comment { table, policy, .. } => {
            Footprint { needs: own(table, &policy.name), ..Footprint::default() }
        }
        PolicyChange::Protect { table, .. } => {
            let needs = vec![Resource::Table(table.clone())];
            Footprint { creates: vec![row_security(table)], needs, ..Footprint::default() }
        }
    }
}

/// The row security of a partition, which is switched off before the partition goes.
pub(super) fn row_security(partition: &QName) -> Resource {
    Resource::Name(partition.clone(), "ROW LEVEL SECURITY".to_owned())
}

/// Adds what the texts lean on, as far as other changes are about it.
/// `before` is the schema that they start from.
pub(super) fn connect(
    dialect: Dialect,
    before: &Schema,
    changes: &[Change],
    footprints: &mut [Footprint],
) {
    for (change, footprint) in changes.iter().zip(&mut *footprints) {
        let Some(remade) = remade_type(change) else { continue };
        let carried: Vec<Resource> = columns_of(before, remade).collect();
        footprint.creates.extend(carried.iter().cloned());
        footprint.removes.extend(carried);
    }
    if !changes.iter().any(|change| uses(dialect, change).is_some()) {
        return;
    }
    let named = Named::of(dialect, footprints);
    let mut going: BTreeMap<&QName, usize> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        going.extend(change.gone_relations().into_iter().map(|name| (name, at)));
    }
    let going_view = |name: &QName| {
        going.get(name).is_some_and(|at| matches!(changes.get(*at), Some(Change::View(_))))
    };
    for (at, change) in changes.iter().enumerate() {
        if let Some((on, trigger)) = change.created_trigger() {
            let neighbour = dialect.trigger_neighbour(&trigger.definition);
            let neighbour = neighbour.map(|name| Resource::Name(on.clone(), name));
            footprints[at].needs.extend(neighbour);
        }
        let Some((uses, side)) = uses(dialect, change) else { continue };
        let found = named.used(&uses);
        match side {
            Side::Comes => footprints[at].needs.extend(found),
            // A text may outlive what it names; a view comes back behind those
            // that it reads, and so goes before them.
            Side::Goes if !dialect.texts_go_first() => {
                let views = found
                    .into_iter()
                    .filter(|it| matches!(it, Resource::Table(name) if going_view(name)));
                footprints[at].releases.extend(views);
            }
            Side::Goes => {
                // What hangs on a table goes with it in truth, and holds what
                // it leans on until then.
                if let Some(owner) = change.hangs_on().and_then(|on| going.get(on)) {
                    let others = found.iter().filter(|it| !it.is_of(change.hangs_on()));
                    footprints[*owner].releases.extend(others.cloned());
                }
                footprints[at].releases.extend(found);
            }
        }
    }
}

/// The type that may be made anew, with the columns that are of it.
fn remade_type(change: &Change) -> Option<&QName> {
    let domain = change.altered_domain().filter(|it| !it.before.same_base(&it.after));
    let of_enum = change.altered_enum().map(|it| &it.before.name);
    of_enum.or_else(|| domain.map(|it| &it.before.name))
}

fn columns_of<'a>(schema: &'a Schema, of: &'a QName) -> impl Iterator<Item = Resource> + 'a {
    schema.tables.values().flat_map(move |table| {
        let columns = table.columns.iter().filter(move |it| it.data_type.named() == Some(of));
        let partitions = table.partitioning.iter().flat_map(Partitioning::names);
        let names: Vec<&QName> = std::iter::once(&table.name).chain(partitions).collect();
        columns.flat_map(move |column| {
            let values = |name: &&QName| Resource::Values((*name).clone(), column.name.clone());
            names.iter().map(values).collect::<Vec<_>>()
        })
    })
}

enum Side {
    Comes,
    Goes,
}

fn uses(dialect: Dialect, change: &Change) -> Option<(Uses, Side)> {
    Some(match change {
        Change::View(change) => match change {
            ViewChange::Create(view) => (Uses::of_view(dialect, view), Side::Comes),
            ViewChange::Drop(view) => (Uses::of_view(dialect, view), Side::Goes),
            ViewChange::Alter(view) => (Uses::of_view(dialect, &view.after), Side::Comes),
        },
        Change::Routine(change) => match change {
            RoutineChange::Create(it) => (Uses::of_routine(dialect, it), Side::Comes),
            RoutineChange::Drop(it) => (Uses::bonds_of_routine(dialect, it), Side::Goes),
            RoutineChange::Alter(it) => (Uses::of_routine(dialect, &it.after), Side::Comes),
        },
        Change::Trigger(change) => match change {
            TriggerChange::Create { on, trigger } => {
                (Uses::of_trigger(dialect, on, trigger), Side::Comes)
            }
            TriggerChange::Drop { on, trigger } => {
                (Uses::of_trigger(dialect, on, trigger), Side::Goes)
            }
            TriggerChange::Comment { .. } | TriggerChange::Firing { .. } => return None,
        },
        Change::Policy(change) => match change {
            PolicyChange::Create { table, policy } => {
                (Uses::of_policy(dialect, table, policy), Side::Comes)
            }
            PolicyChange::Drop { table, policy } => {
                (Uses::of_policy(dialect, table, policy), Side::Goes)
            }
            PolicyChange::Comment { .. } | PolicyChange::Protect { .. } => return None,
        },
        Change::Namespace(_)
        | Change::Extension(_)
        | Change::Collation(_)
        | Change::Enum(_)
        | Change::Domain(_)
        | Change::Sequence(_)
        | Change::Table(_)
        | Change::Column(_)
        | Change::Constraint(_)
        | Change::Index(_)
        | Change::Partition(_)
        | Change::Statistics(_)
        | Change::Grant(_) => return None,
    })
}

/// Everything that comes or goes, by the names that texts would use.
struct Named(BTreeMap<String, Vec<Resource>>);

impl Named {
    fn of(dialect: Dialect, footprints: &[Footprint]) -> Self {
        let mut map: BTreeMap<String, Vec<Resource>> = BTreeMap::new();
        for resource in footprints.iter().flat_map(|it| it.creates.iter().chain(&it.removes)) {
            let name = match resource {
                Resource::Table(name)
                | Resource::Type(name)
                | Resource::Column(name, _)
                | Resource::Values(name, _) => &name.name,
                Resource::Routine(name) => name,
                // They bear the names of tables as well.
                Resource::Sequence(_)
                | Resource::Name(..)
                | Resource::Key(..)
                | Resource::Keys(_)
                | Resource::Whole(_)
                | Resource::Logged(_)
                | Resource::Unlogged(_) => continue,
            };
            map.entry(dialect.mentioned_as(name)).or_default().push(resource.clone());
        }
        Self(map)
    }

    fn used(&self, uses: &Uses) -> Vec<Resource> {
        let candidates = uses.words().iter().filter_map(|word| self.0.get(word)).flatten();
        candidates
            .filter(|resource| match resource {
                Resource::Table(name) => uses.relation(name),
                Resource::Column(table, column) | Resource::Values(table, column) => {
                    uses.column(table, column)
                }
                Resource::Type(name) => uses.data_type(name),
                Resource::Routine(name) => uses.routine(name),
                Resource::Sequence(_)
                | Resource::Name(..)
                | Resource::Key(..)
                | Resource::Keys(_)
                | Resource::Whole(_)
                | Resource::Logged(_)
                | Resource::Unlogged(_) => false,
            })
            .cloned()
            .collect()
    }
}
