//! A path through each command.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{BLOG, LAST_FIELD};
use crate::project::{Project, wanted};

/// A project with one migration, not applied.
fn begun(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project
}

/// The same with a second one; both are applied.
fn grown(dialect: Dialect) -> Project {
    let project = begun(dialect);
    project.run(&["upgrade"]).ok();
    add_field(&project);
    project.run(&["diff", "-m", "bio", "--revision", "2"]).ok();
    project.run(&["upgrade"]).ok();
    project
}

fn add_field(project: &Project) {
    let more = format!("{LAST_FIELD}        pub bio: Option<String>,\n");
    project.edit("src/lib.rs", LAST_FIELD, &more);
}

/// The database URL says which database an empty migration is for.
#[test]
fn the_first_revision_may_be_empty() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["revision", "-m", "begin", "--revision", "1"]).ok();
        let text = project.read("migrations/1_begin.up.sql");
        assert!(text.contains(&format!("-- dialect: {dialect}\n")), "{text}");
        project.run(&["upgrade"]).ok().shows("applied 1 begin");
        let nowhere = Project::empty();
        nowhere.write("autogen.toml", "models = \"src\"\n");
        nowhere.unchanged(&["revision", "-m", "x"]).fails(2, "A0611", "no database given");
    }
}

#[test]
fn round_trip() {
    for dialect in dialects() {
        let project = Project::on(dialect);
        let ran = project.run(&["init"]).ok();
        assert_eq!(ran.out, "autogen.toml\nmigrations\n");
        project.write("Cargo.toml", "[package]\nname = \"blog\"\n");
        project.write("src/lib.rs", BLOG);
        project.run(&["upgrade"]).ok().tells("there are no migrations");
        project.run(&["check"]).exits(1).shows("create table authors");

        project.run(&["diff", "-m", "The first, of many!"]).ok().shows("create table posts");
        let files = project.migrations();
        assert_eq!(files.len(), 3, "{files:?}");
        assert!(files[0].ends_with("_the_first_of_many.down.sql"), "{files:?}");
        assert!(files[1].ends_with("_the_first_of_many.up.sql"), "{files:?}");
        assert_eq!(files[2], "schema.json");
        let id = files[0].split('_').next().unwrap();
        assert!(id.len() == 14 && id.bytes().all(|it| it.is_ascii_digit()), "{id}");
        let up = project.read(&format!("migrations/{}", files[1]));
        assert!(up.starts_with(&format!("-- revision: {id}\n-- parents: none\n")), "{up}");
        assert!(up.contains("-- message: The first, of many!\n"), "{up}");

        project.run(&["check"]).exits(1).shows("pending: ");
        let ran = project.run(&["upgrade"]).ok();
        assert_eq!(ran.out, format!("applied {id} the_first_of_many\n"));
        let ran = project.unchanged(&["upgrade"]).ok().tells("nothing to do");
        assert_eq!(ran.out, "");
        project.unchanged(&["check"]).ok();
        project.execute("insert into authors (email, name) values ('a@b', 'Ann')");

        add_field(&project);
        project.unchanged(&["check"]).exits(1).shows("bio");
        let ran = project.run(&["diff"]).ok();
        assert!(ran.out.contains("add column authors.bio"), "{}", ran.out);
        assert_eq!(project.migrations().len(), 5);
        project.run(&["upgrade"]).ok().shows("applied ");
        project.unchanged(&["check"]).ok();
        project.unchanged(&["diff"]).ok().shows("no changes");
        assert_eq!(project.migrations().len(), 5, "an empty diff writes nothing");

        project.run(&["downgrade"]).ok().shows("undid ");
        project.run(&["check"]).exits(1).shows("pending: ");
        project.run(&["downgrade"]).ok();
        let left = project.contents();
        assert!(left.iter().all(|it| !it.contains("authors")), "{left:?}");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

#[test]
fn init() {
    let project = Project::empty();
    project.run(&["init"]).ok().tells("next: ");
    assert!(project.files().contains_key("migrations/"));
    project.write("autogen.toml", "models = \"src\"\n");
    project.unchanged(&["init"]).fails(2, "A0609", "autogen.toml");
    project.run(&["init", "--force"]).ok();
    let text = project.read("autogen.toml");
    assert!(text.contains("migrations = \"migrations\""), "{text}");
    // A commented-out key works without the comment.
    let lines = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if rest.contains(" = ") => rest,
        Some(_) | None => line,
    });
    project.write("autogen.toml", &lines.collect::<Vec<_>>().join("\n"));
    project.run(&["history"]).ok().tells("there are no migrations");
    project.write("autogen.toml", "modells = \"src\"\n");
    project.unchanged(&["history"]).fails(2, "A0602", "autogen.toml").tells("modells");
    project.unchanged(&["history", "--config", "no.toml"]).fails(2, "A0601", "no.toml");
}

