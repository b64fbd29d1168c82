//! Replays the demo's own migrations, as they are in the repository.

use autogen_dialect::Dialect;
use autogen_models::{Directory, Options as ReadOptions, read_sources};
use autogen_plan::{Input, Options, plan};
use autogen_schema::{Schema, Snapshot};

use crate::project::{Project, root, wanted};

/// The demo on an empty database.
fn demo() -> Project {
    let project = Project::on(Dialect::Sqlite);
    project.write("autogen.toml", "models = \"src\"\n");
    for (from, to) in [("fixtures/demo/src", "src"), ("migrations", "migrations")] {
        for entry in std::fs::read_dir(root().join(from)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            project.write(&format!("{to}/{name}"), &text);
        }
    }
    project
}

/// The current schema of the database.
fn inspected(project: &Project) -> Schema {
    let json = project.run(&["inspect", "--format", "json"]).ok().out;
    Snapshot::from_json(&json).unwrap().schema
}

#[test]
fn the_history_leads_to_the_models() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = demo();
    project.run(&["upgrade"]).ok();
    project.unchanged(&["check"]).ok();
    let ran = project.unchanged(&["diff", "--dry-run", "--exit-code"]).ok();
    assert_eq!(ran.out, "no changes\n");
    project.run_at("", &["check"]).ok();
    // The same without the command: the models of the repository itself.
    let models = read_sources(
        &Directory::new(root()),
        &ReadOptions { path: "fixtures/demo".to_owned(), ..ReadOptions::default() },
    );
    let after = models.unwrap_or_else(|it| panic!("{it:?}"));
    let before = inspected(&project);
    let options = Options::default();
    let plan =
        plan(Input { dialect: Dialect::Sqlite, before: &before, after: &after, options: &options });
    let plan = plan.unwrap();
    assert!(plan.is_empty() && plan.ambiguities.is_empty(), "{:?}", plan.changes());
    assert!(after.schema.tables.len() >= 8, "a real shop");
}

#[test]
fn each_way_down_leads_back() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = demo();
    let steps = project.migrations().iter().filter(|it| it.ends_with(".up.sql")).count();
    let ids: Vec<String> = project
        .run(&["history"])
        .ok()
        .out
        .lines()
        .rev()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), steps);
    let mut states = vec![inspected(&project)];
    for id in &ids {
        project.run(&["upgrade", id]).ok();
        states.push(inspected(&project));
    }
    assert!(states[0].tables.is_empty());
    for state in states.iter().rev().skip(1) {
        project.run(&["downgrade"]).ok();
        assert_eq!(&inspected(&project), state);
    }
    project.run(&["upgrade"]).ok();
    assert_eq!(Some(&inspected(&project)), states.last());
    project.run(&["downgrade", "base"]).ok();
    project.run(&["upgrade"]).ok();
    assert_eq!(Some(&inspected(&project)), states.last());
}

#[test]
fn the_snapshot_is_what_the_tool_writes() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let project = demo();
    let ours = project.read("migrations/schema.json");
    let kept = Snapshot::from_json(&ours).unwrap();
    assert_eq!(kept.to_json(), ours, "the form in which it is written");
    let head = project.run(&["history"]).ok().out;
    assert_eq!(kept.revision.as_deref(), head.split(' ').next());
    // Written again: everything but the last step is undone, and the command creates that step
    // again.
    project.run(&["upgrade"]).ok();
    project.run(&["downgrade"]).ok();
    let files = project.migrations();
    let last: Vec<&String> = files.iter().rev().filter(|it| it.ends_with(".sql")).take(2).collect();
    let (stem, _) = last[0].split_once('.').unwrap();
    let up = project.read(&format!("migrations/{stem}.up.sql"));
    let down = project.read(&format!("migrations/{stem}.down.sql"));
    let message = up.lines().find_map(|it| it.strip_prefix("-- message: ")).unwrap();
    for file in &last {
        std::fs::remove_file(project.path().join("migrations").join(file)).unwrap();
    }
    let revision = stem.split('_').next().unwrap();
    project.run(&["diff", "-m", message, "--revision", revision]).ok();
    assert_eq!(project.read("migrations/schema.json"), ours);
    assert_eq!(project.read(&format!("migrations/{stem}.up.sql")), up);
    assert_eq!(project.read(&format!("migrations/{stem}.down.sql")), down);
}

/// The compiler and the reader of sources see the same models.
#[test]
fn compiled_models_are_the_same() {
    let project = Project::on(Dialect::Sqlite);
    let models = root().join("fixtures/demo");
    let models = models.to_str().unwrap();
    let flags = ["--models", models, "--dialect", "sqlite"];
    let source = project.run(&[&["snapshot"], &flags[..]].concat()).ok();
    let compiled = project.run(&[&["snapshot", "--compiled"], &flags[..]].concat()).ok();
    assert_eq!(source.out, compiled.out);
    assert!(source.out.contains("order_lines"), "{}", source.out);
    let nothing = project.run(&["snapshot", "--compiled", "--models", "."]);
    assert!(nothing.err.contains("A0621"), "{}", nothing.err);
}
