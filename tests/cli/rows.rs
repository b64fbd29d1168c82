//! Rows that prevent a migration: reported when it is written, and probed again wherever it
//! is run.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{one, plain};
use crate::project::{Project, wanted};

/// A table with one row, made from these fields.
fn with_row(dialect: Dialect, fields: &str, row: &str) -> Project {
    let project = Project::with_models(dialect, &one("t", fields));
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute(row);
    project
}

fn change(project: &Project, fields: &str) {
    project.write("src/lib.rs", &one("t", fields));
}

#[test]
fn a_required_column_needs_a_value() {
    for dialect in dialects() {
        let project = with_row(dialect, "pub a: i32,", "insert into t (a) values (1)");
        change(&project, "pub a: i32,\n        pub b: i32,");
        project
            .unchanged(&["diff", "-m", "x"])
            .fails(4, "A0623", "DD101: fails if t has rows: b is NOT NULL")
            .tells("#[autogen(fill = \"..\")]");
        let ran = project.unchanged(&["diff", "--dry-run", "--format", "json"]).ok();
        ran.tells("and there is such a row").shows("\"found\": true");
        project.run(&["diff", "-m", "x", "--fill", "t.b=a * 2"]).ok();
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select cast(b as text) as it from t"), ["2"]);
    }
}

#[test]
fn values_that_do_not_fit_are_decided_first() {
    for dialect in dialects() {
        let text = "#[sea_orm(column_type = \"Text\")]\n        pub a: String,";
        let project = with_row(dialect, text, "insert into t (a) values ('seven')");
        change(&project, "pub a: i32,");
        let ran = project.unchanged(&["diff", "-m", "x"]);
        ran.fails(4, "A0623", "DL104: values of t.a may not fit").tells("#[autogen(using");
        change(&project, "#[autogen(using = \"length(a)\")]\n        pub a: i32,");
        project.run(&["diff", "-m", "x"]).ok();
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select cast(a as text) as it from t"), ["5"]);

        let project = with_row(dialect, text, "insert into t (a) values ('7')");
        change(&project, "pub a: i32,");
        let ran = project.unchanged(&["diff", "--dry-run", "--format", "json"]).ok();
        ran.shows("\"found\": false");
        project.run(&["diff", "-m", "x"]).ok();
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select cast(a as text) as it from t"), ["7"]);
    }
}

