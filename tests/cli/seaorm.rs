//! The format `sea-orm`, on a real migration crate: `fixtures/seaorm-migration`. Its program
//! runs on every database, and the resulting schema is compared.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};

use autogen_dialect::Dialect;
use autogen_tests::{cargo, dialects, lock_file, target, with_all_features};

use crate::project::{Project, Ran, finish, root};

/// The schema of the crate's own migrations.
const MODELS: &str = r#"//! The models.

pub mod author {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "authors")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod book {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "books")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub author_id: i32,
        pub title: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::author::Entity",
            from = "Column::AuthorId",
            to = "super::author::Column::Id",
            on_delete = "Cascade"
        )]
        Author,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
"#;

/// Text that Rust, SQL or a migration file could mistake for something else.
const HOSTILE: &str = "\"##\"#; panic!() /* {} \\u{7d} \\' '; delete from books; --\r\n\
    -- autogen: begin other-runners\r-- autogen: irreversible\n*/ `$$ \u{1b}[2J\u{202e}";

/// A further table and enum, with text that looks like code.
const REVIEW: &str = r#"
pub mod review {
    use sea_autogen::Autogen;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "mood")]
    pub enum Mood {
        #[sea_orm(string_value = "sad")]
        Sad,
        #[sea_orm(string_value = "glad")]
        Glad,
    }

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Autogen)]
    #[sea_orm(table_name = "reviews")]
    #[autogen(check(name = "reviews_stars", expr = "stars >= 0"))]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(indexed)]
        pub book_id: i32,
        #[sea_orm(default_value = 3)]
        pub stars: i32,
        #[sea_orm(default_value = "sad")]
        pub mood: Mood,
        #[sea_orm(column_type = "Text")]
        pub body: String,
        #[autogen(comment = HOSTILE, default = HOSTILE)]
        pub note: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::book::Entity",
            from = "Column::BookId",
            to = "super::book::Column::Id",
            on_delete = "Cascade"
        )]
        Book,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
"#;

/// Held from before a crate is written until its last run: all are built in one folder, and
/// for cargo, which compares times, they are one.
static BUILT: Mutex<()> = Mutex::new(());

/// The fixture in a project, which is the only one while the guard is held.
fn with_crate(project: &Project) -> MutexGuard<'static, ()> {
    let alone = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    project.write("src/lib.rs", MODELS);
    let from = root().join("fixtures/seaorm-migration");
    let manifest = std::fs::read_to_string(from.join("Cargo.toml")).expect("a manifest");
    project.write("migration/Cargo.toml", &with_all_features(&manifest));
    project.write("migration/Cargo.lock", &lock_file());
    for entry in std::fs::read_dir(from.join("src")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a file");
        project.write(&format!("migration/src/{name}"), &text);
    }
    alone
}

/// The command, with a build folder for cargo.
fn autogen(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = project.command(arguments);
    command.env("CARGO_TARGET_DIR", target());
    finish(command)
}

/// The crate's own program, as `cargo run --` and `sea-orm-cli migrate` run it.
fn cargo_run(project: &Project, arguments: &[&str]) -> Ran {
    let mut command = cargo();
    command.args(["run", "--quiet", "--"]).args(arguments).stdin(Stdio::null());
    command.current_dir(project.path().join("migration"));
    command.env("CARGO_TARGET_DIR", target()).env("DATABASE_URL", project.database().url());
    finish(command)
}

/// The current schema of the database.
fn schema(project: &Project) -> String {
    project.run(&["inspect", "--format", "json"]).ok().out
}

fn books(project: &Project) -> Vec<String> {
    project.query("select cast(count(*) as text) as it from books")
}

