//! Branches of a git repository that both add a migration, joined; and the whole history,
//! verified.

use std::process::Command;

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{BLOG, LAST_FIELD};
use crate::project::{Project, Ran, wanted};

/// Runs git in the project's folder; returns whether it succeeded.
pub(crate) fn git(project: &Project, arguments: &[&str]) -> bool {
    let output = Command::new("git")
        .args(["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"])
        .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"])
        .args(arguments)
        .current_dir(project.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git");
    output.status.success()
}

/// A repository with a first migration, and a database that has it.
pub(crate) fn repository(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.run(&["upgrade"]).ok();
    assert!(git(&project, &["init", "-q", "-b", "main"]));
    assert!(git(&project, &["add", "."]) && git(&project, &["commit", "-qm", "first"]));
    project
}

/// Changes the models on a separate branch, and writes the migration.
fn branch(project: &Project, name: &str, revision: &str, before: &str, after: &str) {
    assert!(git(project, &["checkout", "-q", "main"]));
    assert!(git(project, &["checkout", "-q", "-b", name]));
    project.edit("src/lib.rs", before, after);
    project.run(&["diff", "-m", name, "--revision", revision]).ok();
    assert!(git(project, &["add", "."]) && git(project, &["commit", "-qm", name]));
}

/// Git merges the models by itself, but not schema.json.
fn join(project: &Project, name: &str) {
    assert!(!git(project, &["merge", "-q", name]), "schema.json is a conflict on purpose");
    let snapshot = project.read("migrations/schema.json");
    assert!(snapshot.contains("<<<<<<<"), "{snapshot}");
    assert!(!project.read("src/lib.rs").contains("<<<<<<<"));
}

fn merged(dialect: Dialect) -> Project {
    let project = repository(dialect);
    let named = format!("{LAST_FIELD}        pub nick: Option<String>,\n");
    branch(&project, "nick", "2", LAST_FIELD, &named);
    let stars = "pub stars: i32,\n";
    branch(&project, "likes", "3", stars, &format!("{stars}        pub likes: Option<i32>,\n"));
    join(&project, "nick");
    project
}

#[test]
fn two_branches_are_joined() {
    for dialect in dialects() {
        let project = merged(dialect);
        project.unchanged(&["diff", "-m", "too early"]).fails(2, "A0507", "2, 3").tells("merge");
        project.run(&["merge", "--revision", "4"]).ok().tells("4_merge_2_and_3.up.sql");
        let text = project.read("migrations/4_merge_2_and_3.up.sql");
        assert!(text.contains("-- parents: 2, 3\n"), "{text}");
        let snapshot = project.read("migrations/schema.json");
        assert!(snapshot.contains("\"revision\": \"4\""), "{snapshot}");
        assert!(snapshot.contains("\"nick\"") && snapshot.contains("\"likes\""), "{snapshot}");
        // Offline and live, models and migrations match again.
        let offline = ["diff", "--from", "migrations", "--to", "models", "--exit-code"];
        project.unchanged(&[&offline[..], &["--dry-run"]].concat()).ok();
        project.run(&["upgrade"]).ok().shows("applied 4");
        project.unchanged(&["check"]).ok();
        project.unchanged(&["merge"]).ok().tells("nothing to merge");
        project.run(&["downgrade", "-1"]).ok().shows("undid 4");
        project.run(&["downgrade", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        let verified = project.unchanged(&["verify"]).ok();
        for line in ["1 first: up, down, up", "3 likes: up, down, up", "4 merge_2_and_3: up"] {
            assert!(verified.out.contains(line), "{}", verified.out);
        }
    }
}

#[test]
fn the_database_to_try_on_goes_again() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = merged(Dialect::Postgres);
    let url = project.database().url().to_owned();
    let name = url.rsplit('/').next().expect("a database").to_owned();
    let role = format!("tries_{name}");
    project.execute(&format!(
        "create role {role} login createdb; create role {role}_not login;
         grant all on all tables in schema public to {role}, {role}_not"
    ));
    let own = format!(
        "select d.datname::text as it from pg_database d join pg_roles r on r.oid = d.datdba
         where r.rolname = '{role}'"
    );
    let as_role = |role: &str| url.replacen("postgres@", &format!("{role}@"), 1);
    project.run_at(&as_role(&role), &["merge", "--revision", "4"]).ok();
    project.run_at(&as_role(&role), &["verify"]).ok();
    let path = "migrations/4_merge_2_and_3.up.sql";
    project.write(path, &format!("{}SELECT nothing;\n", project.read(path)));
    project.run_at(&as_role(&role), &["verify"]).exits(3).tells("A03");
    assert_eq!(project.query(&own), Vec::<String>::new());
    let denied = project.run_at(&as_role(&format!("{role}_not")), &["verify"]);
    denied.fails(3, "A0321", "permission denied to create database");
    project.execute(&format!("drop owned by {role}, {role}_not; drop role {role}, {role}_not"));
}

#[test]
fn models_are_read_from_git() {
    for dialect in dialects() {
        let project = repository(dialect);
        project.write("schema/views.sql", "CREATE VIEW names AS SELECT name FROM authors;\n");
        project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
        assert!(git(&project, &["add", "."]) && git(&project, &["commit", "-qm", "a view"]));
        let named = format!("{LAST_FIELD}        pub nick: Option<String>,\n");
        project.edit("src/lib.rs", LAST_FIELD, &named);
        project.write("schema/more.sql", "CREATE VIEW mails AS SELECT email FROM authors;\n");
        let diff = ["diff", "--dialect", dialect.name(), "--dry-run", "--exit-code"];
        let from = |revision: &'static str| {
            project.unchanged(&[&diff[..], &["--from", revision, "--to", "models"]].concat())
        };
        let ran = from("git:main").exits(1);
        assert!(ran.out.contains("authors.nick") && ran.out.contains("mails"), "{}", ran.out);
        assert!(!ran.out.contains("names"), "{}", ran.out);
        assert!(from("git:main~1").exits(1).out.contains("create view names"));
        let same = ["--from", "git:HEAD", "--to", "git:main"];
        project.unchanged(&[&diff[..], &same].concat()).ok();
        from("git:nowhere").fails(2, "A0628", "nowhere");
        from("git:--help").fails(2, "A0628", "--help");
        let text = project.read("src/lib.rs").replace("pub struct", "pub sturct");
        project.write("src/lib.rs", &text);
        assert!(git(&project, &["add", "."]) && git(&project, &["commit", "-qm", "broken"]));
        from("git:HEAD").exits(2).tells("src/lib.rs");
    }
    let elsewhere = Project::offline(Dialect::Sqlite, BLOG);
    let outside = std::env::temp_dir();
    let mut command = elsewhere.command(&["diff", "--from", "git:main", "--dry-run"]);
    command.env("GIT_CEILING_DIRECTORIES", &outside).env("GIT_DIR", outside.join("nowhere"));
    let output = command.output().expect("the command runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && told.contains("A0628"), "{told}");
}

#[test]
fn what_both_change_is_told() {
    for dialect in dialects() {
        let project = repository(dialect);
        let short = format!("{LAST_FIELD}        pub nick: Option<String>,\n");
        branch(&project, "nick", "2", LAST_FIELD, &short);
        let number = format!("{LAST_FIELD}        pub nick: Option<i32>,\n");
        branch(&project, "number", "3", LAST_FIELD, &number);
        assert!(git(&project, &["checkout", "-q", "main"]));
        assert!(git(&project, &["checkout", "nick", "--", "migrations"]));
        assert!(git(&project, &["checkout", "number", "--", "migrations"]));
        let ran: Ran = project.unchanged(&["merge"]);
        ran.fails(4, "A0516", "2 and 3 both change authors.nick");
    }
}

#[test]
fn a_table_and_what_is_in_it() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        let add = |id: &str, name: &str, up: &str| {
            project.run(&["revision", "-m", name, "--revision", id, "--head", "1"]).ok();
            let path = format!("migrations/{id}_{name}.up.sql");
            let text = project.read(&path) + up;
            project.write(&path, &text);
        };
        add("2", "gone", "DROP TABLE posts;\n");
        add("3", "more", "ALTER TABLE posts ADD COLUMN likes integer;\n");
        project.unchanged(&["merge"]).fails(4, "A0516", "both change posts");
    }
}