#[test]
fn diff_only_prints_where_it_shall() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        let dry = project.unchanged(&["diff", "--dry-run"]).ok();
        let dry = dry.shows("create table authors");
        assert_eq!(dry.err, "");
        assert_eq!(project.unchanged(&["diff", "--dry-run", "-m", "x"]).ok(), dry);
        assert_eq!(project.unchanged(&["diff", "--format", "text"]).ok(), dry);
        let sql = project.unchanged(&["diff", "--format", "sql"]).ok();
        match dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                let whole = sql.out.starts_with("BEGIN;\n") && sql.out.ends_with("COMMIT;\n");
                assert!(whole, "{}", sql.out);
            }
            // There is no transaction around statements that commit by themselves.
            Dialect::Mysql | Dialect::Mariadb => {
                assert!(sql.out.starts_with("CREATE TABLE `authors`"), "{}", sql.out);
            }
        }
        assert_eq!(sql.err, "");
        project.unchanged(&["diff", "--dry-run", "--exit-code"]).exits(1);
        project.execute(&sql.out);
        let none = project.unchanged(&["diff", "--dry-run", "--exit-code"]).ok();
        assert_eq!(none.out, "no changes\n");
        // With a message it writes, in any format.
        add_field(&project);
        let ran = project.run(&["diff", "--format", "sql", "-m", "x", "--revision", "7"]).ok();
        assert!(ran.out.contains("bio"), "{}", ran.out);
        let written = ["7_x.down.sql", "7_x.up.sql", "schema.json"];
        assert_eq!(project.migrations(), written);
        ran.tells("wrote migrations/7_x.up.sql");
        project.run(&["upgrade"]).ok();
        project.edit("src/lib.rs", LAST_FIELD, &format!("{LAST_FIELD}pub age: Option<i32>,\n"));
        project.unchanged(&["diff", "--revision", "seven"]).fails(2, "A0616", "seven");
        project.unchanged(&["diff", "--revision", "7"]).fails(2, "A0503", "revision 7");
    }
}

#[test]
fn sources() {
    for dialect in dialects() {
        let project = grown(dialect);
        project.write("other/lib.rs", BLOG);
        project.run(&["snapshot", "-o", "now.json", "--dialect", dialect.name()]).ok();
        let url = project.database().url().to_owned();
        let now = ["database", url.as_str(), "models", "models:src", "snapshot:now.json"];
        let now = now.into_iter().chain(["migrations", "migrations:migrations"]);
        let now: Vec<&str> = now.collect();
        for from in &now {
            for to in &now {
                let arguments = [
                    "diff",
                    "--dry-run",
                    "--exit-code",
                    "--dialect",
                    dialect.name(),
                    "--from",
                    from,
                    "--to",
                    to,
                ];
                let ran = project.unchanged(&arguments);
                assert_eq!(ran.code, 0, "{from} to {to}: {}{}", ran.out, ran.err);
            }
            let ran = project
                .unchanged(&[
                    "diff",
                    "--from",
                    from,
                    "--to",
                    "models:other/lib.rs",
                    "--dialect",
                    dialect.name(),
                    "--exit-code",
                ])
                .exits(1);
            assert!(ran.out.contains("drop column authors.bio"), "{from}: {}", ran.out);
        }
        // A folder without migrations is an empty schema, and a missing one is none.
        let arguments = ["diff", "--from", "migrations:none", "--dry-run"];
        let arguments = [&arguments[..], &["--to", "migrations"]].concat();
        project.unchanged(&arguments).fails(2, "A0642", "none");
        std::fs::create_dir(project.path().join("none")).expect("a folder");
        project.unchanged(&arguments).ok().shows("create table authors");
    }
}

