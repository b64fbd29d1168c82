//! Runs that end in the middle: killed, cut off from the server, stopped, or timed out,
//! before or after any of twelve statements.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use autogen_dialect::Dialect;
use autogen_tests::{block_on, dialects};
use sea_orm::ConnectionTrait;

use crate::models::BLOG;
use crate::project::Project;

/// Twelve statements; what a database can only do in a transaction, or only outside of one,
/// is in groups of its own.
fn statements(dialect: Dialect) -> String {
    let alone = if dialect == Dialect::Postgres { "CONCURRENTLY " } else { "" };
    let group = |word: &str| match dialect {
        Dialect::Postgres | Dialect::Sqlite => format!("-- autogen: {word}\n"),
        Dialect::Mysql | Dialect::Mariadb => String::new(),
    };
    let mut text = String::new();
    for at in 1..=3 {
        text.push_str(&format!("CREATE TABLE t{at} (id integer NOT NULL, n integer);\n"));
    }
    text.push_str(&group("no-transaction"));
    for at in 1..=3 {
        text.push_str(&format!("CREATE INDEX {alone}t{at}_n ON t{at} (n);\n"));
    }
    // These can run in a transaction, and the file has none for them.
    text.push_str("ALTER TABLE t1 ADD COLUMN m integer;\nINSERT INTO t1 VALUES (1, 2, 3);\n");
    text.push_str("UPDATE t1 SET n = n + 1;\n");
    text.push_str(&group("transaction"));
    text.push_str("ALTER TABLE t2 ADD COLUMN m integer;\nUPDATE t1 SET n = n + 10;\n");
    text.push_str("ALTER TABLE t3 ADD COLUMN m integer;\n");
    text
}

fn project(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["revision", "-m", "twelve", "--revision", "1", "--dialect", dialect.name()]).ok();
    let path = "migrations/1_twelve.up.sql";
    let text = project.read(path) + &statements(dialect);
    project.write(path, &text);
    // The history table exists and is empty.
    project.run(&["stamp", "base"]).ok();
    project
}

/// What must be the same at the end.
fn end(project: &Project) -> Vec<String> {
    let mut found = project.contents();
    found.extend(project.query("select cast(n as text) as it from t1"));
    found
}

/// Makes the server wait forever when this many statements are recorded as finished: the last
/// one took effect, and the client does not know.
fn hang(project: &Project, done: usize) {
    let sql = match project.database().dialect() {
        Dialect::Postgres => format!(
            "create function hang() returns trigger language plpgsql as $$ begin \
             if new.steps_done = {done} and new.state <> 'failed' then perform pg_sleep(600); \
             end if; return new; end $$; \
             create trigger hang before insert or update on autogen_history \
             for each row execute function hang()"
        ),
        Dialect::Sqlite => {
            let forever = "with recursive c(x) as (select 1 union all select x + 1 from c) \
                           select case when (select max(x) from c) > 0 then 1 end";
            let name = |event: &str| format!("create trigger hang_{event} before {event}");
            let rest = format!(
                "on autogen_history when new.steps_done = {done} and new.state <> 'failed' \
                 begin {forever}; end;"
            );
            format!("{} {rest} {} {rest}", name("insert"), name("update"))
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let body = format!(
                "for each row begin declare x int; if new.steps_done = {done} and \
                 new.state <> 'failed' then set x = sleep(600); end if; end"
            );
            format!(
                "create trigger hang_i before insert on autogen_history {body}; \
                 create trigger hang_u before update on autogen_history {body}"
            )
        }
    };
    project.execute(&sql);
}

fn hang_no_more(project: &Project) {
    let sql = match project.database().dialect() {
        Dialect::Postgres => "drop trigger hang on autogen_history; drop function hang()",
        Dialect::Sqlite => "drop trigger hang_insert; drop trigger hang_update",
        Dialect::Mysql | Dialect::Mariadb => "drop trigger hang_i; drop trigger hang_u",
    };
    project.execute(sql);
}

