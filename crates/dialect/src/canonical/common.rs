//! Shared parts of several dialects' canonical forms.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{ForeignKey, IndexPart, KeyPart, NullsOrder, QName, Schema, Table};

/// Fills in the referenced columns of foreign keys that name only a table.
pub(crate) fn complete_references(schema: &mut Schema) {
    let open = |key: &ForeignKey| key.referenced_columns.is_empty();
    let parents: BTreeSet<QName> = schema
        .tables
        .values()
        .flat_map(|table| &table.foreign_keys)
        .filter(|key| open(key))
        .map(|key| key.references.clone())
        .collect();
    if parents.is_empty() {
        return;
    }
    let keys: BTreeMap<QName, Vec<String>> = parents
        .into_iter()
        .filter_map(|name| {
            let columns = key_columns(schema.tables.get(&name)?)?;
            Some((name, columns))
        })
        .collect();
    schema.reform_tables(|table| {
        for key in table.foreign_keys.iter_mut().filter(|key| open(key)) {
            if let Some(columns) = keys.get(&key.references) {
                key.referenced_columns.clone_from(columns);
            }
        }
    });
}

fn key_columns(table: &Table) -> Option<Vec<String>> {
    let key = table.primary_key.as_ref()?;
    Some(key.columns.iter().map(|part| part.column.clone()).collect())
}

/// Removes an order of NULLs that is the default: in PostgreSQL, NULL sorts as the largest.
pub(crate) fn drop_implied_nulls(part: &mut IndexPart) {
    let implied = if part.descending { NullsOrder::First } else { NullsOrder::Last };
    part.nulls.take_if(|nulls| *nulls == implied);
}

/// Removes options of a key part that only other databases have.
pub(crate) fn plain_key_part(part: &mut KeyPart) {
    *part = KeyPart::new(std::mem::take(&mut part.column));
}

/// An empty comment is no comment.
pub(crate) fn drop_empty(comment: &mut Option<String>) {
    comment.take_if(|text| text.is_empty());
}
