//! The source `sql:FILE`: statements that a scratch database runs.

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
        // What only the file has.
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

#[test]
fn what_reaches_beyond_a_database_of_ours_is_not_run() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        let reaching: &[&str] = match dialect {
            Dialect::Sqlite => &["attach 'other.db' as other", "vacuum into 'other.db'"],
            Dialect::Postgres => &[
                "create role autogen_beyond",
                "do $$ begin create role autogen_beyond; end $$",
                "alter system set work_mem = '5MB'",
                "copy t to program 'cat'",
            ],
            Dialect::Mysql | Dialect::Mariadb => &[
                "create user autogen_beyond",
                "/*!50000 create user autogen_beyond */",
                "use mysql",
                "set global max_connections = 151",
                "create table mysql.autogen_beyond (a int)",
            ],
        };
        for sql in reaching {
            project.write("beyond.sql", &format!("create table t (a integer);\n{sql};\n"));
            let ran = clean(&project, &["inspect", "sql:beyond.sql"]);
            ran.fails(4, "A0663", "beyond.sql:2");
            assert!(!project.path().join("other.db").exists());
        }
        project.run(&["revision", "-m", "r", "--revision", "1", "--dialect", dialect.name()]).ok();
        let path = "migrations/1_r.up.sql";
        let text = project.read(path);
        project.write(path, &format!("{text}{};\n", reaching[0]));
        clean(&project, &["verify"]).fails(4, "A0663", "revision 1");
        let users = match dialect {
            Dialect::Sqlite => continue,
            Dialect::Postgres => "select rolname::text as it from pg_roles",
            Dialect::Mysql | Dialect::Mariadb => "select cast(user as char) as it from mysql.user",
        };
        let users = project.query(users);
        assert!(!users.iter().any(|it| it == "autogen_beyond"), "{users:?}");
    }
}

#[test]
fn lines_for_the_shell() {
    let project = Project::with_models(Dialect::Postgres, BLOG);
    project.write(
        "dump.sql",
        "\\restrict a;b\n\nSET client_encoding = 'UTF8';\ncreate table t (a integer);\n\
         \\unrestrict a;b\n",
    );
    clean(&project, &["inspect", "sql:dump.sql"]).ok().shows("table t");
    project.write("dump.sql", "create table t (a integer);\n\\connect other\nselect 1;\n");
    clean(&project, &["inspect", "sql:dump.sql"]).fails(2, "A0528", "line 2");
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

/// Where the configuration says so, the order of columns counts between any two sources.
#[test]
fn the_order_of_columns_counts_where_it_is_asked_for() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.write("one.sql", "create table t (a integer, b integer, c integer);\n");
        project.write("two.sql", "create table t (c integer, a integer, b integer);\n");
        let compared = ["diff", "--dry-run", "--from", "sql:one.sql", "--to", "sql:two.sql"];
        project.unchanged(&compared).ok().shows("no changes");
        let config = project.read("autogen.toml");
        project.write("autogen.toml", &format!("column_order = true\n{config}"));
        let ran = project.unchanged(&compared).ok();
        match dialect {
            Dialect::Postgres => ran.shows("no changes"),
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => {
                ran.shows("order the columns of table t")
            }
        };
    }
}

/// A plan with many notes of one kind writes the first ones, and their number.
#[test]
fn many_notes_of_one_kind_are_counted() {
    let columns: Vec<String> = (1..=7).map(|n| format!("c{n} integer")).collect();
    let table = format!("CREATE TABLE t (id integer PRIMARY KEY, {});\n", columns.join(", "));
    let indexes: String = (1..=7).map(|n| format!("CREATE INDEX t_c{n} ON t (c{n});\n")).collect();
    let project = Project::offline(Dialect::Sqlite, BLOG);
    project.write("before.sql", &format!("{table}{indexes}"));
    project.write("after.sql", &table);
    let diff = ["diff", "--dry-run", "--dialect", "sqlite", "--from", "sql:before.sql"];
    let ran = project.run(&[&diff[..], &["--to", "sql:after.sql"]].concat()).ok();
    ran.shows("LK104 note: .. and 3 more, above their statements");
}
