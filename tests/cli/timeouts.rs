//! Runs that take too long, wait for others, are stopped, or run out of space.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_tests::{block_on, dialects};
use sea_orm::ConnectionTrait;

use crate::models::BLOG;
use crate::project::{Project, wanted};

/// An `UPDATE` that never ends if the table has a row.
fn forever(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "UPDATE a SET n = (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) \
             SELECT max(x) FROM c)"
        }
        Dialect::Postgres => "UPDATE a SET n = n + length(pg_sleep(600)::text)",
        Dialect::Mysql | Dialect::Mariadb => "UPDATE a SET n = n + sleep(600)",
    }
}

/// A migration of three statements, each on its own.
fn project(dialect: Dialect, second: &str) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["revision", "-m", "three", "--revision", "1", "--dialect", dialect.name()]).ok();
    project.execute("create table a (n integer); insert into a values (1)");
    let path = "migrations/1_three.up.sql";
    let text = project.read(path)
        + "-- autogen: no-transaction\nCREATE TABLE b (n integer);\n"
        + second
        + ";\nINSERT INTO b VALUES (7);\n";
    project.write(path, &text);
    project
}

/// Replaces the second statement by a quick one, and requires that the rest runs.
fn mend(project: &Project, second: &str) {
    project.edit("migrations/1_three.up.sql", second, "UPDATE a SET n = n + 1");
    project.run(&["upgrade"]).ok().tells("continuing after 1");
    assert_eq!(project.query("select cast(n as text) as it from a"), ["2"]);
    assert_eq!(project.query("select cast(n as text) as it from b"), ["7"]);
}

#[test]
fn a_statement_may_take_only_so_long() {
    for dialect in dialects() {
        let project = project(dialect, forever(dialect));
        let ran = project.run(&["upgrade", "--statement-timeout", "700ms"]);
        ran.fails(3, "A0323", "statement 2 of 3");
        // The same from the configuration.
        project.write("autogen.toml", "models = \"src\"\nstatement_timeout = \"700ms\"\n");
        project.run(&["upgrade"]).fails(3, "A0323", "statement 2 of 3");
        assert_eq!(project.query("select cast(n as text) as it from b"), Vec::<String>::new());
        mend(&project, forever(dialect));
    }
}

#[cfg(unix)]
#[test]
fn a_signal_stops_it() {
    for dialect in dialects() {
        for signal in ["-INT", "-TERM"] {
            let project = project(dialect, forever(dialect));
            let mut command = project.command(&["upgrade"]);
            command.stderr(Stdio::piped()).stdout(Stdio::null());
            let mut child = command.spawn().expect("it runs");
            let mut lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
            assert!(lines.any(|line| line.expect("a line").contains("2/3 ")));
            std::thread::sleep(Duration::from_millis(150));
            let pid = child.id().to_string();
            let sent = std::process::Command::new("kill").args([signal, &pid]).status();
            assert!(sent.expect("kill").success());
            let rest: Vec<String> = lines.map(|line| line.expect("a line")).collect();
            let code = child.wait().expect("it ends").code();
            assert_eq!(code, Some(130), "{dialect}: {rest:?}");
            let told = rest.join("\n");
            assert!(told.contains("error[A0324]: stopped at statement 2 of 3"), "{told}");
            assert!(told.contains("hint: "), "{told}");
            mend(&project, forever(dialect));
        }
    }
}

