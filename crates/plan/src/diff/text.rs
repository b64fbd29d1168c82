//! Views, routines, triggers and policies: the differences, and what has to be
//! taken away and put back because the ground under it changes.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{
    Callee, Change, Column, Defined, Pair, Partitioning, Policy, PolicyChange, Protection, QName,
    Routine, RoutineChange, RoutineKind, Schema, Table, Trigger, TriggerChange, View, ViewChange,
};

use super::uprooted::{is_extended, is_rebuilt};
use super::{Past, own};
use crate::uses::Uses;

/// The changes, beside those that there are already.
pub(super) fn diff(
    dialect: Dialect,
    past: Past<'_>,
    schema: Pair<&Schema>,
    changes: &mut Vec<Change>,
) {
    if !has_texts(schema.before) && !has_texts(schema.after) {
        return;
    }
    let going = Going::find(dialect, past, schema, changes);
    routines(schema, &going, changes);
    views(dialect, schema, &going, changes);
    for (after, before) in schema.after.tables_beside(schema.before) {
        if let Some(before) = before {
            let table = Pair::new(&**before, &**after);
            for table in [table].into_iter().chain(own::tables_of(table)) {
                let sides = table.map(|it| &it.triggers[..]);
                triggers(dialect, &table.after.name, sides, &going, changes);
                policies(dialect, table, &going, changes);
            }
        }
    }
}

/// What hangs on a table that is made.
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

/// What goes for good, or for a while.
struct Going {
    views: BTreeSet<QName>,
    routines: BTreeSet<(RoutineKind, QName, String)>,
    /// Triggers that name something which got another name, where the database
    /// does not put that into their texts.
    triggers: BTreeSet<String>,
    ground: Ground,
    /// Whether what stands on that ground goes with it.
    takes_along: bool,
}

/// What is gone, or another, for a moment of the plan.
#[derive(Default)]
struct Ground {
    relations: BTreeSet<QName>,
    columns: BTreeSet<(QName, String)>,
    routines: BTreeSet<Callee>,
    types: BTreeSet<QName>,
}

impl Ground {
    fn is_empty(&self) -> bool {
        self.relations.is_empty()
            && self.columns.is_empty()
            && self.routines.is_empty()
            && self.types.is_empty()
    }

    fn shakes(&self, uses: &Uses) -> bool {
        self.relations.iter().any(|it| uses.relation(it))
            || self.columns.iter().any(|(table, column)| uses.column(table, column))
            || self.routines.iter().any(|it| uses.calls(it))
            || self.types.iter().any(|it| uses.data_type(it))
    }
}

impl Going {
    fn find(dialect: Dialect, past: Past<'_>, schema: Pair<&Schema>, changes: &[Change]) -> Self {
        let mut going = Self {
            views: BTreeSet::new(),
            routines: BTreeSet::new(),
            triggers: left_behind(dialect, past, schema.before),
            ground: ground(schema.before, changes),
            takes_along: dialect.binds_texts(),
        };
        for (name, before) in &schema.before.views {
            let moved = past.renames.iter().any(|change| moves(change, before));
            let stays = schema.after.views.get(name).is_some_and(|after| {
                let renamed = past.original.views.get(name).is_some_and(|it| it != before);
                let equal = bare(before) == bare(after);
                (dialect.follows_renames() || !renamed)
                    && (equal
                        || (!renamed && !moved && dialect.alters_view(Pair::new(before, after))))
                    && !past.grown.contains(name)
                    && (past.kept.contains(name) || !shows_renamed(dialect, past, before))
            });
            if !stays {
                going.views.insert(name.clone());
                going.ground.relations.insert(name.clone());
            }
        }
        for before in &schema.before.routines {
            let stays = partner(&schema.after.routines, before)
                .is_some_and(|after| is_replaceable(dialect, Pair::new(before, after)));
            if !stays {
                going.routine(before);
            }
        }
        if dialect.rereads_texts() && (drops_column(changes) || !past.renames.is_empty()) {
            // It is enough that what the others read can be found.
            let relations = going.views.clone();
            going.ground = Ground { relations, ..Ground::default() };
            going.takes_along = true;
        }
        while going.takes_along && !going.ground.is_empty() && going.spread(dialect, schema) {}
        going
    }

    fn routine(&mut self, routine: &Routine) {
        self.routines.insert((routine.kind, routine.name.clone(), routine.arguments.clone()));
        // Nobody calls an event.
        if routine.kind != RoutineKind::Event {
            self.ground.routines.insert(routine.callee());
        }
    }

    fn has_routine(&self, routine: &Routine) -> bool {
        self.routines.contains(&(routine.kind, routine.name.clone(), routine.arguments.clone()))
    }

    /// Finds what stands on what goes; whether there was any.
    fn spread(&mut self, dialect: Dialect, schema: Pair<&Schema>) -> bool {
        let mut found = false;
        for (name, view) in &schema.before.views {
            if !self.views.contains(name) && self.ground.shakes(&Uses::of_view(dialect, view)) {
                self.views.insert(name.clone());
                self.ground.relations.insert(name.clone());
                found = true;
            }
        }
        for routine in &schema.before.routines {
            let shaken = || self.ground.shakes(&Uses::bonds_of_routine(dialect, routine));
            if !self.has_routine(routine) && shaken() {
                self.routine(routine);
                found = true;
            }
        }
        found
    }
}

