//! Several revisions replaced by one.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{BLOG, LAST_FIELD, one};
use crate::project::Project;

/// Four revisions; the last one is written by hand.
fn project(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project.run(&["upgrade"]).ok();
    for (id, field) in [("2", "nick"), ("3", "bio")] {
        let more = format!("{LAST_FIELD}        pub {field}: Option<String>,\n");
        project.edit("src/lib.rs", LAST_FIELD, &more);
        project.run(&["diff", "-m", field, "--revision", id]).ok();
        project.run(&["upgrade"]).ok();
    }
    project
}

/// The same migrations, and a database of its own.
fn copy(project: &Project, dialect: Dialect) -> Project {
    let other = Project::on(dialect);
    for (name, bytes) in project.files().into_iter().filter(|(name, _)| !name.ends_with('/')) {
        other.write(&name, &String::from_utf8(bytes).expect("text"));
    }
    other
}

#[test]
fn one_takes_the_place_of_all() {
    for dialect in dialects() {
        let project = project(dialect);
        let old = copy(&project, dialect);
        old.run(&["upgrade", "2"]).ok();
        project.run(&["squash", "-m", "begin"]).ok().shows("3 stands for 1, 2, 3\n");
        assert_eq!(project.migrations(), ["3_begin.down.sql", "3_begin.up.sql", "schema.json"]);
        let text = project.read("migrations/3_begin.up.sql");
        assert!(text.contains("-- parents: none\n-- dialect"), "{text}");
        assert!(text.contains("-- replaces: 1, 2\n") && !text.contains("ALTER"), "{text}");
        // A database with all of them continues; nothing is written until it is upgraded.
        project.unchanged(&["check"]).ok();
        project.unchanged(&["status"]).ok().shows("as 1, 2");
        assert_eq!(project.unchanged(&["current"]).ok().out, "3 begin (head)\n");
        project.run(&["upgrade"]).ok().tells("3 stands for 1, 2, 3").tells("nothing to do");
        project.unchanged(&["upgrade"]).ok();
        project.run(&["verify"]).ok().shows("3 begin: up, down, up");
        // A new database has only the one.
        let fresh = copy(&project, dialect);
        fresh.run(&["upgrade"]).ok().shows("applied 3 begin\n");
        fresh.unchanged(&["check"]).ok();
        // A database in the middle is reported.
        for name in ["1_first", "2_nick", "3_bio"] {
            for direction in ["up", "down"] {
                let path = old.path().join(format!("migrations/{name}.{direction}.sql"));
                std::fs::remove_file(path).expect("it was there");
            }
        }
        old.write("migrations/3_begin.up.sql", &text);
        old.write("migrations/3_begin.down.sql", &project.read("migrations/3_begin.down.sql"));
        old.unchanged(&["upgrade"]).fails(4, "A0519", "lacks 3");
        old.unchanged(&["status"]).exits(1).tells("lacks 3");
        // It is applied and undone like any other.
        project.run(&["downgrade", "base"]).ok().shows("undid 3");
        project.run(&["upgrade"]).ok().shows("applied 3");
        project.unchanged(&["check"]).ok();
    }
}

#[test]
fn what_comes_after_stays_as_it_is() {
    for dialect in dialects() {
        let project = project(dialect);
        let third = project.read("migrations/3_bio.up.sql");
        project.run(&["squash", "1:2"]).ok().shows("2 stands for 1, 2\n");
        assert_eq!(project.read("migrations/3_bio.up.sql"), third);
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        project.run(&["downgrade", "2"]).ok().shows("undid 3");
        project.run(&["upgrade"]).ok().shows("applied 3");
        // Squashed once more, it replaces all of them, for every database.
        let old = copy(&project, dialect);
        project.run(&["squash"]).ok().shows("3 stands for 2, 3\n");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        old.run(&["upgrade"]).ok();
    }
}

#[test]
fn rows_are_kept() {
    for dialect in dialects() {
        let project = project(dialect);
        project.run(&["revision", "-m", "rows", "--revision", "4"]).ok();
        let path = "migrations/4_rows.up.sql";
        let insert = "INSERT INTO authors (email, name) VALUES ('a@b', 'Ann');\n";
        project.write(path, &(project.read(path) + insert));
        let path = "migrations/4_rows.down.sql";
        project.write(path, &(project.read(path) + "DELETE FROM authors;\n"));
        project
            .run(&["squash"])
            .ok()
            .tells("4 contains statements that are not schema changes: INSERT INTO authors");
        let fresh = copy(&project, dialect);
        fresh.run(&["upgrade"]).ok();
        assert_eq!(fresh.query("select name as it from authors"), ["Ann"]);
        fresh.unchanged(&["check"]).ok();
        fresh.run(&["downgrade", "base"]).ok();
    }
}

