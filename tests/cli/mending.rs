//! The state of revisions, and manual corrections of the history.

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::{BLOG, LAST_FIELD};
use crate::project::{Project, wanted};

/// Three revisions; the second one fails at its second statement.
fn project(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    for (id, sql) in [
        ("1", "CREATE TABLE a (n integer);\n"),
        ("2", "-- autogen: no-transaction\nCREATE TABLE b (n integer);\nSELECT nothing;\n"),
        ("3", "CREATE TABLE c (n integer);\n"),
    ] {
        let name = ["--revision", id, "--dialect", dialect.name()];
        project.run(&[&["revision", "-m", "step"][..], &name].concat()).ok();
        let path = format!("migrations/{id}_step.up.sql");
        project.write(&path, &(project.read(&path) + sql));
        let path = format!("migrations/{id}_step.down.sql");
        let table = ["a", "b", "c"][id.parse::<usize>().expect("a number") - 1];
        project.write(&path, &(project.read(&path) + &format!("DROP TABLE {table};\n")));
    }
    project
}

#[test]
fn what_stands_how() {
    for dialect in dialects() {
        let project = project(dialect);
        let ran = project.unchanged(&["status"]).exits(1);
        assert_eq!(ran.out, "1 step: pending\n2 step: pending\n3 step: pending\n");
        project.run(&["upgrade"]).exits(3);
        let ran = project.unchanged(&["status"]).exits(1);
        let ran = ran.shows("1 step: applied 20").shows("3 step: pending\n");
        let ran = ran.shows("2 step: failed, 1 of 2 statements done, begun 20");
        ran.shows("next: SELECT nothing").shows("because: revision 2, statement 2 of 2");
        // As a killed process leaves it.
        project.execute("update autogen_history set state = 'running', failure = null");
        let ran = project.unchanged(&["status"]).exits(1);
        ran.shows("2 step: interrupted while being applied, 1 of 2 statements done");
        project.execute("update autogen_history set state = 'done' where revision = '1'");
        project.edit("migrations/2_step.up.sql", "SELECT nothing", "SELECT 1");
        project.run(&["upgrade"]).ok();
        project.unchanged(&["status"]).ok().shows("3 step: applied 20");
    }
}

#[test]
fn a_file_that_was_changed_behind() {
    for dialect in dialects() {
        let project = project(dialect);
        project.edit("migrations/2_step.up.sql", "SELECT nothing", "SELECT 1");
        project.run(&["upgrade"]).ok();
        let text = project.read("migrations/1_step.up.sql");
        project.write("migrations/1_step.up.sql", &format!("{text}-- why\n"));
        project.unchanged(&["upgrade"]).fails(4, "A0511", "1_step.up.sql").tells("repair REV");
        project.unchanged(&["status"]).exits(1).shows("autogen repair 1 --accept-checksum");
        project.unchanged(&["repair", "1"]).exits(2);
        project.unchanged(&["repair"]).exits(2);
        project.unchanged(&["repair", "1", "--done", "--forget"]).exits(2);
        project.unchanged(&["repair", "9", "--forget"]).fails(2, "A0508", "9");
        project.unchanged(&["repair", "1", "--done"]).fails(4, "A0330", "stop in the middle");
        project.run(&["repair", "1", "--accept-checksum"]).ok().shows("repaired 1");
        project.unchanged(&["status"]).ok();
        project.unchanged(&["upgrade"]).ok();
    }
}

#[test]
fn a_file_that_is_gone() {
    for dialect in dialects() {
        let project = project(dialect);
        project.edit("migrations/2_step.up.sql", "SELECT nothing", "SELECT 1");
        project.run(&["upgrade"]).ok();
        for direction in ["up", "down"] {
            let name = format!("migrations/3_step.{direction}.sql");
            std::fs::remove_file(project.path().join(name)).expect("it was there");
        }
        project.unchanged(&["upgrade"]).fails(4, "A0510", "3").tells("--forget");
        let ran = project.unchanged(&["status"]).exits(1);
        ran.shows("3 step: applied").shows("it has no file");
        project.unchanged(&["repair", "3", "--complete"]).fails(4, "A0330", "3");
        project.unchanged(&["repair", "2", "--forget"]).fails(4, "A0330", "3 is applied");
        project.run(&["repair", "3", "--forget"]).ok().shows("removed from the history");
        project.unchanged(&["status"]).ok();
    }
}

#[test]
fn one_that_stopped() {
    for dialect in dialects() {
        let stopped = || {
            let project = project(dialect);
            project.run(&["upgrade"]).fails(3, "A0316", "statement 2 of 2");
            project
        };
        let project = stopped();
        project.unchanged(&["downgrade"]).fails(3, "A0319", "2").tells("repair REV");
        project.run(&["repair", "2", "--not-done"]).ok().shows("statement 2 was not done");
        project.run(&["upgrade"]).fails(3, "A0316", "statement 2 of 2");
        project.run(&["repair", "2", "--done"]).ok().shows("it is applied");
        project.run(&["upgrade"]).ok().shows("applied 3");
        project.unchanged(&["status"]).ok();

        let project = stopped();
        project.run(&["repair", "2", "--complete"]).ok().shows("it is applied");
        project.run(&["downgrade"]).ok().shows("undid 2");

        let project = stopped();
        project.execute("drop table b");
        project.run(&["repair", "2", "--forget"]).ok();
        project.edit("migrations/2_step.up.sql", "SELECT nothing", "SELECT 1");
        project.run(&["upgrade"]).ok().shows("applied 2");

        // Partly undone: the rest by hand.
        project.edit("migrations/3_step.down.sql", "DROP", "SELECT nothing;\nDROP");
        let text = project.read("migrations/3_step.down.sql");
        let text = text.replace("SELECT", "-- autogen: no-transaction\nSELECT 1;\nSELECT");
        project.write("migrations/3_step.down.sql", &text);
        let failed = project.run(&["downgrade"]);
        failed.fails(3, "A0316", "statement 2 of 3").tells("run `autogen downgrade` again");
        project.execute("drop table c");
        project.run(&["repair", "3", "--complete"]).ok().shows("it is undone");
        project.unchanged(&["status"]).exits(1).shows("3 step: pending");
    }
}

