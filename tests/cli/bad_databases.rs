//! Databases that do not exist, reject the login, or contain what we do not support.

use autogen_dialect::Dialect;
use autogen_tests::{LOCKED_ROLE, dialects};

use crate::models::BLOG;
use crate::project::{Project, Ran, wanted};

const SECRET: &str = "s3cret";

/// Runs a reading and a writing command on a URL that does not work.
#[track_caller]
fn all_refuse(project: &Project, url: &str, exit: i32, code: &str, place: &str) {
    for arguments in [
        &["diff"][..],
        &["diff", "-m", "x"],
        &["check"],
        &["upgrade"],
        &["downgrade"],
        &["current"],
        &["history", "-v"],
        &["inspect"],
    ] {
        let before = project.files();
        let ran = silent(project.run_at(url, arguments)).fails(exit, code, place);
        assert!(before == project.files(), "{arguments:?} changed files: {}", ran.err);
    }
    for flags in [["inspect", url], ["diff", "--from"]] {
        let mut arguments = flags.to_vec();
        if flags[0] == "diff" {
            arguments.extend([url, "--dry-run"]);
        }
        silent(project.run_at("", &arguments)).fails(exit, code, place);
    }
}

/// Requires that no secret is printed.
#[track_caller]
fn silent(ran: Ran) -> Ran {
    assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{}{}", ran.out, ran.err);
    ran
}

fn begun() -> Project {
    let project = Project::offline(Dialect::Sqlite, BLOG);
    project.run(&["diff", "-m", "first", "--revision", "1"]).ok();
    project
}

#[test]
fn no_database_is_given() {
    let project = begun();
    for arguments in [&["upgrade"][..], &["downgrade"], &["current"], &["inspect"]] {
        project.unchanged(arguments).fails(2, "A0605", "DATABASE_URL");
    }
    let blind = Project::empty();
    blind.write("src/lib.rs", BLOG);
    blind.write("autogen.toml", "models = \"src\"\n");
    blind.unchanged(&["diff"]).fails(2, "A0611", "--dialect");
    blind.unchanged(&["diff", "--dialect", "oracle"]).fails(2, "A0604", "oracle");
    let other = ["diff", "--dialect", "postgres"];
    project.run_at("sqlite:app.db", &other).fails(2, "A0612", "the dialect is postgres");
}

#[test]
fn urls_that_make_no_sense() {
    let project = begun();
    for (url, code) in [
        ("mysql://u:s3cret@127.0.0.1:1/d", "A0305"),
        ("mariadb://u:s3cret@127.0.0.1:1", "A0301"),
        ("postgres://u:s3cret@h:port/d", "A0301"),
        ("postgres://u:s3cret@127.0.0.1:1/d", "A0305"),
        ("postgres://u@127.0.0.1:1/d?password=s3cret", "A0305"),
        ("postgres://s3cret@127.0.0.1:1/d", "A0305"),
        ("postgres://127.0.0.1:1/d?pass=s3cret&pwd=s3cret", "A0305"),
        ("postgres://127.0.0.1:1/d?options=-c%20a.b%3Ds3cret", "A0305"),
        ("sqlite:missing.db?key=s3cret", "A0301"),
    ] {
        all_refuse(&project, url, 3, code, "");
    }
    for arguments in [&["inspect", "oracle://u:s3cret@h/d"], &["inspect", "u:s3cret@h/d"]] {
        silent(project.unchanged(arguments)).exits(2);
    }
    // Where something else belongs.
    for kind in ["sql", "snapshot", "git", "migrations", "models", "nothing"] {
        for url in [
            "postgres://u:s3cret@h/d",
            "mysql://h/d?password=s3cret",
            "oracle://s3cret@h/d",
            "sqlite:no/a.db?key=s3cret",
            "postgres://u:12 s3cret@h/d",
        ] {
            let source = format!("{kind}:{url}");
            silent(project.unchanged(&["diff", "--from", &source, "--dry-run"])).exits(2);
            silent(project.unchanged(&["inspect", &source])).exits(2);
        }
    }
    for flag in ["--migrations", "--models", "--config"] {
        silent(project.unchanged(&["heads", flag, "postgres://u:s3cret@h/d"]));
        silent(project.unchanged(&["diff", "--dry-run", flag, "postgres://u:s3cret@h/d"]));
    }
    silent(project.unchanged(&["heads", "postgres://u:s3cret@h/d"])).exits(2);
    for url in ["oracle://u:s3cret@h/d", "u:s3cret@h/d", "s3cret"] {
        silent(project.run_at(url, &["current"]).fails(3, "A0301", ""));
    }
}

