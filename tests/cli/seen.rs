//! What was not read is not absent: unreadable files, macros, conditions, and tables that no
//! model ever named.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::BLOG;
use crate::project::Project;

const STRANGER: &str = "create table audit (id integer not null primary key, note varchar(20))";

fn project(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.execute(STRANGER);
    project
}

/// A table that no model names is kept, and is not part of the history; the table of a
/// removed model is dropped.
#[test]
fn an_unknown_table_stays() {
    for dialect in dialects() {
        let project = project(dialect);
        let ran = project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        assert!(!ran.out.contains("audit"), "{}", ran.out);
        ran.shows("unmanaged: 1 table").tells("no model ever named audit: left alone");
        assert!(!project.read("migrations/schema.json").contains("audit"));
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok().tells("no model ever named audit");
        project.unchanged(&["diff", "--exit-code"]).ok();
        project.run(&["verify"]).ok();
        // The model is removed: so is its table, and the unknown table is kept.
        let models = project.read("src/lib.rs");
        let posts = models.find("pub mod post ").expect("a module");
        project.write("src/lib.rs", &models[..posts]);
        let ran = project.run(&["diff", "-m", "no posts", "--revision", "2"]).ok();
        ran.shows("drop table posts");
        project.run(&["upgrade"]).ok();
        let left = project.contents();
        assert!(left.iter().any(|it| it.contains("audit")), "{left:?}");
        assert!(!left.iter().any(|it| it.contains("posts")), "{left:?}");
    }
}

#[test]
fn an_unknown_table_goes_where_somebody_says_so() {
    for dialect in dialects() {
        let project = project(dialect);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        for wrong in ["authors", "nothing", "authors*"] {
            project.unchanged(&["diff", "--drop", wrong]).fails(2, "A0672", wrong);
        }
        let url = project.database().url().to_owned();
        let two = ["diff", "--from", &url, "--to", "database", "--drop", "audit"];
        project.unchanged(&two).fails(2, "A0672", "audit");
        project.unchanged(&["diff", "--dry-run", "--drop", "audit"]).ok().shows("drop table audit");
        project.unchanged(&["diff", "--dry-run", "--drop", "aud*"]).ok().shows("drop table audit");
        let config = project.read("autogen.toml");
        project.write("autogen.toml", &format!("{config}\ndrop_unknown_tables = true\n"));
        project.unchanged(&["diff", "--dry-run"]).ok().shows("drop table audit");
    }
}

/// If something is unread, it may declare any table.
#[test]
fn nothing_goes_while_something_is_unread() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        let models = project.read("src/lib.rs");
        let posts = models.find("pub mod post ").expect("a module");
        project.write("src/lib.rs", &format!("{}other::posts!();\n", &models[..posts]));
        for command in [&["diff", "-m", "x"][..], &["diff", "--dry-run"], &["check"]] {
            let ran = project.unchanged(command).fails(4, "A0671", "posts");
            ran.tells("the macro `other::posts!`").tells("--compiled").tells("--drop");
        }
        let ran = project.unchanged(&["diff", "--dry-run", "--drop", "posts"]).ok();
        ran.shows("drop table posts").tells("not read: src/lib.rs:");
        // Without a drop it is only reported.
        project.write("src/lib.rs", &format!("{models}other::tags!();\n"));
        project.unchanged(&["diff", "--exit-code"]).ok().tells("the macro `other::tags!`");
    }
}

/// A snapshot of models lists what could not be read of them: with it nothing is dropped
/// either.
#[test]
fn a_snapshot_holds_what_was_not_read() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        let models = project.read("src/lib.rs");
        let authors = models[..models.find("pub mod post ").expect("a module")].to_owned();
        let likely = "other::posts!();\n";
        let unlikely = "#[foreign::entity]\npub fn posts() {}\n";
        let sql = ["inspect", "models", "--format", "sql", "--dialect", dialect.name()];
        for (text, told) in [(likely, true), (unlikely, false)] {
            project.write("src/lib.rs", &format!("{authors}{text}"));
            let ran = project.run(&["snapshot", "models", "-o", "s.json"]).ok();
            assert_eq!(ran.err.contains("not read: src/lib.rs:"), told, "{}", ran.err);
            project
                .write("i.json", &project.run(&["inspect", "models", "--format", "json"]).ok().out);
            project.write("i.sql", &project.run(&sql).ok().out);
            for file in ["snapshot:s.json", "snapshot:i.json", "sql:i.sql"] {
                let ran = project.unchanged(&["diff", "--dry-run", "--to", file]);
                ran.fails(4, "A0671", "posts")
                    .tells("src/lib.rs:")
                    .tells("write the snapshot or file");
            }
        }
        project.write("src/lib.rs", &authors);
        project.run(&["snapshot", "models", "-o", "s.json"]).ok();
        assert!(!project.read("s.json").contains("unread"));
        let sql = project.run(&sql).ok().out;
        assert!(!sql.contains("unread"), "{sql}");
        let all = ["diff", "--dry-run", "--to", "snapshot:s.json"];
        project.unchanged(&all).ok().shows("drop table posts");
    }
}

