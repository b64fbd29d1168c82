//! What rows hold, as probes look at it.

use autogen_schema::ColumnType;

/// What the rows of a table hold in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The values of a column, or of an expression over columns.
    There(String),
    /// What the rows get in a column that is still to come.
    Coming(String),
}

/// What an exclusion constraint compares.
#[derive(Debug, Clone)]
pub struct Compared<'a> {
    /// The values.
    pub held: Held,
    /// The collation that it is compared in, if it is named.
    pub collation: Option<&'a str>,
    /// The operator that no two rows may meet.
    pub operator: &'a str,
    /// The type of the values, where it is known: that of a column.
    pub data_type: Option<&'a ColumnType>,
}
