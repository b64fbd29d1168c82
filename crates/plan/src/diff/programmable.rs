//! Views, routines, triggers and policies.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Defined, ObjectId, Pair, Partitioning, Policy, PolicyChange, Protection, QName,
    Routine, RoutineChange, RoutineKind, Schema, Table, Trigger, TriggerChange, View, ViewChange,
};

use super::{Past, own};
use crate::dependencies::Uses;
use crate::recreate::Recreated;

/// The changes, in addition to the given ones.
pub(super) fn diff(
    dialect: Dialect,
    past: Past<'_>,
    schema: Pair<&Schema>,
    recreated: &Recreated,
    changes: &mut Vec<Change>,
) {
    if !has_texts(schema.before) && !has_texts(schema.after) {
        return;
    }
    let left_behind = left_behind(dialect, past, schema.before);
    let going = Going { recreated, left_behind };
    routines(dialect, schema, recreated, changes);
    views(dialect, past, schema, &going, changes);
    for (after, before) in schema.after.tables_beside(schema.before) {
        if let Some(before) = before {
            let table = Pair::new(&**before, &**after);
            for table in [table].into_iter().chain(own::tables_of(table)) {
                let sides = table.map(|it| &it.triggers[..]);
                triggers(dialect, &table.after.name, sides, &going, changes);
                policies(table, recreated, changes);
            }
        }
    }
}

/// The objects on a new table.
pub(super) fn on_new_table(table: &Table) -> Vec<Change> {
    let create = |on: &QName, trigger: &Trigger| {
        Change::from(TriggerChange::Create { on: on.clone(), trigger: trigger.clone() })
    };
    let mut changes: Vec<Change> =
        table.triggers.iter().map(|trigger| create(&table.name, trigger)).collect();
    let protection = Pair::new(Protection::default(), Protection::of(table.row_security.as_ref()));
    let name = &table.name;
    if protection.before != protection.after {
        changes.push(PolicyChange::Protect { table: name.clone(), protection }.into());
    }
    for policy in policies_of(table) {
        let policy = policy.clone();
        changes.push(PolicyChange::Create { table: name.clone(), policy }.into());
    }
    changes
}

fn has_texts(schema: &Schema) -> bool {
    !schema.views.is_empty()
        || !schema.routines.is_empty()
        || schema.tables.values().any(|table| {
            let hung = |it: &Table| !it.triggers.is_empty() || it.row_security.is_some();
            let mut partitions = table.partitioning.iter().flat_map(Partitioning::all);
            hung(table) || partitions.any(|it| hung(&it.own))
        })
}

fn policies_of(table: &Table) -> &[Policy] {
    table.row_security.as_ref().map_or(&[], |security| &security.policies)
}

/// What is recreated.
struct Going<'r> {
    recreated: &'r Recreated,
    /// Triggers that name a renamed object, if the database does not update their texts.
    left_behind: BTreeSet<String>,
}

/// Whether the way down could not replace a view by its former text while the renamed object
/// still has its new name.
fn moves(change: &Change, view: &View) -> bool {
    let spoken = |(_, value): (&QName, &Pair<String>)| {
        view.definition.contains(&format!("'{}'", value.before.replace('\'', "''")))
    };
    change.renamed_table().is_some_and(|name| name.before.schema != name.after.schema)
        || change.renamed_value().is_some_and(spoken)
}

/// Whether a view can be replaced in place.
fn alters_view(dialect: Dialect, past: Past<'_>, view: Pair<&View>) -> bool {
    let Pair { before, after } = view;
    let name = &before.name;
    let renamed = past.original.views.get(name).is_some_and(|it| it != before);
    let moved = past.renames.iter().any(|change| moves(change, before));
    let in_place = !renamed && !moved && dialect.alters_view(Pair::new(before, after));
    (dialect.follows_renames() || !renamed)
        && (in_place || bare(before) == bare(after))
        && !past.grown.contains(name)
        && (past.kept.contains(name) || !shows_renamed(dialect, past, before))
}

