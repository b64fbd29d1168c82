//! A serial column and one that counts by a sequence of its own are the same
//! thing, as long as the sequence has no options: no statement leads from one
//! to the other. Saying a serial's sequence out loud, where the other side
//! does, leaves only what really differs.

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Column, ColumnType, Default, Expr, Identity, Pair, QName, Schema, Sequence,
    SequenceChange, SequenceOptions, Table,
};

/// Says the sequences of serial columns that the other side says; the schema
/// with them, and the changes that lead there.
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
