//! The index that a foreign key needs, and that the server creates by itself.
//!
//! It becomes explicit: a table with the key has the index, under the server's name for it.
//! If another index serves the key, there is none.

use autogen_schema::{ForeignKey, Index, IndexKey, Name, Table};

/// Whether an index or the primary key begins with these columns.
pub(crate) fn serves<'i>(
    table: &Table,
    indexes: impl IntoIterator<Item = &'i Index>,
    columns: &[String],
) -> bool {
    let key = table.primary_key.iter().any(|key| {
        key.columns.len() >= columns.len()
            && key
                .columns
                .iter()
                .zip(columns)
                .all(|(part, column)| part.column == *column && part.prefix.is_none())
    });
    key || indexes.into_iter().any(|index| begins_with(index, columns))
}

/// Whether a foreign key can reference these columns: InnoDB finds the rows by any index, at whose
/// end the primary key stands unseen.
pub(crate) fn can_be_referenced(parent: &Table, columns: &[String]) -> bool {
    let unique = parent.uniques.iter().map(|unique| unique.columns.iter());
    let unique = unique.map(|parts| parts.map(|part| &part.column).take(columns.len()));
    let primary: Vec<&String> =
        parent.primary_key.iter().flat_map(|key| &key.columns).map(|part| &part.column).collect();
    let behind_index = (1..columns.len()).any(|at| {
        let (first, rest) = columns.split_at(at);
        primary.iter().copied().take(rest.len()).eq(rest) && serves(parent, &parent.indexes, first)
    });
    serves(parent, &parent.indexes, columns)
        || unique.into_iter().any(|parts| parts.eq(columns))
        || behind_index
}

fn begins_with(index: &Index, columns: &[String]) -> bool {
    index.method.is_none()
        && index.parts.len() >= columns.len()
        && index.parts.iter().zip(columns).all(|(part, column)| {
            part.prefix.is_none() && matches!(&part.key, IndexKey::Column(name) if name == column)
        })
}

/// Adds the indexes that foreign keys need. An existing one is kept, under any name.
pub(crate) fn complete(before: Option<&Table>, table: &mut Table) {
    for key in table.foreign_keys.clone() {
        if serves(table, &table.indexes, &key.columns) {
            continue;
        }
        let there = before.and_then(|before| {
            before.indexes.iter().find(|it| is_plain(it, &key) && is_free(table, it.name.text()))
        });
        // If it is named after a key that is renamed, it is renamed too.
        let follows = |index: &Index| {
            before.is_some_and(|before| {
                before.foreign_keys.iter().any(|old| {
                    old.name == index.name && old.columns == key.columns && old.name != key.name
                })
            }) && table.foreign_keys.iter().all(|it| it.name != index.name)
        };
        let kept = there.filter(|index| !follows(index)).cloned();
        table.indexes.push(kept.unwrap_or_else(|| of_key(table, &key)));
    }
}

/// Whether the index, except for its name, is the one that the server creates for the key.
fn is_plain(index: &Index, key: &ForeignKey) -> bool {
    let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
    *index == Index::new(index.name.clone(), &columns)
}

fn is_free(table: &Table, name: Option<&str>) -> bool {
    table.indexes.iter().all(|index| index.name.text() != name)
}

fn of_key(table: &Table, key: &ForeignKey) -> Index {
    let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
    let base = key.name.text().unwrap_or_default();
    let mut name = base.to_owned();
    let mut number = 1;
    while !is_free(table, Some(&name)) {
        number += 1;
        name = format!("{base}_{number}");
    }
    Index::new(Name::Exact(name), &columns)
}
