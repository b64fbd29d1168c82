//! Tests without an engine; `tests/live/engine.rs` compares with one.
#![allow(clippy::expect_used, reason = "tests fail by panicking")]

use autogen_schema::{IndexKey, Name};

use super::{parse_index, parse_table, virtual_module};
use crate::{Dialect, split, strip_parentheses};

const TABLE: &str = r#"CREATE TABLE IF NOT EXISTS main."a ""b" (
    [x y] INTEGER CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT FAIL AUTOINCREMENT, -- it's ) one
    `é` VARCHAR(20, 3) NOT NULL DEFAULT 'it''s (' COLLATE NOCASE CHECK (`é` <> ')'),
    g AS (x + /* ) */ 1) STORED REFERENCES p (q) MATCH FULL ON DELETE SET NULL NOT DEFERRABLE,
    d DEFAULT (datetime('now')) DEFAULT -1e-5 DEFAULT "word" DEFAULT x'00',
    CONSTRAINT u UNIQUE (d COLLATE RTRIM DESC) ON CONFLICT IGNORE
    FOREIGN KEY (d, g) REFERENCES p DEFERRABLE INITIALLY DEFERRED, CHECK (1)
) STRICT, WITHOUT ROWID;"#;

const INDEX: &str = "CREATE UNIQUE INDEX IF NOT EXISTS main.'i' ON \"t\" \
                     (lower(a) COLLATE NOCASE DESC, [b c] ASC, (a || ',') ) WHERE a IN ('(', ')')";

#[test]
fn reads_what_it_should() {
    let parsed = parse_table(TABLE).expect("a table");
    assert_eq!(parsed.table.name.name, "a \"b");
    assert_eq!(parsed.table.columns.len(), 4);
    assert_eq!(parsed.table.uniques[0].name, Name::exact("u"));
    assert_eq!(parsed.table.foreign_keys.len(), 2);
    assert_eq!(parsed.table.checks.len(), 2);
    assert_eq!(
        parsed.table.columns[2].generated.as_ref().map(|it| it.expr.as_str()),
        Some("x + 1")
    );
    let (table, index) = parse_index(INDEX).expect("an index");
    assert_eq!((table.as_str(), index.parts.len()), ("t", 3));
    assert_eq!(index.parts[2].key, IndexKey::Expression("a || ','".into()));
    assert_eq!(
        virtual_module("CREATE VIRTUAL TABLE \"f\" USING FTS5(a, b)"),
        Some(("f".into(), "fts5".into()))
    );
}

#[test]
fn says_what_it_expected() {
    for (sql, words) in [
        ("CREATE TABLE t", "expected ( at byte 14, found the end"),
        ("CREATE TABLE t (a,", "expected a name at byte 18, found the end"),
        ("CREATE TABLE t (a CHECK ())", "expected an expression at byte 25, found `)`"),
        ("SELECT 1", "expected create at byte 0, found `SELECT`"),
    ] {
        let said = parse_table(sql).expect_err(sql).to_string();
        assert_eq!(said, words, "{sql}");
    }
}

/// Any damaged statement gives an error or another statement, and never a panic.
#[test]
fn never_panics() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = move |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % limit.max(1) as u64).unwrap_or_default()
    };
    let noise =
        ['(', ')', '\'', '"', '`', '[', ']', '-', '/', '*', ',', ';', ' ', 'é', '$', '\\', 'E'];
    for seed in [TABLE, INDEX] {
        for _ in 0..5_000 {
            let mut text: Vec<char> = seed.chars().collect();
            for _ in 0..1 + below(4) {
                let at = below(text.len());
                match below(4) {
                    0 => text.truncate(at),
                    1 => drop(text.remove(at)),
                    2 => text.insert(at, noise[below(noise.len())]),
                    _ => text[at] = noise[below(noise.len())],
                }
                if text.is_empty() {
                    break;
                }
            }
            let text: String = text.into_iter().collect();
            let _ = parse_table(&text);
            let _ = parse_index(&text);
            let _ = virtual_module(&text);
            for dialect in Dialect::ALL {
                let _ = split(dialect, &text);
                let _ = strip_parentheses(dialect, &text);
            }
        }
    }
}