#[test]
fn upgrade_and_downgrade_to_a_revision() {
    for dialect in dialects() {
        let project = grown(dialect);
        project.unchanged(&["downgrade", "2"]).ok().tells("nothing to undo");
        let ran = project.run(&["downgrade", "1"]).ok();
        assert_eq!(ran.out, "undid 2 bio\n");
        let ran = project.run(&["downgrade", "base"]).ok();
        assert_eq!(ran.out, "undid 1 first\n");
        project.unchanged(&["downgrade", "-1"]).fails(
            2,
            "A0617",
            "can't go back 1 step: 0 revisions applied",
        );
        for mistyped in ["-x", "--yess"] {
            project.unchanged(&["downgrade", mistyped]).exits(2).tells("unexpected argument");
        }
        project.unchanged(&["upgrade", "9"]).fails(2, "A0508", "9");
        let ran = project.run(&["upgrade", "1"]).ok();
        assert_eq!(ran.out, "applied 1 first\n");
        let ran = project.run(&["upgrade", "head"]).ok();
        assert_eq!(ran.out, "applied 2 bio\n");
        let ran = project.run(&["downgrade", "-2"]).ok();
        assert_eq!(ran.out, "undid 2 bio\nundid 1 first\n");
        let ran = project.run(&["upgrade"]).ok().tells("1 first: ");
        assert_eq!(ran.out, "applied 1 first\napplied 2 bio\n");
    }
}

#[test]
fn scripts() {
    for dialect in dialects() {
        let project = begun(dialect);
        let up = project.unchanged(&["upgrade", "--sql"]).ok();
        let head = match dialect {
            Dialect::Postgres => {
                "\\set ON_ERROR_STOP on\nSET standard_conforming_strings = on;\n\n"
            }
            Dialect::Sqlite => ".bail on\n\n",
            Dialect::Mysql | Dialect::Mariadb => "",
        };
        let head = format!("{head}-- the history of migrations\n\ncreate table if not exists ");
        assert!(up.out.starts_with(&head), "{}", up.out);
        assert!(up.out.contains("\n-- revision 1 first\n"), "{}", up.out);
        assert_eq!(up.err, "");
        let down = project.unchanged(&["downgrade", "base", "--sql"]).ok();
        let offline = project.run_at("", &["upgrade", "--sql"]).ok();
        assert_eq!(offline, up, "a script needs no database");
        // A file that does not declare its database.
        let (path, line) =
            ("migrations/1_first.up.sql", format!("-- dialect: {}\n", dialect.name()));
        let text = project.read(path);
        project.edit(path, &line, "");
        // The history has the checksum of the file.
        let statements = |script: &str| {
            let lines = script.lines().filter(|it| !it.starts_with("insert into autogen_history"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let edited = project.unchanged(&["upgrade", "--sql"]).ok();
        assert_eq!(statements(&edited.out), statements(&up.out), "{dialect}");
        project.run_at("", &["upgrade", "--sql"]).fails(2, "A0611", "no database given");
        project.write(path, &text);
        // The scripts do what the commands do. The line for the shell is not for the server.
        let sent = |script: &str| match dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                script.split_once('\n').map_or_else(String::new, |(_, rest)| rest.to_owned())
            }
            Dialect::Mysql | Dialect::Mariadb => script.to_owned(),
        };
        project.execute(&sent(&up.out));
        project.run(&["diff", "--dry-run", "--exit-code"]).ok();
        assert!(project.unchanged(&["current"]).ok().out.contains("(head)"));
        project.run(&["upgrade"]).ok().tells("up to date");
        let rest = project.unchanged(&["upgrade", "current:head", "--sql"]).ok();
        assert_eq!(rest.out, "");
        project.execute(&sent(&down.out));
        let left = project.contents().into_iter().filter(|it| !it.contains("autogen_history"));
        assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new());
        project.unchanged(&["current"]).ok().tells("no revision is applied");
        let rest = project.unchanged(&["upgrade", "current:", "--sql"]).ok();
        assert_eq!(rest, up, "the whole way");
    }
}

