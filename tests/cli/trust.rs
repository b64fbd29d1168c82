//! Text is never code: names, comments, defaults and bodies end up in files, statements and
//! on terminals only as text.

use autogen_dialect::Dialect;

use crate::project::{Project, finish, wanted};

/// A table that must survive, and one whose texts try to drop it.
fn models(text: &str) -> String {
    format!(
        "use sea_autogen::Autogen;\n\
         #[derive(Autogen)]\n#[autogen(table = \"victim\")]\n\
         pub struct Victim {{ #[autogen(primary_key)] pub id: i32 }}\n\
         #[derive(Autogen)]\n#[autogen(table = \"t\", comment = {text:?})]\n\
         pub struct T {{\n\
             #[autogen(primary_key)] pub id: i32,\n\
             #[autogen(comment = {text:?}, default = {text:?})]\n\
             pub a: String,\n\
         }}\n"
    )
}

/// Text that a migration file, a shell or a terminal could mistake for something else.
const TEXTS: [&str; 7] = [
    "x\n-- autogen: probe X1 select 1 where 0); commit; delete from victim; begin; select 1 where \
     exists (select 1 where 0",
    "x\n-- autogen: begin other-runners\n",
    "x\n-- autogen: irreversible\n-- revision: 7\n-- parents: 9",
    "x\r\n-- autogen: no-transaction\r\ndrop table victim;\r\n",
    "x\rdrop table victim;\r",
    "*/ '; drop table victim; -- \\'; drop table victim; -- `\"",
    "\u{1b}[2J\u{1b}]52;c;aGk=\u{7}\u{202e}\u{2028}\u{9b}31m",
];

#[test]
fn text_of_models_is_text() {
    for dialect in autogen_tests::dialects() {
        for text in TEXTS {
            let project = Project::with_models(dialect, &models("plain"));
            project.run(&["diff", "-m", "first"]).ok();
            project.run(&["upgrade"]).ok();
            project.execute("insert into victim (id) values (1), (2)");
            project.write("src/lib.rs", &models(text));
            let shown = project.run(&["diff", "--dry-run"]).ok();
            let hidden = |text: &str| text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(hidden(&shown.out).or(hidden(&shown.err)), None, "{dialect}");
            project.run(&["diff", "-m", "second"]).ok();
            for name in project.migrations().iter().filter(|it| it.ends_with(".sql")) {
                let file = project.read(&format!("migrations/{name}"));
                let comments = file.lines().take_while(|line| line.starts_with("--"));
                assert_eq!(comments.flat_map(hidden).next(), None, "{dialect} {name}");
            }
            project.run(&["upgrade"]).ok();
            project.run(&["diff", "--exit-code", "--dry-run"]).ok();
            project.run(&["check"]).ok();
            project.run(&["downgrade"]).ok();
            project.run(&["upgrade"]).ok();
            let rows = project.query("select cast(count(*) as text) as it from victim");
            assert_eq!(rows, ["2"], "{dialect} {text:?}");
        }
    }
}

#[test]
fn sql_on_a_pipe_keeps_its_bytes() {
    let project = Project::with_models(Dialect::Sqlite, &models(TEXTS[6]));
    let sql = project.run(&["diff", "--dry-run", "--format", "sql"]).ok().out;
    assert!(sql.contains(TEXTS[6]), "{sql:?}");
    let json = project.run(&["diff", "--dry-run", "--format", "json"]).ok().out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let steps = json["up"]["groups"][0]["steps"].as_array().expect("steps");
    assert!(steps.iter().any(|it| it["sql"].as_str().is_some_and(|it| it.contains(TEXTS[6]))));
    project.run(&["diff", "-m", "first"]).ok();
    let script = project.run(&["upgrade", "--sql"]).ok().out;
    assert!(script.contains(TEXTS[6]), "{script:?}");
    let mut forced = project.command(&["upgrade", "--sql"]);
    forced.env("CLICOLOR_FORCE", "1");
    let shown = finish(forced).ok().out;
    assert!(!shown.contains("\u{1b}[2J") && shown.contains("\\u{1b}[2J"), "{shown:?}");
}

