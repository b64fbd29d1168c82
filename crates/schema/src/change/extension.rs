//! Extensions: created, dropped, moved to another schema, updated to another version,
//! commented.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, insert, slugify, take};
use crate::{Extension, Pair, QName, Schema};

/// A change of an extension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum ExtensionChange {
    Create(Extension),
    Drop(Extension),
    Alter(Pair<Extension>),
}

impl Alteration for ExtensionChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_extension",
            Self::Drop(_) => "drop_extension",
            Self::Alter(_) => "alter_extension",
        }
    }

    fn object(&self) -> String {
        match self {
            Self::Create(item) | Self::Drop(item) => item.name.clone(),
            Self::Alter(item) => item.after.name.clone(),
        }
    }

    fn describe(&self) -> String {
        let name = self.object();
        match self {
            Self::Create(_) => format!("create extension {name}"),
            Self::Drop(_) => format!("drop extension {name}"),
            Self::Alter(item) => {
                let words = [
                    (item.before.schema != item.after.schema, "schema"),
                    (item.before.version != item.after.version, "version"),
                    (item.before.comment != item.after.comment, "comment"),
                ];
                let words = words.iter().filter(|(differs, _)| *differs).map(|(_, word)| *word);
                format!("alter extension {name}: {}", words.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.object());
        match self {
            Self::Create(_) => format!("create_extension_{name}"),
            Self::Drop(_) => format!("drop_extension_{name}"),
            Self::Alter(_) => format!("alter_extension_{name}"),
        }
    }

    fn loses_data(&self) -> bool {
        match self {
            // Some extensions keep rows in their own tables.
            Self::Drop(_) => true,
            Self::Create(_) | Self::Alter(_) => false,
        }
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create(item) => Self::Drop(item),
            Self::Drop(item) => Self::Create(item),
            Self::Alter(item) => Self::Alter(item.swap()),
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let all = &mut schema.extensions;
        match self {
            Self::Create(item) => insert(all, "extension", item.name.clone(), item.clone()),
            Self::Drop(item) => take(all, "extension", &item.name).map(drop),
            Self::Alter(item) => {
                take(all, "extension", &item.before.name)?;
                insert(all, "extension", item.after.name.clone(), item.after.clone())
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}
