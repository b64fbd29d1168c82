//! The source `sql:FILE`: statements that a database of our own runs.

use std::process::Stdio;

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::BLOG;
use crate::project::{Project, Ran};

#[test]
fn statements_are_a_source() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        let sql =
            project.run(&["inspect", "models", "--dialect", dialect.name(), "--format", "sql"]);
        project.write("schema.sql", &format!("-- What a dump has.\n{}", sql.ok().out));
        let ran =
            clean(&project, &["diff", "--from", "sql:schema.sql", "--to", "models", "--dry-run"])
                .ok();
        assert_eq!(
            ran.out,
            project.unchanged(&["diff", "--from", "models", "--dialect", dialect.name()]).ok().out
        );
        let ran = clean(&project, &["inspect", "sql:schema.sql"]).ok();
        ran.shows("authors").shows("posts");
        // What the file has more than the database.
        let ran = clean(&project, &["diff", "--to", "sql:schema.sql", "--dry-run"]).ok();
        ran.shows("create table authors");

        project.unchanged(&["inspect", "sql:none.sql"]).fails(2, "A0601", "none.sql");
        let text = project.read("schema.sql");
        project.write("broken.sql", &format!("{text}\nCREATE TABEL z (id integer);\n"));
        let line = text.lines().count() + 2;
        let place = format!("broken.sql:{line}");
        clean(&project, &["inspect", "sql:broken.sql"]).fails(2, "A0660", &place);
        project.write("empty.sql", "-- nothing\n");
        project.unchanged(&["inspect", "sql:empty.sql"]).ok();
    }
}

#[test]
fn statements_need_a_server_of_their_own() {
    let project = Project::offline(Dialect::Postgres, BLOG);
    project.write("schema.sql", "CREATE TABLE t (id integer);\n");
    project.unchanged(&["inspect", "sql:schema.sql"]).fails(2, "A0627", "schema.sql");
    let none = "postgres://me:secret@127.0.0.1:1/x";
    let ran = project.run_at(none, &["inspect", "sql:schema.sql"]).fails(3, "A0305", "127.0.0.1");
    assert!(!ran.err.contains("secret"), "{}", ran.err);
    let project = Project::offline(Dialect::Sqlite, BLOG);
    project.write("schema.sql", "CREATE TABLE t (id integer);\n");
    project.unchanged(&["inspect", "sql:schema.sql"]).ok().shows("t");
    let project = Project::empty();
    project.write("schema.sql", "CREATE TABLE t (id integer);\n");
    project.unchanged(&["inspect", "sql:schema.sql"]).fails(2, "A0611", "database");
}

/// Runs the command, which changes nothing, and leaves no database behind.
#[track_caller]
fn clean(project: &Project, arguments: &[&str]) -> Ran {
    let before = (project.files(), project.contents());
    let mut command = project.command(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let name = format!("autogen_scratch_{}_", child.id());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(before, (project.files(), project.contents()));
    let sql = match project.database().dialect() {
        Dialect::Sqlite => None,
        Dialect::Postgres => Some("select datname::text as it from pg_database"),
        Dialect::Mysql | Dialect::Mariadb => {
            Some("select schema_name as it from information_schema.schemata")
        }
    };
    let databases = sql.map(|sql| project.query(sql)).unwrap_or_default();
    assert!(!databases.iter().any(|it| it.starts_with(&name)), "{databases:?}");
    Ran {
        code: output.status.code().expect("it exits by itself"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}
