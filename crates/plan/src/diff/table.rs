//! Tables that are on both sides: options, comment, constraints, indexes.

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Constraint, ConstraintChange, Index, IndexChange, Name, ObjectId, Pair, QName, Table,
    TableChange,
};

use super::{column, own, partition};
use crate::recreate::Recreated;

pub(super) fn diff(
    dialect: Dialect,
    server: Option<u32>,
    table: Pair<&Table>,
    recreated: &Recreated,
    changes: &mut Vec<Change>,
) {
    let unchanged = std::ptr::eq(table.before, table.after) || table.before == table.after;
    if unchanged && !recreated.touches(table.before) {
        return;
    }
    let name = &table.after.name;
    if table.before.comment != table.after.comment {
        let comment = Pair::new(table.before.comment.clone(), table.after.comment.clone());
        changes.push(TableChange::Comment { table: name.clone(), comment }.into());
    }
    if table.before.options != table.after.options {
        let options =
            Box::new(Pair::new(table.before.options.clone(), table.after.options.clone()));
        changes.push(TableChange::Options { table: name.clone(), options }.into());
    }
    partition::diff(table, changes);
    column::diff(dialect, server, table, recreated, changes);
    for table in [table].into_iter().chain(own::tables_of(table)) {
        constraints(table, recreated, changes);
        indexes(dialect, table, recreated, changes);
    }
}

fn constraints(table: Pair<&Table>, recreated: &Recreated, changes: &mut Vec<Change>) {
    let name = &table.after.name;
    let mut before = table.before.constraints();
    let mut missing = Vec::new();
    for constraint in table.after.constraints() {
        let equal = before.iter().position(|other| *other == constraint);
        let alike = equal.or_else(|| before.iter().position(|other| is_alike(other, &constraint)));
        let Some(at) = alike else {
            missing.push(constraint);
            continue;
        };
        let found = before.remove(at);
        if recreated.has(&ObjectId::constraint(name, &found)) {
            changes.push(drop(name, found));
            changes.push(add(name, constraint));
            continue;
        }
        let mut current = found;
        if current.name() != constraint.name() {
            let names = Pair::new(current.name().clone(), constraint.name().clone());
            let after = names.after.clone();
            let constraint = current.clone();
            changes.push(
                ConstraintChange::Rename { table: name.clone(), constraint, name: names }.into(),
            );
            current = current.with_name(after);
        }
        if current.comment() != constraint.comment() {
            let comment = Pair::new(current.comment(), constraint.comment());
            let comment = comment.map(|text| text.map(str::to_owned));
            let constraint = current;
            changes.push(
                ConstraintChange::Comment { table: name.clone(), constraint, comment }.into(),
            );
        }
    }
    changes.extend(before.into_iter().map(|constraint| drop(name, constraint)));
    changes.extend(missing.into_iter().map(|constraint| add(name, constraint)));
}

/// Whether two constraints differ only in name and comment.
fn is_alike(before: &Constraint, after: &Constraint) -> bool {
    let bare = |it: &Constraint| it.clone().with_name(Name::Absent).with_comment(None);
    std::mem::discriminant(before) == std::mem::discriminant(after) && bare(before) == bare(after)
}

fn add(table: &QName, constraint: Constraint) -> Change {
    ConstraintChange::Add { table: table.clone(), constraint }.into()
}

fn drop(table: &QName, constraint: Constraint) -> Change {
    ConstraintChange::Drop { table: table.clone(), constraint }.into()
}

fn indexes(
    dialect: Dialect,
    table: Pair<&Table>,
    recreated: &Recreated,
    changes: &mut Vec<Change>,
) {
    let name = &table.after.name;
    let create = |index: &Index| {
        Change::from(IndexChange::Create { table: name.clone(), index: Box::new(index.clone()) })
    };
    let drop = |index: &Index| {
        Change::from(IndexChange::Drop { table: name.clone(), index: Box::new(index.clone()) })
    };
    let mut before: Vec<&Index> = table.before.indexes.iter().collect();
    let mut pairs = Vec::new();
    let mut alone = Vec::new();
    for index in &table.after.indexes {
        let equal = before.iter().position(|other| *other == index);
        match equal.or_else(|| before.iter().position(|it| it.same_structure(index))) {
            Some(at) => pairs.push((before.remove(at), index)),
            None => alone.push(index),
        }
    }
    let mut missing = Vec::new();
    for index in alone {
        match before.iter().position(|it| dialect.tunes_index(table, it, index)) {
            Some(at) => pairs.push((before.remove(at), index)),
            None => missing.push(index),
        }
    }
    for (found, index) in pairs {
        if recreated.has(&ObjectId::index(name, found)) {
            changes.push(drop(found));
            changes.push(create(index));
        } else {
            altered(name, found.clone(), index, changes);
        }
    }
    changes.extend(before.into_iter().map(drop));
    changes.extend(missing.into_iter().map(create));
}

/// The changes from one index to another of the same structure.
fn altered(table: &QName, mut current: Index, index: &Index, changes: &mut Vec<Change>) {
    if current.name != index.name {
        let name = Pair::new(current.name.clone(), index.name.clone());
        let renamed = current.with_name(index.name.clone());
        let index = Box::new(current);
        changes.push(IndexChange::Rename { table: table.clone(), index, name }.into());
        current = renamed;
    }
    if current.options.storage != index.options.storage {
        let storage = Pair::new(current.options.storage.clone(), index.options.storage.clone());
        let tuned = current.with_storage(storage.after.clone());
        let index = Box::new(current);
        changes.push(IndexChange::Tune { table: table.clone(), index, storage }.into());
        current = tuned;
    }
    if current.comment != index.comment {
        let comment = Pair::new(current.comment.clone(), index.comment.clone());
        let index = Box::new(current);
        changes.push(IndexChange::Comment { table: table.clone(), index, comment }.into());
    }
}
