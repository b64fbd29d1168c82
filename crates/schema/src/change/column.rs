//! Columns: added, dropped, renamed, altered.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify, table_mut};
use crate::{Column, ColumnType, Default, Defined, Literal, Pair, QName, Schema};

/// A change of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum ColumnChange {
    /// `position` is the position of the column after the change, counted from 0, or `None` for
    /// the end.
    Add {
        table: QName,
        column: Box<Column>,
        position: Option<usize>,
    },
    Drop {
        table: QName,
        column: Box<Column>,
        position: Option<usize>,
    },
    Rename {
        table: QName,
        name: Pair<String>,
    },
    Alter {
        table: QName,
        column: Box<Pair<Column>>,
    },
    /// A value of an enum that is part of the column's type is renamed, together with the rows
    /// that hold it.
    RenameLabel {
        table: QName,
        column: String,
        label: Pair<String>,
    },
    /// Updates rows that hold one text to another, all at once: the values of an enum that the
    /// database stores as plain text.
    Relabel {
        table: QName,
        column: String,
        labels: Vec<Pair<String>>,
    },
}

impl ColumnChange {
    fn place(&self) -> (&QName, &str) {
        match self {
            Self::Add { table, column, .. } | Self::Drop { table, column, .. } => {
                (table, &column.name)
            }
            Self::Rename { table, name } => (table, &name.before),
            Self::Alter { table, column } => (table, &column.after.name),
            Self::RenameLabel { table, column, .. } | Self::Relabel { table, column, .. } => {
                (table, column)
            }
        }
    }
}

impl Alteration for ColumnChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add_column",
            Self::Drop { .. } => "drop_column",
            Self::Rename { .. } => "rename_column",
            Self::Alter { .. } => "alter_column",
            Self::RenameLabel { .. } => "rename_label",
            Self::Relabel { .. } => "relabel_rows",
        }
    }

    fn object(&self) -> String {
        let (table, column) = self.place();
        format!("{table}.{column}")
    }

    fn describe(&self) -> String {
        let object = self.object();
        match self {
            Self::Add { .. } => format!("add column {object}"),
            Self::Drop { .. } => format!("drop column {object}"),
            Self::Rename { name, .. } => format!("rename column {object} to {}", name.after),
            Self::Alter { column, .. } => {
                format!("alter column {object}: {}", differences(column).join(", "))
            }
            Self::RenameLabel { label, .. } => {
                format!("rename value {} of column {object} to {}", label.before, label.after)
            }
            Self::Relabel { labels, .. } => {
                let pairs: Vec<String> =
                    labels.iter().map(|it| format!("{} to {}", it.before, it.after)).collect();
                format!("rename values of {object} in its rows: {}", pairs.join(", "))
            }
        }
    }

    fn slug(&self) -> String {
        let (table, column) = self.place();
        let (table, column) = (slugify(&table.name), slugify(column));
        match self {
            Self::Add { .. } => format!("add_{table}_{column}"),
            Self::Drop { .. } => format!("drop_{table}_{column}"),
            Self::Rename { name, .. } => {
                format!("rename_{table}_{column}_to_{}", slugify(&name.after))
            }
            Self::Alter { .. } | Self::RenameLabel { .. } | Self::Relabel { .. } => {
                format!("alter_{table}_{column}")
            }
        }
    }

    fn loses_data(&self) -> bool {
        match self {
            // A generated column can be computed again.
            Self::Drop { column, .. } => column.generated.is_none(),
            Self::Alter { column, .. } => {
                column.before.generated.is_none() && column.after.generated.is_some()
            }
            Self::Add { .. }
            | Self::Rename { .. }
            | Self::RenameLabel { .. }
            | Self::Relabel { .. } => false,
        }
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Add { table, column, position } => Self::Drop { table, column, position },
            Self::Drop { table, column, position } => Self::Add { table, column, position },
            Self::Rename { table, name } => Self::Rename { table, name: name.swap() },
            Self::Alter { table, column } => Self::Alter { table, column: Box::new(column.swap()) },
            Self::RenameLabel { table, column, label } => {
                Self::RenameLabel { table, column, label: label.swap() }
            }
            Self::Relabel { table, column, labels } => {
                let labels = labels.into_iter().map(Pair::swap).collect();
                Self::Relabel { table, column, labels }
            }
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let missing = || ApplyError::missing("column", self.object());
        match self {
            Self::Add { table, column, position } => {
                let table = table_mut(schema, table)?;
                if table.column(&column.name).is_some() {
                    return Err(ApplyError::present("column", self.object()));
                }
                let end = table.columns.len();
                let at = position.map_or(end, |at| at.min(end));
                table.columns.insert(at, (**column).clone());
            }
            Self::Drop { table, column, .. } => {
                let columns = &mut table_mut(schema, table)?.columns;
                let at = columns.iter().position(|c| c.name == column.name).ok_or_else(missing)?;
                columns.remove(at);
            }
            Self::Rename { table, name } => rename(schema, table, name)?,
            Self::Alter { table, column } => {
                let columns = &mut table_mut(schema, table)?.columns;
                let found = columns.iter_mut().find(|c| c.name == column.before.name);
                *found.ok_or_else(missing)? = column.after.clone();
            }
            Self::RenameLabel { table, column, label } => {
                let columns = &mut table_mut(schema, table)?.columns;
                let found = columns.iter_mut().find(|it| it.name == *column);
                rename_label(found.ok_or_else(missing)?, label)?;
            }
            // Only rows change.
            Self::Relabel { table, column, .. } => {
                table_mut(schema, table)?.column(column).ok_or_else(missing)?;
            }
        }
        Ok(())
    }

    fn table(&self) -> Option<&QName> {
        Some(self.place().0)
    }
}