#[test]
fn current_and_history() {
    for dialect in dialects() {
        let project = grown(dialect);
        let ran = project.unchanged(&["current"]).ok();
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("2 bio (head)\n", ""));
        let ran = project.unchanged(&["history"]).ok();
        assert_eq!(ran.out, "2 bio (head)\n1 first\n");
        project.run(&["downgrade"]).ok();
        assert_eq!(project.unchanged(&["current"]).ok().out, "1 first\n");
        let ran = project.unchanged(&["history", "-v"]).ok();
        let expected = "2 bio (head)\n    parents: 1\n    message: bio\n    state: pending\n\
                        1 first\n    parents: none\n    message: first\n    state: done 20";
        assert!(ran.out.starts_with(expected), "{}", ran.out);
        project.run(&["downgrade"]).ok();
        let ran = project.unchanged(&["current"]).ok().tells("no revision is applied");
        assert_eq!(ran.out, "");
        let ran = project.run_at("", &["history", "-v"]).ok();
        assert!(!ran.out.contains("state:"), "{}", ran.out);
    }
}

#[test]
fn check_without_a_database() {
    let project = Project::offline(Dialect::Sqlite, BLOG);
    project.unchanged(&["check"]).exits(1).shows("create table authors").tells("autogen diff");
    project.run(&["diff", "-m", "first"]).ok();
    project.unchanged(&["check"]).ok();
    add_field(&project);
    project.unchanged(&["check"]).exits(1).shows("add column authors.bio");
    project.run(&["diff"]).ok();
    project.unchanged(&["check"]).ok();
    assert_eq!(project.migrations().len(), 5);
}

#[test]
fn inspect() {
    for dialect in dialects() {
        let project = grown(dialect);
        let sources = ["database", "models", "migrations", "snapshot:migrations/schema.json"];
        for source in sources {
            let run = |format: &str| {
                let arguments =
                    ["inspect", source, "--format", format, "--dialect", dialect.name()];
                let ran = project.unchanged(&arguments).ok();
                assert_eq!(ran.err, "", "{source}");
                ran.out
            };
            let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
            assert_eq!(json["version"], 1, "{source}");
            assert_eq!(json["dialect"], dialect.name(), "{source}");
            let text = run("text");
            assert!(text.contains("table authors\n"), "{source}: {text}");
            assert!(text.contains("foreign key (author_id) -> authors (id)"), "{source}: {text}");
            assert!(text.contains("check "), "{source}: {text}");
            // The SQL creates an equal database.
            let other = Project::with_models(dialect, BLOG);
            add_field(&other);
            other.execute(&run("sql"));
            let ran = other.run(&["diff", "--dry-run", "--exit-code"]);
            assert_eq!(ran.code, 0, "{source}: {}{}", ran.out, ran.err);
            let both = ["diff", "--from", project.database().url(), "--to", "database"];
            let ran = other.run(&[&both[..], &["--exit-code"]].concat());
            assert_eq!(ran.code, 0, "{source}: {}{}", ran.out, ran.err);
        }
        let usual = project.run(&["inspect"]).ok();
        assert_eq!(usual, project.run(&["inspect", "database", "--format", "text"]).ok());
    }
}

#[test]
fn snapshot() {
    let project = Project::offline(Dialect::Sqlite, BLOG);
    let printed = project.unchanged(&["snapshot"]).ok();
    assert_eq!(printed.err, "");
    let ran = project.run(&["snapshot", "-o", "s.json"]).ok();
    assert_eq!(ran.out, "");
    assert_eq!(project.read("s.json"), printed.out);
    project.run(&["diff", "-m", "first"]).ok();
    let head = project.run(&["snapshot", "migrations"]).ok();
    assert_eq!(head.out, project.run(&["snapshot", "snapshot:migrations/schema.json"]).ok().out);
    let nowhere = ["snapshot", "-o", "no/folder/s.json"];
    project.unchanged(&nowhere).fails(2, "A0601", "no/folder/s.json");
}