/// The sessions of the server that wait in our trigger.
fn sleepers(project: &Project) -> Vec<String> {
    project.query(match project.database().dialect() {
        Dialect::Postgres => {
            "select pid::text as it from pg_stat_activity \
             where datname = current_database() and wait_event = 'PgSleep'"
        }
        Dialect::Sqlite => "select 'none' as it where 1 = 0",
        Dialect::Mysql | Dialect::Mariadb => {
            "select concat(id) as it from information_schema.processlist \
             where db = database() and state = 'User sleep'"
        }
    })
}

/// Terminates them, as an administrator would.
fn cut_off(project: &Project) {
    for session in sleepers(project) {
        project.execute(&match project.database().dialect() {
            Dialect::Postgres => format!("select pg_terminate_backend({session})"),
            Dialect::Sqlite => return,
            Dialect::Mysql | Dialect::Mariadb => format!("kill {session}"),
        });
    }
}

/// Starts an upgrade that reports the beginning of each statement.
fn start(project: &Project) -> (Child, impl Iterator<Item = String>) {
    let mut command = project.command(&["upgrade"]);
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it runs");
    let lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
    (child, lines.map(|line| line.expect("a line")))
}

fn begins(lines: &mut impl Iterator<Item = String>, at: usize) {
    let wanted = format!("{at}/12 ");
    assert!(lines.any(|line| line.contains(&wanted)), "statement {at} was not begun");
}

/// Waits until the server waits in our trigger.
fn asleep(project: &Project) {
    let begun = Instant::now();
    while project.database().dialect() != Dialect::Sqlite && sleepers(project).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody sleeps");
        std::thread::sleep(Duration::from_millis(20));
    }
    if project.database().dialect() == Dialect::Sqlite {
        std::thread::sleep(Duration::from_millis(150));
    }
}

fn kill(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

fn undisturbed(dialect: Dialect) -> Vec<String> {
    let project = project(dialect);
    project.run(&["upgrade"]).ok();
    let expected = end(&project);
    assert!(expected.iter().any(|it| it.contains("t3_n")), "{expected:?}");
    assert_eq!(expected.last().map(String::as_str), Some("13"));
    expected
}

/// Requires that the next run finishes it, and that nothing is left to do.
#[track_caller]
fn finishes(project: &Project, expected: &[String], place: &str) {
    project.run(&["upgrade"]).ok();
    assert_eq!(end(project), expected, "{place}");
    project.run(&["upgrade"]).ok().tells("nothing to do");
}

#[test]
fn killed_before_a_statement() {
    for dialect in dialects() {
        let expected = undisturbed(dialect);
        for at in 1..=12 {
            let project = project(dialect);
            // Again, at the same place if it still exists.
            for _ in 0..2 {
                let (child, mut lines) = start(&project);
                lines.any(|line| line.contains(&format!("{at}/12 ")));
                kill(child);
            }
            finishes(&project, &expected, &format!("{dialect}, before {at}"));
        }
    }
}

/// The statements after which the history is updated.
fn recorded(dialect: Dialect) -> Vec<usize> {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => vec![3, 4, 5, 6, 7, 8, 9, 12],
        Dialect::Mysql | Dialect::Mariadb => (1..=12).collect(),
    }
}

#[test]
fn killed_behind_a_statement() {
    for dialect in dialects() {
        let expected = undisturbed(dialect);
        for at in recorded(dialect) {
            let project = project(dialect);
            hang(&project, at);
            let (child, mut lines) = start(&project);
            begins(&mut lines, at);
            asleep(&project);
            kill(child);
            cut_off(&project);
            hang_no_more(&project);
            finishes(&project, &expected, &format!("{dialect}, behind {at}"));
        }
    }
}

#[test]
fn cut_off_from_the_server() {
    for dialect in dialects().into_iter().filter(|it| *it != Dialect::Sqlite) {
        let expected = undisturbed(dialect);
        for at in recorded(dialect) {
            let project = project(dialect);
            hang(&project, at);
            let (mut child, mut lines) = start(&project);
            begins(&mut lines, at);
            asleep(&project);
            cut_off(&project);
            let rest: Vec<String> = lines.collect();
            assert_eq!(child.wait().expect("it ends").code(), Some(3), "{dialect} {at}: {rest:?}");
            assert!(rest.iter().any(|it| it.contains("error[A03")), "{rest:?}");
            hang_no_more(&project);
            finishes(&project, &expected, &format!("{dialect}, cut off behind {at}"));
        }
    }
}

