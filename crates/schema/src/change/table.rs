//! Tables: created, dropped, renamed, moved, commented, with other options.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Alteration, ApplyError, grant, insert, sequence, slugify, spelled, statistics, table_mut, take,
};
use crate::{Defined, Identity, Pair, QName, Schema, Sequence, Table, TableOptions};

/// A change of a table as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum TableChange {
    Create(Box<Table>),
    Drop(Box<Table>),
    Rename(Pair<QName>),
    Comment {
        table: QName,
        comment: Pair<Option<String>>,
    },
    Options {
        table: QName,
        options: Box<Pair<TableOptions>>,
    },
    /// The names of all columns in order, before and after all changes of the table.
    Reorder {
        table: QName,
        columns: Pair<Vec<String>>,
    },
}

impl Alteration for TableChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_table",
            Self::Drop(_) => "drop_table",
            Self::Rename(_) => "rename_table",
            Self::Comment { .. } => "comment_table",
            Self::Options { .. } => "alter_table_options",
            Self::Reorder { .. } => "reorder_columns",
        }
    }

    fn object(&self) -> String {
        match self {
            Self::Create(table) | Self::Drop(table) => table.name.to_string(),
            Self::Rename(name) => name.before.to_string(),
            Self::Comment { table, .. }
            | Self::Options { table, .. }
            | Self::Reorder { table, .. } => table.to_string(),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Create(table) => format!("create table {}", table.name),
            Self::Drop(table) => format!("drop table {}", table.name),
            Self::Rename(name) => format!("rename table {} to {}", name.before, name.after),
            Self::Comment { table, comment } => match &comment.after {
                Some(_) => format!("comment on table {table}"),
                None => format!("remove the comment of table {table}"),
            },
            Self::Options { table, .. } => format!("change the options of table {table}"),
            Self::Reorder { table, columns } => {
                format!("order the columns of table {table}: {}", columns.after.join(", "))
            }
        }
    }

    fn slug(&self) -> String {
        match self {
            Self::Create(table) => format!("create_{}", slugify(&table.name.name)),
            Self::Drop(table) => format!("drop_{}", slugify(&table.name.name)),
            Self::Rename(name) => {
                format!("rename_{}_to_{}", slugify(&name.before.name), slugify(&name.after.name))
            }
            Self::Comment { table, .. } => format!("comment_{}", slugify(&table.name)),
            Self::Options { table, .. } => format!("alter_{}", slugify(&table.name)),
            Self::Reorder { table, .. } => format!("reorder_{}", slugify(&table.name)),
        }
    }

    fn loses_data(&self) -> bool {
        match self {
            Self::Drop(_) => true,
            Self::Create(_)
            | Self::Rename(_)
            | Self::Comment { .. }
            | Self::Options { .. }
            | Self::Reorder { .. } => false,
        }
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create(table) => Self::Drop(table),
            Self::Drop(table) => Self::Create(table),
            Self::Rename(name) => Self::Rename(name.swap()),
            Self::Comment { table, comment } => Self::Comment { table, comment: comment.swap() },
            Self::Options { table, options } => {
                Self::Options { table, options: Box::new(options.swap()) }
            }
            Self::Reorder { table, columns } => Self::Reorder { table, columns: columns.swap() },
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        match self {
            Self::Create(table) => match schema.add_table((**table).clone()) {
                Some(_) => Err(ApplyError::present("table", &table.name)),
                None => Ok(()),
            },
            Self::Drop(table) => schema
                .tables
                .remove(&table.name)
                .map(|_| ())
                .ok_or_else(|| ApplyError::missing("table", &table.name)),
            Self::Rename(name) => rename(schema, name),
            Self::Comment { table, comment } => {
                table_mut(schema, table)?.comment.clone_from(&comment.after);
                Ok(())
            }
            Self::Options { table, options } => {
                table_mut(schema, table)?.options = options.after.clone();
                Ok(())
            }
            Self::Reorder { table, columns } => {
                let place = |name: &str| columns.after.iter().position(|it| it == name);
                let last = columns.after.len();
                let own = &mut table_mut(schema, table)?.columns;
                own.sort_by_key(|column| place(&column.name).unwrap_or(last));
                Ok(())
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        match self {
            Self::Create(table) | Self::Drop(table) => Some(&table.name),
            Self::Rename(name) => Some(&name.after),
            Self::Comment { table, .. }
            | Self::Options { table, .. }
            | Self::Reorder { table, .. } => Some(table),
        }
    }
}

fn rename(schema: &mut Schema, name: &Pair<QName>) -> Result<(), ApplyError> {
    if schema.tables.contains_key(&name.after) {
        return Err(ApplyError::present("table", &name.after));
    }
    let mut table = schema
        .tables
        .remove(&name.before)
        .ok_or_else(|| ApplyError::missing("table", &name.before))?;
    let renamed = Arc::make_mut(&mut table);
    renamed.name = name.after.clone();
    for column in &mut renamed.columns {
        // A sequence that a column owns moves with the table.
        if let Some(Identity::Serial(Some(sequence))) = &mut column.identity {
            sequence.schema.clone_from(&name.after.schema);
        }
    }
    let (before, after) = (&name.before.name, &name.after.name);
    renamed.texts_mut().into_iter().for_each(|text| text.rename(before, after));
    if name.before.schema != name.after.schema {
        spelled::follow_move(renamed, name.before.schema.as_ref());
    }
    schema.add_table(table);
    schema.attached_texts(before).into_iter().for_each(|(_, text)| text.rename(before, after));
    move_sequences(schema, name)?;
    grant::follow(schema, name);
    statistics::follow_table(schema, name);
    for view in schema.views.values_mut() {
        view.rename(before, after);
        view.reads.0.iter_mut().for_each(|it| it.follow_relation(name));
    }
    for key in schema.foreign_keys_to(&name.before) {
        key.references = name.after.clone();
    }
    Ok(())
}

/// The sequences that the table's columns own move with it to its new schema.
fn move_sequences(schema: &mut Schema, name: &Pair<QName>) -> Result<(), ApplyError> {
    let owned =
        |item: &Sequence| item.owned_by.as_ref().is_some_and(|owner| owner.0 == name.before);
    let moved: Vec<QName> = schema
        .sequences
        .values()
        .filter(|sequence| owned(sequence))
        .map(|sequence| sequence.name.clone())
        .collect();
    for before in moved {
        let mut item = take(&mut schema.sequences, "sequence", &before)?;
        if let Some((table, _)) = &mut item.owned_by {
            table.clone_from(&name.after);
        }
        item.name.schema.clone_from(&name.after.schema);
        let names = Pair::new(before, item.name.clone());
        insert(&mut schema.sequences, "sequence", item.name.clone(), item)?;
        sequence::follow(schema, &names);
        grant::follow(schema, &names);
    }
    Ok(())
}
