//! An object that the other side has and autogen cannot represent is not absent: its namesake
//! is not dropped.

use std::sync::Arc;

use autogen_schema::{Constraint, QName, RoutineKind, Schema, Table, Unsupported};

use super::Resolver;
use crate::findings::Ambiguity;

impl Resolver<'_> {
    /// Keeps what would be dropped although the other side has an object of its kind and name.
    pub(super) fn keep_unrepresented(
        &mut self,
        before: &Schema,
        after: &Schema,
        target: &mut Schema,
    ) {
        for item in &after.unsupported {
            if !kept(before, item, target) {
                continue;
            }
            self.findings.ambiguities.push(Ambiguity {
                code: "D0109",
                object: item.object.clone(),
                message: format!(
                    "it is kept, although the other side has another object: {} ({})",
                    item.message, item.code
                ),
                hint: "change it by hand, or add it to `exclude` in autogen.toml".to_owned(),
            });
        }
    }
}

/// Restores the existing object with the name of the item; returns whether there was one, and
/// it would have been dropped.
fn kept(before: &Schema, item: &Unsupported, target: &mut Schema) -> bool {
    let Some((kind, name)) = item.object.split_once(' ') else { return false };
    let own = QName::parse(name);
    match kind {
        "table" | "view" | "sequence" => {
            put(&before.tables, &own, &mut target.tables)
                || put(&before.views, &own, &mut target.views)
                || put(&before.sequences, &own, &mut target.sequences)
        }
        "type" => {
            put(&before.enums, &own, &mut target.enums)
                || put(&before.domains, &own, &mut target.domains)
        }
        "statistics" => put(&before.statistics, &own, &mut target.statistics),
        "index" => index(before, &own, target),
        "constraint" => constraint(before, name, target),
        "function" => routine(before, RoutineKind::Function, name, target),
        "procedure" => routine(before, RoutineKind::Procedure, name, target),
        "aggregate" => routine(before, RoutineKind::Aggregate, name, target),
        "event" => routine(before, RoutineKind::Event, name, target),
        _other => false,
    }
}

fn put<T: Clone>(
    before: &std::collections::BTreeMap<QName, T>,
    name: &QName,
    target: &mut std::collections::BTreeMap<QName, T>,
) -> bool {
    let Some(current) = before.get(name).filter(|_| !target.contains_key(name)) else {
        return false;
    };
    target.insert(name.clone(), current.clone());
    true
}

/// The name contains the index's schema, and not its table.
fn index(before: &Schema, name: &QName, target: &mut Schema) -> bool {
    let named = |table: &Table| {
        let found = table.indexes.iter().find(|it| it.name.text() == Some(&name.name));
        found.filter(|_| table.name.schema == name.schema).cloned()
    };
    let found = before.tables.values().find_map(|table| Some((&table.name, named(table)?)));
    let Some((table, index)) = found else { return false };
    let Some(table) = target.tables.get_mut(table).filter(|it| named(it).is_none()) else {
        return false;
    };
    let table = Arc::make_mut(table);
    table.indexes.push(index);
    table.sort();
    true
}

/// `name of table`.
fn constraint(before: &Schema, text: &str, target: &mut Schema) -> bool {
    let Some((name, table)) = text.rsplit_once(" of ") else { return false };
    let table = QName::parse(table);
    let named =
        |table: &Table| table.constraints().into_iter().find(|it| it.name().text() == Some(name));
    let Some(found) = before.tables.get(&table).and_then(|it| named(it)) else { return false };
    let Some(table) = target.tables.get_mut(&table).filter(|it| named(it).is_none()) else {
        return false;
    };
    let table = Arc::make_mut(table);
    match found {
        Constraint::PrimaryKey(it) if table.primary_key.is_none() => table.primary_key = Some(it),
        Constraint::PrimaryKey(_) => return false,
        Constraint::Unique(it) => table.uniques.push(it),
        Constraint::ForeignKey(it) => table.foreign_keys.push(it),
        Constraint::Check(it) => table.checks.push(it),
        Constraint::Exclusion(it) => table.exclusions.push(it),
    }
    table.sort();
    true
}

/// `name` or `name(arguments)`.
fn routine(before: &Schema, kind: RoutineKind, text: &str, target: &mut Schema) -> bool {
    let name = QName::parse(text.split('(').next().unwrap_or(text));
    let mut back = Vec::new();
    for current in before.routines.iter().filter(|it| it.kind == kind && it.name == name) {
        if !target.routines.iter().any(|it| it.key() == current.key()) {
            back.push(current.clone());
        }
    }
    let any = !back.is_empty();
    target.routines.extend(back);
    target.routines.sort();
    any
}
