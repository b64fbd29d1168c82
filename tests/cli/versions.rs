//! Revisions as a graph: names, branches, heads, stamps.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::BLOG;
use crate::project::Project;

/// Four revisions by hand: 1 - 2 - 4, and 1 - 3 with the label `side`.
fn branched(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, "//! No models.\n");
    let add = |arguments: &[&str]| {
        let mut all = vec!["revision", "--dialect", dialect.name()];
        all.extend(arguments);
        project.run(&all).ok();
    };
    add(&["-m", "first", "--revision", "1"]);
    add(&["-m", "second", "--revision", "2"]);
    add(&["-m", "aside", "--revision", "3", "--head", "1", "--label", "side"]);
    add(&["-m", "fourth", "--revision", "4", "--head", "2"]);
    for id in ["1_first", "2_second", "3_aside", "4_fourth"] {
        let table = format!("t{}", &id[..1]);
        let up = project.read(&format!("migrations/{id}.up.sql"));
        let text = format!("{up}CREATE TABLE {table} (id integer);\n");
        project.write(&format!("migrations/{id}.up.sql"), &text);
        let text = format!("{up}DROP TABLE {table};\n");
        project.write(&format!("migrations/{id}.down.sql"), &text);
    }
    project
}

fn tables(project: &Project) -> String {
    let sql = match project.database().dialect() {
        Dialect::Sqlite => "select name as it from sqlite_master where name like 't_' order by 1",
        Dialect::Postgres => {
            "select relname::text as it from pg_class where relname like 't_' order by 1"
        }
        Dialect::Mysql | Dialect::Mariadb => {
            "select table_name as it from information_schema.tables \
             where table_schema = database() and table_name like 't_' order by 1"
        }
    };
    project.query(sql).join(" ")
}

#[test]
fn an_empty_revision_keeps_the_schema() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        let schema = project.read("migrations/schema.json");
        project.run(&["revision", "-m", "fill the names", "--revision", "2"]).ok();
        let text = project.read("migrations/2_fill_the_names.up.sql");
        assert!(text.starts_with("-- revision: 2\n-- parents: 1\n"), "{text}");
        let now = project.read("migrations/schema.json");
        assert_eq!(now, schema.replace("\"revision\": \"1\"", "\"revision\": \"2\""));
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        let again = ["revision", "--revision", "2"];
        project.unchanged(&again).fails(2, "A0503", "2");
        project.unchanged(&["revision", "--head", "9"]).fails(2, "A0508", "9");
        project.unchanged(&["revision", "--label", "head"]).fails(2, "A0514", "head");
    }
}

#[test]
fn branches_are_told() {
    for dialect in dialects() {
        let project = branched(dialect);
        let ran = project.unchanged(&["heads"]).ok();
        assert_eq!(ran.out, "3 aside (head)\n4 fourth (head)\n");
        ran.tells("`autogen merge` joins them");
        let ran = project.unchanged(&["branches"]).ok();
        assert_eq!(ran.out, "1 first (branch point)\n    -> 2 second\n    -> 3 aside (head)\n");
        let ran = project.unchanged(&["history"]).ok();
        assert_eq!(
            ran.out,
            "* 4 fourth (head)\n| * 3 aside (head)\n* | 2 second\n| /\n* 1 first (branch point)\n"
        );
        let ran = project.unchanged(&["history", "-r", "1:side"]).ok();
        assert_eq!(ran.out, "* 3 aside (head)\n* 1 first (branch point)\n");
        project.unchanged(&["history", "-r", "3"]).fails(2, "A0626", "3");
        let ran = project.unchanged(&["show", "side"]).ok();
        ran.shows("labels: side").shows("parents: 1").shows("CREATE TABLE t3");
        project.unchanged(&["show"]).fails(2, "A0507", "3, 4");
        project.unchanged(&["upgrade"]).fails(2, "A0507", "3, 4");
        project.unchanged(&["diff", "-m", "x"]).fails(2, "A0507", "3, 4");
    }
}

