//! What shells and other runners need around a rebuild; our own runner does it by itself
//! (`live/run/sqlite.rs`). With foreign keys on, dropping a table deletes the rows that
//! reference it, and within a transaction they cannot be switched off.
//!
//! Source: <https://sqlite.org/pragma.html#pragma_foreign_keys>,
//! <https://sqlite.org/lang_altertable.html#otheralter>, <https://sqlite.org/schematab.html>:
//! statements are stored as they were written.

use crate::Dialect;

/// Before everything else.
pub const OFF: &str = "PRAGMA foreign_keys = OFF";

/// After everything else.
pub const ON: &str = "PRAGMA foreign_keys = ON";

/// Begins a transaction, and notes what [`END`] compares with.
pub const BEGIN: &str = "\
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TEMP TABLE autogen_orphans AS SELECT count(*) AS n FROM pragma_foreign_key_check;
CREATE TEMP TABLE autogen_before AS SELECT type, name, sql FROM sqlite_master;
";

/// Ends it, or rolls it back if rows have lost their referenced rows, or if the schema is
/// unchanged: a runner that notes migrations after they ran may run one twice.
pub const END: &str = "\
CREATE TEMP TABLE autogen_checked (
    orphans integer CONSTRAINT \"rows refer to rows that are not there\" CHECK (orphans <= 0),
    changes integer CONSTRAINT \"this migration has run already\" CHECK (changes > 0)
);
CREATE TEMP TABLE autogen_after AS SELECT type, name, sql FROM sqlite_master;
INSERT OR ROLLBACK INTO autogen_checked SELECT
    (SELECT count(*) FROM pragma_foreign_key_check) - (SELECT n FROM autogen_orphans),
    (SELECT count(*) FROM (SELECT * FROM autogen_after EXCEPT SELECT * FROM autogen_before))
    + (SELECT count(*) FROM (SELECT * FROM autogen_before EXCEPT SELECT * FROM autogen_after));
DROP TABLE autogen_checked;
DROP TABLE autogen_after;
DROP TABLE autogen_before;
DROP TABLE autogen_orphans;
COMMIT;
PRAGMA foreign_keys = ON;
";

/// A query that returns a row if the table is exactly what this statement creates.
pub fn is_made(statement: &str) -> String {
    let statement = Dialect::Sqlite.quote_text(statement);
    format!("SELECT 1 AS done FROM sqlite_master WHERE sql = {statement}")
}

/// A query that returns a row if there is no object of that name.
pub fn is_gone(name: &str) -> String {
    let there =
        format!("SELECT 1 FROM sqlite_master WHERE name = {}", Dialect::Sqlite.quote_text(name));
    format!("SELECT 1 AS done WHERE NOT EXISTS ({there})")
}