/// Scratch databases of commands, by the process that created them.
fn scratches(project: &Project, dialect: Dialect, pid: u32) -> Vec<String> {
    let named = format!("like 'autogen_scratch_{pid}_%'");
    match dialect {
        Dialect::Sqlite => Vec::new(),
        Dialect::Postgres => project
            .query(&format!("select datname::text as it from pg_database where datname {named}")),
        Dialect::Mysql | Dialect::Mariadb => project.query(&format!(
            "select schema_name as it from information_schema.schemata where schema_name {named}"
        )),
    }
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_no_database_behind() {
    for dialect in dialects() {
        let project = project(dialect, "SELECT 1");
        let endless = format!(
            "-- autogen: no-transaction\nCREATE TABLE a (n integer);\nINSERT INTO a VALUES (1);\n{};\n",
            forever(dialect)
        );
        let path = "migrations/1_three.up.sql";
        project.write(path, &format!("{}{endless}", project.read(path)));
        project.edit(path, "SELECT 1;\n", "");
        project.write("wanted.sql", &endless);
        for arguments in [&["verify"][..], &["diff", "--dry-run", "--to", "sql:wanted.sql"]] {
            let mut command = project.command(arguments);
            command.stderr(Stdio::piped()).stdout(Stdio::null());
            let child = command.spawn().expect("it runs");
            let pid = child.id();
            while dialect != Dialect::Sqlite && scratches(&project, dialect, pid).is_empty() {
                std::thread::sleep(Duration::from_millis(50));
            }
            std::thread::sleep(Duration::from_millis(1500));
            let sent = std::process::Command::new("kill").args(["-INT", &pid.to_string()]).status();
            assert!(sent.expect("kill").success());
            let output = child.wait_with_output().expect("it ends");
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(130), "{dialect} {arguments:?}: {told}");
            assert!(told.contains("error[A0324]"), "{told}");
            assert_eq!(scratches(&project, dialect, pid), Vec::<String>::new());
        }
    }
}

#[test]
fn locks_are_waited_for_in_turns() {
    for dialect in dialects() {
        let change = "ALTER TABLE a ADD COLUMN m integer";
        let project = project(dialect, change);
        let (hold, locked) = match dialect {
            Dialect::Sqlite => ("begin immediate", "A0313"),
            Dialect::Postgres => ("begin; lock table a in access share mode", "A0322"),
            Dialect::Mysql | Dialect::Mariadb => ("begin; select n from a", "A0322"),
        };
        block_on(async {
            let holder = project.database().connect().await;
            holder.raw().execute_unprepared(hold).await.expect("a lock");
            let ran = match dialect {
                Dialect::Sqlite => project.run(&["upgrade", "--wait", "1s"]),
                Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => {
                    project.run(&["upgrade", "--lock-timeout", "1500ms"])
                }
            };
            let ran = ran.exits(3).tells(locked);
            if dialect != Dialect::Sqlite {
                ran.tells("open transactions: session ").tells("trying again");
            }
            // A lock that is released in time is not an error.
            let mut command = project.command(&["upgrade", "--lock-timeout", "60s"]);
            command.stderr(Stdio::piped()).stdout(Stdio::null());
            let mut child = command.spawn().expect("it runs");
            let mut lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
            let waits = |line: &String| line.contains("trying again") || line.contains("waiting");
            assert!(lines.any(|line| waits(&line.expect("a line"))), "{dialect}");
            holder.raw().execute_unprepared("rollback").await.expect("the lock goes");
            holder.close().await;
            let told: Vec<String> = lines.map(|line| line.expect("a line")).collect();
            assert!(child.wait().expect("it ends").success(), "{dialect}: {told:?}");
        });
        assert_eq!(project.query("select cast(n as text) as it from b"), ["7"]);
        assert!(project.contents().iter().any(|it| it.contains("a m integer")
            || it.contains("a m int")
            || it.contains("ADD COLUMN m")
            || it.contains("m integer")));
    }
}

