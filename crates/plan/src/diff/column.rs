//! Columns, and what a change of their type does to the things on them.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{Change, Column, ColumnChange, Pair, Table, TableChange};

use super::uprooted::{Uprooted, is_remade};

/// Compares the columns; gives back those that are made anew.
pub(super) fn diff(
    dialect: Dialect,
    table: Pair<&Table>,
    uprooted: &Uprooted,
    changes: &mut Vec<Change>,
) -> BTreeSet<String> {
    let name = &table.after.name;
    let mut remade = BTreeSet::new();
    if table.before.columns == table.after.columns && uprooted.is_empty() {
        return remade;
    }
    let mut drop = |column: &Column, at: usize| {
        changes.push(Change::from(ColumnChange::Drop {
            table: name.clone(),
            column: Box::new(column.clone()),
            position: (at + 1 < table.before.columns.len()).then_some(at),
        }));
    };
    let mut retyped = BTreeSet::new();
    for (at, column) in table.before.columns.iter().enumerate() {
        match table.after.column(&column.name) {
            None => drop(column, at),
            Some(after) if is_remade(dialect, Pair::new(column, after), uprooted) => {
                drop(column, at);
                remade.insert(column.name.clone());
            }
            Some(after) if column.data_type != after.data_type || uprooted.of_type(column) => {
                retyped.insert(column.name.clone());
            }
            Some(_) => {}
        }
    }
    // A generated column forbids another type for the columns that it reads.
    for (at, column) in table.before.columns.iter().enumerate() {
        let Some(generated) = &column.generated else { continue };
        let reads = retyped.iter().any(|name| generated.expr.mentions(name));
        // One that becomes plain does so before, with what it holds.
        let stays = table.after.column(&column.name).is_some_and(|it| it.generated.is_some());
        if reads && stays && !dialect.alters_generated() && !remade.contains(&column.name) {
            drop(column, at);
            remade.insert(column.name.clone());
        }
    }
    let add = |column: &Column| ColumnChange::Add {
        table: name.clone(),
        column: Box::new(column.clone()),
        position: None,
    };
    for column in &table.after.columns {
        match table.before.column(&column.name) {
            None => changes.push(add(column).into()),
            Some(_) if remade.contains(&column.name) => changes.push(add(column).into()),
            Some(before) => {
                let alter = |before: &Column, after: &Column| ColumnChange::Alter {
                    table: name.clone(),
                    column: Box::new(Pair::new(before.clone(), after.clone())),
                };
                let shaken = [before, column]
                    .iter()
                    .all(|it| it.default.as_ref().is_some_and(|it| uprooted.in_default(it)));
                if shaken {
                    let bare = Column { default: None, ..before.clone() };
                    changes.push(alter(before, &bare).into());
                    changes.push(alter(&bare, column).into());
                } else if before != column {
                    changes.push(alter(before, column).into());
                }
            }
        }
    }
    if dialect.orders_columns() {
        changes.extend(reorder(table, &remade));
    }
    remade
}

/// What brings the columns into their order, where it is not what dropping and
/// adding leaves.
fn reorder(table: Pair<&Table>, remade: &BTreeSet<String>) -> Option<Change> {
    let stays = |name: &str| table.before.column(name).is_some() && !remade.contains(name);
    let (old, new): (Vec<&Column>, Vec<&Column>) =
        table.after.columns.iter().partition(|column| stays(&column.name));
    let names = |columns: &[Column]| columns.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let left = table
        .before
        .columns
        .iter()
        .map(|it| &it.name)
        .filter(|name| old.iter().any(|column| column.name == **name));
    let left: Vec<&String> = left.chain(new.iter().map(|column| &column.name)).collect();
    let wanted = table.after.columns.iter().map(|column| &column.name);
    if wanted.eq(left) {
        return None;
    }
    let columns = Pair::new(names(&table.before.columns), names(&table.after.columns));
    Some(TableChange::Reorder { table: table.after.name.clone(), columns }.into())
}