/// Whether a view shows a renamed column. If the database tracks dependencies of texts, the
/// view's own column keeps its name.
fn shows_renamed(dialect: Dialect, past: Past<'_>, view: &View) -> bool {
    let mut renames = past.renames.iter().filter_map(Change::renamed_column).peekable();
    if !dialect.binds_texts() || renames.peek().is_none() {
        return false;
    }
    let uses = Uses::of_view(dialect, view);
    renames.any(|(table, name)| uses.column(table, &name.after))
}

/// The triggers whose texts did not follow a rename.
fn left_behind(dialect: Dialect, past: Past<'_>, before: &Schema) -> BTreeSet<String> {
    if dialect.follows_renames() || past.renames.is_empty() {
        return BTreeSet::new();
    }
    let texts = |schema: &Schema| -> BTreeSet<(String, String)> {
        let triggers = schema.tables.values().flat_map(|table| &table.triggers);
        triggers.map(|trigger| (trigger.name.clone(), trigger.definition.clone())).collect()
    };
    let (original, renamed) = (texts(past.original), texts(before));
    renamed.difference(&original).map(|(name, _)| name.clone()).collect()
}

/// A view without its triggers, which have changes of their own.
fn bare(view: &View) -> View {
    View { triggers: Vec::new(), ..view.clone() }
}

fn views(
    dialect: Dialect,
    past: Past<'_>,
    schema: Pair<&Schema>,
    going: &Going<'_>,
    changes: &mut Vec<Change>,
) {
    let stays = |before: &View| {
        let after = schema.after.views.get(&before.name);
        !going.recreated.has(&ObjectId::Relation(before.name.clone()))
            && after.is_some_and(|after| alters_view(dialect, past, Pair::new(before, after)))
    };
    let mut kept: BTreeSet<&QName> = BTreeSet::new();
    for (name, before) in &schema.before.views {
        if stays(before) {
            kept.insert(name);
            continue;
        }
        changes.extend(before.triggers.iter().map(|trigger| drop_trigger(name, trigger)));
        changes.push(ViewChange::Drop(Box::new(bare(before))).into());
    }
    for (name, after) in &schema.after.views {
        match schema.before.views.get(name).filter(|_| kept.contains(name)) {
            None => {
                changes.push(ViewChange::Create(Box::new(bare(after))).into());
                changes.extend(after.triggers.iter().map(|trigger| create_trigger(name, trigger)));
            }
            Some(before) => {
                let (one, other) = (bare(before), bare(after));
                if one != other {
                    changes.push(ViewChange::Alter(Box::new(Pair::new(one, other))).into());
                }
                let sides = Pair::new(&before.triggers[..], &after.triggers[..]);
                triggers(dialect, name, sides, going, changes);
            }
        }
    }
}

fn create_trigger(on: &QName, trigger: &Trigger) -> Change {
    TriggerChange::Create { on: on.clone(), trigger: trigger.clone() }.into()
}

fn drop_trigger(on: &QName, trigger: &Trigger) -> Change {
    TriggerChange::Drop { on: on.clone(), trigger: trigger.clone() }.into()
}

fn partner<'r>(routines: &'r [Routine], routine: &Routine) -> Option<&'r Routine> {
    routines.iter().find(|it| it.key() == routine.key())
}

fn is_replaceable(dialect: Dialect, routine: Pair<&Routine>) -> bool {
    let Pair { before, after } = routine;
    let head = |it: &Routine| dialect.routine_head(it.definition());
    before.definition == after.definition
        || before.kind == RoutineKind::Event
        || (before.kind == after.kind && dialect.same_statement(&head(before), &head(after)))
}

fn routines(
    dialect: Dialect,
    schema: Pair<&Schema>,
    recreated: &Recreated,
    changes: &mut Vec<Change>,
) {
    let stays = |before: &Routine, after: &Routine| {
        !recreated.has(&ObjectId::routine(before))
            && is_replaceable(dialect, Pair::new(before, after))
    };
    for before in &schema.before.routines {
        if !partner(&schema.after.routines, before).is_some_and(|after| stays(before, after)) {
            changes.push(RoutineChange::Drop(Box::new(before.clone())).into());
        }
    }
    for after in &schema.after.routines {
        match partner(&schema.before.routines, after).filter(|before| stays(before, after)) {
            None => changes.push(RoutineChange::Create(Box::new(after.clone())).into()),
            Some(before) if before != after => {
                let routine = Box::new(Pair::new(before.clone(), after.clone()));
                changes.push(RoutineChange::Alter(routine).into());
            }
            Some(_) => {}
        }
    }
}

