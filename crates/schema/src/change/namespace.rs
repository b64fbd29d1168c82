//! Schemas in the sense of namespaces: created, dropped, commented.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, insert, slugify, take};
use crate::{Namespace, Pair, QName, Schema};

/// A change of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum NamespaceChange {
    Create(Namespace),
    Drop(Namespace),
    /// The same namespace with another comment.
    Alter(Pair<Namespace>),
}

impl Alteration for NamespaceChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_schema",
            Self::Drop(_) => "drop_schema",
            Self::Alter(_) => "comment_schema",
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
            Self::Create(_) => format!("create schema {name}"),
            Self::Drop(_) => format!("drop schema {name}"),
            Self::Alter(_) => format!("comment on schema {name}"),
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.object());
        match self {
            Self::Create(_) => format!("create_schema_{name}"),
            Self::Drop(_) => format!("drop_schema_{name}"),
            Self::Alter(_) => format!("comment_schema_{name}"),
        }
    }

    fn loses_data(&self) -> bool {
        // The objects in it are dropped by their own changes.
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create(item) => Self::Drop(item),
            Self::Drop(item) => Self::Create(item),
            Self::Alter(item) => Self::Alter(item.swap()),
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let all = &mut schema.namespaces;
        match self {
            Self::Create(item) => insert(all, "schema", item.name.clone(), item.clone()),
            Self::Drop(item) => take(all, "schema", &item.name).map(drop),
            Self::Alter(item) => {
                take(all, "schema", &item.before.name)?;
                insert(all, "schema", item.after.name.clone(), item.after.clone())
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}