/// Whether a view could not be replaced by its own text on the way back, while
/// this is still as it is called now.
fn moves(change: &Change, view: &View) -> bool {
    let spoken = |(_, value): (&QName, &Pair<String>)| {
        view.definition.contains(&format!("'{}'", value.before.replace('\'', "''")))
    };
    change.renamed_table().is_some_and(|name| name.before.schema != name.after.schema)
        || change.renamed_value().is_some_and(spoken)
}

fn drops_column(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.dropped_column().is_some())
}

fn ground(before: &Schema, changes: &[Change]) -> Ground {
    let mut ground = Ground::default();
    for change in changes {
        let divided = change.divided_table().map(|(name, _)| name);
        // Its rows move to a table that is made anew.
        let gone = change.dropped_table().map(|it| &it.name).or(divided);
        ground.relations.extend(gone.cloned());
        let column = change.dropped_column().or_else(|| revalued(change));
        ground.columns.extend(column.map(|(table, it)| (table.clone(), it.name.clone())));
        ground.types.extend(remade_type(change).cloned());
    }
    own::with_partitions(before, &mut ground.columns);
    if ground.types.is_empty() {
        return ground;
    }
    for table in before.tables.values() {
        let of_type = |name: &QName| ground.types.contains(name);
        let columns = table.columns.iter().filter(|it| it.data_type.named().is_some_and(of_type));
        ground.columns.extend(columns.map(|it| (table.name.clone(), it.name.clone())));
    }
    ground
}

/// The column whose values become others, with its table.
fn revalued(change: &Change) -> Option<(&QName, &Column)> {
    let (table, Pair { before, after }) = change.altered_column()?;
    let remade = after.generated.is_some() && before.generated != after.generated;
    let retyped = before.data_type != after.data_type;
    (remade || retyped || before.collation != after.collation).then_some((table, after))
}

/// The type that goes, or is made anew.
fn remade_type(change: &Change) -> Option<&QName> {
    let domain = change.altered_domain().filter(|it| is_rebuilt((*it).as_ref()));
    let dropped = change.dropped_enum().map(|it| &it.name);
    let of_enum =
        change.altered_enum().filter(|it| !is_extended(&it.before.values, &it.after.values));
    dropped
        .or_else(|| domain.map(|it| &it.before.name))
        .or_else(|| of_enum.map(|it| &it.before.name))
}

/// Whether a view shows a column that got another name. Where the database
/// binds texts, the view's own column keeps the name that it had.
fn shows_renamed(dialect: Dialect, past: Past<'_>, view: &View) -> bool {
    let mut renames = past.renames.iter().filter_map(Change::renamed_column).peekable();
    if !dialect.binds_texts() || renames.peek().is_none() {
        return false;
    }
    let uses = Uses::of_view(dialect, view);
    renames.any(|(table, name)| uses.column(table, &name.after))
}

/// The triggers whose texts a rename did not reach.
fn left_behind(dialect: Dialect, past: Past<'_>, before: &Schema) -> BTreeSet<String> {
    if dialect.follows_renames() || past.renames.is_empty() {
        return BTreeSet::new();
    }
    let of = |schema: &Schema| -> BTreeSet<(String, String)> {
        let triggers = schema.tables.values().flat_map(|table| &table.triggers);
        triggers.map(|it| (it.name.clone(), it.definition.clone())).collect()
    };
    let (there, renamed) = (of(past.original), of(before));
    renamed.difference(&there).map(|(name, _)| name.clone()).collect()
}

/// A view without its triggers, which are changes of their own.
fn bare(view: &View) -> View {
    View { triggers: Vec::new(), ..view.clone() }
}

fn views(dialect: Dialect, schema: Pair<&Schema>, going: &Going, changes: &mut Vec<Change>) {
    for (name, before) in &schema.before.views {
        if going.views.contains(name) {
            changes.extend(before.triggers.iter().map(|trigger| drop_trigger(name, trigger)));
            changes.push(ViewChange::Drop(Box::new(bare(before))).into());
        }
    }
    for (name, after) in &schema.after.views {
        match schema.before.views.get(name).filter(|_| !going.views.contains(name)) {
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

fn routines(schema: Pair<&Schema>, going: &Going, changes: &mut Vec<Change>) {
    for before in schema.before.routines.iter().filter(|it| going.has_routine(it)) {
        changes.push(RoutineChange::Drop(Box::new(before.clone())).into());
    }
    for after in &schema.after.routines {
        let before = partner(&schema.before.routines, after).filter(|it| !going.has_routine(it));
        match before {
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
    going: &Going,
    changes: &mut Vec<Change>,
) {
    let stays = |before: &Trigger, after: &Trigger| {
        let shaken =
            || going.takes_along && going.ground.shakes(&Uses::of_trigger(dialect, on, before));
        let left = going.triggers.contains(&before.name);
        before.definition == after.definition && !left && !shaken()
    };
    let named = |list: &[Trigger], name: &str| list.iter().find(|it| it.name == name).cloned();
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    for after in sides.after {
        if named(sides.before, &after.name).is_some_and(|before| stays(&before, after)) {
            kept.insert(&after.name);
        }
    }
    // What is made anew acts last: those that act after it are made anew as well.
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

fn policies(dialect: Dialect, table: Pair<&Table>, going: &Going, changes: &mut Vec<Change>) {
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
            && !going.ground.shakes(&Uses::of_policy(dialect, name, before))
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
