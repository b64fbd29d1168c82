//! A baseline, and a project that begins from a database.

use autogen_dialect::Dialect;
use autogen_tests::{Database, block_on, dialects};

use crate::models::one;
use crate::project::Project;
use crate::pulling::{SHOP, load};

/// A table that a model names, one that none names and that refers to it, and a view.
fn tables(dialect: Dialect) -> String {
    let (id, text) = match dialect {
        Dialect::Sqlite => ("id integer not null primary key autoincrement", "varchar"),
        Dialect::Postgres => ("id serial primary key", "varchar"),
        Dialect::Mysql | Dialect::Mariadb => {
            ("id integer not null auto_increment primary key", "varchar(255)")
        }
    };
    format!(
        "create table docs ({id}, title {text} not null); \
         create index docs_title on docs (title); \
         create table notes (id integer not null primary key, doc integer not null, \
         constraint notes_doc foreign key (doc) references docs (id)); \
         create view titles as select title from docs; "
    )
}

/// A project over such a database, which has a row.
fn project(dialect: Dialect) -> Project {
    let models = one("docs", "#[sea_orm(indexed)]\n        pub title: String,");
    let project = Project::with_models(dialect, &models);
    load(&project, &tables(dialect));
    project.execute("insert into docs (title) values ('kept')");
    project
}

