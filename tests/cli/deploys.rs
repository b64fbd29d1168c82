//! Many deployments at once.

use std::process::{Child, Stdio};

use autogen_tests::dialects;

use crate::models::BLOG;
use crate::project::Project;

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
