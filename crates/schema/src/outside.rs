//! What lies outside of the schemas that were read.

use crate::QName;

/// What lies outside, as a catalog tells it; no comparison sees it.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Schemas that were not read, and how many objects they hold.
    pub schemas: Vec<(String, usize)>,
    /// What there uses something that was read.
    pub uses: Vec<OutsideUse>,
}

/// An object that was not read, and what it uses: one of a schema that was not read,
/// or one that is left alone and lies in a schema that was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutsideUse {
    /// The object, in the server's words: `view billing.v`.
    pub by: String,
    /// What it uses.
    pub of: Used,
}

/// Something that is used from outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named by their types")]
pub enum Used {
    Relation(QName),
    Column(QName, String),
    Type(QName),
    /// By its name; overloads are not told apart.
    Routine(QName),
    /// An index, that of a key included.
    Index(QName),
    /// The schema that it lies in.
    Schema(String),
}