#[test]
fn one_that_is_not_there() {
    let project = begun();
    for arguments in [&["downgrade"][..], &["repair", "1", "--forget"]] {
        let before = project.files();
        project.run_at("sqlite:gone.db", arguments).fails(3, "A0303", "sqlite:gone.db");
        assert!(before == project.files(), "no file is created");
    }
    // To read, it is an empty one.
    for arguments in [&["diff", "--dry-run"][..], &["check"], &["current"], &["status"]] {
        let before = project.files();
        let ran = project.run_at("sqlite:gone.db?mode=rwc", arguments);
        ran.tells("sqlite:gone.db?mode=rwc does not exist yet, and is taken as empty");
        assert!(before == project.files(), "no file is created");
    }
    project.run_at("sqlite:gone.db", &["diff", "--dry-run"]).ok().shows("+ create table");
    project.run_at("sqlite:gone.db", &["check"]).exits(1).shows("pending");
    let from = ["diff", "--dry-run", "--from", "sqlite:gone.db"];
    project.run_at("sqlite:app.db", &from).fails(3, "A0303", "sqlite:gone.db");
    let ran = project.run_at("sqlite:no/folder/x.db", &["upgrade"]).fails(3, "A0303", "x.db");
    assert!(!project.path().join("no").exists(), "{}", ran.err);
    project.write("text.db", "this is no database, and long enough to be taken for one");
    all_refuse(&project, "sqlite:text.db", 3, "A0306", "text.db");
    if wanted(Dialect::Postgres) {
        let other = Project::on(Dialect::Postgres);
        let url = format!("{}_gone", other.database().url());
        all_refuse(&project, &url, 3, "A0303", "_gone");
    }
}

#[test]
fn one_that_refuses_the_login() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let project = begun();
    let other = Project::on(Dialect::Postgres);
    let url = other.database().url_as("autogen_nobody:s3cret");
    // A token can be in place of the name.
    all_refuse(&project, &url, 3, "A0304", "role \"***\"");
}

#[test]
fn a_wrong_password() {
    if !wanted(Dialect::Postgres) || std::env::var_os("AUTOGEN_TEST_POSTGRES_URL").is_some() {
        return;
    }
    let project = begun();
    let other = Project::on(Dialect::Postgres);
    other.execute(&format!("drop role if exists {LOCKED_ROLE}"));
    other.execute(&format!("create role {LOCKED_ROLE} login password 'right'"));
    let url = |password: &str| other.database().url_as(&format!("{LOCKED_ROLE}:{password}"));
    all_refuse(&project, &url(SECRET), 3, "A0304", "user \"***\"");
    project.run_at(&url("right"), &["inspect"]).ok();
}

#[test]
fn one_that_is_read_only() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first"]).ok();
        let url = match dialect {
            Dialect::Sqlite => format!("{}?mode=ro", project.database().url()),
            Dialect::Postgres => {
                let url = project.database().url();
                format!("{url}?options=-c%20default_transaction_read_only%3Don")
            }
            // On MySQL no URL makes a session read-only: a role does, below.
            Dialect::Mysql | Dialect::Mariadb => continue,
        };
        let before = (project.files(), project.contents());
        project.run_at(&url, &["upgrade"]).fails(3, "A0307", "is read-only");
        assert!(before == (project.files(), project.contents()), "something changed");
        project.run_at(&url, &["diff", "--dry-run"]).ok().shows("create table authors");
        project.run_at(&url, &["check"]).exits(1);
        project.run(&["upgrade"]).ok();
        for arguments in [&["check"][..], &["current"], &["diff"], &["inspect"]] {
            project.run_at(&url, arguments).ok();
        }
        let before = (project.files(), project.contents());
        project.run_at(&url, &["downgrade"]).fails(3, "A0307", "is read-only");
        assert!(before == (project.files(), project.contents()), "something changed");
    }
}

