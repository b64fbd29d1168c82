//! Splits a plan into several that run one after the other, each in one transaction if the
//! database has those: for runners with one transaction per migration.

use autogen_schema::{Change, Pair, Schema};

use crate::options::Options;
use crate::plan::{DirectionPlan, Plan, PlannedStep, StepGroup, way_down};
use crate::{PlanError, diff, order};

/// Splits a plan at the ends of its transactions. Non-transactional statements get their own
/// plan, unless one change needs them together: between them, the schema would be one that
/// nobody declared. The way down of each part leads back to its start.
///
/// # Errors
/// If the changes of a part do not lead to a schema.
pub fn split(plan: &Plan, options: &Options) -> Result<Vec<Plan>, PlanError> {
    let clusters = clusters(&plan.up);
    if clusters.len() < 2 {
        let mirrored = if plan.down.groups.len() > 1 { mirrored(plan, options) } else { None };
        return Ok(mirrored.unwrap_or_else(|| vec![plan.clone()]));
    }
    let mut parts: Vec<Plan> = Vec::new();
    let mut before = plan.schema.before.clone();
    for cluster in clusters {
        let changes: Vec<Change> =
            cluster.changes.iter().filter_map(|at| plan.up.changes.get(*at)).cloned().collect();
        let mut after = before.clone();
        for change in &changes {
            change.apply(&mut after).map_err(|error| {
                PlanError::Circle(vec![format!("{} ({error})", change.describe())])
            })?;
        }
        let schema = Pair::new(before, after);
        let down = back(plan, &schema, &changes, options.server)?;
        let groups = cluster.groups.into_iter().map(|group| renumbered(group, &cluster.changes));
        before = schema.after.clone();
        parts.push(Plan {
            dialect: plan.dialect,
            up: DirectionPlan {
                changes,
                groups: groups.collect(),
                refusals: Vec::new(),
                fills: plan.up.fills.clone(),
                usings: plan.up.usings.clone(),
            },
            down,
            renames: None,
            ambiguities: Vec::new(),
            candidates: Vec::new(),
            unmanaged: Vec::new(),
            unknown: plan.unknown.clone(),
            unsupported: Vec::new(),
            questions: Vec::new(),
            unnormalized: false,
            schema,
        });
    }
    // What no change expresses (metadata, counters) is the same as in the whole plan.
    if let Some(last) = parts.last_mut() {
        last.schema.after = plan.schema.after.clone();
    }
    Ok(parts)
}

/// The parts of a plan that only its way down divides, found from there. They are used if the
/// statements of the way up are unchanged.
fn mirrored(plan: &Plan, options: &Options) -> Option<Vec<Plan>> {
    let swapped = |plan: &Plan| Plan {
        schema: plan.schema.clone().swap(),
        up: plan.down.clone(),
        down: plan.up.clone(),
        ..plan.clone()
    };
    let backwards =
        split(&Plan { down: DirectionPlan::default(), ..swapped(plan) }, options).ok()?;
    let parts: Vec<Plan> = backwards.iter().rev().map(swapped).collect();
    let sql = |direction: &DirectionPlan| -> Vec<String> {
        direction.steps().map(|it| it.step.sql.clone()).collect()
    };
    let mut parts_sql: Vec<String> = parts.iter().flat_map(|part| sql(&part.up)).collect();
    let mut whole = sql(&plan.up);
    parts_sql.sort_unstable();
    whole.sort_unstable();
    (parts.len() > 1 && parts_sql == whole).then_some(parts)
}

/// The inverse of some changes of a plan.
fn back(
    plan: &Plan,
    schema: &Pair<Schema>,
    changes: &[Change],
    server: Option<u32>,
) -> Result<DirectionPlan, PlanError> {
    let back = diff::back(plan.dialect, schema.as_ref().swap(), changes, server);
    let changes = order::order(plan.dialect, schema.as_ref().swap(), back)?;
    Ok(way_down(plan.dialect, schema, changes, server))
}

/// Groups and the changes that they are for, as indexes into the list of changes.
struct Cluster {
    groups: Vec<StepGroup>,
    changes: Vec<usize>,
}

fn clusters(direction: &DirectionPlan) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    let pieces = direction.groups.iter().flat_map(|group| match group.transaction {
        true => vec![group.clone()],
        false => group.steps.iter().map(|step| alone(step.clone())).collect(),
    });
    for group in pieces {
        let mut changes: Vec<usize> =
            group.steps.iter().flat_map(|step| &step.step.causes).copied().collect();
        let mut groups = vec![group];
        // A change that began earlier joins everything in between.
        if let Some(from) = clusters.iter().position(|it| shares(&it.changes, &changes)) {
            let earlier = clusters.split_off(from);
            let (mut all, mut causes) = (Vec::new(), Vec::new());
            for cluster in earlier {
                all.extend(cluster.groups);
                causes.extend(cluster.changes);
            }
            all.append(&mut groups);
            causes.append(&mut changes);
            (groups, changes) = (joined(all), causes);
        }
        changes.sort_unstable();
        changes.dedup();
        clusters.push(Cluster { groups, changes });
    }
    // Changes without a statement belong to the one before them.
    for at in 0..direction.changes.len() {
        if !clusters.iter().any(|it| it.changes.contains(&at)) {
            let owner = clusters.iter().position(|it| at > 0 && it.changes.contains(&(at - 1)));
            if let Some(cluster) = clusters.get_mut(owner.unwrap_or_default()) {
                cluster.changes.push(at);
                cluster.changes.sort_unstable();
            }
        }
    }
    clusters
}

fn alone(step: PlannedStep) -> StepGroup {
    StepGroup { transaction: false, steps: vec![step] }
}

fn shares(one: &[usize], other: &[usize]) -> bool {
    one.iter().any(|at| other.contains(at))
}

/// Consecutive non-transactional statements are one group.
fn joined(groups: Vec<StepGroup>) -> Vec<StepGroup> {
    let mut all: Vec<StepGroup> = Vec::new();
    for group in groups {
        match all.last_mut() {
            Some(last) if !last.transaction && !group.transaction => last.steps.extend(group.steps),
            Some(_) | None => all.push(group),
        }
    }
    all
}

/// The causes of the steps as indexes into the shorter list.
fn renumbered(mut group: StepGroup, changes: &[usize]) -> StepGroup {
    for planned in &mut group.steps {
        let places = planned.step.causes.iter();
        planned.step.causes =
            places.filter_map(|cause| changes.iter().position(|at| at == cause)).collect();
    }
    group
}