#[test]
fn three_revisions_are_added_to_a_crate_and_run_by_it() {
    for dialect in dialects() {
        let project = Project::on(dialect);
        let _alone = with_crate(&project);
        cargo_run(&project, &["up"]).ok();
        project.execute("insert into books (author_id, title) select id, 'one' from authors");
        let before = schema(&project);

        // Continued as it is: the database's schema is the state at the head.
        project.run(&["init"]).ok().shows("autogen.toml").shows("migration/schema.json");
        project.edit("autogen.toml", "models = \".\"", "models = \"src\"");
        let toml = project.read("autogen.toml");
        assert!(toml.contains("\nformat = \"sea-orm\"\n"), "{toml}");
        assert!(toml.contains("\nmigrations = \"migration\"\n"), "{toml}");
        let head = "m20240301_080000_first_authors";
        assert_eq!(project.unchanged(&["current"]).ok().out, format!("{head} (head)\n"));
        project.unchanged(&["check"]).ok();
        project.unchanged(&["diff", "-m", "nothing"]).ok();

        let lib = project.read("migration/src/lib.rs");
        project.edit(
            "src/lib.rs",
            "        pub name: String,\n",
            "        #[sea_orm(unique)]\n        pub name: String,\n        pub born: Option<Date>,\n",
        );
        let diff = ["diff", "-m", "authors are born", "--revision", "20260101100000"];
        project.run(&diff).ok().tells("m20260101_100000_authors_are_born.rs");
        project.unchanged(&["check"]).exits(1).shows("pending: m20260101_100000_authors_are_born");
        autogen(&project, &["upgrade"]).ok().shows("applied m20260101_100000_authors_are_born");

        // Offline, and run by the crate itself.
        let models = project.read("src/lib.rs");
        let review = REVIEW.replace("HOSTILE", &format!("{HOSTILE:?}"));
        project.write("src/lib.rs", &format!("{models}{review}"));
        let offline = ["--from", "migrations", "-m"];
        let second = ["diff", "--revision", "20260101110000"];
        project.run(&[&second[..], &offline, &["reviews"]].concat()).ok();
        let glad = "        Glad,\n        #[sea_orm(string_value = \"proud\")]\n        Proud,\n";
        project.edit("src/lib.rs", "        Glad,\n", glad);
        project.edit("src/lib.rs", "default_value = \"sad\"", "default_value = \"proud\"");
        project.edit(
            "src/lib.rs",
            "        pub title: String,",
            "        #[autogen(renamed_from = \"title\")]\n        pub called: Option<String>,",
        );
        let third = ["diff", "--revision", "20260101120000"];
        project.run(&[&third[..], &offline, &["proud"]].concat()).ok();
        only_added(&lib, &project.read("migration/src/lib.rs"));
        let added = added(&lib, &project.read("migration/src/lib.rs"));
        // PostgreSQL commits a new value before it can be used.
        assert_eq!(added.len(), if dialect == Dialect::Postgres { 4 } else { 3 }, "{added:?}");

        let ran = cargo_run(&project, &["up"]).ok();
        assert!(ran.out.contains("m20260101_120000_proud") || ran.err.contains("proud"), "{ran:?}");
        project.unchanged(&["check"]).ok();
        project.unchanged(&["diff"]).ok().tells("");
        let after = schema(&project);
        assert_eq!(books(&project), ["2"], "{dialect}");
        let newest = added.last().expect("a migration");
        assert_eq!(project.unchanged(&["current"]).ok().out, format!("{newest} (head)\n"));

        cargo_run(&project, &["down", "-n", &added.len().to_string()]).ok();
        assert_eq!(schema(&project), before, "{dialect}");
        assert_eq!(books(&project), ["2"], "{dialect}");
        autogen(&project, &["upgrade", "+1"]).ok();
        assert_eq!(project.unchanged(&["current"]).ok().out, "m20260101_100000_authors_are_born\n");
        autogen(&project, &["upgrade"]).ok();
        assert_eq!(schema(&project), after, "{dialect}");
        if dialect != Dialect::Postgres {
            // Interrupted before SeaORM recorded it: only PostgreSQL creates that one.
            let forget = format!("delete from seaql_migrations where version = '{newest}'");
            project.execute(&forget);
            cargo_run(&project, &["up"]).ok();
            assert_eq!(schema(&project), after, "{dialect}");
        }
        autogen(&project, &["downgrade", "m20260101_1000"]).ok();
        assert_eq!(project.unchanged(&["current"]).ok().out, "m20260101_100000_authors_are_born\n");
        let refused = finish(project.as_given(&["downgrade", "base"]));
        let refused = refused.fails(4, "A0674", "m20240101_000001_create_authors: `drop_table`");
        let _ = refused.tells("--yes");
        autogen(&project, &["downgrade", "base"]).ok();
        assert!(!schema(&project).contains("authors"), "{dialect}");
    }
}

