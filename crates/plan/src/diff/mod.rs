//! The structural comparison of two exact schemas, a file per kind. It knows
//! no dialect but for what a database can alter in place.
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
mod serial;
mod table;
mod text;
mod uprooted;

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{Callee, Change, Pair, QName, Routine, RoutineKind, Schema, Table};

pub(crate) use self::back::back;
use crate::standing;

/// What a comparison comes after.
#[derive(Clone, Copy)]
pub struct Past<'a> {
    /// The renames that were carried out.
    pub renames: &'a [Change],
    /// The schema before them.
    pub original: &'a Schema,
    /// Views that nobody declares, and that follow renames by themselves.
    pub kept: &'a BTreeSet<QName>,
    /// Views that mean something else by now, by the same words.
    pub grown: &'a BTreeSet<QName>,
}

/// The changes from one schema to the other, in no order that counts.
pub fn diff(dialect: Dialect, past: Past<'_>, schema: Pair<&Schema>) -> Vec<Change> {
    let Some(apart) = standing::apart(dialect, schema) else {
        return compared(dialect, past, schema);
    };
    let mut changes = apart.detached;
    changes.extend(compared(dialect, past, apart.schema.as_ref()));
    changes.extend(apart.attached);
    changes
}

/// The comparison, where each table and partition stands as it does on the other side.
fn compared(dialect: Dialect, past: Past<'_>, schema: Pair<&Schema>) -> Vec<Change> {
    let before = serial::spoken(dialect, schema.before, schema.after);
    let after = serial::spoken(dialect, schema.after, schema.before);
    let (before, mut changes) = before.map_or((None, Vec::new()), |(it, list)| (Some(it), list));
    let (after, silenced) = after.map_or((None, Vec::new()), |(it, list)| (Some(it), list));
    let schema =
        Pair::new(before.as_ref().unwrap_or(schema.before), after.as_ref().unwrap_or(schema.after));
    changes.extend(plain(dialect, past, schema));
    changes.extend(silenced.iter().rev().map(Change::inverse));
    changes
}

/// The comparison, but for the ground that all else stands on.
fn plain_rest(dialect: Dialect, past: Past<'_>, schema: Pair<&Schema>) -> Vec<Change> {
    crate::ground::split(dialect, diff(dialect, past, schema)).rest
}

/// The comparison, where both sides speak alike of sequences. Which routines go
/// is known at its end; what calls them is then compared once more.
fn plain(dialect: Dialect, past: Past<'_>, schema: Pair<&Schema>) -> Vec<Change> {
    let mut gone = BTreeSet::new();
    loop {
        let changes = without_routines(dialect, past, schema, gone.clone());
        let found: BTreeSet<Callee> = changes.iter().filter_map(gone_routine).collect();
        if found.is_subset(&gone) {
            return changes;
        }
        gone.extend(found);
    }
}

fn gone_routine(change: &Change) -> Option<Callee> {
    change.dropped_routine().filter(|it| it.kind != RoutineKind::Event).map(Routine::callee)
}

/// The comparison, where these routines go, for good or for a while.
fn without_routines(
    dialect: Dialect,
    past: Past<'_>,
    schema: Pair<&Schema>,
    routines: BTreeSet<Callee>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let uprooted = uprooted::uprooted(dialect, schema, routines);
    kinds::diff(schema, &uprooted, &mut changes);
    enum_type::diff(schema, &mut changes);
    for (table, before) in schema.after.tables_beside(schema.before) {
        if let Some(before) = before {
            table::diff(dialect, Pair::new(before, table), &uprooted, &mut changes);
        }
    }
    logged::detach(schema, &mut changes);
    let created: Vec<_> = only(schema.after, schema.before);
    let dropped: Vec<_> = only(schema.before, schema.after);
    changes.extend(cycles::create(dialect, created));
    let drops = cycles::create(dialect, dropped);
    changes.extend(drops.iter().map(Change::inverse));
    text::diff(dialect, past, schema, &mut changes);
    changes
}

/// The tables of one side that the other has not.
pub(crate) fn only<'s>(these: &'s Schema, those: &'s Schema) -> Vec<&'s Table> {
    let new = these.tables_beside(those).filter(|(_, there)| there.is_none());
    new.map(|(table, _)| &**table).collect()
}
