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
pub(super) fn spoken(
    dialect: Dialect,
    schema: &Schema,
    other: &Schema,
) -> Option<(Schema, Vec<Change>)> {
    if other.sequences.is_empty() {
        return None;
    }
    let mut changes: Vec<Change> = Vec::new();
    for sequence in other.sequences.values() {
        let Some((table, column)) = &sequence.owned_by else { continue };
        let Some(owner) = schema.tables.get(table) else { continue };
        let Some(there) = owner.column(column) else { continue };
        let Some(Identity::Serial(name)) = &there.identity else { continue };
        let name = name.clone().unwrap_or_else(|| dialect.serial_sequence(table, column));
        changes.push(speak(owner, there, &name).into());
        if name != sequence.name && !schema.sequences.contains_key(&sequence.name) {
            changes.push(SequenceChange::Rename(Pair::new(name, sequence.name.clone())).into());
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
    SequenceChange::Speak {
        table: table.name.clone(),
        column: Box::new(Pair::new(column.clone(), after)),
        sequence: Box::new(sequence),
        spoken: Pair::new(false, true),
    }
}