/// A manual change becomes a migration without effect where it exists.
#[test]
fn a_fix_by_hand_is_taken_into_a_crate() {
    for dialect in dialects() {
        let project = Project::on(dialect);
        let _alone = with_crate(&project);
        cargo_run(&project, &["up"]).ok();
        project.run(&["init"]).ok();
        project.edit("autogen.toml", "models = \".\"", "models = \"src\"");
        project.execute(
            "alter table books add column pages integer; create index hot on books (pages); \
             alter table authors add column phone varchar(9)",
        );
        let ran = project.unchanged(&["check"]).exits(1);
        assert!(ran.out.contains("changed by hand: create index hot"), "{}", ran.out);
        let adopt = ["diff", "--adopt", "-m", "by hand", "--revision", "20260101100000"];
        project.run(&adopt).ok().tells("m20260101_100000_by_hand.rs").tells("correct the field");
        let before = schema(&project);
        autogen(&project, &["upgrade"]).ok().shows("applied m20260101_100000_by_hand");
        assert_eq!(schema(&project), before, "{dialect}");
        // The same from an empty database, where it does not exist.
        cargo_run(&project, &["fresh"]).ok();
        assert_eq!(schema(&project), before, "{dialect}");
        cargo_run(&project, &["down"]).ok();
        let after = schema(&project);
        assert!(!after.contains("hot") && !after.contains("phone"), "{dialect}: {after}");

        // What SeaORM cannot check has to be written by hand.
        cargo_run(&project, &["up"]).ok();
        let unseen = match dialect {
            Dialect::Sqlite => "drop table books; create table books (id integer primary key)",
            Dialect::Postgres => "alter table books alter column title drop not null",
            Dialect::Mysql | Dialect::Mariadb => "alter table books modify title varchar(255)",
        };
        project.execute(unseen);
        project.unchanged(&["diff", "--adopt"]).fails(4, "A0662", "can't check");
    }
}

/// The names in the migrations' list.
fn added(before: &str, after: &str) -> Vec<String> {
    let names = |text: &str| -> Vec<String> {
        let modules = text.lines().filter_map(|it| it.strip_prefix("mod ")?.strip_suffix(';'));
        modules.map(str::to_owned).collect()
    };
    let known = names(before);
    names(after).into_iter().filter(|it| !known.contains(it)).collect()
}

/// Requires that everything is still there, in its order.
fn only_added(before: &str, after: &str) {
    let mut rest = after.lines();
    for line in before.lines() {
        let found = rest.any(|it| it == line || it == format!("{line},"));
        assert!(found, "`{line}` is gone from\n{after}");
    }
}

#[test]
fn a_crate_that_is_behind_is_told() {
    for dialect in dialects() {
        let project = Project::on(dialect);
        let _alone = with_crate(&project);
        let ran = project.run(&["init"]).ok();
        ran.tells("schema.json was not written").tells("autogen upgrade");
        assert!(!project.path().join("migration/schema.json").exists());
        project.edit("autogen.toml", "models = \".\"", "models = \"src\"");
        project.unchanged(&["current"]).ok().tells("no revision is applied");
        project.unchanged(&["current", "--check-heads"]).exits(1);
        project.unchanged(&["diff", "-m", "x"]).fails(4, "A0512", "m20240101_000001");
        project.unchanged(&["merge"]).fails(4, "A0658", "m20240101_000001");
        let ran = project.unchanged(&["history", "-v"]).ok();
        ran.shows("m20240215_120000_create_books").shows("state: pending");
        project.unchanged(&["show", "m20240215"]).ok().shows("fk-books-author_id");
        project.unchanged(&["stamp", "head"]).fails(2, "A0655", "stamp");
        project.unchanged(&["verify"]).fails(2, "A0655", "verify");
        project.unchanged(&["upgrade", "--sql"]).fails(2, "A0655", "upgrade --sql");
        project.unchanged(&["downgrade", "--sql"]).fails(2, "A0655", "downgrade --sql");
        project.unchanged(&["squash"]).fails(2, "A0655", "squash");
        project.unchanged(&["rebase", "m20240215"]).fails(2, "A0655", "rebase");
        project.unchanged(&["repair", "m20240215", "--forget"]).fails(2, "A0655", "repair");
        project.unchanged(&["status"]).exits(1).shows("m20240215_120000_create_books");
        project.unchanged(&["upgrade", "m2099"]).fails(2, "A0508", "m2099");
    }
}

