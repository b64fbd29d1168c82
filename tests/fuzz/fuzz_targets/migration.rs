//! The reader of migration files: it terminates on any file, and a statement that it reads is
//! read again from the writer's output.
//!
//! The first byte of an input selects the database, the rest is the file.
#![no_main]

use autogen_dialect::{Dialect, shell_statement, split};
use autogen_plan::{Header, Script, body, with_header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some((first, text)) = text.split_at_checked(1) else { return };
    let dialect = match first.as_bytes()[0] % 4 {
        0 => Dialect::Sqlite,
        1 => Dialect::Postgres,
        2 => Dialect::Mysql,
        _ => Dialect::Mariadb,
    };
    let script = Script::parse(text, dialect);
    assert_eq!(script, Script::parse(text, dialect), "the same input reads the same");
    let changed = with_header(text, &[("revision", "9")]);
    assert!(body(text).len() <= text.len(), "lines of the header are taken out");
    if let Ok(header) = Header::parse(text) {
        let again = Header::parse(&changed).expect("a header that was read");
        assert!(header.revision.is_empty() || again.revision == "9");
        assert_eq!(header.parents, again.parents);
    }
    let Ok(script) = script else { return };
    let statements: Vec<&String> = script.statements().collect();
    // The last one may have no end; and two dashes before a semicolon are not a comment in
    // MySQL, except at the end of a line.
    for sql in statements.iter().rev().skip(1).filter(|sql| !sql.ends_with("--")) {
        let again = split(dialect, &shell_statement(dialect, sql)).statements;
        assert!(again.len() == 1 && again[0].sql == **sql, "{sql:?} is read back as {again:?}");
    }
});
