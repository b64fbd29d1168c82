//! The order of changes. What comes waits for what it depends on in the schema after; what
//! goes does so before what it depended on in the schema before. Ties are broken by phase,
//! table and name, so that the result reads well and is the same on every run.

mod edges;
mod effect;
mod partitions;
mod phase;
mod rows;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{Change, Pair, PartitionChange, Schema, SequenceChange};

use self::edges::Edges;
use self::effect::Effect;
use self::phase::sort_key;
use crate::PlanError;

/// Sorts the changes, which lead from one schema to the other.
pub(crate) fn order(
    dialect: Dialect,
    schema: Pair<&Schema>,
    changes: Vec<Change>,
) -> Result<Vec<Change>, PlanError> {
    if changes.len() < 2 {
        return Ok(changes);
    }
    let schema = spoken_of(schema, &changes);
    let edges = edges(dialect, Pair::new(&schema.before, &schema.after), &changes);
    let sorted = sorted(&changes, &edges);
    if sorted.len() < changes.len() {
        let done: BTreeSet<usize> = sorted.into_iter().collect();
        let stuck = (0..changes.len()).filter(|at| !done.contains(at));
        return Err(PlanError::Circle(stuck.map(|at| changes[at].describe()).collect()));
    }
    let mut slots: Vec<Option<Change>> = changes.into_iter().map(Some).collect();
    Ok(sorted.into_iter().filter_map(|at| slots[at].take()).collect())
}

fn edges(dialect: Dialect, schema: Pair<&Schema>, changes: &[Change]) -> Edges {
    let effects: Vec<Effect> = changes.iter().map(|it| Effect::of(dialect, it)).collect();
    let footings = edges::footings(dialect, schema, changes, &effects);
    let mut edges = edges::edges(&effects, &footings);
    partitions::moved(changes, &mut edges);
    partitions::divided(changes, &footings, &mut edges);
    partitions::own_indexes(schema.after, changes, &mut edges);
    rows::relabelled(changes, &mut edges);
    rows::logged(schema.before, changes, &mut edges);
    edges
}

/// The places of the changes, up to a circle.
fn sorted(changes: &[Change], edges: &Edges) -> Vec<usize> {
    let mut waiting = vec![0_usize; changes.len()];
    edges.all().for_each(|(_, later)| waiting[later] += 1);
    let keys: Vec<_> = changes.iter().map(sort_key).collect();
    let mut ready: BTreeSet<_> =
        (0..changes.len()).filter(|at| waiting[*at] == 0).map(|at| (&keys[at], at)).collect();
    let mut sorted = Vec::with_capacity(changes.len());
    while let Some((_, at)) = ready.pop_first() {
        sorted.push(at);
        for later in edges.after(at) {
            waiting[later] -= 1;
            if waiting[later] == 0 {
                ready.insert((&keys[later], later));
            }
        }
    }
    sorted
}

/// The schemas in the words of the changes between them: partitions stand where they do on
/// the other side, and sequences are spoken of as there.
fn spoken_of<'s>(schema: Pair<&'s Schema>, changes: &[Change]) -> Pair<Cow<'s, Schema>> {
    let Pair { before, after } = schema;
    let mut spoken = Pair::new(Cow::Borrowed(before), Cow::Borrowed(after));
    let mut silenced = Vec::new();
    for change in changes {
        match says(change) {
            Some(true) => say(change, &mut spoken.before),
            Some(false) => silenced.push(change),
            None => {}
        }
    }
    for change in silenced.into_iter().rev() {
        say(&change.inverse(), &mut spoken.after);
    }
    spoken
}

/// A change that does not fit leaves the schema in its own words.
fn say(change: &Change, schema: &mut Cow<'_, Schema>) {
    let mut said = Schema::clone(schema);
    if change.apply(&mut said).is_ok() {
        *schema = Cow::Owned(said);
    }
}

/// Whether the other changes are in the words from after this one; `None` where it has no
/// words of its own.
fn says(change: &Change) -> Option<bool> {
    if let Change::Partition(change) = change {
        return match change {
            PartitionChange::Detach { .. } => Some(true),
            PartitionChange::Attach { .. } => Some(false),
            PartitionChange::Create { .. }
            | PartitionChange::Drop { .. }
            | PartitionChange::Comment { .. }
            | PartitionChange::Divide { .. } => None,
        };
    }
    let Change::Sequence(change) = change else { return None };
    match change {
        SequenceChange::Speak { spoken, .. } => Some(spoken.after),
        SequenceChange::Create(_)
        | SequenceChange::Drop(_)
        | SequenceChange::Rename(_)
        | SequenceChange::Alter(_)
        | SequenceChange::Own { .. } => None,
    }
}