/// Unusual lists and crates.
#[test]
fn bad_crates_are_refused() {
    let project = Project::offline(Dialect::Sqlite, MODELS);
    let toml = "models = \"src\"\nmigrations = \"migration\"\nformat = \"sea-orm\"\n\
                dialect = \"sqlite\"\n";
    project.write("autogen.toml", toml);
    project.unchanged(&["history"]).fails(2, "A0651", "migration");
    let _alone = with_crate(&project);
    let good = project.read("migration/src/lib.rs");
    project
        .write("migration/src/lib.rs", &good.replace("impl MigratorTrait for", "impl Other for"));
    project.unchanged(&["history"]).fails(2, "A0651", "impl MigratorTrait");
    let listed = good.replace("vec![", "Vec::from([").replace("        ];", "        ]);");
    project.write("migration/src/lib.rs", &listed);
    project.unchanged(&["revision", "-m", "x"]).fails(2, "A0654", "migration/src/lib.rs");
    let twice = good.replace("vec![", "vec![Box::new(m20240101_000001_create_authors::Migration),");
    project.write("migration/src/lib.rs", &twice);
    project.unchanged(&["history"]).fails(2, "A0652", "m20240101_000001_create_authors");
    project.write("migration/src/lib.rs", &good);
    project.unchanged(&["revision", "--revision", "7"]).fails(2, "A0616", "7");
    // A list whose snapshot is missing, or belongs to another migration.
    project.unchanged(&["diff", "-m", "x"]).fails(2, "A0607", "schema.json");
    project.run(&["revision", "-m", "by hand", "--revision", "20260101100000"]).ok();
    let text = project.read("migration/src/m20260101_100000_by_hand.rs");
    assert!(text.contains("impl MigrationTrait for Migration"), "{text}");
    let again = ["revision", "-m", "by hand", "--revision", "20260101100000"];
    project.unchanged(&again).fails(2, "A0503", "20260101100000");
    // Git added another one.
    let other = "mod m20240101_000001_create_authors;\nmod m20260102_000000_theirs;";
    project.edit("migration/src/lib.rs", "mod m20240101_000001_create_authors;", other);
    project.edit(
        "migration/src/lib.rs",
        "            Box::new(m20260101_100000_by_hand::Migration)",
        "            Box::new(m20260101_100000_by_hand::Migration),\n            \
         Box::new(m20260102_000000_theirs::Migration)",
    );
    project.write("migration/src/m20260102_000000_theirs.rs", &text);
    project.unchanged(&["diff", "-m", "x"]).fails(4, "A0620", "m20260102_000000_theirs");
    project.unchanged(&["merge"]).fails(4, "A0658", "no database");
    assert!(Path::new(&project.path().join("migration/schema.json")).exists());
}

/// SeaORM's sessions read `||` as concatenation.
#[test]
fn what_sea_orm_reads_otherwise_is_refused() {
    let models = MODELS.replace(
        "#[sea_orm(table_name = \"authors\")]",
        "#[sea_orm(table_name = \"authors\")]\n    #[autogen(check(name = \"named\", \
         expr = \"name <> '||' || id > 7\"))]",
    );
    let project = Project::offline(Dialect::Mysql, &models);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.unchanged(&["diff", "--from", "migrations", "-m", "none"]).ok();
    let other = Project::offline(Dialect::Mysql, &models);
    let diff = ["diff", "-m", "first", "--layout", "sqlx"];
    other.unchanged(&diff).fails(4, "A0661", "||");
    let text = models.replace("|| id > 7", "OR id > 7");
    other.write("src/lib.rs", &text);
    other.run(&diff).ok();
}