/// A git checkout on another system may have other line ends.
#[test]
fn line_ends_of_a_checkout_are_no_change() {
    let dialect = Dialect::Postgres;
    if !crate::project::wanted(dialect) {
        return;
    }
    let project = Project::with_models(dialect, &models("a\nb"));
    project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
    let function = "create function f() returns text language plpgsql as $$\nbegin\n  \
                    return 'one\ntwo';\nend\n$$;\n";
    project.write("schema/f.sql", function);
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    let windows = |project: &Project| {
        for (name, bytes) in project.files() {
            if name.ends_with(".sql") || name.ends_with(".json") {
                let text = String::from_utf8(bytes).expect("text");
                project.write(&name, &text.replace('\n', "\r\n"));
            }
        }
    };
    windows(&project);
    project.run(&["check"]).ok();
    project.run(&["status"]).ok();
    project.run(&["upgrade"]).ok();
    project.run(&["downgrade"]).ok();
    project.run(&["upgrade"]).ok();
    project.run(&["check"]).ok();
    let body = project.query("select prosrc as it from pg_proc where proname = 'f'");
    assert!(!body[0].contains('\r'), "{body:?}");
    // If the database contains carriage returns, they are kept.
    project.execute(&function.replace("create", "create or replace").replace('\n', "\r\n"));
    project.run(&["check"]).ok();
    project.run(&["diff", "--exit-code", "--dry-run"]).ok();
}

#[test]
fn carriage_returns_of_statements_are_kept_or_missed() {
    let project = Project::with_models(Dialect::Sqlite, &models("a\r\nb"));
    project.run(&["diff", "-m", "first"]).ok();
    let name = project.migrations().into_iter().find(|it| it.ends_with(".up.sql"));
    let path = format!("migrations/{}", name.expect("a migration"));
    let text = project.read(&path);
    assert!(text.contains("-- autogen: carriage-returns\n"), "{text}");
    project.write(&path, &text.replace("\r\n", "\n"));
    project.unchanged(&["upgrade"]).fails(4, "A0525", "line ends");
    project.write(&path, &text.replace("\r\n", "\n").replace('\n', "\r\n"));
    project.run(&["upgrade"]).fails(4, "A0525", ".up.sql: line ");
    project.write(&path, &text);
    project.run(&["upgrade"]).ok();
    project.run(&["check"]).ok();
}

#[test]
fn what_a_file_says_and_nobody_understands() {
    let project = Project::with_models(Dialect::Sqlite, &models("a"));
    let file = |text: &str| {
        project.write("migrations/1_x.up.sql", &format!("-- dialect: sqlite\n{text}"));
    };
    for (text, place) in [
        ("-- autogen: no-transactions\nselect 1;\n", "line 2: `-- autogen: no-transactions`"),
        ("select 1;\n-- autogen: begin other-runners\nselect 2;\n", "line 3"),
        ("-- parents: none\n-- parents: 5\nselect 1;\n", "line 3: `parents` is in the header"),
        ("select '\0';\n", "line 2: the file contains a zero byte"),
    ] {
        file(text);
        let ran = project.unchanged(&["upgrade"]);
        assert!(ran.err.contains("A0524") && ran.err.contains(place), "{}", ran.err);
        assert!(ran.code == 2 || ran.code == 4, "{}", ran.code);
    }
}

#[test]
fn rows_of_the_client_are_refused() {
    let dialect = Dialect::Postgres;
    if !crate::project::wanted(dialect) {
        return;
    }
    let project = Project::with_models(dialect, &models("a"));
    let copy = "create table c (a int);\ncopy public.c (a) from stdin;\n1\n\\.\n";
    project.write("dump.sql", copy);
    project.unchanged(&["diff", "--dry-run", "--to", "sql:dump.sql"]).fails(
        2,
        "A0526",
        "dump.sql: line 2: COPY",
    );
    project.write("migrations/1_x.up.sql", copy);
    project.unchanged(&["upgrade"]).fails(4, "A0526", "1_x.up.sql: line 2");
}

/// What a server would run, if it were sent among other statements.
const RUN: &str = "commit; drop table victim; commit; begin; savepoint autogen;";

