//! The rule for each pair of types, as in `docs/type-changes.md`, checked on real servers.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod live;

use std::fmt::Write as _;
use std::path::Path;

use autogen_dialect::{Dialect, TypeRule};
use autogen_schema::{ColumnType, IntWidth, QName, TextSize};

const HEAD: &str = "# What a change of type does

`UPDATE_GOLDEN=1 cargo test --workspace --test types` writes this page from autogen's
rules; the test checks that it is up to date. Rows are the type before, columns the type
after.

| sign | meaning |
|---|---|
| `=` | the rows are unchanged |
| `+` | every row is rewritten, no value is lost |
| `?` | a value may not fit, or may be cut or rounded: the migration has a probe (DL104), and `diff` and `upgrade` refuse if it finds a row |
| `!` | a value may not fit, and no query can check it: a hazard (DL104) reports it |
| `-` | refused (A0402), unless you give the conversion: `#[autogen(using = \"..\")]` |

A conversion that you give (`#[autogen(using = \"..\")]`, or an edit of the file) replaces the
rule and its probe. On SQLite every change of type rebuilds the table, and a value that does
not fit is kept unchanged.
";

/// One of each family, and of each length that makes a difference.
fn types(dialect: Dialect) -> Vec<ColumnType> {
    let mut all = vec![
        ColumnType::Boolean,
        ColumnType::int(IntWidth::Small),
        ColumnType::int(IntWidth::Regular),
        ColumnType::int(IntWidth::Big),
        ColumnType::Float,
        ColumnType::Double,
        ColumnType::Decimal(None),
        ColumnType::Decimal(Some((10, 2))),
        ColumnType::Decimal(Some((12, 4))),
        ColumnType::Char(Some(10)),
        ColumnType::Varchar(Some(5)),
        ColumnType::Varchar(Some(50)),
        ColumnType::Varchar(None),
        ColumnType::text(),
        ColumnType::VarBinary(None),
        ColumnType::Blob(TextSize::Regular),
        ColumnType::Date,
        ColumnType::Time { precision: None, tz: false },
        ColumnType::DateTime { precision: None },
        ColumnType::Timestamp { precision: None, tz: true },
        ColumnType::Timestamp { precision: Some(3), tz: true },
        ColumnType::Interval { fields: None, precision: None },
        ColumnType::Json,
        ColumnType::JsonBinary,
        ColumnType::Uuid,
        ColumnType::Inet,
        ColumnType::Enum(QName::bare("mood")),
        ColumnType::Array(Box::new(ColumnType::int(IntWidth::Regular))),
        ColumnType::Array(Box::new(ColumnType::int(IntWidth::Big))),
        ColumnType::Array(Box::new(ColumnType::text())),
        ColumnType::Domain(QName::bare("email")),
        ColumnType::Verbatim("citext".to_owned()),
    ];
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => {}
        Dialect::Mysql | Dialect::Mariadb => {
            all.retain(|it| !dialect.lacks_type(it) && !matches!(it, ColumnType::Verbatim(_)));
            let labels = |labels: &[&str]| labels.iter().map(|it| (*it).to_owned()).collect();
            all.extend([
                ColumnType::int(IntWidth::Tiny),
                ColumnType::Integer { width: IntWidth::Regular, unsigned: true },
                ColumnType::Integer { width: IntWidth::Big, unsigned: true },
                ColumnType::Varchar(Some(36)),
                ColumnType::Text(TextSize::Tiny),
                ColumnType::Text(TextSize::Long),
                ColumnType::DateTime { precision: Some(6) },
                ColumnType::Year,
                ColumnType::Bit(Some(8)),
                ColumnType::InlineEnum(labels(&["sad", "ok"])),
                ColumnType::InlineEnum(labels(&["sad", "ok", "happy"])),
                ColumnType::Set(labels(&["sad", "ok"])),
            ]);
        }
    }
    // Models can declare more types than a database has: each once.
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|it| seen.insert(dialect.render_type(it)));
    all
}

fn sign(rule: TypeRule) -> char {
    match rule {
        TypeRule::Free => '=',
        TypeRule::Converted => '+',
        TypeRule::Checked => '?',
        TypeRule::Announced => '!',
        TypeRule::Impossible => '-',
    }
}

fn matrix(dialect: Dialect) -> String {
    let types = types(dialect);
    let names: Vec<String> = types.iter().map(|it| dialect.render_type(it)).collect();
    let mut text = format!("\n## {dialect}\n\n| | {} |\n", names.join(" | "));
    writeln!(text, "|---|{}", "---|".repeat(names.len())).expect("a text");
    for (before, name) in types.iter().zip(&names) {
        let cells = types.iter().map(|after| match before == after {
            true => String::new(),
            false => format!("`{}`", sign(dialect.type_rule(before, after))),
        });
        let cells: Vec<String> = cells.collect();
        writeln!(text, "| {name} | {} |", cells.join(" | ")).expect("a text");
    }
    text
}

#[test]
fn the_rules_are_written_down() {
    let text = Dialect::ALL.iter().fold(HEAD.to_owned(), |text, dialect| text + &matrix(*dialect));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/type-changes.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).expect("docs/type-changes.md");
    }
    let written = std::fs::read_to_string(&path).expect("docs/type-changes.md");
    assert!(written == text, "write docs/type-changes.md anew: UPDATE_GOLDEN=1");
}

#[test]
fn what_may_not_fit_is_asked_for() {
    for dialect in Dialect::ALL {
        let types = types(dialect);
        for (before, after) in types.iter().flat_map(|it| types.iter().map(move |to| (it, to))) {
            let rule = dialect.type_rule(before, after);
            // Bytes may not be text; SQLite cannot check that.
            let bytes = matches!(before, ColumnType::VarBinary(_) | ColumnType::Blob(_));
            let known = rule != TypeRule::Announced || bytes;
            assert!(known, "{dialect}: {before:?} to {after:?} is only announced");
        }
    }
}
