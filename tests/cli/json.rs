//! The JSON of `diff --format json`: exactly the documented keys, and the same bytes on every
//! run.

use std::collections::BTreeMap;

use autogen_tests::dialects;
use serde::Deserialize;

use crate::models::{BLOG, LAST_FIELD};
use crate::project::Project;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    dialect: String,
    before: Side,
    after: Side,
    changes: Vec<Change>,
    up: Direction,
    down: Direction,
    ambiguities: Vec<Ambiguity>,
    unmanaged: BTreeMap<String, usize>,
    unmanaged_objects: Vec<serde_json::Value>,
    unsupported: Vec<Unsupported>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Side {
    fingerprint: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    kind: String,
    object: String,
    describe: String,
    loses_data: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Direction {
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    transaction: bool,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    sql: String,
    change: usize,
    hazards: Vec<Hazard>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hazard {
    code: String,
    severity: String,
    message: String,
    safer: String,
    probe: Option<String>,
    found: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ambiguity {
    code: String,
    object: String,
    message: String,
    hint: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unsupported {
    code: String,
    object: String,
    message: String,
}

fn document(project: &Project) -> Document {
    let ran = project.unchanged(&["diff", "--dry-run", "--format", "json"]).ok();
    assert_eq!(ran, project.unchanged(&["diff", "--dry-run", "--format", "json"]).ok());
    assert!(ran.out.ends_with("}\n"));
    let document: Document = serde_json::from_str(&ran.out).expect("the documented shape");
    assert_eq!(document.version, 1);
    assert_eq!(document.dialect, project.database().dialect().name());
    for direction in [&document.up, &document.down] {
        for step in direction.groups.iter().flat_map(|it| &it.steps) {
            assert!(step.change < document.changes.len(), "{step:?}");
            assert!(!step.sql.is_empty() && !step.sql.ends_with(';'), "{step:?}");
            for hazard in &step.hazards {
                assert!(["note", "warning", "danger"].contains(&hazard.severity.as_str()));
                assert!(!hazard.message.is_empty() && !hazard.safer.is_empty(), "{hazard:?}");
                assert!(hazard.found.is_none() || hazard.probe.is_some(), "{hazard:?}");
                project.run(&["explain", &hazard.code]).ok();
            }
        }
    }
    for change in &document.changes {
        assert!(!change.kind.is_empty() && !change.object.is_empty(), "{change:?}");
        assert!(!change.describe.is_empty(), "{change:?}");
    }
    document
}

#[test]
fn the_shape() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, BLOG);
        let first = document(&project);
        assert!(first.changes.iter().all(|it| !it.loses_data));
        let transactional = match dialect {
            autogen_dialect::Dialect::Sqlite | autogen_dialect::Dialect::Postgres => true,
            autogen_dialect::Dialect::Mysql | autogen_dialect::Dialect::Mariadb => false,
        };
        assert!(first.up.groups.iter().all(|it| it.transaction == transactional));
        assert_ne!(first.before, first.after);
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();

        let none = document(&project);
        assert_eq!(none.before, none.after);
        assert!(none.changes.is_empty() && none.up.groups.is_empty(), "{none:?}");
        assert!(none.ambiguities.is_empty() && none.unsupported.is_empty(), "{none:?}");

        // A drop and an add that look like a rename: lossy, and ambiguous.
        let more = "pub full_name: String,\n";
        project.edit("src/lib.rs", LAST_FIELD, more);
        let second = document(&project);
        let drop = second.changes.iter().find(|it| it.kind == "drop_column").unwrap();
        assert_eq!(drop.object, "authors.name");
        assert!(drop.loses_data);
        let hazards = second.up.groups.iter().flat_map(|it| &it.steps).flat_map(|it| &it.hazards);
        assert!(hazards.count() > 0, "losing data is a hazard");
        let [ambiguity] = second.ambiguities.as_slice() else {
            panic!("one ambiguity: {second:?}")
        };
        assert_eq!((ambiguity.code.as_str(), ambiguity.object.as_str()), ("D0104", "authors.name"));
        assert!(ambiguity.message.contains("rename"), "{ambiguity:?}");
        assert!(ambiguity.hint.contains("--rename authors.name=full_name"), "{ambiguity:?}");
        // The step that drops the column belongs to that change.
        let at = second.changes.iter().position(|it| it.kind == "drop_column");
        let steps = second.up.groups.iter().flat_map(|it| &it.steps);
        let named: Vec<&Step> = steps.filter(|it| Some(it.change) == at).collect();
        assert!(!named.is_empty(), "{second:?}");
    }
}

#[test]
fn what_is_left_alone() {
    for dialect in dialects() {
        let project = Project::with_models(dialect, &BLOG.replace(", Autogen", ""));
        project.run(&["diff", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        project.execute("create index extra on posts (stars)");
        let (sql, code) = match dialect {
            autogen_dialect::Dialect::Sqlite => ("create virtual table f using fts5(t)", "U0151"),
            autogen_dialect::Dialect::Postgres => ("create type pair as (a int)", "U0104"),
            autogen_dialect::Dialect::Mysql | autogen_dialect::Dialect::Mariadb => (
                "set time_zone = '+05:00'; \
                     create event often on schedule every 1 day do set @x = 1",
                "U0175",
            ),
        };
        project.execute(sql);
        let found = document(&project);
        assert!(found.changes.is_empty(), "{found:?}");
        assert_eq!(found.unmanaged.get("index"), Some(&1), "{found:?}");
        assert!(found.unmanaged_objects.iter().any(|it| it["kind"] == "index"), "{found:?}");
        let [left] = found.unsupported.as_slice() else { panic!("one: {found:?}") };
        assert_eq!(left.code, code);
        assert!(!left.object.is_empty() && !left.message.is_empty());
    }
}
