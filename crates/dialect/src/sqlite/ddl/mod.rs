//! Reads the statements in `sqlite_schema`: SQLite stores the user's text, and its pragmas
//! show only part of it.
//!
//! Sources: <https://sqlite.org/lang_createtable.html>,
//! <https://sqlite.org/lang_createindex.html>, and the grammar in SQLite's `src/parse.y`.

mod cursor;
mod index;
mod table;
#[cfg(test)]
mod tests;

use autogen_schema::{Index, Table};

pub use cursor::DdlError;

/// A parsed `CREATE TABLE` statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedTable {
    /// The table.
    pub table: Table,
    /// What the data model cannot represent, one note each.
    pub unsaid: Vec<String>,
}

/// Reads a `CREATE TABLE` statement.
pub fn parse_table(sql: &str) -> Result<ParsedTable, DdlError> {
    table::parse(sql)
}

/// Reads a `CREATE INDEX` statement: the name of the table, and the index. For SQLite, a
/// string or quoted word that is not a column of the table is a constant; here it is a
/// column.
pub fn parse_index(sql: &str) -> Result<(String, Index), DdlError> {
    index::parse(sql)
}

/// The name and the module of a `CREATE VIRTUAL TABLE` statement, the module in lower case;
/// `None` for every other statement.
pub fn virtual_module(sql: &str) -> Option<(String, String)> {
    let mut cursor = cursor::Cursor::new(sql);
    if !cursor.eat(&["create", "virtual", "table"]) {
        return None;
    }
    cursor.eat(&["if", "not", "exists"]);
    let name = cursor.object_name().ok()?;
    cursor.eat(&["using"]);
    Some((name, cursor.name().ok()?.to_ascii_lowercase()))
}