/// What hardly declares a table is not reported, until a table would be dropped.
#[test]
fn what_hardly_declares_a_table_counts_where_one_would_go() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        let models = project.read("src/lib.rs");
        let authors = &models[..models.find("pub mod post ").expect("a module")];
        for (place, text) in [
            ("the type `Post`", "#[derive(foreign::MyEntity)]\npub struct Post { id: i32 }\n"),
            ("`#[foreign::entity]`", "#[foreign::entity]\npub fn posts() {}\n"),
        ] {
            project.write("src/lib.rs", &format!("{models}{text}"));
            let ran = project.unchanged(&["diff", "--exit-code"]).ok();
            assert!(!ran.err.contains("not read"), "{}", ran.err);
            project.write("src/lib.rs", &format!("{authors}{text}"));
            let ran = project.unchanged(&["diff", "-m", "x"]).fails(4, "A0671", "posts");
            ran.tells("src/lib.rs:").tells(place);
            project.unchanged(&["diff", "--dry-run", "--drop", "posts"]).ok();
            // A column of a model that was read is dropped.
            let fewer = models.replace("pub name: String,", "");
            project.write("src/lib.rs", &format!("{fewer}{text}"));
            project.unchanged(&["diff", "--dry-run"]).ok().shows("drop column authors.name");
        }
        // Many of them are summarized.
        let many: String =
            (0..9).map(|at| format!("#[foreign::entity]\npub fn f{at}() {{}}\n")).collect();
        project.write("src/lib.rs", &format!("{authors}{many}"));
        let ran = project.unchanged(&["diff", "-m", "x"]).fails(4, "A0671", "posts");
        let ran = ran.tells("and 4 more places");
        assert_eq!(ran.err.matches("src/lib.rs:").count(), 5, "{}", ran.err);
    }
}

/// Models that moved are not removed: into a module that is missing here, into the body of a
/// function, into another crate.
#[test]
fn models_that_moved_are_not_gone() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        let manifest = "[package]\nname = \"blog\"\n[workspace]\nmembers = [\"kit\"]\n";
        project.write("Cargo.toml", manifest);
        project.write("kit/Cargo.toml", "[package]\nname = \"kit\"\n");
        project.write("kit/src/lib.rs", "");
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        let models = project.read("src/lib.rs");
        let (authors, posts) = models.split_at(models.find("pub mod post ").expect("a module"));
        let refused = |text: &str, place: &str| {
            project.write("src/lib.rs", &format!("{authors}{text}"));
            for command in [&["diff", "-m", "x"][..], &["check"]] {
                project.unchanged(command).fails(4, "A0671", "posts").tells(place);
            }
        };
        refused("#[cfg(unix)]\nmod post;\n", "src/lib.rs:");
        refused("#[cfg(unix)]\n#[path = \"x.rs\"]\nmod post;\n", "the file of module `post`");
        let rules = "macro_rules! posts { () => { #[derive(DeriveEntityModel)] struct P; } }";
        refused(&format!("{rules}\nfn f() {{ posts!(); }}\n"), "the macro `posts!`");
        let post = posts.replace("super::author::Entity", "blog::author::Entity");
        project.write("kit/src/lib.rs", &post);
        refused("", "kit/src/lib.rs:");
        // Only the table of the moved model is kept.
        project.write("kit/src/lib.rs", &post.replace("\"posts\"", "\"others\""));
        project.unchanged(&["diff", "--dry-run"]).ok().shows("drop table posts");
    }
}