#[test]
fn what_nobody_can_tell_is_asked() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = project(Dialect::Postgres);
    // The name is the server's, not the database's.
    let name = project.database().url().rsplit('/').next().expect("a name").to_owned() + "_more";
    project.edit("migrations/2_step.up.sql", "SELECT nothing", &format!("CREATE DATABASE {name}"));
    project.run(&["upgrade"]).ok();
    project.execute(
        "update autogen_history set state = 'running', steps_done = 1, pending = 'begun', \
         prefix = (select encode(sha256(convert_to('CREATE TABLE b (n integer)', 'UTF8') \
                                        || '\\x00'), 'hex')) where revision = '2'",
    );
    project.run(&["upgrade"]).fails(4, "A0326", "CREATE DATABASE").tells("--not-done");
    project.run(&["upgrade"]).fails(4, "A0326", "CREATE DATABASE");
    project.run(&["repair", "2", "--not-done"]).ok();
    project.run(&["upgrade"]).fails(3, "A0316", "already exists");
    project.run(&["repair", "2", "--done"]).ok();
    project.run(&["upgrade"]).ok();
    project.execute(&format!("drop database {name}"));
}

#[test]
fn indexes_that_were_left_behind() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = project(Dialect::Postgres);
    project.edit("migrations/2_step.up.sql", "SELECT nothing", "SELECT 1");
    project.run(&["upgrade"]).ok();
    project.execute("insert into a values (1), (1)");
    let url = project.database().url().to_owned();
    let built = autogen_tests::block_on(async {
        use sea_orm::ConnectionTrait;
        let connection = autogen_live::Connection::connect(&url).await.expect("it is there");
        connection.raw().execute_unprepared("create unique index concurrently u on a (n)").await
    });
    assert!(built.is_err());
    project.unchanged(&["status"]).exits(1).shows("index public.u: invalid, half built");
    project.run(&["repair", "--drop-invalid-indexes"]).ok().shows("dropped public.u\n");
    project.unchanged(&["status"]).ok();
}

/// Some databases keep the row of a migration whose first statement failed.
#[test]
fn a_migration_that_failed_at_once_is_removed() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        project.run(&["upgrade"]).ok();
        project.run(&["revision", "-m", "wrong", "--revision", "2"]).ok();
        let path = "migrations/2_wrong.up.sql";
        project.write(path, &(project.read(path) + "SELECT nothing;\n"));
        project.run(&["upgrade"]).fails(3, "A0316", "statement 1 of 1").tells("autogen remove");
        project.run(&["remove"]).ok().tells("removed 2 wrong");
        project.unchanged(&["check"]).ok();
        assert_eq!(project.run(&["status"]).ok().out.lines().count(), 1);
    }
}

/// The newest migration goes, and schema.json is as it was.
#[test]
fn a_migration_that_was_never_applied_is_removed() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        let snapshot = project.read("migrations/schema.json");
        project.run(&["upgrade"]).ok();
        let more = format!("{LAST_FIELD}        pub bio: Option<String>,\n");
        project.edit("src/lib.rs", LAST_FIELD, &more);
        project.run(&["diff", "-m", "bio", "--revision", "2"]).ok();
        project.unchanged(&["remove", "1"]).fails(4, "A0643", "revision 2 comes after 1");
        project.run(&["remove"]).ok().tells("removed 2 bio");
        assert_eq!(project.migrations(), ["1_first.down.sql", "1_first.up.sql", "schema.json"]);
        project.unchanged(&["remove"]).fails(4, "A0643", "revision 1 is applied");
        project.unchanged(&["check"]).exits(1);
        // It is written again, and goes on.
        project.run(&["diff", "-m", "bio", "--revision", "3"]).ok();
        project.run(&["upgrade"]).ok();
        project.unchanged(&["check"]).ok();
        let other = Project::with_models(dialect, BLOG);
        other.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        assert_eq!(other.read("migrations/schema.json"), snapshot);
        other.run(&["remove"]).ok();
        assert!(other.migrations().is_empty(), "{:?}", other.migrations());
    }
}

/// One by hand changes no schema, so neither a database nor version control is asked.
#[test]
fn a_migration_by_hand_is_removed_without_a_database() {
    for dialect in dialects() {
        let project = Project::offline(dialect, BLOG);
        project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
        let snapshot = project.read("migrations/schema.json");
        project.run(&["revision", "-m", "by hand", "--revision", "2"]).ok();
        let path = "migrations/2_by_hand.up.sql";
        project.write(path, &(project.read(path) + "UPDATE users SET name = 'x';\n"));
        project.run(&["remove"]).ok().tells("removed 2 by hand");
        assert_eq!(project.read("migrations/schema.json"), snapshot, "{dialect}");
    }
}
