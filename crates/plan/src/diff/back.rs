//! The way back from changes that were made.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{Callee, Change, ColumnChange, EnumType, Pair, QName, Schema};

use super::uprooted::is_extended;
use super::{Past, own};

/// The way back to `schema.after` from changes that were made: their inverses,
/// but for views and the like, whose way back is found anew, since what can be
/// altered one way can't always be altered back.
pub(crate) fn back(dialect: Dialect, schema: Pair<&Schema>, changes: &[Change]) -> Vec<Change> {
    let partitions = schema.map(Schema::partitions);
    let plain = |schema: &Schema, name: &QName| schema.tables.contains_key(name);
    // What gets another standing is not compared.
    let same_place = own::same_place(schema);
    let both = |name: &QName| {
        plain(schema.before, name) && plain(schema.after, name) || same_place.contains(name)
    };
    let on_table = |name: &QName| {
        plain(schema.before, name)
            || plain(schema.after, name)
            || partitions.before.contains_key(name)
            || partitions.after.contains_key(name)
    };
    let found_anew = |change: &Change| match change.hangs_on() {
        Some(on) => !on_table(on) || both(on),
        None => matches!(change, Change::View(_) | Change::Routine(_)),
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
            && change
                .dropped_routine()
                .is_some_and(|it| after.routines.iter().any(|other| other.key() == it.key()))
    })
}

/// Whether a type gets values in place, and is made anew on the way back, with all
/// that stands on it.
fn lengthens(change: &Change) -> bool {
    let shorter = |item: &Pair<EnumType>| !is_extended(&item.after.values, &item.before.values);
    change.altered_enum().is_some_and(shorter)
}

/// What comes back does so in its old place.
fn in_place(mut changes: Vec<Change>, inverses: &[Change]) -> Vec<Change> {
    let place = |table: &QName, name: &str| {
        inverses.iter().find_map(|change| {
            let Change::Column(ColumnChange::Add { table: of, column, position }) = change else {
                return None;
            };
            position.filter(|_| of == table && column.name == name)
        })
    };
    for change in &mut changes {
        if let Change::Column(ColumnChange::Add { table, column, position }) = change {
            *position = place(table, &column.name);
        }
    }
    changes
}

type Place = (QName, String);

/// A plain column may have become a computed one only as a new column; on the
/// way back it keeps what was computed, and what stands on it stays.
fn with_values(changes: Vec<Change>) -> Vec<Change> {
    let dropped = changes.iter().filter_map(Change::dropped_column);
    let going: Vec<_> = dropped.filter(|(_, it)| it.generated.is_some()).collect();
    if going.is_empty() {
        return changes;
    }
    let mut kept: BTreeSet<Place> = BTreeSet::new();
    let mut remade: BTreeSet<Place> = BTreeSet::new();
    let mut alters = Vec::new();
    for change in &changes {
        let Some((table, column)) = change.added_column() else { continue };
        let place = (table.clone(), column.name.clone());
        let there = going.iter().find(|(of, it)| *of == table && it.name == column.name);
        match there.filter(|_| column.generated.is_none()) {
            Some((_, before)) => {
                if before.data_type == column.data_type && before.collation == column.collation {
                    kept.insert(place);
                }
                let column = Box::new(Pair::new((*before).clone(), column.clone()));
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
    let Some((of, both)) = alter.altered_column() else { return false };
    let moved = change.added_column().or_else(|| change.dropped_column());
    moved.is_some_and(|(table, column)| of == table && both.after.name == column.name)
}

/// Whether it is an index or a constraint of the column's table that uses it.
fn stands_on(change: &Change, (of, column): &Place) -> bool {
    let constraint = change.added_constraint().or_else(|| change.dropped_constraint());
    let index = change.created_index().or_else(|| change.dropped_index());
    constraint.is_some_and(|(table, it)| table == of && it.uses(column))
        || index.is_some_and(|(table, it)| table == of && it.uses(column))
}

/// What undoes the change, of constraints and indexes.
fn twin(change: &Change) -> Option<Change> {
    matches!(change, Change::Constraint(_) | Change::Index(_)).then(|| change.inverse())
}