#[test]
fn the_environment() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = Project::empty();
    project.write("autogen.toml", "models = \"src\"\n");
    project.write("src/lib.rs", BLOG);
    project.write(".env", "DATABASE_URL=sqlite:from_env_file.db\n");
    let run = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.env_remove("DATABASE_URL");
        command.output().unwrap().status
    };
    std::fs::create_dir(project.path().join("migrations")).expect("a folder");
    assert!(run(&["upgrade"]).success());
    assert!(project.path().join("from_env_file.db").exists(), ".env is read");
    assert!(run(&["upgrade", "--database-url", "sqlite:flag.db"]).success());
    assert!(project.path().join("flag.db").exists(), "a flag wins");
    project.run_at("sqlite:variable.db", &["upgrade"]).ok();
    assert!(project.path().join("variable.db").exists(), "the environment wins over .env");
    // In another folder, paths are relative to the configuration's folder.
    let ran = Project::empty();
    let config = project.path().join("autogen.toml").display().to_string();
    let url = format!("sqlite:{}", project.path().join("flag.db").display());
    ran.run_at(&url, &["diff", "--config", &config, "-m", "x", "--revision", "1"]).ok();
    assert_eq!(project.migrations(), ["1_x.down.sql", "1_x.up.sql", "schema.json"]);
    assert!(ran.files().is_empty());
}

/// A broken `.env` is not treated as a project without a database.
#[test]
fn a_broken_env_file() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = Project::offline(Dialect::Sqlite, BLOG);
    project.write(".env", "# secrets\nA=1\nDATABASE_URL=sqlite:a b s3cret.db\n");
    let without = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.env_remove("DATABASE_URL");
        crate::project::finish(command)
    };
    for arguments in [&["upgrade"][..], &["diff", "--dry-run"], &["check"], &["status"]] {
        let ran = without(arguments).fails(2, "A0629", ".env:3");
        assert!(!ran.err.contains("s3cret"), "{}", ran.err);
    }
    std::fs::create_dir(project.path().join("migrations")).expect("a folder");
    project.run_at("sqlite:known.db", &["upgrade"]).ok();
    // Text after the database's URL, or unrelated text, does not matter.
    project.write(".env", "DATABASE_URL=sqlite:known.db\nA=a b\n");
    without(&["current"]).ok();
    project.write(".env", "A=a b\n");
    without(&["current"]).fails(2, "A0605", "no database");
}

/// Editors on Windows write a byte order mark at the beginning of a file.
#[test]
fn byte_order_marks() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        let marked = |path: &str| {
            let text = project.read(path);
            project.write(path, &format!("\u{feff}{text}"));
        };
        project.write("autogen.toml", "models = \"src\"\nsql = [\"views.sql\"]\n");
        project.write("views.sql", "create view shown as select id from posts;\n");
        marked("views.sql");
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["revision", "-m", "second", "--revision", "2"]).ok();
        for path in ["migrations/1_first.up.sql", "migrations/1_first.down.sql"] {
            marked(path);
        }
        marked("migrations/2_second.up.sql");
        marked("migrations/schema.json");
        marked("autogen.toml");
        project.run(&["upgrade", "1"]).ok();
        project.run(&["upgrade"]).ok();
        let ran = project.run(&["history"]).ok();
        assert_eq!(ran.out, "2 second (head)\n1 first\n");
        project.run(&["diff", "--dry-run", "--exit-code"]).ok();
        project.run(&["downgrade", "base"]).ok();
        assert!(!project.contents().iter().any(|it| it.contains("posts")), "{dialect}");
        let sql =
            project.run(&["inspect", "models", "--format", "sql", "--dialect", dialect.name()]);
        project.write("schema.sql", &format!("\u{feff}{}", sql.ok().out));
        project.unchanged(&["inspect", "sql:schema.sql"]).ok().shows("authors");
    }
}

/// The models' database is that of the URL, where nothing else names one.
#[test]
fn the_url_tells_the_family_of_the_models() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.unchanged(&["inspect", "models", "--format", "sql"]).ok().shows("CREATE TABLE");
        let told = format!("\"dialect\": \"{dialect}\"");
        project.unchanged(&["snapshot", "models"]).ok().shows(&told);
    }
}
