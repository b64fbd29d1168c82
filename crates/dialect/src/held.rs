//! The values that probes look at.

use autogen_schema::{Column, ColumnType, Expr, Pair, Schema, Table};

use crate::Dialect;

/// The values of one expression in the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The values of a column, or of an expression over columns.
    There(String),
    /// The values after the plan: of a new column, or of a changed one.
    Coming(String),
}

/// What an exclusion constraint compares.
#[derive(Debug, Clone)]
pub struct Compared<'a> {
    /// The values.
    pub held: Held,
    /// The collation of the comparison, if it is named.
    pub collation: Option<&'a str>,
    /// The operator that excludes a pair of rows.
    pub operator: &'a str,
    /// The type of the values, if known: that of a column.
    pub data_type: Option<&'a ColumnType>,
}

/// A column that is there before a plan and after it.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The column.
    pub column: Pair<&'a Column>,
    /// Its table.
    pub table: Pair<&'a Table>,
    /// The schemas.
    pub schema: Pair<&'a Schema>,
    /// The conversion that somebody gave.
    pub using: Option<&'a Expr>,
    /// What rows with NULL get.
    pub fill: Option<&'a str>,
}

impl Held {
    /// The text, whatever it is.
    pub fn text(&self) -> &str {
        match self {
            Self::There(text) | Self::Coming(text) => text,
        }
    }

    /// The same, once something was done to the value.
    pub(crate) fn by(self, done: impl FnOnce(&str) -> String) -> Self {
        Self::Coming(done(self.text()))
    }

    /// As a key takes it that has a collation of its own, or takes the first characters.
    #[must_use]
    pub fn in_key(self, dialect: Dialect, collation: Option<&str>, prefix: Option<u32>) -> Self {
        let held = match prefix {
            Some(length) => self.by(|it| format!("LEFT({it}, {length})")),
            None => self,
        };
        match collation {
            Some(name) => held.by(|it| format!("{it} COLLATE {}", dialect.quote_collation(name))),
            None => held,
        }
    }
}

/// Whether it is a type of texts that all databases have.
pub(crate) fn is_text(data_type: &ColumnType) -> bool {
    matches!(data_type, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text(_))
}
