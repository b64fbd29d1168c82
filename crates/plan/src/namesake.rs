//! Names of objects that are not compared: the server rejects a second object with such a
//! name.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Dialect, Refusal, TakenName};
use autogen_schema::{Change, ObjectId, QName, Schema, Table, Unsupported};

/// The refusals for objects created under the name of an object that is not compared.
pub(crate) fn refused(dialect: Dialect, before: &Schema, changes: &[Change]) -> Vec<Refusal> {
    let held = held(dialect, before);
    if held.is_empty() {
        return Vec::new();
    }
    let found = changes.iter().filter_map(|change| {
        let item = created(dialect, change).iter().find_map(|name| held.get(name))?;
        Some(refusal(change, item))
    });
    found.collect()
}

fn refusal(change: &Change, item: &Unsupported) -> Refusal {
    Refusal {
        code: "A0422",
        object: change.object(),
        message: format!("{} has this name, and is not compared ({})", item.object, item.code),
        hint: "drop or rename that by hand first".to_owned(),
    }
}

/// The names of relations that are not compared; notes on compared relations do not count.
fn held(dialect: Dialect, before: &Schema) -> BTreeMap<TakenName, &Unsupported> {
    let own = |item: &'_ Unsupported| {
        let (kind, name) = item.object.split_once(' ')?;
        let is_relation = ["table", "view", "sequence", "index"].contains(&kind);
        is_relation.then(|| TakenName::Relation(QName::parse(name)))
    };
    let named = before.unsupported.iter().filter_map(|item| Some((own(item)?, item)));
    let named: BTreeMap<TakenName, &Unsupported> = named.collect();
    if named.is_empty() {
        return named;
    }
    let compared = compared(dialect, before);
    named.into_iter().filter(|(name, _)| !compared.contains(name)).collect()
}

fn compared(dialect: Dialect, schema: &Schema) -> BTreeSet<TakenName> {
    let relations = schema.views.keys().chain(schema.sequences.keys());
    let relations = relations.map(|name| TakenName::Relation(name.clone()));
    let partitions = schema.partitions();
    let partitions = partitions.keys().map(|name| TakenName::Relation((*name).clone()));
    let tables = schema.tables.values().flat_map(|it| of_table(dialect, it));
    relations.chain(partitions).chain(tables).collect()
}

/// The relation names that a change uses.
fn created(dialect: Dialect, change: &Change) -> Vec<TakenName> {
    if let Some(table) = change.created_table() {
        return of_table(dialect, table);
    }
    if let Some((table, index)) = change.created_index() {
        return dialect.taken_by_index(table, index);
    }
    if let Some((table, constraint)) = change.added_constraint() {
        return dialect.taken_by_constraint(table, constraint);
    }
    let view = change.created_view().map(|it| ObjectId::Relation(it.name.clone()));
    view.and_then(|it| dialect.taken(&it)).into_iter().collect()
}

fn of_table(dialect: Dialect, table: &Table) -> Vec<TakenName> {
    let mut names = vec![TakenName::Relation(table.name.clone())];
    let constraints = table.constraints();
    names.extend(constraints.iter().flat_map(|it| dialect.taken_by_constraint(&table.name, it)));
    names.extend(table.indexes.iter().flat_map(|it| dialect.taken_by_index(&table.name, it)));
    names
}