#[test]
fn names_lead_somewhere() {
    for dialect in dialects() {
        let project = branched(dialect);
        project.run(&["upgrade", "+1"]).ok();
        assert_eq!(tables(&project), "t1");
        project.unchanged(&["upgrade", "+1"]).fails(2, "A0509", "2, 3");
        project.run(&["upgrade", "side"]).ok();
        assert_eq!(tables(&project), "t1 t3");
        let ran = project.unchanged(&["current", "--check-heads"]).exits(1);
        ran.tells("2, 4");
        let ran = project.unchanged(&["history", "-i"]).ok();
        ran.shows("* 3 aside (head) <- the database");
        project.run(&["upgrade", "heads"]).ok();
        assert_eq!(tables(&project), "t1 t2 t3 t4");
        project.unchanged(&["current", "--check-heads"]).ok();
        // The other branch is kept.
        project.run(&["downgrade", "2"]).ok();
        assert_eq!(tables(&project), "t1 t2 t3");
        project.unchanged(&["downgrade", "-9"]).fails(2, "A0617", "9");
        project.run(&["downgrade", "base"]).ok();
        assert_eq!(tables(&project), "");
        let ran = project.unchanged(&["upgrade", "1:4", "--sql"]).ok();
        assert!(!ran.out.contains("t1") && ran.out.contains("CREATE TABLE t4"), "{}", ran.out);
    }
}

#[test]
fn a_stamp_runs_nothing() {
    for dialect in dialects() {
        let project = branched(dialect);
        project.run(&["stamp", "heads"]).ok();
        assert_eq!(tables(&project), "");
        let ran = project.unchanged(&["current"]).ok();
        assert_eq!(ran.out, "3 aside (head)\n4 fourth (head)\n");
        project.run(&["stamp", "side"]).ok();
        assert_eq!(project.unchanged(&["current"]).ok().out, "3 aside (head)\n");
        // A revision without a file stops everything except a purge.
        std::fs::remove_file(project.path().join("migrations/3_aside.up.sql")).unwrap();
        std::fs::remove_file(project.path().join("migrations/3_aside.down.sql")).unwrap();
        project.unchanged(&["stamp", "2"]).fails(4, "A0510", "3");
        project.run(&["stamp", "2", "--purge"]).ok();
        assert_eq!(project.unchanged(&["current"]).ok().out, "2 second\n");
        project.run(&["stamp", "base"]).ok();
        project.unchanged(&["current"]).ok().tells("no revision is applied");
    }
}

#[test]
fn a_dependency_runs_before() {
    for dialect in dialects() {
        let project = branched(dialect);
        let text = project.read("migrations/3_aside.up.sql");
        let text = text.replace("-- labels: side\n", "-- labels: side\n-- depends: 4\n");
        project.write("migrations/3_aside.up.sql", &text);
        project.run(&["upgrade", "side"]).ok();
        assert_eq!(tables(&project), "t1 t2 t3 t4");
        project.write("migrations/3_aside.up.sql", &text.replace("depends: 4", "depends: 9"));
        project.unchanged(&["heads"]).fails(2, "A0504", "9");
    }
}

#[test]
fn an_editor_opens_the_file() {
    let project = branched(Dialect::Sqlite);
    let edit = |editor: &str, arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.env_remove("VISUAL").env("EDITOR", editor);
        command.output().unwrap()
    };
    let output = edit("sed -i s/t3/t5/", &["edit", "side"]);
    assert!(output.status.success(), "{output:?}");
    assert!(project.read("migrations/3_aside.up.sql").contains("CREATE TABLE t5"));
    assert!(edit("sed -i s/t3/t5/", &["edit", "3", "--down"]).status.success());
    assert!(project.read("migrations/3_aside.down.sql").contains("DROP TABLE t5"));
    for (editor, code) in [("", "A0624"), ("no-such-editor", "A0625"), ("false", "A0625")] {
        let output = edit(editor, &["edit", "side"]);
        assert_eq!(output.status.code(), Some(2), "{editor}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(code), "{output:?}");
    }
}