#[test]
fn a_role_that_may_only_read() {
    for dialect in [Dialect::Mysql, Dialect::Mariadb].into_iter().filter(|it| wanted(*it)) {
        let project = Project::with_models(dialect, BLOG);
        project.run(&["diff", "-m", "first"]).ok();
        let name = project.database().url().rsplit('/').next().expect("a name").to_owned();
        let role = format!("r_{name}");
        project.execute(&format!("create user '{role}'@'%' identified by '{SECRET}'"));
        project.execute(&format!("grant select, show view, trigger on `{name}`.* to '{role}'@'%'"));
        let url = |password: &str| project.database().url_as(&format!("{role}:{password}"));
        let refused = silent(project.run_at(&url("wrong-s3cret"), &["upgrade"]));
        assert!(!refused.err.contains(&role), "{}", refused.err);
        refused.fails(3, "A0304", "user '***'");
        let before = (project.files(), project.contents());
        silent(project.run_at(&url(SECRET), &["upgrade"])).fails(3, "A0308", "denied");
        assert!(before == (project.files(), project.contents()), "something changed");
        project.run_at(&url(SECRET), &["diff", "--dry-run"]).ok().shows("create table authors");
        project.run_at(&url(SECRET), &["check"]).exits(1);
        project.run(&["upgrade"]).ok();
        for arguments in [&["check"][..], &["current"], &["diff"], &["inspect"]] {
            silent(project.run_at(&url(SECRET), arguments)).ok();
        }
        let before = (project.files(), project.contents());
        silent(project.run_at(&url(SECRET), &["downgrade"])).exits(3);
        assert!(before == (project.files(), project.contents()), "something changed");
        project.execute(&format!("drop user '{role}'@'%'"));
    }
}

#[test]
fn one_with_things_that_no_model_can_say() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        let (sql, told) = match dialect {
            Dialect::Sqlite => (
                "create virtual table words using fts5(t); insert into words values ('kept')",
                &["U0151"][..],
            ),
            Dialect::Postgres => (
                "create type pair as (a int, b int); create table base (a int); \
                 create table words (t text) inherits (base); insert into words values (1, 'kept')",
                &["U0102", "U0104"][..],
            ),
            Dialect::Mysql | Dialect::Mariadb => (
                "create table words (t varchar(9)); insert into words values ('kept'); \
                 set time_zone = '+05:00'; create event often on schedule every 1 day do set @x = 1",
                &["U0175"][..],
            ),
        };
        project.execute(sql);
        // On MySQL only an event is left alone, and no table.
        let excluded = match dialect {
            Dialect::Sqlite | Dialect::Postgres => "base",
            Dialect::Mysql | Dialect::Mariadb => "words",
        };
        let config = format!("models = \"src\"\nexclude = [\"{excluded}\"]\n");
        project.write("autogen.toml", &config);
        let mut ran = project.run(&["diff", "-m", "first"]).ok();
        for code in told {
            ran = ran.tells("left alone: ").tells(code);
            project.run(&["explain", code]).ok();
        }
        assert!(!ran.out.contains("words") && !ran.out.contains("pair"), "{}", ran.out);
        project.run(&["upgrade"]).ok();
        project.run(&["check"]).ok();
        assert_eq!(project.query("select t as it from words"), ["kept"]);
        let shown = project.run(&["inspect"]).ok();
        told.iter().for_each(|code| assert!(shown.err.contains(code), "{}", shown.err));
    }
}

/// PostgreSQL behind a MySQL URL would be silent until the timeout, and the other way round the
/// driver speaks of its protocol.
#[test]
fn a_server_of_another_kind_is_told() {
    for dialect in dialects() {
        let (scheme, right) = match dialect {
            Dialect::Postgres => ("mysql", "postgres://"),
            Dialect::Mysql | Dialect::Mariadb => ("postgres", "mysql://"),
            Dialect::Sqlite => continue,
        };
        let project = Project::on(dialect);
        let (_, rest) = project.database().url().split_once("://").expect("a URL");
        let ran = project.run_at(&format!("{scheme}://{rest}"), &["inspect"]);
        ran.fails(3, "A0305", "does not speak this protocol").tells(right);
    }
}