/// Entries that an expression creates, a history with another name, and a migration that
/// fails.
#[test]
fn a_crate_with_ways_of_its_own() {
    if !crate::project::wanted(Dialect::Sqlite) {
        return;
    }
    let project = Project::on(Dialect::Sqlite);
    let _alone = with_crate(&project);
    let lib = "migration/src/lib.rs";
    project.edit(
        lib,
        "    fn migrations()",
        "    fn migration_table_name() -> DynIden {\n        \"what_ran\".into_iden()\n    }\n\n    \
         fn migrations()",
    );
    autogen(&project, &["init"]).ok();
    project.edit("autogen.toml", "models = \".\"", "models = \"src\"");
    autogen(&project, &["upgrade"]).ok();
    let head = "m20240301_080000_first_authors (head)\n";
    assert_eq!(project.unchanged(&["current"]).ok().out, head);
    // What no model ever named is not part of it, and is kept.
    project.execute("create table audit (id integer not null primary key)");
    project.run(&["merge"]).ok().tells("schema.json");
    assert!(!project.read("migration/schema.json").contains("audit"));
    project.unchanged(&["diff", "-m", "x"]).ok().tells("no model ever named audit");
    project.unchanged(&["merge"]).ok().tells("nothing to merge");
    // Git leaves conflict marks in it, and nothing is compared with them.
    let marked = format!("<<<<<<< ours\n{}", project.read("migration/schema.json"));
    project.write("migration/schema.json", &marked);
    project.unchanged(&["diff", "-m", "x"]).fails(2, "A0603", "resolve the conflict");
    project.run(&["merge"]).ok().tells("it is rewritten");
    project.unchanged(&["diff", "-m", "x"]).ok().tells("no model ever named audit");
    // The history table is not a difference.
    project.unchanged(&["check"]).ok();

    project.edit(lib, "Box::new(seeds::FirstAuthors { count: 2 })", "seeded()");
    let text = project.read(lib);
    let seeded = "\nfn seeded() -> Box<dyn MigrationTrait> {\n    \
                  Box::new(seeds::FirstAuthors { count: 2 })\n}\n";
    project.write(lib, &format!("{text}{seeded}"));
    let books = "m20240215_120000_create_books (head)\n";
    assert_eq!(project.unchanged(&["current"]).ok().out, books);
    project.unchanged(&["downgrade"]).fails(4, "A0659", "lib.rs");
    project.run(&["merge"]).ok();
    let revision = ["revision", "-m", "broken", "--revision", "20260101100000"];
    project.run(&revision).ok().tells("m20260101_100000_broken.rs");
    only_added(&format!("{text}{seeded}"), &project.read(lib));

    let file = "migration/src/m20260101_100000_broken.rs";
    project.edit(
        file,
        "    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {\n",
        "    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {\n        \
         manager.drop_table(Table::drop().table(\"none\").to_owned()).await?;\n",
    );
    let before = schema(&project);
    let ran = autogen(&project, &["upgrade"]).fails(3, "A0656", "migrator");
    assert!(ran.err.contains("no such table: none"), "{}", ran.err);
    assert_eq!(schema(&project), before);
    project.edit(file, "Ok(())", "Ok()");
    autogen(&project, &["upgrade"]).exits(3).tells("error[A0656]");
    assert_eq!(project.unchanged(&["current"]).ok().out, books.replace(" (head)", ""));
}

/// An application that keeps its migrator among its own modules.
#[test]
fn a_migrator_within_the_application_is_found() {
    let project = Project::empty();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\n\n[dependencies]\nsea-orm-migration = \"2\"\n",
    );
    project.write("src/lib.rs", &format!("{MODELS}\npub mod migrator;\n"));
    let migrator = "use sea_orm_migration::prelude::*;\n\npub mod m20260101_000000_none;\n\n\
                    pub struct Ours;\n\nimpl MigratorTrait for Ours {\n    \
                    fn migrations() -> Vec<Box<dyn MigrationTrait>> {\n        \
                    vec![Box::new(m20260101_000000_none::Migration)]\n    }\n}\n";
    project.write("src/migrator/mod.rs", migrator);
    let none = "use sea_orm_migration::prelude::*;\n\n#[derive(DeriveMigrationName)]\n\
                pub struct Migration;\n";
    project.write("src/migrator/m20260101_000000_none.rs", none);
    project
        .run(&["init"])
        .ok()
        .tells("src/migrator")
        .tells("upgrade a database to the last migration");
    assert!(project.read("autogen.toml").contains("migrations = \"src/migrator\""));
    let listed = project.unchanged(&["history"]).ok().out;
    assert_eq!(listed, "m20260101_000000_none (head)\n");
    let by_hand = ["revision", "-m", "more", "--dialect", "sqlite", "--revision", "20260102000000"];
    project.run(&by_hand).ok();
    let after = project.read("src/migrator/mod.rs");
    let expected = migrator
        .replace(
            "pub mod m20260101_000000_none;\n",
            "pub mod m20260101_000000_none;\npub mod m20260102_000000_more;\n",
        )
        .replace(
            "none::Migration)]",
            "none::Migration), Box::new(m20260102_000000_more::Migration)]",
        );
    assert_eq!(after, expected);
    assert!(project.path().join("src/migrator/m20260102_000000_more.rs").exists());
}

