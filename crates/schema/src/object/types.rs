//! User-defined types.

use serde::{Deserialize, Serialize};

use crate::QName;

/// An enum type. An object in PostgreSQL; part of the column's type in MySQL, plain text in
/// SQLite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnumType {
    /// Its name.
    pub name: QName,
    /// Its labels in their sort order.
    pub values: Vec<String>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl EnumType {
    /// Whether it equals the other with values added, none removed or moved.
    pub fn extends(&self, before: &Self) -> bool {
        let mut after = self.values.iter();
        before.values.iter().all(|value| after.any(|it| it == value))
    }
}
