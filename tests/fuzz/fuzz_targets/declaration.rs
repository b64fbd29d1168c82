//! The reader of `.sql` files that declare what models cannot: it terminates, and names what
//! it does not support.
//!
//! The first byte of an input selects the database, the rest is the file.
#![no_main]

use autogen_dialect::{Dialect, SqlFile, declare};
use autogen_schema::Declared;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some((first, text)) = text.split_at_checked(1) else { return };
    let (dialect, default) = match first.as_bytes()[0] % 4 {
        0 => (Dialect::Sqlite, None),
        1 => (Dialect::Postgres, Some("public")),
        2 => (Dialect::Mysql, None),
        _ => (Dialect::Mariadb, None),
    };
    let files = [SqlFile { path: "a.sql".to_owned(), text: text.to_owned() }];
    let read = || {
        let mut declared = Declared::default();
        let outcome = declare(dialect, default, &files, &mut declared);
        (outcome, declared)
    };
    let (outcome, declared) = read();
    assert_eq!((outcome, declared.clone()), read(), "the same input reads the same");
    let _ = dialect.canonicalize(&declared.schema);
});
