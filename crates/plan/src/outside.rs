//! What a plan would break among objects that are not compared: objects in schemas that were
//! not read, objects that are left alone, and settings on objects that are recreated. The
//! server rejects the first two, and the last would be lost; so all are refused before
//! anything runs.

use std::collections::BTreeSet;

use autogen_dialect::Refusal;
use autogen_schema::{
    Attribute, Carrier, Change, Column, EnumType, OutsideUse, Pair, QName, Routine, Schema,
    Trigger, Used, View,
};

/// The refusals for the changes of a plan that starts from `before`.
pub(crate) fn in_use(before: &Schema, changes: &[Change]) -> Vec<Refusal> {
    let mut uses: Vec<&OutsideUse> = before.outside.0.uses.iter().collect();
    if uses.is_empty() {
        return Vec::new();
    }
    let gone: BTreeSet<&QName> = changes.iter().flat_map(Change::gone_relations).collect();
    uses.retain(|used| used.goes_with.as_ref().is_none_or(|relation| !gone.contains(relation)));
    let mut uses: Vec<OutsideUse> = uses.into_iter().cloned().collect();
    let found = changes.iter().filter_map(|change| {
        uses.iter_mut().for_each(|it| follow_used(change, &mut it.of));
        let by = uses.iter().find(|it| takes(change, &it.of))?;
        Some(refusal(change, by))
    });
    found.collect()
}

fn refusal(change: &Change, by: &OutsideUse) -> Refusal {
    let object = change.object();
    let (code, message, hint) = match (&by.of, by.left_alone) {
        (Used::Schema(_), _) => (
            "A0417",
            format!("{} is in it, and is left alone", by.by),
            "drop that by hand first, or keep the schema",
        ),
        (_, true) => (
            "A0418",
            format!("{} uses it, and is left alone", by.by),
            "drop or reset that by hand first, and create it again after the migration",
        ),
        (_, false) => (
            "A0417",
            format!("{} uses it, in a schema that is not read", by.by),
            "add that schema to `schemas` in autogen.toml, or change the dependent object by \
             hand first",
        ),
    };
    Refusal { code, object, message, hint: hint.to_owned() }
}

/// Settings on objects that these changes recreate, which would be lost.
pub(crate) fn lost(before: &Schema, changes: &[Change]) -> Vec<Refusal> {
    let found = before.outside.0.attributes.iter();
    found.filter(|it| loses(changes, &it.carrier)).map(loss).collect()
}

fn loss(attribute: &Attribute) -> Refusal {
    Refusal {
        code: "A0421",
        object: attribute.object.clone(),
        message: format!(
            "{}, and would be lost, since the plan recreates or changes what it is set on",
            attribute.what
        ),
        hint: "reset it by hand first, and set it again after the migration".to_owned(),
    }
}

fn loses(changes: &[Change], carrier: &Carrier) -> bool {
    let mut carrier = carrier.clone();
    let mut dropped = false;
    changes.iter().any(|change| {
        follow(change, &mut carrier);
        dropped |= drops(change, &carrier);
        resets(change, &carrier) || (dropped && creates(change, &carrier))
    })
}

/// Later changes use the new name of a renamed object.
fn follow(change: &Change, carrier: &mut Carrier) {
    match carrier {
        Carrier::Column(table, name)
        | Carrier::ColumnType(table, name)
        | Carrier::ColumnDefault(table, name) => follow_column(change, table, name),
        Carrier::Index(table, _) | Carrier::Trigger(table, _) => follow_table(change, table),
        Carrier::View(_) | Carrier::Routine(_) => {}
    }
}

fn follow_used(change: &Change, used: &mut Used) {
    match used {
        Used::Relation(name) => follow_table(change, name),
        Used::Column(table, name) => follow_column(change, table, name),
        Used::Type(name) => follow_name(change.renamed_enum(), name),
        Used::Name(..) | Used::Routine(_) | Used::Schema(_) | Used::Index(_) => {}
    }
}

fn follow_table(change: &Change, table: &mut QName) {
    follow_name(change.renamed_table(), table);
}

fn follow_column(change: &Change, table: &mut QName, column: &mut String) {
    follow_table(change, table);
    let renamed = change.renamed_column().filter(|(of, _)| *of == table);
    follow_name(renamed.map(|(_, name)| name), column);
}

fn follow_name<T: Clone + PartialEq>(renamed: Option<&Pair<T>>, name: &mut T) {
    if let Some(to) = renamed.filter(|it| it.before == *name) {
        name.clone_from(&to.after);
    }
}

/// Whether the setting is lost although its object is kept.
fn resets(change: &Change, carrier: &Carrier) -> bool {
    match carrier {
        Carrier::ColumnType(table, name) => alters(change, table, name, is_retyped),
        Carrier::ColumnDefault(table, name) => alters(change, table, name, is_given_otherwise),
        Carrier::Index(view, name) => {
            let altered = change.altered_view().filter(|it| it.before.name == *view);
            altered.is_some_and(|it| recreates_index(it, name))
        }
        Carrier::Column(..) | Carrier::Trigger(..) | Carrier::View(_) | Carrier::Routine(_) => {
            false
        }
    }
}

fn alters(change: &Change, table: &QName, name: &str, how: fn(&Pair<Column>) -> bool) -> bool {
    let altered = change.altered_column().filter(|(of, _)| *of == table);
    altered.is_some_and(|(_, it)| it.before.name == name && how(it))
}