/// Wherever the crate is in the workspace, and wherever its library is. A library cannot be run.
#[test]
fn a_crate_is_found_at_any_depth() {
    let project = Project::empty();
    let manifest = "[package]\nname = \"moves\"\n[lib]\npath = \"lib.rs\"\n\n[dependencies]\n\
                    sea-orm-migration = \"2\"\n";
    let migrator = "use sea_orm_migration::prelude::*;\nmod m20260101_000000_a;\n\
                    pub struct Migrator;\nimpl MigratorTrait for Migrator {\n    \
                    fn migrations() -> Vec<Box<dyn MigrationTrait>> {\n        \
                    vec![Box::new(m20260101_000000_a::Migration)]\n    }\n}\n";
    project.write("Cargo.toml", "[workspace]\nmembers = [\"services/db/moves\"]\n");
    project.write("services/db/moves/Cargo.toml", manifest);
    project.write("services/db/moves/lib.rs", migrator);
    let one = "#[derive(DeriveMigrationName)]\npub struct Migration;\n";
    project.write("services/db/moves/m20260101_000000_a.rs", one);
    // What is built is not searched.
    project.write("target/package/moves/Cargo.toml", manifest);
    project.write("target/package/moves/lib.rs", migrator);
    project.run(&["init"]).ok().tells("the program that calls the migrator runs it");
    assert!(project.read("autogen.toml").contains("migrations = \"services/db/moves\""));
    let upgrade = ["upgrade", "--database-url", "sqlite::memory:"];
    project.run(&upgrade).fails(2, "A0656", "services/db/moves/Cargo.toml").tells("run_cli");

    project.write("services/other/Cargo.toml", manifest);
    project.write("services/other/lib.rs", migrator);
    let both = project.unchanged(&["init", "--force"]).fails(2, "A0651", "services/other");
    both.tells("services/db/moves").tells("--migrations");
    project.run(&["init", "--force", "--migrations", "services/other"]).ok();
    assert!(project.read("autogen.toml").contains("migrations = \"services/other\""));
    project.run(&["init", "--force", "--migrations", "db/sql"]).ok();
    assert!(project.read("autogen.toml").contains("migrations = \"db/sql\""));
}

/// Migrations keep the entities of their time: those of their crate are no models.
#[test]
fn frozen_entities_are_no_models() {
    let project = Project::empty();
    let library = "pub use sea_orm_migration::prelude::*;\nmod frozen;\npub struct Migrator;\n\
                   impl MigratorTrait for Migrator {\n    fn migrations() -> \
                   Vec<Box<dyn MigrationTrait>> {\n        vec![]\n    }\n}\n";
    let crate_of = |name: &str| {
        format!("[package]\nname = \"{name}\"\n[dependencies]\nsea-orm-migration = \"2\"\n")
    };
    project.write("Cargo.toml", "[workspace]\nmembers = [\"entity\", \"migration\"]\n");
    project.write("entity/Cargo.toml", &crate_of("entity"));
    project.write("entity/src/lib.rs", MODELS);
    project.write("migration/Cargo.toml", &crate_of("migration"));
    project.write("migration/src/lib.rs", library);
    project.write("migration/src/frozen.rs", MODELS);
    let inspect = ["inspect", "models", "--dialect", "sqlite"];
    project.run(&inspect).fails(2, "A0114", "second model");
    project.run(&["init"]).ok().shows("entities");
    project.run(&inspect).ok();
    // Where somebody names the crate, they are.
    let named = ["inspect", "models", "--models", "migration", "--dialect", "sqlite"];
    assert_eq!(project.run(&named).ok().out, project.run(&inspect).ok().out);
}