fn triggers(
    dialect: Dialect,
    on: &QName,
    sides: Pair<&[Trigger]>,
    going: &Going<'_>,
    changes: &mut Vec<Change>,
) {
    let stays = |before: &Trigger, after: &Trigger| {
        let recreated = ObjectId::Trigger(on.clone(), before.name.clone());
        before.definition == after.definition
            && !going.left_behind.contains(&before.name)
            && !going.recreated.has(&recreated)
    };
    let named = |list: &[Trigger], name: &str| list.iter().find(|it| it.name == name).cloned();
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    for after in sides.after {
        if named(sides.before, &after.name).is_some_and(|before| stays(&before, after)) {
            kept.insert(&after.name);
        }
    }
    // A recreated trigger acts last: those that act after it are recreated as well.
    loop {
        let all = kept.len();
        let overtaken = |trigger: &&Trigger| {
            let neighbour = dialect.trigger_neighbour(&trigger.definition);
            neighbour.is_some_and(|name| !kept.contains(name.as_str()))
        };
        let gone: Vec<&str> =
            sides.after.iter().filter(overtaken).map(|it| it.name.as_str()).collect();
        gone.iter().for_each(|name| {
            kept.remove(name);
        });
        if kept.len() == all {
            break;
        }
    }
    for before in sides.before {
        if !kept.contains(before.name.as_str()) {
            changes.push(drop_trigger(on, before));
        }
    }
    for after in sides.after {
        let before = named(sides.before, &after.name).filter(|it| kept.contains(it.name.as_str()));
        let Some(before) = before else {
            changes.push(create_trigger(on, after));
            continue;
        };
        let place = || (on.clone(), before.clone());
        if before.firing != after.firing {
            let ((on, trigger), firing) = (place(), Pair::new(before.firing, after.firing));
            changes.push(TriggerChange::Firing { on, trigger, firing }.into());
        }
        if before.comment != after.comment {
            let comment = Pair::new(before.comment.clone(), after.comment.clone());
            let (on, trigger) = place();
            changes.push(TriggerChange::Comment { on, trigger, comment }.into());
        }
    }
}

fn policies(table: Pair<&Table>, recreated: &Recreated, changes: &mut Vec<Change>) {
    let Pair { before, after } = table;
    if before.row_security.is_none() && after.row_security.is_none() {
        return;
    }
    let name = &after.name;
    let protection = table.map(|it| Protection::of(it.row_security.as_ref()));
    if protection.before != protection.after {
        changes.push(PolicyChange::Protect { table: name.clone(), protection }.into());
    }
    let stays = |before: &Policy, after: &Policy| {
        before.definition == after.definition
            && !recreated.has(&ObjectId::Policy(name.clone(), before.name.clone()))
    };
    let named =
        |table: &Table, name: &str| policies_of(table).iter().find(|it| it.name == name).cloned();
    for there in policies_of(before) {
        if !named(after, &there.name).is_some_and(|wanted| stays(there, &wanted)) {
            let policy = there.clone();
            changes.push(PolicyChange::Drop { table: name.clone(), policy }.into());
        }
    }
    for wanted in policies_of(after) {
        match named(before, &wanted.name).filter(|there| stays(there, wanted)) {
            None => {
                let policy = wanted.clone();
                changes.push(PolicyChange::Create { table: name.clone(), policy }.into());
            }
            Some(there) if there.comment != wanted.comment => {
                let comment = Pair::new(there.comment.clone(), wanted.comment.clone());
                let table = name.clone();
                changes.push(PolicyChange::Comment { table, policy: there, comment }.into());
            }
            Some(_) => {}
        }
    }
}
