//! User-defined types.

use serde::{Deserialize, Serialize};

use crate::QName;

/// An enum type. PostgreSQL has it as an object; MySQL writes the labels into
/// the column, SQLite has text.
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
    /// Whether it is the other with values added, and none taken away or moved.
    pub fn extends(&self, before: &Self) -> bool {
        let mut after = self.values.iter();
        before.values.iter().all(|value| after.any(|it| it == value))
    }
}
