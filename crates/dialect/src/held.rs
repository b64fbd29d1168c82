//! The values that probes look at.

use autogen_schema::ColumnType;

/// The values of one expression in the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The values of a column, or of an expression over columns.
    There(String),
    /// The values of a column that is not added yet.
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
