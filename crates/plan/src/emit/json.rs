//! Plans as JSON, version 1: stable and documented in `docs/json.md`.

use std::collections::BTreeMap;

use autogen_schema::Change;
use serde::Serialize;

use crate::findings::{Ambiguity, Unmanaged, counts};
use crate::plan::{DirectionPlan, Hazard, Plan};

#[derive(Serialize)]
struct Document<'p> {
    version: u32,
    dialect: &'static str,
    before: Side,
    after: Side,
    changes: Vec<ChangeEntry>,
    up: DirectionEntry<'p>,
    down: DirectionEntry<'p>,
    ambiguities: &'p [Ambiguity],
    unmanaged: BTreeMap<&'static str, usize>,
    unmanaged_objects: &'p [Unmanaged],
    unsupported: &'p [autogen_schema::Unsupported],
}

#[derive(Serialize)]
struct Side {
    fingerprint: String,
}

#[derive(Serialize)]
struct ChangeEntry {
    kind: &'static str,
    object: String,
    describe: String,
    loses_data: bool,
}

#[derive(Serialize)]
struct DirectionEntry<'p> {
    groups: Vec<GroupEntry<'p>>,
}

#[derive(Serialize)]
struct GroupEntry<'p> {
    transaction: bool,
    steps: Vec<StepEntry<'p>>,
}

#[derive(Serialize)]
struct StepEntry<'p> {
    sql: &'p str,
    change: usize,
    hazards: &'p [Hazard],
}

/// The plan as pretty JSON with a closing newline. A step's `change` is an index into
/// `changes`, also on the way down.
pub fn json(plan: &Plan) -> String {
    let document = Document {
        version: 1,
        dialect: plan.dialect.name(),
        before: Side { fingerprint: plan.schema.before.fingerprint() },
        after: Side { fingerprint: plan.schema.after.fingerprint() },
        changes: plan.changes().iter().map(entry).collect(),
        up: direction(plan, &plan.up),
        down: direction(plan, &plan.down),
        ambiguities: &plan.ambiguities,
        unmanaged: counts(&plan.unmanaged),
        unmanaged_objects: &plan.unmanaged,
        unsupported: &plan.unsupported,
    };
    // Serializing plain data with string keys cannot fail.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn entry(change: &Change) -> ChangeEntry {
    ChangeEntry {
        kind: change.kind(),
        object: change.object(),
        describe: change.describe(),
        loses_data: change.loses_data(),
    }
}

fn direction<'p>(plan: &'p Plan, direction: &'p DirectionPlan) -> DirectionEntry<'p> {
    // On the way down, a step belongs to the change that it undoes.
    let places: Vec<usize> = direction
        .changes
        .iter()
        .map(|change| {
            let undone = change.inverse();
            let made = plan.changes().iter().position(|other| other == change);
            made.or_else(|| plan.changes().iter().position(|other| *other == undone))
                .unwrap_or_default()
        })
        .collect();
    let groups = direction.groups.iter().map(|group| GroupEntry {
        transaction: group.transaction,
        steps: group
            .steps
            .iter()
            .map(|planned| StepEntry {
                sql: &planned.step.sql,
                change: planned
                    .step
                    .causes
                    .first()
                    .and_then(|at| places.get(*at))
                    .copied()
                    .unwrap_or_default(),
                hazards: &planned.hazards,
            })
            .collect(),
    });
    DirectionEntry { groups: groups.collect() }
}