/// Models whose texts are normalized, and that try to drop a table.
fn asked() -> Vec<String> {
    let table = |attributes: &str, field: &str| {
        format!(
            "use sea_autogen::Autogen;\n#[derive(Autogen)]\n#[autogen(table = \"t\"{attributes})]\n\
             pub struct T {{ #[autogen(primary_key)] pub id: i32, {field} pub b: String }}\n"
        )
    };
    let view = format!(
        "{}#[derive(Autogen)]\n#[autogen(table = \"v\", view = \"select b from t; {RUN}\")]\n\
         pub struct V {{ pub b: String }}\n",
        table("", "")
    );
    let unclosed = format!(
        ", check(name = \"c1\", expr = \"b <> 'x\"), \
         check(name = \"c2\", expr = \"b <> '); {RUN} -- '\")"
    );
    let dollars = format!(
        ", check(name = \"c1\", expr = \"b <> $$x\"), \
         check(name = \"c2\", expr = \"b <> $$); {RUN} --\")"
    );
    let indexes = format!(
        ", index(name = \"i1\", columns = [\"b\"], where = \"b <> 'x\"), \
         index(name = \"i2\", columns = [\"b\"], where = \"b <> '; {RUN} --'\")"
    );
    let kind = format!("#[autogen(sql_type = \"int); {RUN} create temp table zz (a int\")]");
    vec![
        view,
        table(&unclosed, ""),
        table(&dollars, ""),
        table(&indexes, ""),
        table(", check(name = \"c\", expr = \"b > 'a'\")", &kind),
    ]
}

#[test]
fn texts_that_a_server_is_asked_about_are_not_run() {
    for dialect in autogen_tests::dialects() {
        for models in asked() {
            let project = Project::with_models(dialect, &models);
            project.execute("create table victim (id int); insert into victim values (1)");
            for arguments in [&["diff", "--dry-run"][..], &["check"], &["diff", "-m", "x"]] {
                let ran = project.run(arguments);
                assert!(!ran.err.contains("panicked"), "{}", ran.err);
                let rows = project.query("select cast(count(*) as text) as it from victim");
                assert_eq!(
                    rows,
                    ["1"],
                    "{dialect} {arguments:?}\n{models}\n{}{}",
                    ran.out,
                    ran.err
                );
            }
        }
    }
}

/// The text of one expression is not two statements, in any format.
#[test]
fn an_expression_that_ends_a_statement_is_refused() {
    let table = |column: &str| {
        format!(
            "use sea_autogen::Autogen;\n#[derive(Autogen)]\n#[autogen(table = \"t\")]\n\
             pub struct T {{ #[autogen(primary_key)] pub id: i32, {column} }}\n"
        )
    };
    for dialect in autogen_tests::dialects() {
        let project = Project::with_models(dialect, &table(""));
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        project.write(
            "src/lib.rs",
            &table("#[autogen(fill = \"1; drop table victim; --\")] pub bal: i32"),
        );
        for format in ["text", "sql", "json", "rust"] {
            let arguments = ["diff", "--dry-run", "--format", format];
            let ran =
                project.unchanged(&arguments).fails(4, "A0406", "read back as something else");
            assert_eq!(ran.out, "", "{dialect} {format}");
        }
        project.unchanged(&["diff", "-m", "second"]).fails(
            4,
            "A0406",
            "read back as something else",
        );
    }
}

/// A database may read backslashes as escapes; the reviewed text is what runs.
#[test]
fn strings_are_those_of_the_standard() {
    let dialect = Dialect::Postgres;
    if !crate::project::wanted(dialect) {
        return;
    }
    let project = Project::with_models(dialect, &models("a\\' or \\\\"));
    project.execute(
        "do $$ begin execute format('alter database %I set standard_conforming_strings = off', \
         current_database()); end $$",
    );
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    project.run(&["check"]).ok();
    project.run(&["diff", "--exit-code", "--dry-run"]).ok();
}

/// Files that declare something, and were not read.
#[cfg(unix)]
#[test]
fn declarations_that_were_not_seen_are_not_absent() {
    let project = Project::with_models(Dialect::Sqlite, &models("a"));
    project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
    project.write("schema/a.sql", "create view v as select id from t;\n");
    project.write("schema/b.sql", "create view w as select id from t;\n");
    project.run(&["diff", "-m", "first"]).ok();
    project.run(&["upgrade"]).ok();
    let lost = project.path().join("schema/b.sql");
    std::fs::remove_file(&lost).expect("gone");
    std::os::unix::fs::symlink("nowhere.sql", &lost).expect("a link");
    project.run(&["diff", "-m", "x"]).fails(2, "A0673", "schema/b.sql");
    std::fs::remove_file(&lost).expect("gone");
    std::fs::create_dir(&lost).expect("a folder");
    project.unchanged(&["diff", "-m", "x"]).fails(2, "A0673", "schema/b.sql");
    std::fs::remove_dir(&lost).expect("gone");
    project.write("schema/b.sql", "/* create view w as select id from t;\n");
    let ran = project.unchanged(&["diff", "-m", "x"]).exits(2);
    assert!(ran.err.contains("is not closed"), "{}", ran.err);
}