/// Session settings that a crash discarded are set again.
#[test]
fn settings_come_back() {
    for dialect in dialects() {
        let (set, uses) = match dialect {
            Dialect::Sqlite => ("PRAGMA recursive_triggers = on", "INSERT INTO b VALUES (1)"),
            Dialect::Postgres => (
                "SET autogen_test.it = '5'",
                "INSERT INTO b VALUES (current_setting('autogen_test.it')::integer)",
            ),
            Dialect::Mysql | Dialect::Mariadb => ("SET @it = 5", "INSERT INTO b VALUES (@it)"),
        };
        let project = project(dialect, &format!("{set};\nSELECT nothing"));
        project.run(&["upgrade"]).fails(3, "A0316", "statement 3 of 4");
        project.edit("migrations/1_three.up.sql", "SELECT nothing", uses);
        project.run(&["upgrade"]).ok().tells("continuing after 2");
        let expected = if dialect == Dialect::Sqlite { ["1", "7"] } else { ["5", "7"] };
        assert_eq!(project.query("select cast(n as text) as it from b order by n"), expected);
    }
}

/// A file's own transaction in a group without one: all of it, or nothing.
#[test]
fn a_transaction_of_the_file() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres].into_iter().filter(|it| wanted(*it)) {
        let own = "BEGIN;\nUPDATE a SET n = n + 1;\nSELECT nothing;\nCOMMIT";
        let project = project(dialect, own);
        project.run(&["upgrade"]).fails(3, "A0316", "statement 4 of 6");
        assert_eq!(project.query("select cast(n as text) as it from a"), ["1"]);
        project.edit("migrations/1_three.up.sql", "SELECT nothing;\n", "");
        project.run(&["upgrade"]).ok().tells("continuing after 1");
        assert_eq!(project.query("select cast(n as text) as it from a"), ["2"]);
        let open = self::project(dialect, "BEGIN;\nUPDATE a SET n = 2");
        open.run(&["upgrade"]).fails(3, "A0316", "must end in this file by COMMIT");
        assert_eq!(open.query("select cast(n as text) as it from a"), ["1"]);
    }
}

#[test]
fn no_room_is_left() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let fill = "INSERT INTO b WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c \
                WHERE x < 200000) SELECT x FROM c";
    let project = project(Dialect::Sqlite, &format!("PRAGMA max_page_count = 20;\n{fill}"));
    project.run(&["upgrade"]).fails(3, "A0327", "full");
    assert_eq!(project.query("select cast(count(*) as text) as it from b"), ["0"]);
    project.edit("migrations/1_three.up.sql", fill, "INSERT INTO b VALUES (6)");
    project.run(&["upgrade"]).ok().tells("continuing after 2");
    assert_eq!(project.query("select cast(n as text) as it from b"), ["6", "7"]);
}

/// A full disk: the files of a migration are all written, or none.
#[cfg(unix)]
#[test]
fn no_room_for_files() {
    let project = Project::offline(Dialect::Sqlite, BLOG);
    let before = project.files();
    let command = project.command(&["diff", "-m", "first"]);
    let program = command.get_program().to_string_lossy().into_owned();
    // A file larger than one block cannot be written, as on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f 1; exec {program} diff -m first");
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", &script]).current_dir(project.path()).stdin(Stdio::null());
    let output = shell.env("DATABASE_URL", "").output().expect("bash");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("error[A0601]: can't write") && told.contains("hint: "), "{told}");
    let after = project.files();
    let left: Vec<&String> = after.keys().filter(|it| !before.contains_key(*it)).collect();
    assert!(left.iter().all(|it| *it == "migrations/"), "{left:?}");
    project.run(&["diff", "-m", "first"]).ok();
}

