//! The changes of a plan in the order of their stages: what goes first, the
//! renames, all the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, EnumChange, Pair, QName, Schema, TableChange, Trigger, TriggerChange, View, ViewChange,
};

use crate::{PlanError, diff, order};

/// The stages of a plan.
pub(crate) struct Stages {
    /// What goes before the renames.
    first: Vec<Change>,
    renames: Vec<Change>,
    rest: Vec<Change>,
}

impl Stages {
    /// Where a renamed thing stands in the text of a view that goes or becomes
    /// another, the views that go do so before the rename: under their own text,
    /// so that the way down brings back just that. And so do triggers that speak
    /// of it.
    pub(crate) fn of(
        dialect: Dialect,
        before: &Schema,
        renames: Vec<Change>,
        ordered: Vec<Change>,
    ) -> Self {
        let moved = renames.iter().any(|change| match change {
            Change::Table(TableChange::Rename(name)) => name.before.schema != name.after.schema,
            Change::Enum(EnumChange::RenameValue { .. }) => true,
            _other => false,
        });
        let touched = ordered.iter().any(|change| match change {
            Change::View(ViewChange::Drop(view)) => {
                let there = before.views.get(&view.name);
                moved || there.is_some_and(|it| it.definition != view.definition)
            }
            _other => false,
        });
        // By name, which is the only one in its schema where a database does not
        // bind texts.
        let triggers: Triggers<'_> = match dialect.binds_texts() || renames.is_empty() {
            true => BTreeMap::new(),
            false => triggers_of(before),
        };
        let speaks_of_it = |trigger: &Trigger| {
            let there = triggers.get(trigger.name.as_str());
            there.is_some_and(|(_, it)| it.definition != trigger.definition)
        };
        let (first, rest) = ordered.into_iter().partition(|change| match change {
            Change::View(ViewChange::Drop(_)) => touched,
            Change::Trigger(TriggerChange::Drop { on, trigger }) => {
                touched && before.views.contains_key(on) || speaks_of_it(trigger)
            }
            _other => false,
        });
        let first = Vec::into_iter(first).map(|it| as_it_was(before, &triggers, it));
        // A trigger hangs on a view until that goes.
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

    /// The way back, sorted anew: what went first comes last. `after` is the
    /// schema between the renames and the rest.
    pub(crate) fn back(
        &self,
        dialect: Dialect,
        before: &Schema,
        mut after: Schema,
    ) -> Result<Vec<Change>, PlanError> {
        let mut triggers: BTreeSet<&str> = BTreeSet::new();
        for change in &self.first {
            match change {
                Change::View(ViewChange::Drop(view)) => drop(after.views.remove(&view.name)),
                Change::Trigger(TriggerChange::Drop { trigger, .. }) => {
                    triggers.insert(&trigger.name);
                }
                _other => {}
            }
        }
        let gone = |it: &Trigger| triggers.contains(it.name.as_str());
        after.views.values_mut().for_each(|view| view.triggers.retain(|it| !gone(it)));
        for table in after.tables.values_mut().filter(|table| table.triggers.iter().any(gone)) {
            Arc::make_mut(table).triggers.retain(|it| !gone(it));
        }
        let rest = diff::back(dialect, Pair::new(before, &after), &self.rest);
        let ordered = order::order(dialect, before, rest)?;
        let waiting = self.waiting(&after, &ordered);
        let (late, mut back): (Vec<_>, Vec<_>) = ordered.into_iter().partition(|change| {
            matches!(change, Change::View(ViewChange::Alter(view))
                if waiting.contains(&view.after.name))
        });
        back.extend(self.renames.iter().rev().map(Change::inverse));
        let mut last: Vec<Change> = self.first.iter().rev().map(Change::inverse).collect();
        if !late.is_empty() {
            last.extend(late);
            last = order::order(dialect, &after, last)?;
        }
        back.extend(last);
        Ok(back)
    }

    /// Views that read one which is back only at the end, directly or through others:
    /// they become others after that.
    fn waiting(&self, goal: &Schema, back: &[Change]) -> BTreeSet<QName> {
        let mut found = BTreeSet::new();
        if !back.iter().any(|it| matches!(it, Change::View(ViewChange::Alter(_)))) {
            return found;
        }
        let gone = self.first.iter().filter_map(|change| match change {
            Change::View(ViewChange::Drop(view)) => Some(&view.name),
            _other => None,
        });
        let mut open: Vec<&QName> = gone.collect();
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

/// Triggers by their names, with the tables that they hang on.
type Triggers<'s> = BTreeMap<&'s str, (&'s QName, &'s Trigger)>;

fn triggers_of(schema: &Schema) -> Triggers<'_> {
    let tables = schema.tables.values().map(|it| (&it.name, &it.triggers));
    let views = schema.views.values().map(|it| (&it.name, &it.triggers));
    let all = tables.chain(views);
    all.flat_map(|(on, triggers)| triggers.iter().map(move |it| (it.name.as_str(), (on, it))))
        .collect()
}

/// What goes, in the words from before the renames.
fn as_it_was(before: &Schema, triggers: &Triggers<'_>, change: Change) -> Change {
    match change {
        Change::View(ViewChange::Drop(view)) => {
            let original = before.views.get(&view.name).cloned().unwrap_or(*view);
            let original = View { triggers: Vec::new(), ..original };
            Change::View(ViewChange::Drop(Box::new(original)))
        }
        Change::Trigger(TriggerChange::Drop { on, trigger }) => {
            let (on, trigger) = match triggers.get(trigger.name.as_str()) {
                Some((on, original)) => ((*on).clone(), (*original).clone()),
                None => (on, trigger),
            };
            Change::Trigger(TriggerChange::Drop { on, trigger })
        }
        other => other,
    }
}
