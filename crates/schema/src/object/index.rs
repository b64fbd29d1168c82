//! Indexes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Callee, Expr, Name};

/// What an index part indexes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKey {
    /// A column.
    Column(String),
    /// An expression, without the parentheses around it.
    Expression(Expr),
}

impl IndexKey {
    /// Whether it may call this routine.
    pub fn calls(&self, routine: &Callee) -> bool {
        match self {
            Self::Column(_) => false,
            Self::Expression(expr) => expr.calls(routine),
        }
    }
}

/// Where NULLs sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum NullsOrder {
    First,
    Last,
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IndexPart {
    /// The column or expression.
    pub key: IndexKey,
    /// `DESC`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
    /// `NULLS FIRST | LAST`, where it is not what the direction implies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<NullsOrder>,
    /// The collation, where it is not the column's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// PostgreSQL's operator class, where it is not the type's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opclass: Option<String>,
    /// MySQL's prefix length, in characters or bytes as the column's type says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<u32>,
}

impl IndexPart {
    /// A plain ascending column.
    pub fn column(name: impl Into<String>) -> Self {
        Self::of(IndexKey::Column(name.into()))
    }

    /// A plain ascending expression.
    pub fn expression(expr: impl Into<String>) -> Self {
        Self::of(IndexKey::Expression(Expr(expr.into())))
    }

    pub(crate) fn rename_column(&mut self, before: &str, after: &str) {
        match &mut self.key {
            IndexKey::Column(name) if name == before => *name = after.to_owned(),
            IndexKey::Column(_) => {}
            IndexKey::Expression(expr) => *expr = expr.rename_column(before, after),
        }
    }

    /// Whether they differ only in what they index.
    fn same_frame(&self, other: &Self) -> bool {
        let Self { key: _, descending, nulls, collation, opclass, prefix } = self;
        *descending == other.descending
            && *nulls == other.nulls
            && *collation == other.collation
            && *opclass == other.opclass
            && *prefix == other.prefix
    }

    fn of(key: IndexKey) -> Self {
        Self { key, descending: false, nulls: None, collation: None, opclass: None, prefix: None }
    }
}

/// Options that only some databases have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct IndexOptions {
    /// PostgreSQL's storage parameters, as in `WITH (fillfactor = 50)`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub storage: BTreeMap<String, String>,
    /// PostgreSQL's tablespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// MySQL's full-text parser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parser: Option<String>,
    /// MySQL `INVISIBLE`, MariaDB `IGNORED`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invisible: bool,
}

/// An index that no constraint owns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: Name,
    /// Whether it forbids duplicates.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// The access method (`gin`, `hash`, `fulltext`, `spatial`, ..), lower case;
    /// `None` for the database's default, a B-tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What it indexes.
    pub parts: Vec<IndexPart>,
    /// PostgreSQL `INCLUDE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// The predicate of a partial index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<Expr>,
    /// PostgreSQL `NULLS NOT DISTINCT`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// Options that only some databases have.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub options: IndexOptions,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Index {
    /// A plain index over columns.
    pub fn new(name: Name, columns: &[&str]) -> Self {
        Self {
            name,
            unique: false,
            method: None,
            parts: columns.iter().map(|c| IndexPart::column(*c)).collect(),
            include: Vec::new(),
            predicate: None,
            nulls_not_distinct: false,
            options: IndexOptions::default(),
            comment: None,
        }
    }

    /// The same index under another name: for comparing structure only.
    #[must_use]
    pub fn with_name(&self, name: Name) -> Self {
        Self { name, ..self.clone() }
    }

    /// The same index with other storage parameters.
    #[must_use]
    pub fn with_storage(&self, storage: BTreeMap<String, String>) -> Self {
        let options = IndexOptions { storage, ..self.options.clone() };
        Self { options, ..self.clone() }
    }

    /// Whether they differ only in name and comment.
    pub fn same_structure(&self, other: &Self) -> bool {
        self.same_frame(other) && self.parts == other.parts && self.predicate == other.predicate
    }

    /// Whether they differ only in name, comment and the text of expressions at the same
    /// positions.
    pub fn same_frame(&self, other: &Self) -> bool {
        let Self {
            name: _,
            unique,
            method,
            parts,
            include,
            predicate: _,
            nulls_not_distinct,
            options,
            comment: _,
        } = self;
        *unique == other.unique
            && *method == other.method
            && *include == other.include
            && *nulls_not_distinct == other.nulls_not_distinct
            && *options == other.options
            && parts.len() == other.parts.len()
            && parts.iter().zip(&other.parts).all(|(part, other)| part.same_frame(other))
    }

    /// Its columns, if they are unique in all rows: a unique index over plain columns without a
    /// predicate.
    pub fn unique_columns(&self) -> Option<Vec<&String>> {
        let columns = self.parts.iter().map(|part| match &part.key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        });
        columns.collect::<Option<_>>().filter(|_| self.unique && self.predicate.is_none())
    }

    /// Whether the index may call this routine.
    pub fn calls(&self, routine: &Callee) -> bool {
        self.parts.iter().any(|part| part.key.calls(routine))
            || self.predicate.as_ref().is_some_and(|expr| expr.calls(routine))
    }

    /// Whether the index reads this column, as a part, in an expression, in
    /// its predicate or in `INCLUDE`.
    pub fn uses(&self, column: &str) -> bool {
        self.parts.iter().any(|part| match &part.key {
            IndexKey::Column(name) => name == column,
            IndexKey::Expression(expr) => expr.mentions(column),
        }) || self.include.iter().any(|name| name == column)
            || self.predicate.as_ref().is_some_and(|p| p.mentions(column))
    }

    pub(crate) fn rename_column(&mut self, before: &str, after: &str) {
        self.parts.iter_mut().for_each(|part| part.rename_column(before, after));
        for name in self.include.iter_mut().filter(|name| *name == before) {
            *name = after.to_owned();
        }
        if let Some(predicate) = &mut self.predicate {
            *predicate = predicate.rename_column(before, after);
        }
    }
}