/// `schema.json` determines what is dropped: an unreadable one is not absent.
#[test]
fn a_broken_schema_json_is_an_error() {
    for dialect in dialects() {
        let project = project(dialect);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        let whole = project.read("migrations/schema.json");
        let conflict = format!("<<<<<<< ours\n{whole}=======\n{whole}>>>>>>> theirs\n");
        for broken in
            ["", "{}", "[", &conflict, &whole.replace("\"version\": 1", "\"version\": 99")]
        {
            project.write("migrations/schema.json", broken);
            for command in [&["diff", "-m", "x"][..], &["diff", "--dry-run"], &["check"]] {
                project.unchanged(command).fails(2, "A0603", "migrations/schema.json");
            }
        }
        project.write("migrations/schema.json", &conflict);
        project.unchanged(&["check"]).exits(2).tells("resolve the conflict");
        let file = project.path().join("migrations/schema.json");
        std::fs::remove_file(&file).expect("it was there");
        std::os::unix::fs::symlink("/dev/zero", &file).expect("a link");
        for command in [&["diff", "-m", "x"][..], &["check"]] {
            project.run(command).fails(2, "A0673", "migrations/schema.json");
        }
    }
}

/// Outside of a project nobody named models.
#[test]
fn models_outside_of_a_project() {
    let outside = Project::empty();
    let quiet = ["--migrations", "nowhere"];
    for command in [&["diff", "--dry-run", "--dialect", "sqlite"][..], &["inspect", "models"]] {
        // The tests run below a crate of their own.
        outside.write("Cargo.toml", "[package]\nname = \"none\"\n");
        outside.unchanged(command).fails(2, "A0641", "no autogen.toml");
        let ran = outside.unchanged(&[command, &quiet].concat());
        ran.fails(2, "A0120", "there is no crate");
    }
}

#[test]
fn files_that_can_not_be_read() {
    let project = Project::offline(Dialect::Sqlite, BLOG);
    project.unchanged(&["inspect", "snapshot:/dev/zero"]).fails(2, "A0673", "/dev/zero");
    project.unchanged(&["inspect", "sql:/dev/zero"]).fails(2, "A0673", "/dev/zero");
    project.unchanged(&["--config", "/dev/zero", "heads"]).fails(2, "A0673", "/dev/zero");
    let deep = format!("{{\"version\": 1, \"schema\": {}", "[".repeat(100_000));
    project.write("deep.json", &deep);
    project.unchanged(&["inspect", "snapshot:deep.json"]).fails(2, "A0603", "deep.json");
    let models = project.read("src/lib.rs");
    std::fs::write(project.path().join("src/latin.rs"), b"// caf\xe9\n").expect("a file");
    project.write("src/lib.rs", &format!("{models}\nmod latin;\n"));
    project.unchanged(&["inspect", "models"]).fails(2, "A0128", "src/latin.rs");
    project.write(
        "src/latin.rs",
        &format!("type A = {}u8{};", "Option<".repeat(2000), ">".repeat(2000)),
    );
    project.unchanged(&["inspect", "models"]).fails(2, "A0129", "src/latin.rs");
}

/// Features come from Cargo.toml, autogen.toml and the command line.
#[test]
fn features_decide() {
    let project = Project::offline(Dialect::Sqlite, BLOG);
    let more = "\n#[cfg(feature = \"tags\")]\npub mod tags {\n    use sea_autogen::Autogen;\n\n    \
                #[derive(Autogen)]\n    #[autogen(table = \"tags\")]\n    pub struct Tag {\n        \
                #[autogen(primary_key)]\n        pub id: i32,\n    }\n}\n";
    project.write("src/lib.rs", &(project.read("src/lib.rs") + more));
    let manifest = "[package]\nname = \"blog\"\n[features]\ndefault = []\ntags = []\n";
    project.write("Cargo.toml", manifest);
    let tables = |arguments: &[&str]| {
        let all = [&["inspect", "models", "--dialect", "sqlite"], arguments].concat();
        project.run(&all).ok().out.contains("table tags")
    };
    assert!(!tables(&[]));
    assert!(tables(&["--features", "tags"]));
    assert!(tables(&["--all-features"]));
    let config = project.read("autogen.toml");
    project.write("autogen.toml", &format!("features = [\"tags\"]\n{config}"));
    assert!(tables(&[]));
}

/// A kept table must not reference a dropped one.
#[test]
fn an_unknown_table_may_refer_to_what_would_go() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        project.write(
            "src/lib.rs",
            "use sea_autogen::Autogen;\n#[derive(Autogen)]\n#[autogen(table = \"one\")]\n\
             pub struct One { #[autogen(primary_key)] pub id: i32 }\n",
        );
        project.execute(
            "create table visits (id int primary key, author_id int, \
             foreign key (author_id) references authors (id))",
        );
        project.unchanged(&["diff", "-m", "x"]).fails(2, "A0418", "visits");
        project.run(&["diff", "--dry-run", "--drop", "visits"]).ok().shows("drop table visits");
    }
}