#[test]
fn duplicates_are_told_and_stop_the_run() {
    for dialect in dialects() {
        let rows = "insert into t (a) values (1), (1)";
        let project = with_row(dialect, "pub a: i32,", rows);
        change(&project, "#[sea_orm(unique)]\n        pub a: i32,");
        let ran = project.run(&["diff", "-m", "x", "--revision", "2"]).ok();
        ran.tells("DD103: fails if t holds duplicates in a, and there is such a row");
        project
            .unchanged(&["upgrade"])
            .fails(4, "A0320", "revision 2")
            .tells("DD103: fails if t holds duplicates in a");
        project.execute("delete from t where id = 2");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

#[test]
fn a_probe_is_a_line_of_the_file() {
    for dialect in dialects() {
        let project = with_row(dialect, "pub a: i32,", "insert into t (a) values (1)");
        project.write(
            "migrations/2_own.up.sql",
            "-- revision: 2\n-- parents: 1\n\n\
             -- autogen: probe no-ones SELECT 1 FROM t WHERE a = 1\n\
             UPDATE t SET a = 2;\n",
        );
        project.unchanged(&["upgrade"]).fails(4, "A0320", "no-ones");
        project.edit("migrations/2_own.up.sql", "WHERE a = 1", "WHERE a = 3");
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query("select cast(a as text) as it from t"), ["2"]);
        project.write(
            "migrations/3_wrong.up.sql",
            "-- revision: 3\n-- parents: 2\n\n\
             -- autogen: probe gone SELECT 1 FROM nowhere\nUPDATE t SET a = 3;\n",
        );
        let ran = project.unchanged(&["upgrade"]).fails(3, "A0311", "nowhere");
        ran.tells("correct the query in its line `-- autogen: probe`");
    }
}

#[test]
fn a_way_back_that_needs_a_value_leaves_it_to_the_reviewer() {
    for dialect in dialects() {
        let unique = "pub a: i32,\n        #[sea_orm(unique)]\n        pub b: f64,";
        let project = with_row(dialect, unique, "insert into t (a, b) values (1, 2.5)");
        change(&project, "pub a: i32,");
        project.run(&["diff", "-m", "x", "--revision", "2"]).ok();
        project.run(&["upgrade"]).ok();
        project
            .unchanged(&["downgrade"])
            .fails(4, "A0320", "DD101: fails if t has rows: b is NOT NULL, and its values are lost")
            .tells("delete the line `-- autogen: probe`");
        let text = project.read("migrations/2_x.down.sql");
        assert!(text.contains("write the value of b in place of NULL"), "{text}");

        let mut edit = project.command(&["edit", "2", "--down"]);
        let editor = "sed -i -e s/,.NULL/,7/ -e s/=.NULL/=7/ -e /probe.DD101/d";
        let edited = edit.env_remove("VISUAL").env("EDITOR", editor).output().unwrap();
        assert!(edited.status.success(), "{edited:?}");
        project.run(&["downgrade"]).ok();
        assert_eq!(project.query("select cast(a as text) as it from t where b = 7"), ["1"]);
    }
}

#[test]
fn a_way_back_that_needs_a_value_runs_without_rows() {
    for dialect in dialects() {
        let unique = "pub a: i32,\n        #[sea_orm(unique)]\n        pub b: f64,";
        let project = with_row(dialect, unique, "delete from t");
        change(&project, "pub a: i32,");
        project.run(&["diff", "-m", "x", "--revision", "2"]).ok();
        project.run(&["upgrade"]).ok();
        project.run(&["downgrade"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
    }
}

#[test]
fn a_time_that_is_midnight_is_no_loss_in_a_date() {
    for dialect in dialects() {
        if !matches!(dialect, Dialect::Mysql | Dialect::Mariadb) {
            continue;
        }
        let project = Project::with_models(dialect, &one("t", "pub a: i32,"));
        project.execute(
            "create table z (id integer primary key, at datetime(6), on_day datetime);
             insert into z values (1, '2020-01-01', '2020-01-01'), (2, null, null)",
        );
        project.write("z.sql", "create table z (id integer primary key, at date, on_day date);");
        let diff = ["diff", "--dry-run", "--to", "sql:z.sql"];
        let ran = project.run(&diff).ok().shows("DL104");
        assert!(!ran.err.contains("A0623"), "{}", ran.err);
        let written = ["diff", "-m", "x", "--to", "sql:z.sql"];
        project.execute("insert into z values (3, '2020-01-01 00:00:00.000001', null)");
        project.unchanged(&written).fails(4, "A0623", "DL104");
        project.execute("delete from z where id = 3");
        project.run(&written).ok();
        project.run(&["upgrade"]).ok();
    }
}

#[test]
fn a_fill_keeps_the_times_of_changes_that_only_the_database_has() {
    for dialect in [Dialect::Mysql, Dialect::Mariadb].into_iter().filter(|it| wanted(*it)) {
        let models = plain("docs", "pub title: String,\n        pub n: i32,");
        let project = Project::with_models(dialect, &models);
        project.execute(
            "create table docs (id integer not null auto_increment primary key, \
             title varchar(255) not null, seen datetime not null default '2020-01-01 00:00:00' \
             on update current_timestamp); \
             insert into docs (title) values ('a')",
        );
        project.run(&["diff", "-m", "x", "--fill", "docs.n=id"]).ok();
        project.run(&["upgrade"]).ok();
        let seen = project.query("select concat(n, ' ', seen) as it from docs");
        assert_eq!(seen, ["1 2020-01-01 00:00:00"], "{dialect}");
    }
}