fn rename(schema: &mut Schema, table: &QName, name: &Pair<String>) -> Result<(), ApplyError> {
    let owner = table_mut(schema, table)?;
    if owner.column(&name.before).is_none() {
        return Err(ApplyError::missing("column", format!("{table}.{}", name.before)));
    }
    if owner.column(&name.after).is_some() {
        return Err(ApplyError::present("column", format!("{table}.{}", name.after)));
    }
    owner.rename_column(&name.before, &name.after);
    for (on, text) in schema.attached_texts(&table.name) {
        text.rename_column(&table.name, name, on.as_ref() == Some(table));
    }
    for view in schema.views.values_mut().filter(|view| view.names(&table.name)) {
        view.rename_column(&table.name, name, false);
    }
    for view in schema.views.values_mut() {
        view.reads.0.iter_mut().for_each(|it| it.follow_column(table, name));
    }
    for key in schema.foreign_keys_to(table) {
        for column in key.referenced_columns.iter_mut().filter(|c| **c == name.before) {
            column.clone_from(&name.after);
        }
    }
    super::statistics::follow_column(schema, table, name);
    super::grant::follow_column(schema, table, name);
    for sequence in schema.sequences.values_mut() {
        if let Some((owner, column)) = &mut sequence.owned_by
            && owner == table
            && *column == name.before
        {
            column.clone_from(&name.after);
        }
    }
    Ok(())
}

/// The default follows the renamed value.
fn rename_label(column: &mut Column, label: &Pair<String>) -> Result<(), ApplyError> {
    let name = format!("{}.{}", column.name, label.before);
    let missing = || ApplyError::missing("enum value", &name);
    let ColumnType::InlineEnum(labels) = &mut column.data_type else { return Err(missing()) };
    let found = labels.iter_mut().find(|it| **it == label.before);
    found.ok_or_else(missing)?.clone_from(&label.after);
    match &mut column.default {
        Some(Default::Literal(Literal::Text(text))) if *text == label.before => {
            text.clone_from(&label.after);
        }
        Some(_) | None => {}
    }
    Ok(())
}

/// What differs between two states of a column, in words.
pub fn differences(column: &Pair<Column>) -> Vec<&'static str> {
    let Pair { before, after } = column;
    [
        (before.data_type != after.data_type, "type"),
        (before.nullable && !after.nullable, "set not null"),
        (!before.nullable && after.nullable, "drop not null"),
        (before.default != after.default, "default"),
        (before.identity != after.identity, "identity"),
        (before.generated != after.generated, "generated expression"),
        (before.collation != after.collation, "collation"),
        (before.charset != after.charset, "character set"),
        (before.on_update != after.on_update, "on update"),
        (before.invisible != after.invisible, "visibility"),
        (before.comment != after.comment, "comment"),
    ]
    .into_iter()
    .filter_map(|(differs, word)| differs.then_some(word))
    .collect()
}