/// Whether a view that is kept has a different index of this name afterwards.
fn recreates_index(view: &Pair<View>, name: &str) -> bool {
    let index = |view: &View| view.indexes.iter().find(|index| index.name == name).cloned();
    let Pair { before, after } = view.as_ref().map(index);
    before.zip(after).is_some_and(|(before, after)| before.definition != after.definition)
}

fn drops(change: &Change, carrier: &Carrier) -> bool {
    let found = Found {
        column: change.dropped_column(),
        index: dropped_index(change),
        trigger: change.dropped_trigger(),
        view: change.dropped_view(),
        routine: change.dropped_routine(),
    };
    found.is(carrier)
}

fn creates(change: &Change, carrier: &Carrier) -> bool {
    let found = Found {
        column: change.added_column(),
        index: created_index(change),
        trigger: change.created_trigger(),
        view: change.created_view(),
        routine: change.created_routine(),
    };
    found.is(carrier)
}

/// What a change drops or creates.
struct Found<'a> {
    column: Option<(&'a QName, &'a Column)>,
    index: Option<(&'a QName, Option<&'a str>)>,
    trigger: Option<(&'a QName, &'a Trigger)>,
    view: Option<&'a View>,
    routine: Option<&'a Routine>,
}

impl Found<'_> {
    fn is(&self, carrier: &Carrier) -> bool {
        match carrier {
            Carrier::Column(table, name)
            | Carrier::ColumnType(table, name)
            | Carrier::ColumnDefault(table, name) => is_column(self.column, table, name),
            // The indexes of a materialized view are dropped with it.
            Carrier::Index(of, name) => {
                self.index == Some((of, Some(name)))
                    || self.view.is_some_and(|view| view.name == *of)
            }
            Carrier::Trigger(on, name) => self
                .trigger
                .is_some_and(|(relation, trigger)| relation == on && trigger.name == *name),
            Carrier::View(name) => self.view.is_some_and(|it| it.name == *name),
            Carrier::Routine(name) => self.routine.is_some_and(|it| it.name == *name),
        }
    }
}

fn is_column(column: Option<(&QName, &Column)>, table: &QName, name: &str) -> bool {
    column.is_some_and(|(owner, column)| owner == table && column.name == name)
}

fn is_retyped(column: &Pair<Column>) -> bool {
    let Pair { before, after } = column.as_ref().map(|it| (&it.data_type, &it.collation));
    before != after
}

/// Whether new rows get another value, or the same value in another type.
fn is_given_otherwise(column: &Pair<Column>) -> bool {
    let Pair { before, after } = column.as_ref().map(|it| (&it.default, &it.identity));
    before != after || is_retyped(column)
}

/// An index, or a constraint, which may have an index.
fn dropped_index(change: &Change) -> Option<(&QName, Option<&str>)> {
    let index = change.dropped_index().map(|(table, it)| (table, it.name.text()));
    let constraint = || change.dropped_constraint().map(|(table, it)| (table, it.name().text()));
    index.or_else(constraint)
}

fn created_index(change: &Change) -> Option<(&QName, Option<&str>)> {
    let index = change.created_index().map(|(table, it)| (table, it.name.text()));
    let constraint = || change.added_constraint().map(|(table, it)| (table, it.name().text()));
    index.or_else(constraint)
}

/// Whether a used object is dropped or recreated.
fn takes(change: &Change, used: &Used) -> bool {
    match used {
        Used::Relation(name) => drops_relation(change, name),
        Used::Column(table, column) => {
            takes_column(change, table, column) || drops_relation(change, table)
        }
        Used::Name(relation, None) => {
            drops_relation(change, relation)
                || change.renamed_table().is_some_and(|it| it.before == *relation)
        }
        Used::Name(relation, Some(column)) => takes_name(change, relation, column),
        Used::Type(name) => takes_type(change, name),
        Used::Routine(name) => change.dropped_routine().is_some_and(|it| it.name == *name),
        Used::Schema(name) => change.dropped_namespace().is_some_and(|it| it.name == *name),
        Used::Index(name) => {
            let index = dropped_index(change);
            index.is_some_and(|(table, it)| table.schema == name.schema && it == Some(&name.name))
        }
    }
}

fn takes_column(change: &Change, table: &QName, name: &str) -> bool {
    let altered = change.altered_column().filter(|(_, column)| is_retyped(column));
    let column = change.dropped_column().or(altered.map(|(table, column)| (table, &column.before)));
    is_column(column, table, name)
}

fn takes_name(change: &Change, table: &QName, name: &str) -> bool {
    let renamed = change.renamed_column().filter(|(of, _)| *of == table);
    is_column(change.dropped_column(), table, name)
        || renamed.is_some_and(|(_, it)| it.before == name)
}

fn takes_type(change: &Change, name: &QName) -> bool {
    let dropped = change.dropped_enum().map(|it| &it.name);
    let domain = change.dropped_domain().map(|it| &it.name);
    let recreated = |it: &&Pair<EnumType>| !it.after.extends(&it.before);
    let recreated = change.altered_enum().filter(recreated).map(|it| &it.before.name);
    let rebased = change.altered_domain().filter(|it| it.before.base != it.after.base);
    let rebased = rebased.map(|it| &it.before.name);
    dropped.or(domain).or(recreated).or(rebased) == Some(name)
}

fn drops_relation(change: &Change, name: &QName) -> bool {
    change.dropped_table().is_some_and(|it| it.name == *name)
        || change.dropped_view().is_some_and(|it| it.name == *name)
}
