//! Enum types: created, dropped, renamed, with other values.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify};
use crate::{ColumnType, Default, EnumType, Literal, Pair, QName, Schema};

/// A change of an enum type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum EnumChange {
    Create(EnumType),
    Drop(EnumType),
    Rename(Pair<QName>),
    RenameValue {
        of: QName,
        value: Pair<String>,
    },
    /// Other values, another order or another comment under the same name.
    Alter(Pair<EnumType>),
}

impl Alteration for EnumChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_enum",
            Self::Drop(_) => "drop_enum",
            Self::Rename(_) => "rename_enum",
            Self::RenameValue { .. } => "rename_enum_value",
            Self::Alter(_) => "alter_enum",
        }
    }

    fn object(&self) -> String {
        match self {
            Self::Create(item) | Self::Drop(item) => item.name.to_string(),
            Self::Rename(name) => name.before.to_string(),
            Self::RenameValue { of, value } => format!("{of}.{}", value.before),
            Self::Alter(item) => item.after.name.to_string(),
        }
    }

    fn describe(&self) -> String {
        let object = self.object();
        match self {
            Self::Create(item) => format!("create enum {object} ({})", item.values.join(", ")),
            Self::Drop(_) => format!("drop enum {object}"),
            Self::Rename(name) => format!("rename enum {object} to {}", name.after),
            Self::RenameValue { value, .. } => {
                format!("rename enum value {object} to {}", value.after)
            }
            Self::Alter(item) => format!("alter enum {object}: {}", value_changes(item)),
        }
    }

    fn slug(&self) -> String {
        let object = slugify(&self.object());
        match self {
            Self::Create(_) => format!("create_{object}"),
            Self::Drop(_) => format!("drop_{object}"),
            Self::Rename(_) | Self::RenameValue { .. } => format!("rename_{object}"),
            Self::Alter(_) => format!("alter_{object}"),
        }
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create(item) => Self::Drop(item),
            Self::Drop(item) => Self::Create(item),
            Self::Rename(name) => Self::Rename(name.swap()),
            Self::RenameValue { of, value } => Self::RenameValue { of, value: value.swap() },
            Self::Alter(item) => Self::Alter(item.swap()),
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        match self {
            Self::Create(item) => match schema.add_enum(item.clone()) {
                Some(_) => Err(ApplyError::present("enum", &item.name)),
                None => Ok(()),
            },
            Self::Drop(item) => match schema.enums.remove(&item.name) {
                Some(_) => Ok(()),
                None => Err(ApplyError::missing("enum", &item.name)),
            },
            Self::Rename(name) => rename(schema, name),
            Self::RenameValue { of, value } => rename_value(schema, of, value),
            Self::Alter(item) => match schema.add_enum(item.after.clone()) {
                Some(_) => Ok(()),
                None => Err(ApplyError::missing("enum", &item.after.name)),
            },
        }
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}

fn rename(schema: &mut Schema, name: &Pair<QName>) -> Result<(), ApplyError> {
    if schema.enums.contains_key(&name.after) {
        return Err(ApplyError::present("enum", &name.after));
    }
    let mut item = schema
        .enums
        .remove(&name.before)
        .ok_or_else(|| ApplyError::missing("enum", &name.before))?;
    item.name = name.after.clone();
    schema.add_enum(item);
    for column in schema.columns_of(&name.before) {
        column.data_type.rename_type(&name.before, &name.after);
    }
    for domain in schema.domains.values_mut() {
        domain.base.rename_type(&name.before, &name.after);
    }
    super::routine::follow_type(schema, name);
    super::spelled::follow_type(schema, name);
    Ok(())
}

fn rename_value(schema: &mut Schema, of: &QName, value: &Pair<String>) -> Result<(), ApplyError> {
    let item = schema.enums.get_mut(of).ok_or_else(|| ApplyError::missing("enum", of))?;
    let found = item.values.iter_mut().find(|label| **label == value.before);
    let missing = || ApplyError::missing("enum value", format!("{of}.{}", value.before));
    found.ok_or_else(missing)?.clone_from(&value.after);
    // The server stores the label's identity in defaults, so defaults follow the rename.
    let columns = schema.columns_of(of);
    for column in columns.filter(|column| column.data_type == ColumnType::Enum(of.clone())) {
        match &mut column.default {
            Some(Default::Literal(Literal::Text(text))) if *text == value.before => {
                text.clone_from(&value.after);
            }
            Some(_) | None => {}
        }
    }
    super::spelled::follow_label(schema, of, value);
    Ok(())
}

fn value_changes(item: &Pair<EnumType>) -> String {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|value| !those.contains(value)).cloned().collect()
    };
    let added = only(&item.after.values, &item.before.values);
    let removed = only(&item.before.values, &item.after.values);
    let mut words = Vec::new();
    if !added.is_empty() {
        words.push(format!("add {}", added.join(", ")));
    }
    if !removed.is_empty() {
        words.push(format!("remove {}", removed.join(", ")));
    }
    if words.is_empty() {
        let order = item.before.values != item.after.values;
        words.push(if order { "reorder values" } else { "comment" }.to_owned());
    }
    words.join(", ")
}