/// Other statements that PostgreSQL accepts in no transaction, with objects to run them on.
fn alone() -> Project {
    let project = Project::with_models(Dialect::Postgres, BLOG);
    project.run(&["revision", "-m", "alone", "--revision", "1", "--dialect", "postgres"]).ok();
    project.execute(
        "create table parts (id integer) partition by range (id); \
         create table parts_1 partition of parts for values from (0) to (10); \
         insert into parts values (1); \
         create table plain (n integer); create index plain_n on plain (n)",
    );
    let path = "migrations/1_alone.up.sql";
    let text = project.read(path)
        + "-- autogen: no-transaction\n\
           ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY;\n\
           REINDEX INDEX CONCURRENTLY plain_n;\n\
           VACUUM plain;\n\
           DROP INDEX CONCURRENTLY plain_n;\n\
           INSERT INTO plain VALUES (7);\n";
    project.write(path, &text);
    project.run(&["stamp", "base"]).ok();
    project
}

fn end_alone(project: &Project) -> Vec<String> {
    let mut found = project.contents();
    found.extend(project.query("select n::text as it from plain"));
    found.extend(project.query("select id::text as it from parts_1"));
    found.extend(project.query("select 'attached' as it from pg_inherits"));
    found
}

#[test]
fn killed_behind_what_stands_alone() {
    for _ in dialects().into_iter().filter(|it| *it == Dialect::Postgres) {
        let project = alone();
        project.run(&["upgrade"]).ok();
        let expected = end_alone(&project);
        assert_eq!(expected.iter().rev().take(2).collect::<Vec<_>>(), ["1", "7"]);
        for at in 1..=5 {
            let project = alone();
            hang(&project, at);
            let (child, mut lines) = start(&project);
            let wanted = format!("{at}/5 ");
            assert!(lines.any(|line| line.contains(&wanted)), "statement {at} was not begun");
            asleep(&project);
            kill(child);
            cut_off(&project);
            hang_no_more(&project);
            project.run(&["upgrade"]).ok();
            assert_eq!(end_alone(&project), expected, "behind {at}");
        }
    }
}

/// Detaching has two transactions, and waits for other sessions between them.
#[test]
fn killed_while_a_partition_goes() {
    for _ in dialects().into_iter().filter(|it| *it == Dialect::Postgres) {
        let project = alone();
        let pending = "select inhdetachpending::text as it from pg_inherits";
        let (told, begun) = std::sync::mpsc::channel();
        let (done, over) = std::sync::mpsc::channel::<()>();
        std::thread::scope(|scope| {
            // A runtime of its own, which lives as long as the transaction.
            let shared = &project;
            scope.spawn(move || {
                block_on(async {
                    let reader = shared.database().connect().await;
                    let reads = "begin; select * from parts";
                    reader.raw().execute_unprepared(reads).await.expect("a transaction");
                    told.send(()).expect("somebody waits");
                    over.recv().expect("an end");
                    reader.raw().execute_unprepared("rollback").await.expect("it ends");
                    reader.close().await;
                });
            });
            begun.recv().expect("a transaction");
            let (child, _lines) = start(&project);
            let started = Instant::now();
            while project.query(pending) != ["true"] {
                assert!(started.elapsed() < Duration::from_secs(20), "nothing is being detached");
                std::thread::sleep(Duration::from_millis(20));
            }
            kill(child);
            for session in project.query(
                "select pid::text as it from pg_stat_activity where query like 'ALTER TABLE parts%'",
            ) {
                project.execute(&format!("select pg_terminate_backend({session})"));
            }
            done.send(()).expect("a reader");
        });
        assert_eq!(project.query(pending), ["true"]);
        project.run(&["upgrade"]).ok();
        assert_eq!(project.query(pending), Vec::<String>::new());
        assert_eq!(end_alone(&project).iter().rev().take(2).collect::<Vec<_>>(), ["1", "7"]);
    }
}
