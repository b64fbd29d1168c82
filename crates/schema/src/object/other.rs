//! The kinds that live beside tables and types, and are data to us.

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
    /// Where its objects live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Its version, where one is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its comment, where that is another than the one that it brings along;
    /// empty where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Extension {
    /// As the server installs it by itself.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), schema: None, version: None, comment: None }
    }
}

/// Whose rules a collation follows.
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

/// A collation that somebody made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Collation {
    /// Its name.
    pub name: QName,
    /// Whose rules it follows.
    pub provider: CollationProvider,
    /// The locale, or that of the order alone.
    pub locale: String,
    /// The locale of the classes of characters, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ctype: Option<String>,
    /// Whether texts of other bytes can be equal.
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
    /// The type under it.
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
    /// Whether it is over the same type and collation: over others it is another type.
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
    /// How detailed, where it is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<i32>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
