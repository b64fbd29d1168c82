//! A serial column and a column with an explicit sequence are the same in the database, as
//! long as the sequence has no options: no statement converts one to the other. If one side
//! declares a serial's sequence explicitly, the other is brought to the same form, so that
//! only real differences remain.

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Column, ColumnType, Default, Expr, Identity, Pair, QName, Schema, Sequence,
    SequenceChange, SequenceOptions, Table,
};

/// Declares the sequences of serial columns explicitly, where the other side does; returns
/// the schema and the changes that lead to it.
pub(super) fn declared(
    dialect: Dialect,
    schema: &Schema,
    other: &Schema,
) -> Option<(Schema, Vec<Change>)> {
    if other.sequences.is_empty() {
        return None;
    }
    let mut changes: Vec<Change> = Vec::new();
    for (table, column, name) in serials(dialect, schema) {
        let counter = counter(other, table, column);
        if counter.is_none() && !other.sequences.contains_key(&name) {
            continue;
        }
        changes.push(speak(table, column, &name).into());
        let renamed = counter.filter(|after| **after != name);
        if let Some(after) = renamed.filter(|after| !schema.sequences.contains_key(*after)) {
            changes.push(SequenceChange::Rename(Pair::new(name, after.clone())).into());
        }
    }
    if changes.is_empty() {
        return None;
    }
    let mut result = schema.clone();
    for change in &changes {
        change.apply(&mut result).ok()?;
    }
    Some((result, changes))
}

/// The serial columns, with the names of their sequences.
fn serials(dialect: Dialect, schema: &Schema) -> impl Iterator<Item = (&Table, &Column, QName)> {
    let columns = schema
        .tables
        .values()
        .flat_map(|table| table.columns.iter().map(move |column| (&**table, column)));
    columns.filter_map(move |(table, column)| {
        let Some(Identity::Serial(name)) = &column.identity else { return None };
        let chosen = || dialect.serial_sequence(&table.name, &column.name);
        Some((table, column, name.clone().unwrap_or_else(chosen)))
    })
}

/// The sequence of its own that a column of the other side counts by.
fn counter<'s>(other: &'s Schema, table: &Table, column: &Column) -> Option<&'s QName> {
    let there = other.tables.get(&table.name)?.column(&column.name)?;
    let Some(Default::Expression(default)) = &there.default else { return None };
    let place = (table.name.clone(), column.name.clone());
    let mut owned = other.sequences.values().filter(|it| it.owned_by.as_ref() == Some(&place));
    owned.find(|it| default.is_next_value(&it.name)).map(|it| &it.name)
}

fn speak(table: &Table, column: &Column, name: &QName) -> SequenceChange {
    let after = Column {
        identity: None,
        default: Some(Default::Expression(Expr::next_value(name))),
        ..column.clone()
    };
    let big = column.data_type == ColumnType::int(autogen_schema::IntWidth::Big);
    let sequence = Sequence {
        name: name.clone(),
        data_type: (!big).then(|| column.data_type.clone()),
        options: SequenceOptions::default(),
        owned_by: Some((table.name.clone(), column.name.clone())),
        comment: None,
    };
    SequenceChange::Declare {
        table: table.name.clone(),
        column: Box::new(Pair::new(column.clone(), after)),
        sequence: Box::new(sequence),
        declared: Pair::new(false, true),
    }
}
