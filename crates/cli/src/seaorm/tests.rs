//! Lines are added to lists in any form, and nothing else changes.
#![allow(clippy::panic, reason = "tests fail by panicking")]

use std::path::Path;

use super::migrator::Migrator;

const HEAD: &str = "pub use sea_orm_migration::prelude::*;\n\nmod m1_a;\n\npub struct Migrator;\n\n\
                    impl MigratorTrait for Migrator {\n    fn migrations() -> Vec<Box<dyn \
                    MigrationTrait>> {\n        ";

/// The list after a migration was added to it.
fn listed(list: &str) -> String {
    let text = format!("{HEAD}{list}\n    }}\n}}\n");
    let after = with(&text, &["m2_b"]);
    let head = HEAD.replace("mod m1_a;\n", "mod m1_a;\nmod m2_b;\n");
    let rest = after.strip_prefix(&head).unwrap_or_else(|| panic!("{after}"));
    rest.trim_end_matches("\n    }\n}\n").to_owned()
}

fn with(text: &str, names: &[&str]) -> String {
    let migrator = Migrator::read(Path::new("lib.rs"), text.to_owned());
    let migrator = migrator.unwrap_or_else(|error| panic!("{}: {text}", error.message));
    migrator.with(names)
}

#[test]
fn lists() {
    for (before, after) in [
        ("vec![]", "vec![\n            Box::new(m2_b::Migration),\n        ]"),
        (
            "vec![\n            // none yet\n        ]",
            "vec![\n            // none yet\n            Box::new(m2_b::Migration),\n        ]",
        ),
        (
            "vec![Box::new(m1_a::Migration)]",
            "vec![Box::new(m1_a::Migration), Box::new(m2_b::Migration)]",
        ),
        (
            "vec![Box::new(m1_a::Migration), ]",
            "vec![Box::new(m1_a::Migration), Box::new(m2_b::Migration), ]",
        ),
        (
            "vec![\n            Box::new(m1_a::Migration),\n        ]",
            "vec![\n            Box::new(m1_a::Migration),\n            \
             Box::new(m2_b::Migration),\n        ]",
        ),
        (
            "vec![\n            Box::new(m1_a::Migration) // why, it is\n            /* more */\n        ]",
            "vec![\n            Box::new(m1_a::Migration), // why, it is\n            /* more */\n            \
             Box::new(m2_b::Migration)\n        ]",
        ),
        (
            "vec![\n\t\tBox::new(m1_a::Migration),\n\t\t// Box::new(m0::Migration),\n\t]",
            "vec![\n\t\tBox::new(m1_a::Migration),\n\t\t// Box::new(m0::Migration),\n\t\t\
             Box::new(m2_b::Migration),\n\t]",
        ),
        (
            "vec![Box::new(m1_a::Migration),\n             Box::new(other::M { a: vec![1] })]",
            "vec![Box::new(m1_a::Migration),\n             Box::new(other::M { a: vec![1] }), \
             Box::new(m2_b::Migration)]",
        ),
    ] {
        assert_eq!(listed(before), after, "{before}");
    }
}

#[test]
fn files() {
    // Line ends, a byte order mark, visibility, and the position of modules.
    let text =
        format!("{HEAD}vec![\n            Box::new(m1_a::Migration),\n        ]\n    }}\n}}\n");
    let crlf = text.replace('\n', "\r\n");
    let after = with(&crlf, &["m2_b", "m3_c"]);
    assert!(after.contains("mod m1_a;\r\nmod m2_b;\r\nmod m3_c;\r\n\r\n"), "{after:?}");
    assert!(after.contains("(m2_b::Migration),\r\n            Box::new(m3_c::"), "{after:?}");
    assert_eq!(after.replace("\r\n", "\n"), with(&text, &["m2_b", "m3_c"]));
    let marked = format!("\u{feff}{text}");
    assert_eq!(with(&marked, &["m2_b"]), format!("\u{feff}{}", with(&text, &["m2_b"])));
    let public = text.replace("mod m1_a;", "pub(crate) mod m1_a; // first");
    let after = with(&public, &["m2_b"]);
    assert!(after.contains("// first\npub(crate) mod m2_b;\n"), "{after}");
    let late = format!("{}mod m1_a;", text.replace("mod m1_a;\n", "mod helpers;\n"));
    let after = with(&late, &["m2_b"]);
    assert!(after.ends_with("mod m1_a;\nmod m2_b;\n"), "{after}");
    let none = text.replace("mod m1_a;\n", "");
    assert!(with(&none, &["m2_b"]).contains("prelude::*;\nmod m2_b;\n"));
    // The addition keeps its own order, and can be read again.
    let again = with(&with(&text, &["m2_b"]), &["m3_c"]);
    assert_eq!(again, with(&text, &["m2_b", "m3_c"]));
}

#[test]
fn other_traits_and_tables() {
    let text = "impl sea_orm_migration::MigratorTraitSelf for App {\n    fn migrations(&self) -> \
                Vec<Box<dyn MigrationTrait>> {\n        vec![]\n    }\n    fn migration_table_name\
                (&self) -> DynIden {\n        \"history\".into_iden()\n    }\n}\n";
    let migrator = Migrator::read(Path::new("lib.rs"), text.to_owned());
    assert_eq!(migrator.ok().and_then(|it| it.table), Some("history".to_owned()));
    for text in ["impl MigratorTrait for M {", "impl MigratorTrait for M {}", "struct M;"] {
        assert!(Migrator::read(Path::new("lib.rs"), text.to_owned()).is_err(), "{text}");
    }
}
