//! Texts that the database compiles only when they run, and that are kept by a plan: what
//! they name can be dropped or renamed without an error, and they fail afterwards.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{BodyNames, Dialect};
use autogen_schema::{Defined, Pair, QName, Routine, RoutineKind, Schema, Trigger, View};

use super::Uses;

/// Something that a text can name.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// A column, after its table.
    Column(&'a QName, &'a str),
    /// A table or a view.
    Relation(&'a QName),
    /// A function or a procedure, with any arguments.
    Routine(&'a QName),
}

/// Such texts of a schema.
#[derive(Debug)]
pub struct LateTexts {
    dialect: Dialect,
    texts: Vec<LateText>,
    /// Triggers that are recreated with another text, with the names in both.
    rewritten: Vec<(String, Pair<BodyNames>)>,
}

#[derive(Debug)]
struct LateText {
    /// The object, as messages name it.
    object: String,
    /// Whether the database updates the text when an object is renamed.
    follows_renames: bool,
    names: Names,
    /// The tables whose rows it gets as NEW and OLD.
    rows_of: BTreeSet<QName>,
}

#[derive(Debug)]
enum Names {
    Query(Box<Uses>),
    Body(BodyNames),
}

impl LateTexts {
    /// The texts of `before` that `after` has as well, unchanged.
    pub fn kept(dialect: Dialect, before: &Schema, after: &Schema) -> Self {
        let mut found = Self { dialect, texts: Vec::new(), rewritten: Vec::new() };
        // If no server reported what a view reads, nothing was refused because of it.
        let stays = |view: &&View| {
            let wanted = after.views.get(&view.name);
            wanted.is_some_and(|it| it.definition == view.definition)
                && !(dialect.binds_texts() && view.reads.0.is_some())
        };
        before.views.values().filter(stays).for_each(|it| found.view(it));
        if !dialect.binds_texts() {
            let stay: BTreeSet<(&str, &str)> = triggers(after).map(|(_, it)| text(it)).collect();
            let stays = |(_, it): &(&QName, &Trigger)| stay.contains(&text(it));
            triggers(before).filter(stays).for_each(|(on, it)| found.trigger(on, it));
        }
        if !dialect.follows_renames() {
            found.rewritten(before, after);
        }
        let wanted: BTreeMap<_, &Routine> =
            after.routines.iter().map(|it| (it.key(), it)).collect();
        let stays = |routine: &&Routine| {
            let same = wanted.get(&routine.key());
            same.is_some_and(|it| it.definition == routine.definition)
        };
        let firing = firing(dialect, before);
        before.routines.iter().filter(stays).for_each(|it| found.routine(&firing, it));
        found
    }

    /// The texts that name this, and that fail once it is renamed (or else dropped).
    pub fn naming(&self, named: Named<'_>, renamed: bool) -> Vec<&str> {
        let stale = self.texts.iter().filter(|it| !(renamed && it.follows_renames));
        let naming = stale.filter(|it| it.names(self.dialect, named));
        naming.map(|it| it.object.as_str()).collect()
    }

    /// The recreated triggers that no longer name this column of the table, as they did: a
    /// rename writes the new name everywhere in their texts.
    pub fn losing(&self, table: &QName, column: &str) -> Vec<&str> {
        let (table, column) =
            [table.name.as_str(), column].map(|it| self.dialect.mentioned_as(it)).into();
        let names = |it: &BodyNames| it.column(&table, &column);
        let losing = self.rewritten.iter().filter(|(_, it)| names(&it.before) && !names(&it.after));
        losing.map(|(object, _)| object.as_str()).collect()
    }

    fn rewritten(&mut self, before: &Schema, after: &Schema) {
        let wanted: BTreeMap<&str, &Trigger> =
            triggers(after).map(|(_, it)| (it.name.as_str(), it)).collect();
        for (_, trigger) in triggers(before) {
            let Some(wanted) = wanted.get(trigger.name.as_str()) else { continue };
            if wanted.definition != trigger.definition {
                let texts = Pair::new(&trigger.definition, &wanted.definition);
                let names = texts.map(|it| self.dialect.body_names(it));
                self.rewritten.push((format!("trigger {}", trigger.name), names));
            }
        }
    }

    fn view(&mut self, view: &View) {
        self.texts.push(LateText {
            object: format!("view {}", view.name),
            follows_renames: self.dialect.follows_renames(),
            names: Names::Query(Box::new(Uses::of_view(self.dialect, view))),
            rows_of: BTreeSet::new(),
        });
    }

    fn trigger(&mut self, on: &QName, trigger: &Trigger) {
        self.texts.push(LateText {
            object: format!("trigger {}", trigger.name),
            follows_renames: self.dialect.follows_renames(),
            names: Names::Body(self.dialect.body_names(&trigger.definition)),
            rows_of: BTreeSet::from([on.clone()]),
        });
    }

    /// The database itself tracks what a parsed body uses, and updates names in it.
    fn routine(&mut self, firing: &Firing<'_>, routine: &Routine) {
        let text = routine.definition();
        let follows_renames =
            self.dialect.binds_texts() && self.dialect.routine_bonds(text) == text;
        let rows_of = firing.get(&self.dialect.mentioned_as(&routine.name.name));
        let rows_of = rows_of.into_iter().flatten().map(|on| (*on).clone()).collect();
        let object = match routine.kind {
            RoutineKind::Event => format!("event {}", routine.name),
            RoutineKind::Function | RoutineKind::Procedure | RoutineKind::Aggregate => {
                format!("{} {}", routine.kind.words().to_lowercase(), routine.signature())
            }
        };
        let names = Names::Body(self.dialect.body_names(text));
        self.texts.push(LateText { object, follows_renames, names, rows_of });
    }
}

impl LateText {
    fn names(&self, dialect: Dialect, named: Named<'_>) -> bool {
        let spelled = |name: &str| dialect.mentioned_as(name);
        match (&self.names, named) {
            (Names::Query(uses), Named::Relation(name)) => uses.relation(name),
            (Names::Query(uses), Named::Column(table, column)) => uses.names_column(table, column),
            (Names::Query(uses), Named::Routine(name)) => uses.routine(&name.name),
            (Names::Body(names), Named::Relation(name)) => names.relation(&spelled(&name.name)),
            (Names::Body(names), Named::Routine(name)) => names.calls(&spelled(&name.name)),
            (Names::Body(names), Named::Column(table, column)) => {
                let column = spelled(column);
                names.column(&spelled(&table.name), &column)
                    || self.rows_of.contains(table) && names.column_of_row(&column)
            }
        }
    }
}

/// The tables of the triggers that call a routine, by its name.
type Firing<'a> = BTreeMap<String, BTreeSet<&'a QName>>;

fn firing(dialect: Dialect, schema: &Schema) -> Firing<'_> {
    let mut firing = Firing::new();
    for (on, trigger) in triggers(schema) {
        for routine in dialect.body_names(&trigger.definition).into_called() {
            firing.entry(routine).or_default().insert(on);
        }
    }
    firing
}

fn text(trigger: &Trigger) -> (&str, &str) {
    (&trigger.name, &trigger.definition)
}

/// All triggers, with the relation that they are on.
fn triggers(schema: &Schema) -> impl Iterator<Item = (&QName, &Trigger)> {
    let partitions = schema.tables.values().flat_map(|it| &it.partitioning);
    let own = partitions.flat_map(|it| it.all()).map(|it| (&it.name, &it.own.triggers));
    let tables = schema.tables.values().map(|it| (&it.name, &it.triggers));
    let views = schema.views.values().map(|it| (&it.name, &it.triggers));
    let all = tables.chain(own).chain(views);
    all.flat_map(|(on, triggers)| triggers.iter().map(move |it| (on, it)))
}