/// What only records it, and what runs it.
#[test]
fn databases_with_the_schema_record_it() {
    for dialect in dialects() {
        let project = project(dialect);
        let ran = project.run(&["stamp", "--baseline", "--revision", "1"]).ok();
        ran.shows("baseline of 2 tables: recorded, not run\n").tells("1 table or enum");
        assert_eq!(
            project.migrations(),
            ["1_baseline.down.sql", "1_baseline.up.sql", "schema.json"],
            "{dialect}"
        );
        assert!(!project.read("migrations/schema.json").contains("notes"));
        project.unchanged(&["check"]).ok();
        project.unchanged(&["upgrade"]).ok();

        // An empty one gets everything.
        let empty = Database::fresh(dialect);
        project.run_at(empty.url(), &["upgrade"]).ok();
        project.run_at(empty.url(), &["check"]).ok();
        block_on(empty.run("insert into notes (id, doc) select 1, id from docs"));
        block_on(empty.run("select title from titles"));

        // One that has the tables records it, whatever else it has.
        let other = Database::fresh(dialect);
        for sql in tables(dialect).split("; ").filter(|it| !it.trim().is_empty()) {
            block_on(other.run(sql));
        }
        block_on(other.run("insert into docs (title) values ('kept')"));
        block_on(other.run("create table more (id integer not null primary key)"));
        project.run_at(other.url(), &["upgrade"]).ok().shows("1 baseline");
        project.run_at(other.url(), &["check"]).ok();

        // Models that change, and tables that no model names.
        let models = one(
            "docs",
            "#[sea_orm(indexed)]\n        pub title: String,\n        pub n: Option<i32>,",
        );
        project.write("src/lib.rs", &models);
        let ran = project.run(&["diff", "-m", "more", "--revision", "2"]).ok();
        assert!(!ran.out.contains("drop"), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        project.run_at(other.url(), &["upgrade"]).ok();
        assert_eq!(project.query("select title as it from docs"), ["kept"]);
    }
}

/// A database with some of the tables, and another schema.
#[test]
fn another_schema_is_neither_recorded_nor_changed() {
    for dialect in dialects() {
        let project = project(dialect);
        project.run(&["stamp", "--baseline", "--revision", "1"]).ok();
        let other = Project::on(dialect);
        for (name, bytes) in project.files().into_iter().filter(|(name, _)| !name.ends_with('/')) {
            other.write(&name, &String::from_utf8(bytes).expect("text"));
        }
        other.execute("create table docs (id integer not null primary key, title varchar(9))");
        other.unchanged(&["upgrade"]).fails(3, "A0332", "it lacks notes").tells("stamp");
        other.execute("create table notes (id integer not null primary key, doc integer)");
        other.unchanged(&["upgrade"]).fails(3, "A0332", "their columns, keys or indexes differ");
        other.run(&["stamp", "head"]).ok();
        other.unchanged(&["check"]).exits(1).shows("docs");
    }
}

#[test]
fn a_baseline_is_the_first_one() {
    for dialect in dialects() {
        let empty = Project::with_models(dialect, &one("docs", "pub title: String,"));
        empty.unchanged(&["stamp", "--baseline"]).fails(4, "A0691", "the database is empty");
        let project = project(dialect);
        project.run(&["stamp", "--baseline", "--revision", "1"]).ok();
        let again = project.unchanged(&["stamp", "--baseline"]);
        again.fails(4, "A0691", "there are migrations already");
        for name in project.migrations() {
            std::fs::remove_file(project.path().join("migrations").join(name)).expect("a file");
        }
        let again = project.unchanged(&["stamp", "--baseline"]);
        again.fails(4, "A0691", "has a history already: revision 1");
        project.unchanged(&["stamp", "--baseline", "head"]).exits(2);
    }
}

/// One command, after which the database, the models and the migrations agree.
#[test]
fn a_project_begins_from_a_database() {
    for dialect in dialects() {
        let project = Project::on(dialect);
        project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n");
        project.write("src/main.rs", "fn main() {}\n");
        load(&project, SHOP);
        let ran = project.run(&["init", "--from-database"]).ok();
        ran.shows("4 models in src/entities")
            .shows("baseline of 4 tables: recorded, not run\n")
            .tells("declare `pub mod entities;` in src/main.rs");
        project.unchanged(&["check"]).ok();
        project.unchanged(&["diff"]).ok().shows("no changes\n");
        project.unchanged(&["init", "--from-database"]).fails(2, "A0609", "autogen.toml");
        let empty = Database::fresh(dialect);
        project.run_at(empty.url(), &["upgrade"]).ok();
        project.run_at(empty.url(), &["check"]).ok();
        project.run(&["verify"]).ok();
    }
}

#[test]
fn nothing_is_begun_without_tables() {
    for dialect in dialects() {
        let project = Project::on(dialect);
        project.unchanged(&["init", "--from-database"]).fails(2, "A0680", "no tables");
        let project = Project::empty();
        project.unchanged(&["init", "--from-database"]).fails(2, "A0605", "no database");
    }
}

/// What `init` finds, and where it leads.
#[test]
fn a_project_is_shown_as_it_is() {
    for dialect in dialects() {
        let models = one("docs", "pub title: String,\n        pub size: Option<i32>,");
        let project = Project::with_models(dialect, &models);
        std::fs::remove_file(project.path().join("autogen.toml")).expect("a file");
        project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n");
        load(&project, &tables(dialect));
        let before = project.contents();
        let ran = project.run(&["init"]).ok();
        for line in [
            "entities              1, 1 of them with `Autogen`\n",
            "database              2 tables\n",
            "without a model       1: notes\n",
            "only in the database  1 table, 1 view\n",
        ] {
            assert!(ran.out.contains(line), "{dialect}: no {line} in\n{}", ran.out);
        }
        assert!(ran.out.contains("disagreements         2: "), "{}", ran.out);
        assert!(ran.err.contains("next: `autogen stamp --baseline`"), "{}", ran.err);
        assert_eq!(before, project.contents(), "the database is only read");
        project.run(&["stamp", "--baseline"]).ok();
        project.run(&["diff", "-m", "size"]).ok().shows("add column docs.size");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

/// Nothing that can't be read stops it.
#[test]
fn a_project_is_shown_although_parts_cant_be_read() {
    let project = Project::empty();
    project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n");
    project.write("src/lib.rs", &one("docs", "pub title: other::Thing,"));
    let ran = project.run_at("postgres://u:s3cret@127.0.0.1:1/d", &["init"]).ok();
    assert!(ran.out.contains("entities  the models can't be read [A0105]\n"), "{}", ran.out);
    assert!(ran.out.contains("[A0305]\n"), "{}", ran.out);
    assert!(!ran.out.contains("s3cret") && !ran.err.contains("s3cret"));
    let project = Project::empty();
    project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n");
    project.write("src/lib.rs", &one("docs", "pub title: String,"));
    project.run(&["init"]).ok().shows("database  none is given: set DATABASE_URL\n");
}
