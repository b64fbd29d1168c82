//! Columns, and what a change of their type does to the things on them.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Column, ColumnChange, IndexKey, KeyPart, Pair, QName, Schema, Table, TableChange,
};

/// What takes the ground from under the things that stand on it: they have to
/// be taken away before and put back afterwards.
#[derive(Debug, Default)]
pub(super) struct Uprooted {
    /// Columns whose operators change with their type.
    pub(super) columns: BTreeSet<(QName, String)>,
    /// Columns that change in a way which no foreign key on either end allows.
    pub(super) ends: BTreeSet<(QName, String)>,
    /// Keys (a table and its sorted columns) that foreign keys may point at,
    /// and that go, or change their kind.
    pub(super) keys: BTreeSet<(QName, Vec<String>)>,
}

impl Uprooted {
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.ends.is_empty() && self.keys.is_empty()
    }
}

pub(super) fn uprooted(dialect: Dialect, schema: Pair<&Schema>) -> Uprooted {
    let mut found = Uprooted::default();
    for (before, after) in schema.before.tables_beside(schema.after) {
        let Some(after) = after.filter(|it| *it != before) else { continue };
        for column in &before.columns {
            let other = after.column(&column.name);
            if other.is_some_and(|it| !dialect.keeps_operators(&column.data_type, &it.data_type)) {
                found.columns.insert((before.name.clone(), column.name.clone()));
            }
            if other.is_some_and(|it| !dialect.keeps_references(column, it)) {
                found.ends.insert((before.name.clone(), column.name.clone()));
            }
        }
        if dialect.checks_references() {
            let (old, new) = (keys(before), keys(after));
            let gone = old.into_iter().filter(|key| !new.contains(key));
            found.keys.extend(gone.map(|(_, columns)| (before.name.clone(), columns)));
        }
    }
    found
}

/// The columns that foreign keys can point at, with the kind of thing that
/// makes them unique.
fn keys(table: &Table) -> BTreeSet<(u8, Vec<String>)> {
    let sorted = |parts: &[KeyPart]| {
        parts.iter().map(|part| part.column.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let mut all: BTreeSet<(u8, Vec<String>)> = BTreeSet::new();
    all.extend(table.primary_key.iter().map(|key| (0, sorted(&key.columns))));
    all.extend(table.uniques.iter().map(|unique| (1, sorted(&unique.columns))));
    for index in table.indexes.iter().filter(|it| it.unique && it.predicate.is_none()) {
        let columns: BTreeSet<String> = index
            .parts
            .iter()
            .filter_map(|part| match &part.key {
                IndexKey::Column(name) => Some(name.clone()),
                IndexKey::Expression(_) => None,
            })
            .collect();
        all.insert((2, columns.into_iter().collect()));
    }
    all
}

/// Compares the columns; gives back those that are made anew.
pub(super) fn diff(
    dialect: Dialect,
    table: Pair<&Table>,
    changes: &mut Vec<Change>,
) -> BTreeSet<String> {
    let name = &table.after.name;
    let mut remade = BTreeSet::new();
    if table.before.columns == table.after.columns {
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
            Some(after) if is_remade(dialect, column, after) => {
                drop(column, at);
                remade.insert(column.name.clone());
            }
            Some(after) if column.data_type != after.data_type => {
                retyped.insert(column.name.clone());
            }
            Some(_) => {}
        }
    }
    // A generated column forbids another type for the columns that it reads.
    for (at, column) in table.before.columns.iter().enumerate() {
        let Some(generated) = &column.generated else { continue };
        let reads = retyped.iter().any(|name| generated.expr.mentions(name));
        let stays = table.after.column(&column.name).is_some();
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
            Some(before) if before != column => changes.push(Change::from(ColumnChange::Alter {
                table: name.clone(),
                column: Box::new(Pair::new(before.clone(), column.clone())),
            })),
            Some(_) => {}
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

/// Whether the database needs a new column for this.
fn is_remade(dialect: Dialect, before: &Column, after: &Column) -> bool {
    let becomes = before.generated != after.generated && after.generated.is_some();
    let retyped = before.generated.is_some() && before.data_type != after.data_type;
    !dialect.alters_generated() && (becomes || (retyped && after.generated.is_some()))
}