#[test]
fn what_can_not_be_squashed() {
    for dialect in dialects() {
        let project = project(dialect);
        project.unchanged(&["squash", "3:1"]).fails(2, "A0626", "1 does not come after 3");
        project.unchanged(&["squash", "2"]).fails(2, "A0626", "2");
        project.unchanged(&["squash", "3:3"]).ok().tells("nothing to squash");
        project.run(&["revision", "-m", "aside", "--head", "2", "--revision", "7"]).ok();
        project.unchanged(&["squash", ":3"]).fails(4, "A0520", "7 comes after 2");
        // A merge restored one of them.
        for direction in ["up", "down"] {
            let name = format!("migrations/7_aside.{direction}.sql");
            std::fs::remove_file(project.path().join(name)).expect("it was there");
        }
        let first = project.read("migrations/1_first.up.sql");
        project.run(&["squash"]).ok();
        project.write("migrations/1_first.up.sql", &first);
        project.unchanged(&["check"]).fails(2, "A0518", "3 replaces 1");
    }
}

/// A column with a fill copies or updates rows, and a unique one asks about them: where the
/// table is created in the range, there are none.
#[test]
fn what_fills_rows_that_are_not_there_is_condensed() {
    for dialect in dialects() {
        let project = project(dialect);
        for (id, field) in [
            ("4", "#[sea_orm(unique)] #[autogen(fill = \"'x'\")] pub tag: String,"),
            ("5", "#[sea_orm(unique)] pub other: Option<String>,"),
        ] {
            let more = format!("{LAST_FIELD}        {field}\n");
            project.edit("src/lib.rs", LAST_FIELD, &more);
            project.run(&["diff", "-m", "more", "--revision", id]).ok();
            project.run(&["upgrade"]).ok();
        }
        let ran = project.run(&["squash", "-m", "all"]).ok();
        assert!(!ran.err.contains("not condensed"), "{}", ran.err);
        let fresh = copy(&project, dialect);
        fresh.run(&["upgrade"]).ok().shows("applied 5 all\n");
        fresh.unchanged(&["check"]).ok();
        project.run(&["verify"]).ok();
    }
}

/// A rebuild asks for what it does not know (DL115): in a joined file, not for what an earlier
/// statement drops.
#[test]
fn a_rebuild_after_a_dropped_column() {
    if !dialects().contains(&Dialect::Sqlite) {
        return;
    }
    let write = |project: &Project, fields: &str, message: &str, number: &str| {
        project.write("src/lib.rs", &one("t", fields));
        project.run(&["diff", "-m", message, "--revision", number]).ok();
    };
    let project = Project::with_models(Dialect::Sqlite, "");
    write(&project, "pub a: i32, pub b: i32,", "first", "1");
    project.run(&["upgrade"]).ok();
    write(&project, "pub a: i32,", "less", "2");
    let path = "migrations/2_less.up.sql";
    let seed = "insert into t (a) values (7)";
    let text = project.read(path);
    project.write(path, &format!("{text}\n{seed};\n"));
    project.run(&["upgrade"]).ok();
    write(&project, "pub a: Option<i32>,", "open", "3");
    assert!(project.read("migrations/3_open.up.sql").contains("probe DL115"));
    project.run(&["upgrade"]).ok();
    project.run(&["squash", "2:3", "-m", "all"]).ok().tells("not condensed");
    let fresh = copy(&project, Dialect::Sqlite);
    fresh.run(&["upgrade", "1"]).ok();
    fresh.run(&["upgrade"]).ok();
    assert_eq!(fresh.query("select cast(a as text) as it from t"), ["7"]);
}

/// Rows that somebody wrote stay, and so do all statements; what can't be asked before the
/// first of them is not asked.
#[test]
fn probes_about_what_the_range_creates_are_left_out() {
    for dialect in dialects() {
        let project = project(dialect);
        let path = "migrations/2_nick.up.sql";
        let text = project.read(path);
        let seed = "insert into authors (email, name) values ('a@b', 'Ann')";
        project.run(&["downgrade", "1"]).ok();
        project.write(path, &format!("{text}\n{seed};\n"));
        project.run(&["upgrade"]).ok();
        let more = format!("{LAST_FIELD}        #[sea_orm(unique)] pub other: Option<String>,\n");
        project.edit("src/lib.rs", LAST_FIELD, &more);
        project.run(&["diff", "-m", "unique", "--revision", "4"]).ok();
        project.run(&["upgrade"]).ok();
        let text = project.read("src/lib.rs").replace("pub bio:", "#[sea_orm(unique)] pub bio:");
        project.write("src/lib.rs", &text);
        project.run(&["diff", "-m", "asks", "--revision", "5"]).ok();
        let asks = project.read("migrations/5_asks.up.sql");
        assert!(asks.contains("-- autogen: probe DD103"), "{asks}");
        project.run(&["upgrade"]).ok();
        project.run(&["squash", "-m", "all"]).ok().tells("not condensed");
        let all = project.read("migrations/5_all.up.sql");
        assert!(all.contains(seed) && !all.contains("autogen: probe DD"), "{all}");
        let fresh = copy(&project, dialect);
        fresh.run(&["upgrade"]).ok();
        assert_eq!(fresh.query("select name as it from authors"), ["Ann"]);
    }
}