/// On a terminal: a bar, and after each statement its time and its rows; the progress of an
/// index, if the server reports it.
#[cfg(unix)]
#[test]
fn a_terminal_shows_a_bar() {
    for dialect in dialects() {
        let rows = "INSERT INTO b SELECT n FROM a";
        let project = project(dialect, rows);
        let mut command = project.command(&["upgrade"]);
        command.env("TERM", "xterm");
        let mut session = rexpect::session::spawn_command(command, Some(60_000)).expect("it runs");
        let mut told = String::new();
        while let Ok(line) = session.read_line() {
            told.push_str(&line);
            told.push('\n');
        }
        assert!(told.contains("1/3 CREATE TABLE b (n integer) (0."), "{dialect}: {told}");
        assert!(told.contains("2/3 INSERT INTO b SELECT n FROM a (0."), "{told}");
        assert!(told.contains(" s, 1 row)"), "{told}");
        assert!(told.contains("[=") || told.contains("[ ") || told.contains("[>"), "{told:?}");
        assert!(told.contains("applied 1 three"), "{told}");
        // Elsewhere times are printed only on request.
        let other = self::project(dialect, rows);
        let ran = other.run(&["upgrade", "--timings"]).ok();
        assert!(
            ran.err.contains("  2/3 took 0.") && ran.err.contains(" s, 1 row\n"),
            "{}",
            ran.err
        );
        let ran = self::project(dialect, rows).run(&["upgrade"]).ok();
        assert!(!ran.err.contains("took") && !ran.err.contains('\u{1b}'), "{}", ran.err);
    }
}

/// The URL of a proxy to the server that forwards everything until a statement contains the
/// mark: from then on nothing, on any connection, without an error.
fn falling_silent(project: &Project, dialect: Dialect, mark: &'static str) -> String {
    let url = project.database().url();
    let (user, rest) = url.split_once('@').expect("a user");
    let (server, database) = rest.split_once('/').expect("a database");
    // Under TLS the mark could not be read.
    let plain = if dialect == Dialect::Postgres { "" } else { "?ssl-mode=DISABLED" };
    format!("{user}@{}/{database}{plain}", passing_on(server, mark))
}

fn passing_on(server: &str, mark: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let server = server.to_owned();
    let silent = Arc::new(AtomicBool::new(false));
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(session) = TcpStream::connect(&server) else { return };
            let ends = [(client.try_clone(), session.try_clone()), (Ok(session), Ok(client))];
            for (from, to) in ends {
                let silent = Arc::clone(&silent);
                std::thread::spawn(move || pass_on(from.ok()?, to.ok()?, mark, &silent));
            }
        }
    });
    address
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, mark: &str, silent: &AtomicBool) -> Option<()> {
    let mut buffer = [0; 16_384];
    loop {
        let length = from.read(&mut buffer).ok().filter(|it| *it > 0)?;
        let said = &buffer[..length];
        if said.windows(mark.len()).any(|it| it == mark.as_bytes()) {
            silent.store(true, Ordering::SeqCst);
        }
        while silent.load(Ordering::SeqCst) {
            std::thread::park();
        }
        to.write_all(said).ok()?;
    }
}

/// A server that disappeared does not prevent stopping.
#[cfg(unix)]
#[test]
fn a_server_that_falls_silent() {
    for dialect in dialects().into_iter().filter(|it| *it != Dialect::Sqlite) {
        for signal in [false, true] {
            let project = project(dialect, "SELECT 'fall silent'");
            let url = falling_silent(&project, dialect, "fall silent");
            let limit: &[&str] = if signal { &[] } else { &["--statement-timeout", "1s"] };
            let mut command = project.command(&[&["upgrade"], limit].concat());
            command.env("DATABASE_URL", url).stderr(Stdio::piped()).stdout(Stdio::null());
            let mut child = command.spawn().expect("it runs");
            let mut lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
            assert!(lines.any(|line| line.expect("a line").contains("2/3 ")));
            if signal {
                let pid = child.id().to_string();
                let sent = std::process::Command::new("kill").args(["-TERM", &pid]).status();
                assert!(sent.expect("kill").success());
            }
            let told: Vec<String> = lines.map(|line| line.expect("a line")).collect();
            assert_eq!(child.wait().expect("it ends").code(), Some(3), "{dialect}: {told:?}");
            assert!(told.iter().any(|it| it.contains("no answer in")), "{told:?}");
        }
    }
}

