//! Collations: created, dropped, commented, redefined.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, insert, slugify, take};
use crate::{Collation, Pair, QName, Schema};

/// A change of a collation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum CollationChange {
    Create(Box<Collation>),
    Drop(Box<Collation>),
    Alter(Box<Pair<Collation>>),
}

impl CollationChange {
    fn name(&self) -> &QName {
        match self {
            Self::Create(item) | Self::Drop(item) => &item.name,
            Self::Alter(item) => &item.after.name,
        }
    }
}

impl Alteration for CollationChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_collation",
            Self::Drop(_) => "drop_collation",
            Self::Alter(_) => "alter_collation",
        }
    }

    fn object(&self) -> String {
        self.name().to_string()
    }

    fn describe(&self) -> String {
        let verb = match self {
            Self::Create(_) => "create",
            Self::Drop(_) => "drop",
            Self::Alter(_) => "alter",
        };
        format!("{verb} collation {}", self.name())
    }

    fn slug(&self) -> String {
        slugify(&self.describe())
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create(item) => Self::Drop(item),
            Self::Drop(item) => Self::Create(item),
            Self::Alter(item) => Self::Alter(Box::new(item.swap())),
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let all = &mut schema.collations;
        match self {
            Self::Create(item) => insert(all, "collation", item.name.clone(), (**item).clone()),
            Self::Drop(item) => take(all, "collation", &item.name).map(drop),
            Self::Alter(item) => {
                take(all, "collation", &item.before.name)?;
                insert(all, "collation", item.after.name.clone(), item.after.clone())
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}
