//! The structural comparison of two exact schemas, a file per kind. It knows
//! no dialect but for what a database can alter in place.
//!
//! Law: applying the changes to `before` gives `after`.

mod column;
pub(crate) mod cycles;
mod enum_type;
mod table;

use autogen_dialect::Dialect;
use autogen_schema::{Change, Pair, Schema, Table};

/// The changes from one schema to the other, in no order that counts.
pub fn diff(dialect: Dialect, schema: Pair<&Schema>) -> Vec<Change> {
    let mut changes = Vec::new();
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

/// The tables of one side that the other has not.
pub(crate) fn only<'s>(these: &'s Schema, those: &Schema) -> Vec<&'s Table> {
    let new = these.tables.iter().filter(|(name, _)| !those.tables.contains_key(name));
    new.map(|(_, table)| &**table).collect()
}
