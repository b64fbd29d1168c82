//! Indexes: created, dropped, renamed, tuned. An index whose structure differs is dropped and
//! created.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify, table_mut};
use crate::{Index, Name, Pair, QName, Schema};

/// A change of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum IndexChange {
    Create {
        table: QName,
        index: Box<Index>,
    },
    Drop {
        table: QName,
        index: Box<Index>,
    },
    /// `index` has the name before the change.
    Rename {
        table: QName,
        index: Box<Index>,
        name: Pair<Name>,
    },
    /// `index` has the comment before the change.
    Comment {
        table: QName,
        index: Box<Index>,
        comment: Pair<Option<String>>,
    },
    /// Other storage parameters of the same index. `index` has the parameters before the change.
    Tune {
        table: QName,
        index: Box<Index>,
        storage: Pair<BTreeMap<String, String>>,
    },
}

impl IndexChange {
    fn place(&self) -> (&QName, &Index) {
        match self {
            Self::Create { table, index }
            | Self::Drop { table, index }
            | Self::Rename { table, index, .. }
            | Self::Comment { table, index, .. }
            | Self::Tune { table, index, .. } => (table, index),
        }
    }
}

impl Alteration for IndexChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create_index",
            Self::Drop { .. } => "drop_index",
            Self::Rename { .. } => "rename_index",
            Self::Comment { .. } => "comment_index",
            Self::Tune { .. } => "tune_index",
        }
    }

    fn object(&self) -> String {
        let (table, index) = self.place();
        format!("{table}.{}", index.name)
    }

    fn describe(&self) -> String {
        let (table, index) = self.place();
        let kind = if index.unique { "unique index" } else { "index" };
        match self {
            Self::Create { .. } => format!("create {kind} {} on {table}", index.name),
            Self::Drop { .. } => format!("drop {kind} {} of {table}", index.name),
            Self::Rename { name, .. } => {
                format!("rename {kind} {} of {table} to {}", name.before, name.after)
            }
            Self::Comment { .. } => format!("comment on {kind} {} of {table}", index.name),
            Self::Tune { .. } => {
                format!("change storage parameters of {kind} {} of {table}", index.name)
            }
        }
    }

    fn slug(&self) -> String {
        let (table, index) = self.place();
        let name = slugify(index.name.text().unwrap_or(&table.name));
        match self {
            Self::Create { .. } => format!("create_{name}"),
            Self::Drop { .. } => format!("drop_{name}"),
            Self::Rename { .. } => format!("rename_{name}"),
            Self::Comment { .. } => format!("comment_{name}"),
            Self::Tune { .. } => format!("tune_{name}"),
        }
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create { table, index } => Self::Drop { table, index },
            Self::Drop { table, index } => Self::Create { table, index },
            Self::Rename { table, index, name } => Self::Rename {
                table,
                index: Box::new(index.with_name(name.after.clone())),
                name: name.swap(),
            },
            Self::Comment { table, index, comment } => Self::Comment {
                table,
                index: Box::new(Index { comment: comment.after.clone(), ..*index }),
                comment: comment.swap(),
            },
            Self::Tune { table, index, storage } => Self::Tune {
                table,
                index: Box::new(index.with_storage(storage.after.clone())),
                storage: storage.swap(),
            },
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let (table, index) = self.place();
        let table = table_mut(schema, table)?;
        // An index's comment and storage parameters may change in any order.
        let found = table.indexes.iter().position(|other| match self {
            Self::Create { .. } | Self::Drop { .. } | Self::Rename { .. } => other == index,
            Self::Comment { .. } | Self::Tune { .. } => {
                other.name == index.name
                    && other.with_storage(index.options.storage.clone()).same_structure(index)
            }
        });
        let missing = || ApplyError::missing("index", self.object());
        match self {
            Self::Create { .. } => table.indexes.push(index.clone()),
            Self::Drop { .. } => {
                table.indexes.remove(found.ok_or_else(missing)?);
            }
            Self::Rename { name, .. } => {
                table.indexes[found.ok_or_else(missing)?].name = name.after.clone();
            }
            Self::Comment { comment, .. } => {
                table.indexes[found.ok_or_else(missing)?].comment.clone_from(&comment.after);
            }
            Self::Tune { storage, .. } => {
                let options = &mut table.indexes[found.ok_or_else(missing)?].options;
                options.storage.clone_from(&storage.after);
            }
        }
        table.sort();
        Ok(())
    }

    fn table(&self) -> Option<&QName> {
        Some(self.place().0)
    }
}