#[test]
fn unrelated_histories() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        for (id, table) in [("1", "one"), ("2", "two")] {
            let base = ["--head", "base", "--dialect", dialect.name()];
            project.run(&[&["revision", "-m", table, "--revision", id][..], &base].concat()).ok();
            let path = format!("migrations/{id}_{table}.up.sql");
            let text = project.read(&path) + &format!("CREATE TABLE {table} (id integer);\n");
            project.write(&path, &text);
        }
        project.unchanged(&["merge"]).fails(2, "A0515", "1 and 2");
        project.run(&["merge", "--allow-unrelated", "--revision", "3"]).ok();
        assert!(project.read("migrations/schema.json").contains("\"two\""));
    }
}

#[test]
fn a_replay_needs_a_server_only_where_there_is_one() {
    let sqlite = Project::offline(Dialect::Sqlite, BLOG);
    sqlite.run(&["diff", "-m", "first", "--from", "migrations", "--revision", "1"]).ok();
    sqlite.unchanged(&["verify"]).ok().shows("1 first: up, down, up");
    let postgres = Project::offline(Dialect::Postgres, BLOG);
    postgres.run(&["diff", "-m", "first", "--from", "migrations", "--revision", "1"]).ok();
    postgres.unchanged(&["verify"]).fails(2, "A0627", "server");
}

