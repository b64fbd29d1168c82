//! Schemas, extensions, collations, domains, sequences, statistics.

use serde::{Deserialize, Serialize};

use crate::{Check, ColumnType, Default, IndexKey, QName, SequenceOptions};

/// A schema in the sense of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An installed extension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// The schema of its objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Its version, if one is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its comment, if it differs from the extension's own; empty for no comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Extension {
    /// An extension with the server's default schema and version.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), schema: None, version: None, comment: None }
    }
}

/// The library that provides a collation's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollationProvider {
    /// The operating system's.
    Libc,
    /// ICU's.
    Icu,
    /// PostgreSQL's own, from 17 on.
    Builtin,
}

impl CollationProvider {
    /// The word in SQL.
    pub fn words(self) -> &'static str {
        match self {
            Self::Libc => "libc",
            Self::Icu => "icu",
            Self::Builtin => "builtin",
        }
    }

    /// The provider of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Libc, Self::Icu, Self::Builtin].into_iter().find(|it| it.words() == name)
    }
}

/// A user-defined collation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Collation {
    /// Its name.
    pub name: QName,
    /// The provider of its rules.
    pub provider: CollationProvider,
    /// The locale, or `LC_COLLATE` if they differ.
    pub locale: String,
    /// `LC_CTYPE`, if it differs from the locale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ctype: Option<String>,
    /// Whether strings that differ in bytes can be equal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nondeterministic: bool,
    /// ICU's rules beyond the locale, from PostgreSQL 16 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Domain {
    /// Its name.
    pub name: QName,
    /// The base type.
    pub base: ColumnType,
    /// Whether it allows NULL.
    pub nullable: bool,
    /// Its default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Default>,
    /// Its collation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Its checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Domain {
    /// Whether base type and collation are the same: with others it is another type.
    pub fn same_base(&self, other: &Self) -> bool {
        self.base == other.base && self.collation == other.collation
    }
}

/// A standalone sequence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sequence {
    /// Its name.
    pub name: QName,
    /// Its type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<ColumnType>,
    /// Its options.
    #[serde(default)]
    pub options: SequenceOptions,
    /// The table and column that own it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<(QName, String)>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// Extended statistics of a table, as `CREATE STATISTICS` makes them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Statistics {
    /// Its name.
    pub name: QName,
    /// The table.
    pub table: QName,
    /// `ndistinct`, `dependencies`, `mcv`; empty for all of them, and for a
    /// single expression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// The columns and expressions.
    pub on: Vec<IndexKey>,
    /// The statistics target, if it is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<i32>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Statistics {
    /// Whether they are about the column, or about an expression that uses it.
    pub fn uses(&self, column: &str) -> bool {
        self.on.iter().any(|key| match key {
            IndexKey::Column(name) => name == column,
            IndexKey::Expression(expr) => expr.mentions(column),
        })
    }
}