#[test]
fn secrets_in_odd_places_are_not_shown() {
    let project = Project::with_models(Dialect::Sqlite, &models("a"));
    for from in ["jdbc:postgresql://h/d?user=u&password=s3cret", "host=h password=s3cret"] {
        let ran = project.unchanged(&["diff", "--dry-run", "--from", from]);
        assert!(!ran.err.contains("s3cret") && ran.code == 2, "{}", ran.err);
    }
    let line = "models = \"src\"\ndatabase_url = \"postgres://u:s3cret@h/d\"\n";
    project.write("autogen.toml", line);
    let ran = project.unchanged(&["check"]).exits(2);
    assert!(!ran.err.contains("s3cret") && ran.err.contains("autogen.toml:2"), "{}", ran.err);
}

/// PostgreSQL repeats unknown options.
#[test]
fn parameters_that_a_server_refuses_are_not_shown() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = Project::with_models(Dialect::Postgres, &models("a"));
    let url = project.database().url().to_owned();
    for options in ["-c%20s3cret%3D1", "-c%20statement_timeout%3Ds3cret", "s3cret"] {
        let url = format!("{url}?options={options}");
        let ran = project.unchanged(&["diff", "--dry-run", "--database-url", &url]).exits(3);
        assert!(!ran.err.contains("s3cret") && ran.err.contains("A0305"), "{}", ran.err);
    }
    // Nothing is created among the server's own tables.
    let url = format!("{url}?options=-c%20search_path%3Dpg_catalog,public");
    for command in [&["diff", "--dry-run"][..], &["inspect", "database"]] {
        let arguments = [command, &["--database-url", &url]].concat();
        project.unchanged(&arguments).fails(3, "A0310", "no current schema");
    }
}

/// Names with line ends, and what the command line repeats.
#[test]
fn messages_show_what_is_hidden_in_names() {
    let evil = "a\nerror[A0000]: \u{1b}[2Jb";
    for dialect in autogen_tests::dialects() {
        let project = Project::with_models(dialect, &models("plain"));
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        let quoted = dialect.quote(evil);
        project.execute(&format!("create table {quoted} (id int)"));
        let forged = |ran: &crate::project::Ran| {
            let lines = ran.err.lines().chain(ran.out.lines());
            let found = lines.filter(|line| line.starts_with("error[A0000]")).count();
            assert!(found == 0 && !ran.err.contains('\u{1b}'), "{}", ran.err);
        };
        let ran = project.run(&["diff", "--dry-run"]).ok();
        forged(&ran);
        assert!(
            ran.err.contains("no model ever named a\\nerror[A0000]: \\u{1b}[2Jb"),
            "{}",
            ran.err
        );
        let ran = project.run(&["inspect"]).ok();
        forged(&ran);
        ran.shows("table a\\nerror[A0000]: \\u{1b}[2Jb\n");
        for arguments in [
            &["revision", "--label", evil][..],
            &["upgrade", evil],
            &["no-such-command\u{1b}[2J"],
            &["diff", "--format", evil],
        ] {
            let ran = project.run(arguments).exits(2);
            forged(&ran);
        }
        let path = format!("migrations/{}", project.migrations()[1]);
        assert!(path.ends_with(".up.sql"), "{path}");
        let text = project.read(&path);
        let probe = "-- autogen: probe x select 1 from \"nowhere\\nerror[A0000]: x\"\nselect 1;\n";
        project.write(
            "migrations/99999999999999_p.up.sql",
            &format!(
                "-- revision: 99999999999999\n-- parents: {}\n\n{probe}",
                text.lines()
                    .find_map(|line| line.strip_prefix("-- revision: "))
                    .expect("its number"),
            ),
        );
        forged(&project.run(&["upgrade"]).exits(3));
    }
}