/// A revision that does nothing on its way down is named.
#[test]
fn one_way_revisions_are_named() {
    let project = Project::offline(Dialect::Sqlite, BLOG);
    project.run(&["diff", "-m", "first", "--from", "migrations", "--revision", "1"]).ok();
    project.run(&["revision", "-m", "names", "--revision", "2"]).ok();
    let path = "migrations/2_names.up.sql";
    project.write(path, &(project.read(path) + "UPDATE authors SET name = 'x';\n"));
    let ran = project.unchanged(&["verify"]).ok().tells("no way down: 2 names");
    ran.shows("2 names: up, down, up (the way down has no statements)").tells("all other");
    let down = "migrations/2_names.down.sql";
    project.write(down, &(project.read(down) + "-- autogen: irreversible\n"));
    let ran = project.unchanged(&["verify"]).ok().tells("no way down: 2 names");
    let _ = ran.shows("2 names: up (there is no way down)");
}

#[test]
fn what_a_history_hides_is_found() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        std::fs::create_dir(project.path().join("migrations")).expect("a folder");
        project.unchanged(&["verify"]).ok().tells("no migrations");
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["revision", "-m", "second", "--revision", "2"]).ok();
        let path = "migrations/2_second.up.sql";
        let text = project.read(path) + "CREATE TABLE extra (id integer);\n";
        project.write(path, &text);
        // Nothing drops the table, and no model names it.
        let ran = project.unchanged(&["verify"]).exits(3);
        assert!(ran.err.contains("extra"), "{}", ran.err);
        let down = "migrations/2_second.down.sql";
        let text = project.read(down) + "DROP TABLE extra; CREATE TABLE other (id integer);\n";
        project.write(down, &text);
        project.edit(path, "CREATE TABLE extra", "DROP TABLE IF EXISTS other; CREATE TABLE extra");
        let ran = project.unchanged(&["verify"]).exits(1);
        for part in
            ["2 second: the way down does not restore the schema", "schema.json", "from the models"]
        {
            assert!(ran.out.contains(part), "`{part}` is not in\n{}", ran.out);
        }
    }
}

#[test]
fn mine_goes_on_top_of_theirs() {
    for dialect in dialects() {
        let project = merged(dialect);
        // The number of the own revision is smaller than theirs: it gets another one.
        project.unchanged(&["rebase", "9"]).fails(2, "A0508", "9");
        project.unchanged(&["rebase", "1"]).fails(2, "A0522", "2, 3");
        project.run(&["rebase", "2"]).ok().tells("wrote ");
        let files = project.migrations();
        assert!(!files.iter().any(|it| it.starts_with("2_")), "{files:?}");
        let mine = files.iter().find(|it| it.ends_with("_nick.up.sql")).expect("it moved");
        let (id, _) = mine.split_once('_').expect("a number");
        let text = project.read(&format!("migrations/{mine}"));
        assert!(text.starts_with(&format!("-- revision: {id}\n-- parents: 3\n")), "{text}");
        let snapshot = project.read("migrations/schema.json");
        assert!(snapshot.contains(&format!("\"revision\": \"{id}\"")), "{snapshot}");
        let offline = ["diff", "--from", "migrations", "--to", "models", "--exit-code"];
        project.unchanged(&[&offline[..], &["--dry-run"]].concat()).ok();
        project.run(&["upgrade"]).ok().shows(&format!("applied {id} nick"));
        project.unchanged(&["check"]).ok();
        project.run(&["verify"]).ok().shows("3 likes: up, down, up");
        project.unchanged(&["rebase", id]).ok().tells("nothing to rebase");
    }
}

#[test]
fn the_later_one_keeps_its_number() {
    for dialect in dialects() {
        let project = merged(dialect);
        project.run(&["rebase", "3", "--onto", "2"]).ok().shows("3 is 3 now, after 2\n");
        project.run(&["upgrade"]).ok().shows("applied 2 nick\napplied 3 likes\n");
        project.unchanged(&["check"]).ok();
        project.unchanged(&["rebase", "2", "--onto", "3"]).fails(2, "A0522", "comes after it");
    }
}

#[test]
fn what_can_not_be_rebased() {
    for dialect in dialects() {
        let project = merged(dialect);
        // The database has it under its number.
        project.run(&["upgrade", "2"]).ok();
        project.unchanged(&["rebase", "2"]).fails(4, "A0523", "2").tells("downgrade 1");
        project.run(&["downgrade", "1"]).ok();
        project.run(&["rebase", "2"]).ok();

        let project = repository(dialect);
        let short = format!("{LAST_FIELD}        pub nick: Option<String>,\n");
        branch(&project, "nick", "2", LAST_FIELD, &short);
        let number = format!("{LAST_FIELD}        pub nick: Option<i32>,\n");
        branch(&project, "number", "3", LAST_FIELD, &number);
        assert!(git(&project, &["checkout", "nick", "--", "migrations"]));
        project.unchanged(&["rebase", "3"]).fails(4, "A0516", "authors.nick");
    }
}
