//! The changes of a plan in stages: drops before the renames, the renames, everything else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_dialect::Dialect;
use autogen_schema::{Change, Pair, QName, Schema, Trigger, TriggerChange, View, ViewChange};

use crate::{PlanError, diff, order};

/// The stages of a plan.
pub(crate) struct Stages {
    /// Drops before the renames.
    first: Vec<Change>,
    renames: Vec<Change>,
    rest: Vec<Change>,
}

impl Stages {
    /// If the text of a view that is dropped or replaced names a renamed object, the view is
    /// dropped before the rename: with its current text, so that the way down restores exactly
    /// that. The same holds for triggers.
    pub(crate) fn of(
        dialect: Dialect,
        before: &Schema,
        renames: Vec<Change>,
        ordered: Vec<Change>,
    ) -> Self {
        let moved = renames.iter().any(|change| {
            change.renamed_table().is_some_and(|name| name.before.schema != name.after.schema)
                || change.renamed_value().is_some()
        });
        let touched = ordered.iter().filter_map(Change::dropped_view).any(|view| {
            let original = before.views.get(&view.name);
            moved || original.is_some_and(|original| original.definition != view.definition)
        });
        // By name, which is unique in its schema if the database does not track dependencies of
        // texts.
        let triggers: Triggers<'_> = match dialect.binds_texts() || renames.is_empty() {
            true => BTreeMap::new(),
            false => triggers_of(before),
        };
        let names_it = |trigger: &Trigger| {
            let original = triggers.get(trigger.name.as_str());
            original.is_some_and(|(_, original)| original.definition != trigger.definition)
        };
        let (first, rest) = ordered.into_iter().partition(|change| {
            touched && change.dropped_view().is_some()
                || change.dropped_trigger().is_some_and(|(on, trigger)| {
                    touched && before.views.contains_key(on) || names_it(trigger)
                })
        });
        let first = Vec::into_iter(first).map(|it| as_it_was(before, &triggers, it));
        // A trigger stays on a view until the view is dropped.
        let (views, mut first): (Vec<_>, Vec<_>) =
            first.partition(|it| matches!(it, Change::View(_)));
        first.extend(views);
        Self { first, renames, rest }
    }

    /// All of them, in their order.
    pub(crate) fn changes(self) -> Vec<Change> {
        let mut changes = self.first;
        changes.extend(self.renames);
        changes.extend(self.rest);
        changes
    }

    /// The way down from `schema.after`, sorted again: what was first is last. `goal` is the
    /// schema between the renames and the rest.
    pub(crate) fn back(
        &self,
        dialect: Dialect,
        schema: Pair<&Schema>,
        mut goal: Schema,
        server: Option<u32>,
    ) -> Result<Vec<Change>, PlanError> {
        let mut triggers: BTreeSet<&str> = BTreeSet::new();
        for change in &self.first {
            if let Some(view) = change.dropped_view() {
                goal.views.remove(&view.name);
            }
            triggers.extend(change.dropped_trigger().map(|(_, it)| it.name.as_str()));
        }
        let gone = |it: &Trigger| triggers.contains(it.name.as_str());
        goal.views.values_mut().for_each(|view| view.triggers.retain(|it| !gone(it)));
        for table in goal.tables.values_mut().filter(|table| table.triggers.iter().any(gone)) {
            Arc::make_mut(table).triggers.retain(|it| !gone(it));
        }
        let rest = diff::back(dialect, Pair::new(schema.after, &goal), &self.rest, server);
        let ordered = order::order(dialect, Pair::new(schema.after, &goal), rest)?;
        let waiting = self.waiting(&goal, &ordered);
        let (late, mut back): (Vec<_>, Vec<_>) = ordered.into_iter().partition(|change| {
            change.altered_view().is_some_and(|view| waiting.contains(&view.after.name))
        });
        back.extend(self.renames.iter().rev().map(Change::inverse));
        let mut last: Vec<Change> = self.first.iter().rev().map(Change::inverse).collect();
        if !late.is_empty() {
            last.extend(late);
            last = order::order(dialect, Pair::new(&goal, schema.before), last)?;
        }
        back.extend(last);
        Ok(back)
    }

    /// Views that directly or indirectly read one that is restored only at the end: they are
    /// replaced after that.
    fn waiting(&self, goal: &Schema, back: &[Change]) -> BTreeSet<QName> {
        let mut found = BTreeSet::new();
        if !back.iter().any(|it| it.altered_view().is_some()) {
            return found;
        }
        let gone = self.first.iter().filter_map(Change::dropped_view);
        let mut open: Vec<&QName> = gone.map(|view| &view.name).collect();
        while let Some(read) = open.pop() {
            for view in goal.views.values().filter(|it| it.names(&read.name)) {
                if found.insert(view.name.clone()) {
                    open.push(&view.name);
                }
            }
        }
        found
    }
}

/// Triggers by their names, with their tables.
type Triggers<'s> = BTreeMap<&'s str, (&'s QName, &'s Trigger)>;

fn triggers_of(schema: &Schema) -> Triggers<'_> {
    let tables = schema.tables.values().map(|it| (&it.name, &it.triggers));
    let views = schema.views.values().map(|it| (&it.name, &it.triggers));
    let all = tables.chain(views);
    all.flat_map(|(on, triggers)| triggers.iter().map(move |it| (it.name.as_str(), (on, it))))
        .collect()
}

/// The dropped object, under the names before the renames.
fn as_it_was(before: &Schema, triggers: &Triggers<'_>, change: Change) -> Change {
    if let Some(view) = change.dropped_view() {
        let original = before.views.get(&view.name).unwrap_or(view).clone();
        return ViewChange::Drop(Box::new(View { triggers: Vec::new(), ..original })).into();
    }
    let original = change.dropped_trigger().and_then(|(_, it)| triggers.get(it.name.as_str()));
    match original.copied() {
        Some((on, trigger)) => {
            TriggerChange::Drop { on: on.clone(), trigger: trigger.clone() }.into()
        }
        None => change,
    }
}
