//! Deployments that are killed, and many at once.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use autogen_dialect::Dialect;
use autogen_tests::dialects;

use crate::models::BLOG;
use crate::project::Project;

/// Twelve statements; what a database can do in a transaction only as a whole,
/// and on its own where it can't, stands in groups of their own.
fn statements(dialect: Dialect) -> String {
    let alone = if dialect == Dialect::Postgres { "CONCURRENTLY " } else { "" };
    let group = |word: &str| match dialect {
        Dialect::Postgres => format!("-- autogen: {word}\n"),
        _other => String::new(),
    };
    let mut text = String::new();
    for at in 1..=4 {
        text.push_str(&format!("CREATE TABLE t{at} (id integer NOT NULL, n integer);\n"));
    }
    text.push_str(&group("no-transaction"));
    for at in 1..=4 {
        text.push_str(&format!("CREATE INDEX {alone}t{at}_n ON t{at} (n);\n"));
    }
    text.push_str(&group("transaction"));
    for at in 1..=4 {
        text.push_str(&format!("ALTER TABLE t{at} ADD COLUMN m integer;\n"));
    }
    text
}

fn project(dialect: Dialect) -> Project {
    let project = Project::with_models(dialect, BLOG);
    project.run(&["revision", "-m", "twelve", "--revision", "1", "--dialect", dialect.name()]).ok();
    let path = "migrations/1_twelve.up.sql";
    let text = project.read(path) + &statements(dialect);
    project.write(path, &text);
    project
}

/// Starts an upgrade, and kills it when it says that it begins a statement.
fn killed(project: &Project, at: usize) {
    let mut command = project.command(&["upgrade"]);
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it runs");
    let lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
    let wanted = format!("{at}/12 ");
    for line in lines {
        if line.expect("a line").contains(&wanted) {
            break;
        }
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

#[test]
fn a_killed_deployment_is_finished_by_the_next() {
    for dialect in dialects() {
        let undisturbed = project(dialect);
        undisturbed.run(&["upgrade"]).ok();
        let expected = undisturbed.contents();
        assert!(expected.iter().any(|it| it.contains("t4_n")), "{expected:?}");
        for at in 1..=12 {
            let project = project(dialect);
            killed(&project, at);
            // Again, at the same place where it is still there.
            killed(&project, at);
            project.run(&["upgrade"]).ok();
            assert_eq!(project.contents(), expected, "{dialect}, killed at {at}");
            project.run(&["upgrade"]).ok().tells("nothing to do");
        }
    }
}

#[test]
fn of_sixteen_deployers_one_runs_each_revision() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        for id in ["1", "2", "3"] {
            let more = ["--revision", id, "--dialect", dialect.name()];
            project.run(&[&["revision", "-m", "step"][..], &more].concat()).ok();
            let path = format!("migrations/{id}_step.up.sql");
            let text = project.read(&path)
                + &format!("CREATE TABLE s{id} (id integer);\nINSERT INTO s{id} VALUES (1);\n");
            project.write(&path, &text);
        }
        let start = |_| -> Child {
            let mut command = project.command(&["upgrade"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
        };
        let deployers: Vec<Child> = (0..16).map(start).collect();
        let mut applied: Vec<String> = Vec::new();
        for child in deployers {
            let output = child.wait_with_output().expect("it ends");
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{dialect}: {told}");
            let out = String::from_utf8_lossy(&output.stdout).into_owned();
            applied.extend(out.lines().map(str::to_owned));
        }
        applied.sort();
        assert_eq!(applied, ["applied 1 step", "applied 2 step", "applied 3 step"], "{dialect}");
        for id in ["1", "2", "3"] {
            let rows = project.query(&format!("select 'row' as it from s{id}"));
            assert_eq!(rows, ["row"], "{dialect}");
        }
    }
}
