//! Objects and settings outside of the schemas that were read.

use crate::QName;

/// What the catalog shows beyond the compared schemas; never compared.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Schemas that were not read, and how many objects they hold.
    pub schemas: Vec<(String, usize)>,
    /// Objects there, or objects left alone, that use something that was read.
    pub uses: Vec<OutsideUse>,
    /// Settings that are left alone and belong to something that was read.
    pub attributes: Vec<Attribute>,
}

/// A setting on an object that was read. It is not compared, so it is lost where the object
/// is recreated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// The object, as it is listed: `column seen.id`.
    pub object: String,
    /// What is set.
    pub what: String,
    /// The object that loses it when recreated.
    pub carrier: Carrier,
}

/// What a setting is lost with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named by their types")]
pub enum Carrier {
    Column(QName, String),
    /// Reset by a change of the column's type.
    ColumnType(QName, String),
    /// Reset by a change of the type or default of the table's column.
    ColumnDefault(QName, String),
    /// An index or a constraint of a table.
    Index(QName, String),
    Trigger(QName, String),
    View(QName),
    /// By its name; overloads are not distinguished.
    Routine(QName),
}

/// An object that was not read, and what it uses: an object of another schema, or one that is
/// left alone in a schema that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutsideUse {
    /// The object, in the server's words: `view billing.v`.
    pub by: String,
    /// What it uses.
    pub of: Used,
    /// Whether it is left alone in a schema that was read.
    pub left_alone: bool,
    /// The table or view that it is dropped with.
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
    /// By its name; overloads are not distinguished.
    Routine(QName),
    /// An index, including the index of a key.
    Index(QName),
    /// The schema that it is in.
    Schema(String),
}
