//! What models say beyond the schema itself: how far their silence counts, and
//! what is meant by a difference.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Expr, QName, Schema};

/// Where something was written, for messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The file, relative to the project's root.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// A rename that somebody declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "before and after are the two names")]
pub enum Rename {
    Table {
        before: QName,
        after: QName,
    },
    /// `table` is the name after the change.
    Column {
        table: QName,
        before: String,
        after: String,
    },
    Type {
        before: QName,
        after: QName,
    },
    /// `of` is the type's name after the change.
    Value {
        of: QName,
        before: String,
        after: String,
    },
}

/// What a new NOT NULL column holds in the rows that are there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named by their types")]
pub struct Fill {
    pub table: QName,
    pub column: String,
    pub expr: Expr,
}

/// How the values of a column are converted when its type changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named by their types")]
pub struct Using {
    pub table: QName,
    pub column: String,
    pub expr: Expr,
}

/// A schema that models declare, with what they say about it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Declared {
    /// The schema.
    pub schema: Schema,
    /// Tables whose struct derives only `DeriveEntityModel`: what they do not
    /// say is left as it is in the database.
    pub partial: BTreeSet<QName>,
    /// Tables that the models ask to leave alone, whatever they are.
    pub skipped: BTreeSet<QName>,
    /// Columns whose type was inferred from the Rust type, without a
    /// `column_type`.
    pub inferred: BTreeSet<(QName, String)>,
    /// Declared renames, in order.
    pub renames: Vec<Rename>,
    /// Declared fills.
    pub fills: Vec<Fill>,
    /// Declared conversions.
    pub usings: Vec<Using>,
    /// Where each table was declared.
    #[serde(skip)]
    pub origins: BTreeMap<QName, Origin>,
}

impl Declared {
    /// A schema that is the whole truth and comes with no remarks: a database
    /// or a snapshot.
    pub fn whole(schema: Schema) -> Self {
        Self { schema, ..Self::default() }
    }

    /// Whether this comes from models, and not from a database or snapshot.
    pub fn is_models(&self) -> bool {
        !self.origins.is_empty()
    }

    /// Whether a table that nobody mentions is meant to go: so it is unless
    /// some model says only part of the truth.
    pub fn is_whole(&self) -> bool {
        self.partial.is_empty()
    }
}
