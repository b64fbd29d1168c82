//! Columns, and the effects of a change of type on the objects on them.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{Change, Column, ColumnChange, ObjectId, Pair, Table, TableChange};

use crate::recreate::Recreated;

/// Compares the columns.
pub(super) fn diff(
    dialect: Dialect,
    server: Option<u32>,
    table: Pair<&Table>,
    recreated: &Recreated,
    changes: &mut Vec<Change>,
) {
    let name = &table.after.name;
    let mut remade = BTreeSet::new();
    if table.before.columns == table.after.columns && !recreated.touches(table.before) {
        return;
    }
    let is_remade = |column: Pair<&Column>| {
        let invalid = recreated.has(&ObjectId::column(name, &column.before.name));
        column.after.generated.is_some() && !dialect.keeps_generated(column, invalid, server)
    };
    let mut drop = |column: &Column, at: usize| {
        changes.push(Change::from(ColumnChange::Drop {
            table: name.clone(),
            column: Box::new(column.clone()),
            position: (at + 1 < table.before.columns.len()).then_some(at),
        }));
    };
    for (at, column) in table.before.columns.iter().enumerate() {
        match table.after.column(&column.name) {
            None => drop(column, at),
            Some(after) if is_remade(Pair::new(column, after)) => {
                drop(column, at);
                remade.insert(column.name.clone());
            }
            Some(_) => {}
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
                let default = ObjectId::Default(name.clone(), column.name.clone());
                if recreated.has(&default) && recreated.interrupts(column.default.as_ref()) {
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
}

/// The change that reorders the columns, if dropping and adding does not give their order.
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
