//! The way back from changes that were made.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{
    Callee, Change, Column, ColumnChange, ConstraintChange, EnumChange, EnumType, IndexChange,
    Pair, QName, RoutineChange, Schema,
};

use super::Past;
use super::uprooted::is_extended;

/// The way back to `schema.after` from changes that were made: their inverses,
/// but for views and the like, whose way back is found anew, since what can be
/// altered one way can't always be altered back.
pub(crate) fn back(dialect: Dialect, schema: Pair<&Schema>, changes: &[Change]) -> Vec<Change> {
    let partitions = schema.map(Schema::partitions);
    let plain = |schema: &Schema, name: &QName| schema.tables.contains_key(name);
    // What becomes a partition, or is none any more, is not compared.
    let both = |name: &QName| {
        plain(schema.before, name) && plain(schema.after, name)
            || partitions.before.contains_key(name) && partitions.after.contains_key(name)
    };
    let on_table = |name: &QName| {
        plain(schema.before, name)
            || plain(schema.after, name)
            || partitions.before.contains_key(name)
            || partitions.after.contains_key(name)
    };
    let found_anew = |change: &Change| match change {
        Change::View(_) | Change::Routine(_) => true,
        Change::Trigger(change) => !on_table(change.on()) || both(change.on()),
        Change::Policy(change) => both(change.on()),
        _other => false,
    };
    let made = changes;
    let stay = made.iter().filter(|change| !found_anew(change));
    let mut changes = with_values(stay.rev().map(Change::inverse).collect());
    let none = BTreeSet::new();
    let past = Past { renames: &[], original: schema.before, kept: &none, grown: &none };
    super::text::diff(dialect, past, schema, &mut changes);
    let remakes = || dialect.has_enum_types() && made.iter().any(lengthens);
    if leaves_callers(made, schema.after, &changes) || remakes() {
        return with_values(in_place(super::plain_rest(dialect, past, schema), &changes));
    }
    changes
}

/// Whether more routines go for a while than went on the way up: nothing that was
/// done there took what calls them away.
fn leaves_callers(up: &[Change], after: &Schema, changes: &[Change]) -> bool {
    let went: BTreeSet<Callee> = up.iter().filter_map(super::gone_routine).collect();
    changes.iter().any(|change| {
        super::gone_routine(change).is_some_and(|it| !went.contains(&it))
            && matches!(change, Change::Routine(RoutineChange::Drop(it))
                if after.routines.iter().any(|other| other.key() == it.key()))
    })
}

/// Whether a type gets values in place, and is made anew on the way back, with all
/// that stands on it.
fn lengthens(change: &Change) -> bool {
    let shorter = |item: &Pair<EnumType>| !is_extended(&item.after.values, &item.before.values);
    matches!(change, Change::Enum(EnumChange::Alter(item)) if shorter(item))
}

/// What comes back does so in its old place.
fn in_place(changes: Vec<Change>, inverses: &[Change]) -> Vec<Change> {
    let place = |table: &QName, name: &str| {
        inverses.iter().find_map(|change| match change {
            Change::Column(ColumnChange::Add { table: of, column, position })
                if of == table && column.name == name =>
            {
                *position
            }
            _other => None,
        })
    };
    let placed = |change: Change| match change {
        Change::Column(ColumnChange::Add { table, column, .. }) => {
            let position = place(&table, &column.name);
            ColumnChange::Add { table, column, position }.into()
        }
        other => other,
    };
    changes.into_iter().map(placed).collect()
}

type Place = (QName, String);

/// A plain column may have become a computed one only as a new column; on the
/// way back it keeps what was computed, and what stands on it stays.
fn with_values(changes: Vec<Change>) -> Vec<Change> {
    let computed = |change: &Change| match change {
        Change::Column(ColumnChange::Drop { table, column, .. }) if column.generated.is_some() => {
            Some((table.clone(), (**column).clone()))
        }
        _other => None,
    };
    let going: Vec<(QName, Column)> = changes.iter().filter_map(computed).collect();
    if going.is_empty() {
        return changes;
    }
    let mut kept: BTreeSet<Place> = BTreeSet::new();
    let mut remade: BTreeSet<Place> = BTreeSet::new();
    let mut alters = Vec::new();
    for change in &changes {
        let Change::Column(ColumnChange::Add { table, column, .. }) = change else { continue };
        let place = (table.clone(), column.name.clone());
        let there = going.iter().find(|(of, it)| *of == place.0 && it.name == place.1);
        match there.filter(|_| column.generated.is_none()) {
            Some((_, before)) => {
                if before.data_type == column.data_type && before.collation == column.collation {
                    kept.insert(place);
                }
                let column = Box::new(Pair::new(before.clone(), (**column).clone()));
                alters.push(Change::from(ColumnChange::Alter { table: table.clone(), column }));
            }
            None => drop(remade.insert(place)),
        }
    }
    let altered = |change: &Change| alters.iter().any(|it| replaces(it, change));
    let stays = |change: &Change| {
        let uses = |places: &BTreeSet<Place>| places.iter().any(|place| stands_on(change, place));
        let twin = twin(change);
        uses(&kept) && !uses(&remade) && twin.is_some_and(|twin| changes.contains(&twin))
    };
    let rest = changes.iter().filter(|it| !altered(it) && !stays(it)).cloned();
    let rest: Vec<Change> = rest.collect();
    alters.into_iter().chain(rest).collect()
}

/// Whether the drop and the add are done by this change.
fn replaces(alter: &Change, change: &Change) -> bool {
    let (
        Change::Column(ColumnChange::Alter { table: of, column: both }),
        Change::Column(
            ColumnChange::Add { table, column, .. } | ColumnChange::Drop { table, column, .. },
        ),
    ) = (alter, change)
    else {
        return false;
    };
    of == table && both.after.name == column.name
}

/// Whether it is an index or a constraint of the column's table that uses it.
fn stands_on(change: &Change, (of, column): &Place) -> bool {
    match change {
        Change::Constraint(
            ConstraintChange::Add { table, constraint }
            | ConstraintChange::Drop { table, constraint },
        ) => table == of && constraint.uses(column),
        Change::Index(
            IndexChange::Create { table, index } | IndexChange::Drop { table, index },
        ) => table == of && index.uses(column),
        _other => false,
    }
}

/// What undoes the change, of constraints and indexes.
fn twin(change: &Change) -> Option<Change> {
    matches!(change, Change::Constraint(_) | Change::Index(_)).then(|| change.inverse())
}
