//! `.sql` files of random pieces: read or refused, never a panic.

use autogen_dialect::{Dialect, SqlFile, declare};
use autogen_plan::Options;
use autogen_schema::{Declared, QName, Schema, Table};
use autogen_tests::laws::planned_from;
use proptest::prelude::*;

const PIECES: [&str; 56] = [
    "create",
    "or replace",
    "view",
    "materialized",
    "recursive",
    "function",
    "procedure",
    "trigger",
    "policy",
    "index",
    "unique",
    "constraint",
    "comment on",
    "alter table",
    "enable",
    "force",
    "row level security",
    "on",
    "is",
    "as",
    "select",
    "*",
    "from",
    "t",
    "v",
    "with",
    "returns",
    "language",
    "sql",
    "begin",
    "end",
    "atomic",
    "(",
    ")",
    ",",
    ".",
    ";",
    "'",
    "''",
    "'a'",
    "\"",
    "\"b c\"",
    "$$",
    "$x$",
    "$",
    "e'\\",
    "--",
    "/*",
    "*/",
    "\n",
    "é",
    "[",
    "]",
    "null",
    "=",
    "public",
];

#[test]
fn anything_is_read_or_refused() {
    for dialect in Dialect::ALL {
        let pieces = proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..14);
        let texts = (pieces, any::<bool>());
        let result = super::runner(4000).run(&texts, |(pieces, spaced)| {
            let text = pieces.join(if spaced { " " } else { "" });
            let files = [SqlFile { path: "a.sql".to_owned(), text: text.clone() }];
            let mut declared = Declared::default();
            declared.schema.add_table(Table::new(QName::bare("t")));
            let default = dialect.has_schemas().then_some("public");
            if declare(dialect, default, &files, &mut declared).is_ok() {
                // What was read can be planned, or is refused with a code.
                let _ = planned_from(&Schema::default(), &declared, dialect, &Options::default());
            }
            Ok(())
        });
        super::report(result);
    }
}
