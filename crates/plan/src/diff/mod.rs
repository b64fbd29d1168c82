//! The structural comparison of two exact schemas, a file per kind. It knows
//! no dialect but for what a database can alter in place.
//!
//! Law: applying the changes to `before` gives `after`.

mod column;
pub(crate) mod cycles;
mod enum_type;
mod kinds;
mod partition;
mod serial;
mod table;

use autogen_dialect::Dialect;
use autogen_schema::{Change, Pair, Schema};

/// The changes from one schema to the other, in no order that counts.
pub fn diff(dialect: Dialect, schema: Pair<&Schema>) -> Vec<Change> {
    let before = serial::spoken(dialect, schema.before, schema.after);
    let after = serial::spoken(dialect, schema.after, schema.before);
    let (before, mut changes) = before.map_or((None, Vec::new()), |(it, list)| (Some(it), list));
    let (after, silenced) = after.map_or((None, Vec::new()), |(it, list)| (Some(it), list));
    let schema =
        Pair::new(before.as_ref().unwrap_or(schema.before), after.as_ref().unwrap_or(schema.after));
    changes.extend(plain(dialect, schema));
    changes.extend(silenced.iter().rev().map(Change::inverse));
    changes
}

/// The comparison, where both sides speak alike of sequences.
fn plain(dialect: Dialect, schema: Pair<&Schema>) -> Vec<Change> {
    let mut changes = Vec::new();
    kinds::diff(schema, &mut changes);
    enum_type::diff(schema, &mut changes);
    let uprooted = column::uprooted(dialect, schema);
    for table in schema.after.tables.values() {
        if let Some(before) = schema.before.tables.get(&table.name) {
            table::diff(dialect, Pair::new(before, table), &uprooted, &mut changes);
        }
    }
    let created: Vec<_> = only(schema.after, schema.before);
    let dropped: Vec<_> = only(schema.before, schema.after);
    changes.extend(cycles::create(dialect, created));
    let drops = cycles::create(dialect, dropped);
    changes.extend(drops.iter().map(Change::inverse));
    changes
}

fn only<'s>(these: &'s Schema, those: &Schema) -> Vec<&'s autogen_schema::Table> {
    these.tables.values().filter(|table| !those.tables.contains_key(&table.name)).collect()
}
