//! What lies outside of the schemas that were read.

use crate::QName;

/// What lies outside, as a catalog tells it; no comparison sees it.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Schemas that were not read, and how many objects they hold.
    pub schemas: Vec<(String, usize)>,
    /// What there, or what is left alone, uses something that was read.
    pub uses: Vec<OutsideUse>,
    /// What is left alone and goes with something that was read.
    pub attributes: Vec<Attribute>,
}

/// What is set on something that was read, is not compared, and so is lost where that is
/// recreated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// The object, as it is listed: `column seen.id`.
    pub object: String,
    /// What is set there.
    pub what: String,
    /// What it is set on.
    pub carrier: Carrier,
}

/// What an attribute is lost with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named by their types")]
pub enum Carrier {
    Column(QName, String),
    /// Another type resets it.
    ColumnType(QName, String),
    /// Another type or default of the table's column sets it as well.
    ColumnDefault(QName, String),
    /// An index or a constraint of a table.
    Index(QName, String),
    Trigger(QName, String),
    View(QName),
    /// By its name; overloads are not told apart.
    Routine(QName),
}

/// An object that was not read, and what it uses: one of a schema that was not read,
/// or one that is left alone and lies in a schema that was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutsideUse {
    /// The object, in the server's words: `view billing.v`.
    pub by: String,
    /// What it uses.
    pub of: Used,
    /// Whether it is left alone in a schema that was read.
    pub left_alone: bool,
    /// The table or view that it goes with.
    pub goes_with: Option<QName>,
}

/// Something that is used from outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named by their types")]
pub enum Used {
    Relation(QName),
    Column(QName, String),
    /// A relation, or one of its columns, by the name that it had then: a view of MySQL and
    /// MariaDB is broken where that is renamed, and not where the column gets another type.
    Name(QName, Option<String>),
    Type(QName),
    /// By its name; overloads are not told apart.
    Routine(QName),
    /// An index, that of a key included.
    Index(QName),
    /// The schema that it lies in.
    Schema(String),
}
