//! The order of changes. A created object comes after its dependencies in the schema after; a
//! dropped one comes before its dependencies in the schema before are dropped. Ties are
//! broken by phase, table and name, so that the result is readable and the same on every run.

mod edges;
mod effect;
mod partitions;
mod phase;
mod rows;
mod swap;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Dialect, OwnDrops};
use autogen_schema::{Change, Pair, PartitionChange, QName, Schema, SequenceChange};

use self::edges::Edges;
use self::effect::Effect;
use self::phase::{SortKey, sort_key};
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
    let between = between(schema, &changes);
    let edges = edges(dialect, Pair::new(&between.before, &between.after), &changes);
    let mut sorting = Sorting::new(changes, edges);
    while !sorting.advance() {
        let stuck = sorting.stuck();
        let Some((at, halves)) = swap::untied(dialect, schema, &stuck) else {
            return Err(PlanError::Circle(stuck.iter().map(|(_, it)| it.describe()).collect()));
        };
        sorting.begin(at, halves);
    }
    Ok(sorting.sorted)
}

fn edges(dialect: Dialect, schema: Pair<&Schema>, changes: &[Change]) -> Edges {
    let mut effects: Vec<Effect> = changes.iter().map(|it| Effect::of(dialect, it)).collect();
    take_along(dialect, changes, &mut effects);
    let usages = edges::usages(dialect, schema, changes, &effects);
    let mut edges = edges::edges(&effects, &usages);
    partitions::moved(changes, &mut edges);
    partitions::divided(changes, &usages, &mut edges);
    partitions::own_indexes(schema.after, changes, &mut edges);
    rows::relabelled(changes, &mut edges);
    rows::logged(schema.before, changes, &mut edges);
    edges
}

/// Objects on a dropped relation exist until it is dropped, and so do their dependencies.
fn take_along(dialect: Dialect, changes: &[Change], effects: &mut [Effect]) {
    let own_drops = OwnDrops::of(dialect, changes);
    let mut owners: BTreeMap<&QName, usize> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        owners.extend(change.gone_relations().into_iter().map(|name| (name, at)));
    }
    for (at, change) in changes.iter().enumerate() {
        if change.dropped_trigger().is_some_and(|(on, trigger)| own_drops.has(on, trigger)) {
            continue;
        }
        let owner =
            change.attached_to().and_then(|on| owners.get(on)).filter(|owner| **owner != at);
        if let Some(owner) = owner {
            let gone = effects[at].removes.clone();
            effects[*owner].removes.extend(gone);
        }
    }
}

/// Changes while they are sorted.
struct Sorting {
    /// Those that are not sorted yet.
    open: Vec<Option<Change>>,
    edges: Edges,
    keys: Vec<SortKey>,
    /// How many changes each waits for.
    waiting: Vec<usize>,
    sorted: Vec<Change>,
}

impl Sorting {
    fn new(changes: Vec<Change>, edges: Edges) -> Self {
        let mut waiting = vec![0; changes.len()];
        edges.all().for_each(|(_, later)| waiting[later] += 1);
        let keys = changes.iter().map(sort_key).collect();
        let sorted = Vec::with_capacity(changes.len());
        Self { open: changes.into_iter().map(Some).collect(), edges, keys, waiting, sorted }
    }

    /// Sorts what waits for nothing that is open; returns whether that was all.
    fn advance(&mut self) -> bool {
        let free = |at: &usize| self.waiting[*at] == 0 && self.open[*at].is_some();
        let free: Vec<usize> = (0..self.open.len()).filter(free).collect();
        let mut ready: BTreeSet<_> =
            free.into_iter().map(|at| (self.keys[at].clone(), at)).collect();
        while let Some((_, at)) = ready.pop_first() {
            self.sorted.extend(self.open[at].take());
            let freed = self.release(at).into_iter();
            ready.extend(freed.map(|it| (self.keys[it].clone(), it)));
        }
        self.open.iter().all(Option::is_none)
    }

    /// Nothing waits for this one any more; returns those that waited for it alone.
    fn release(&mut self, at: usize) -> Vec<usize> {
        let mut freed = self.edges.take(at);
        freed.retain(|later| {
            self.waiting[*later] -= 1;
            self.waiting[*later] == 0
        });
        freed.into_iter().collect()
    }

    /// Changes that wait for each other, or for such changes.
    fn stuck(&self) -> Vec<(usize, &Change)> {
        let open = self.open.iter().enumerate();
        open.filter_map(|(at, change)| Some((at, change.as_ref()?))).collect()
    }

    /// Makes the first half of one of them; the second half keeps waiting.
    fn begin(&mut self, at: usize, [first, second]: [Change; 2]) {
        self.sorted.push(first);
        self.open[at] = Some(second);
        self.release(at);
    }
}

/// The schemas as they are between the changes: partitions have their position of the other
/// side, and sequences are explicit where they are there.
fn between<'s>(schema: Pair<&'s Schema>, changes: &[Change]) -> Pair<Cow<'s, Schema>> {
    let Pair { before, after } = schema;
    let mut between = Pair::new(Cow::Borrowed(before), Cow::Borrowed(after));
    let mut undone = Vec::new();
    for change in changes {
        match is_first(change) {
            Some(true) => apply(change, &mut between.before),
            Some(false) => undone.push(change),
            None => {}
        }
    }
    for change in undone.into_iter().rev() {
        apply(&change.inverse(), &mut between.after);
    }
    between
}

/// A change that does not apply leaves the schema unchanged.
fn apply(change: &Change, schema: &mut Cow<'_, Schema>) {
    let mut applied = Schema::clone(schema);
    if change.apply(&mut applied).is_ok() {
        *schema = Cow::Owned(applied);
    }
}

/// Whether the change comes before the others, in their names; `None` if that does not matter.
fn is_first(change: &Change) -> Option<bool> {
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
        SequenceChange::Declare { declared, .. } => Some(declared.after),
        SequenceChange::Create(_)
        | SequenceChange::Drop(_)
        | SequenceChange::Rename(_)
        | SequenceChange::Alter(_)
        | SequenceChange::Own { .. } => None,
    }
}
