//! The structural comparison of two exact schemas, a file per kind. It is independent of the
//! dialect, except for what a database can alter in place.
//!
//! Law: applying the changes to `before` gives `after`.

mod back;
mod column;
pub(crate) mod cycles;
mod enum_type;
mod kinds;
mod logged;
mod own;
mod partition;
mod programmable;
mod serial;
mod table;

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{Change, Pair, QName, Schema, Table};

use crate::detach;
use crate::prerequisites::Prerequisites;
use crate::recreate::Recreated;

/// What happened before the comparison.
#[derive(Clone, Copy)]
pub struct Past<'a> {
    /// The renames that were applied.
    pub renames: &'a [Change],
    /// The schema before them.
    pub original: &'a Schema,
    /// Undeclared views, which follow renames by themselves.
    pub kept: &'a BTreeSet<QName>,
    /// Views whose unchanged text now has another meaning.
    pub grown: &'a BTreeSet<QName>,
    /// The changes that it undoes.
    pub undoes: &'a [Change],
    /// The server's version, if known.
    pub server: Option<u32>,
}

/// The changes from one schema to the other, unordered.
pub fn diff(dialect: Dialect, past: Past<'_>, schema: Pair<&Schema>) -> Vec<Change> {
    let Some(apart) = detach::apart(dialect, schema, !past.undoes.is_empty()) else {
        return compared(dialect, past, schema);
    };
    let mut changes = apart.detached;
    changes.extend(compared(dialect, past, apart.schema.as_ref()));
    changes.extend(apart.attached);
    changes
}

/// The comparison, once each table and partition has the same position on both sides.
fn compared(dialect: Dialect, past: Past<'_>, schema: Pair<&Schema>) -> Vec<Change> {
    let before = serial::declared(dialect, schema.before, schema.after);
    let after = serial::declared(dialect, schema.after, schema.before);
    let (before, mut changes) = before.map_or((None, Vec::new()), |(it, list)| (Some(it), list));
    let (after, silenced) = after.map_or((None, Vec::new()), |(it, list)| (Some(it), list));
    let schema =
        Pair::new(before.as_ref().unwrap_or(schema.before), after.as_ref().unwrap_or(schema.after));
    changes.extend(plain(dialect, past, schema));
    changes.extend(silenced.iter().rev().map(Change::inverse));
    changes
}

/// The way down to `schema.after` from the changes that were `made` on the way up: the same
/// comparison, in reverse.
pub(crate) fn back(
    dialect: Dialect,
    schema: Pair<&Schema>,
    made: &[Change],
    server: Option<u32>,
) -> Vec<Change> {
    let none = BTreeSet::new();
    let (renames, original) = (&[], schema.before);
    let past = Past { renames, original, kept: &none, grown: &none, undoes: made, server };
    let changes = diff(dialect, past, schema);
    Prerequisites::of(dialect, back::in_place(changes, made)).rest
}

/// The comparison, once both sides declare the same sequences explicitly: once, and once more
/// if something has to be recreated because of the changes.
fn plain(dialect: Dialect, past: Past<'_>, schema: Pair<&Schema>) -> Vec<Change> {
    let changes = structural(dialect, past, schema, &Recreated::default());
    let recreated =
        Recreated::find(dialect, schema, &changes, !past.renames.is_empty(), past.server);
    match recreated.is_empty() {
        true => changes,
        false => structural(dialect, past, schema, &recreated),
    }
}

/// The changes object by object, with these recreated.
fn structural(
    dialect: Dialect,
    past: Past<'_>,
    schema: Pair<&Schema>,
    recreated: &Recreated,
) -> Vec<Change> {
    let mut changes = Vec::new();
    kinds::diff(schema, recreated, &mut changes);
    enum_type::diff(schema, &mut changes);
    for (table, before) in schema.after.tables_beside(schema.before) {
        if let Some(before) = before {
            let table = Pair::new(&**before, &**table);
            table::diff(dialect, past.server, table, recreated, &mut changes);
        }
    }
    logged::detach(schema, &mut changes);
    let created: Vec<_> = only(schema.after, schema.before);
    let dropped: Vec<_> = only(schema.before, schema.after);
    changes.extend(cycles::create(dialect, created));
    let drops = cycles::create(dialect, dropped);
    changes.extend(drops.iter().map(Change::inverse));
    programmable::diff(dialect, past, schema, recreated, &mut changes);
    changes
}

/// The tables that only one side has.
pub(crate) fn only<'s>(these: &'s Schema, those: &'s Schema) -> Vec<&'s Table> {
    let new = these.tables_beside(those).filter(|(_, there)| there.is_none());
    new.map(|(table, _)| &**table).collect()
}