/// A query may take as long as a statement.
#[test]
fn a_read_may_take_only_so_long() {
    for dialect in dialects().into_iter().filter(|it| *it != Dialect::Sqlite) {
        let project = Project::with_models(dialect, BLOG);
        project.write("autogen.toml", "models = \"src\"\nstatement_timeout = \"1s\"\n");
        let read = match dialect {
            Dialect::Postgres => "pg_get_viewdef",
            Dialect::Mysql | Dialect::Mariadb | Dialect::Sqlite => "information_schema.partitions",
        };
        let url = falling_silent(&project, dialect, read);
        project.run_at(&url, &["inspect"]).fails(3, "A0323", "no answer in 1 s");
    }
}

/// The wait for the lock also ends if the holder is unknown.
#[test]
fn a_server_that_falls_silent_at_the_lock() {
    for dialect in dialects().into_iter().filter(|it| *it != Dialect::Sqlite) {
        let project = project(dialect, "SELECT 1");
        let lock = if dialect == Dialect::Postgres { "advisory_lock" } else { "get_lock" };
        let url = falling_silent(&project, dialect, lock);
        let begun = std::time::Instant::now();
        let ran = project.run_at(&url, &["upgrade", "--wait", "1s"]).exits(3);
        ran.tells("locking the database").tells("no answer in");
        assert!(begun.elapsed() < Duration::from_secs(30), "{dialect}: {:?}", begun.elapsed());
    }
}

/// A server that accepts connections and never answers.
fn mute() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        let clients: Vec<TcpStream> = listener.incoming().map_while(Result::ok).collect();
        drop(clients);
    });
    address
}

/// Every command waits for a server to accept the connection, with a limit.
const CONNECTING: [&[&str]; 7] = [
    &["upgrade"],
    &["downgrade", "base"],
    &["diff", "--dry-run"],
    &["check"],
    &["inspect"],
    &["verify"],
    &["stamp", "head"],
];

#[test]
fn a_server_that_never_answers_is_waited_for_no_longer_than_a_statement() {
    let project = Project::with_models(Dialect::Sqlite, BLOG);
    project.run(&["diff", "-m", "first"]).ok();
    project.write("autogen.toml", "models = \"src\"\nstatement_timeout = \"500ms\"\n");
    let address = mute();
    for scheme in ["postgres", "mysql", "mariadb"] {
        let url = format!("{scheme}://me:secret@{address}/app");
        for arguments in CONNECTING {
            let ran = project.run_at(&url, arguments);
            ran.fails(3, "A0305", "no answer in 0.5 s");
        }
        let ran = project.run_at(&url, &["upgrade", "--statement-timeout", "700ms"]);
        ran.fails(3, "A0305", "no answer in 0.7 s");
    }
}

/// The same for those that handle signals, to leave nothing behind.
#[cfg(unix)]
#[test]
fn the_first_signal_ends_the_wait_for_a_server() {
    let project = Project::with_models(Dialect::Sqlite, BLOG);
    project.run(&["diff", "-m", "first"]).ok();
    project.write("made.sql", "create table a (n integer);");
    let address = mute();
    for (scheme, signal) in [("postgres", "-INT"), ("mysql", "-TERM"), ("mariadb", "-INT")] {
        for arguments in [&["verify"][..], &["diff", "--from", "sql:made.sql", "--dry-run"]] {
            let mut command = project.command(arguments);
            command.env("DATABASE_URL", format!("{scheme}://me:secret@{address}/app"));
            let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
            std::thread::sleep(Duration::from_secs(1));
            let pid = child.id().to_string();
            let sent = std::process::Command::new("kill").args([signal, &pid]).status();
            assert!(sent.expect("kill").success());
            let begun = std::time::Instant::now();
            assert_eq!(child.wait().expect("it ends").code(), Some(130), "{arguments:?}");
            assert!(begun.elapsed() < Duration::from_secs(5), "{arguments:?}");
            let mut told = String::new();
            let mut said = child.stderr.take().expect("stderr");
            said.read_to_string(&mut told).expect("text");
            assert!(told.contains("stopped while connecting to"), "{told}");
        }
    }
}
