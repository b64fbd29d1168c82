//! The events of MySQL and MariaDB in a project.

use autogen_dialect::Dialect;

use crate::models::one;
use crate::project::{Project, wanted};

const FIELDS: &str = "pub name: String,";

fn both() -> impl Iterator<Item = Dialect> {
    [Dialect::Mysql, Dialect::Mariadb].into_iter().filter(|it| wanted(*it))
}

fn project(dialect: Dialect, sql: &str) -> Project {
    let project = Project::with_models(dialect, &one("people", FIELDS));
    project.write("autogen.toml", "models = \"src\"\nsql = [\"schema/*.sql\"]\n");
    project.write("schema/all.sql", sql);
    project
}

/// The server's start of it.
fn starts(project: &Project) -> Vec<String> {
    project.query(
        "select cast(starts as char) as it from information_schema.events \
         where event_schema = database() order by event_name",
    )
}

#[test]
fn who_says_no_beginning_gets_one_and_keeps_it() {
    for dialect in both() {
        let sql = "create event sweep on schedule every 1 day do delete from people;\n\
                   create event again on schedule every 1 hour starts now() + interval 1 day \
                   do set @a = 1;";
        let project = project(dialect, sql);
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        let begun = starts(&project);
        assert_eq!(begun.len(), 2);
        project.run(&["diff", "--exit-code"]).ok().shows("no changes");
        project.run(&["check"]).ok();
        // Another body does not change the start, in either direction.
        project.edit("schema/all.sql", "delete from people", "delete from people where name = ''");
        let ran = project.run(&["diff", "-m", "second"]).ok();
        let files = project.migrations();
        let up = files.iter().rfind(|it| it.ends_with(".up.sql")).expect("a migration");
        let up = project.read(&format!("migrations/{up}"));
        assert!(up.contains("ALTER EVENT sweep") && !up.contains("SCHEDULE"), "{}\n{up}", ran.out);
        project.run(&["upgrade"]).ok();
        project.run(&["diff", "--exit-code"]).ok().shows("no changes");
        project.run(&["downgrade", "-1"]).ok();
        assert_eq!(starts(&project), begun);
        project.run(&["upgrade"]).ok();
        assert_eq!(starts(&project), begun);
        project.run(&["verify"]).ok();
        // A file whose statements take seconds creates the same events again.
        let first = files.iter().find(|it| it.ends_with(".up.sql")).expect("a migration");
        let (first, slow) = (format!("migrations/{first}"), "do sleep(1.1);\n\nCREATE EVENT");
        project.edit(&first, "CREATE EVENT", slow);
        project.run(&["verify"]).ok();
    }
}

#[test]
fn the_server_judges_before_anything_is_written() {
    let every = "create event e on schedule every 1 day do";
    for dialect in both() {
        for (sql, code, told) in [
            (format!("{every} selec 1;"), "A0706", "syntax"),
            (
                format!("-- why\n{every} begin delete from people; delete from; end;"),
                "A0706",
                "syntax",
            ),
            (
                "create event e on schedule at '2001-01-01 00:00:00' do set @a = 1;".to_owned(),
                "A0706",
                "its time is over",
            ),
            (
                "create event e on schedule every 1 day ends '2001-01-01' do set @a = 1;"
                    .to_owned(),
                "A0706",
                "",
            ),
            ("create event e on schedule every 0 day do set @a = 1;".to_owned(), "A0706", ""),
            ("create event e on schedule every 1 day".to_owned(), "A0701", "ON SCHEDULE"),
            ("create event e do set @a = 1;".to_owned(), "A0701", "ON SCHEDULE"),
            (format!("{every} set @a = 1; {every} set @a = 2;"), "A0702", "event e"),
        ] {
            let project = project(dialect, &sql);
            let ran = project.unchanged(&["diff", "-m", "x"]);
            let ran = ran.exits(2).tells(code).tells("schema/all.sql:").tells(told);
            assert!(!ran.err.contains("panicked"), "{}", ran.err);
        }
    }
    if wanted(Dialect::Postgres) {
        let project = project(Dialect::Postgres, "create event e on schedule every 1 day do x;");
        project.unchanged(&["diff"]).exits(2).tells("A0704").tells("schema/all.sql:1");
    }
}

/// Files are tried with disabled events: none of them runs.
#[test]
fn a_try_runs_nothing() {
    for dialect in both() {
        let project = project(dialect, "-- nothing yet");
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        let database = project.query("select database() as it").remove(0);
        project.execute("create table seen (a int)");
        let event = "create event e on schedule every 1 second do insert into";
        project.write("schema/all.sql", &format!("{event} `{database}`.seen values (1);"));
        project.write(
            "autogen.toml",
            "models = \"src\"\nsql = [\"schema/*.sql\"]\nexclude = [\"seen\"]\n",
        );
        let set = |state: &str| project.execute(&format!("set global event_scheduler = {state}"));
        let kept = project.query("select @@event_scheduler as it").remove(0);
        set("on");
        for _ in 0..3 {
            project.run(&["diff", "--dry-run"]).ok().shows("create event e");
        }
        let seen = project.query("select cast(count(*) as char) as it from seen");
        set(&kept);
        assert_eq!(seen, ["0"]);
    }
}

#[test]
fn one_in_another_time_zone_is_left_alone_and_not_claimed() {
    for dialect in both() {
        let project = project(dialect, "-- nothing yet");
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        let event = "create event e on schedule every 1 day do set @a = 1";
        project.execute(&format!("set time_zone = '+05:00'; {event}"));
        project.run(&["diff", "--exit-code"]).ok().tells("U0175").tells("+05:00");
        project.write("schema/all.sql", event);
        project.unchanged(&["diff", "-m", "x"]).fails(2, "A0414", "event e");
    }
}
