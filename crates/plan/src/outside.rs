//! What a plan would take away from what is not compared: objects in schemas that were not
//! read, objects that are left alone, and what is set on something that is recreated. The
//! server refuses the first two, and the last would be lost; so each is refused before
//! anything runs.

use std::collections::BTreeSet;

use autogen_dialect::Refusal;
use autogen_schema::{
    Attribute, Carrier, Change, Column, EnumType, OutsideUse, Pair, QName, Schema, Trigger, Used,
    View,
};

/// The refusals, for the changes of a plan that begins with `before`.
pub(crate) fn in_use(before: &Schema, changes: &[Change]) -> Vec<Refusal> {
    let mut uses: Vec<&OutsideUse> = before.outside.0.uses.iter().collect();
    if uses.is_empty() {
        return Vec::new();
    }
    let gone: BTreeSet<&QName> = changes.iter().flat_map(Change::gone_relations).collect();
    uses.retain(|it| it.goes_with.as_ref().is_none_or(|it| !gone.contains(it)));
    let found = changes.iter().filter_map(|change| {
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
            format!("{} lies in it, and is left alone", by.by),
            "drop that by hand first, or keep the schema",
        ),
        (_, true) => (
            "A0418",
            format!("{} uses it, and is left alone", by.by),
            "drop or reset that by hand first, and make it again after the migration",
        ),
        (_, false) => (
            "A0417",
            format!("{} uses it, in a schema that is not read", by.by),
            "list that schema in `schemas`, in autogen.toml, or change what uses it by hand first",
        ),
    };
    Refusal { code, object, message, hint: hint.to_owned() }
}

/// What is set on something that these changes recreate, and would be lost.
pub(crate) fn lost(before: &Schema, changes: &[Change]) -> Vec<Refusal> {
    let found = before.outside.0.attributes.iter();
    found.filter(|it| loses(changes, &it.carrier)).map(loss).collect()
}

fn loss(attribute: &Attribute) -> Refusal {
    Refusal {
        code: "A0421",
        object: attribute.object.clone(),
        message: format!(
            "it would be lost, since what it is set on is recreated or changed: {}",
            attribute.what
        ),
        hint: "reset it by hand first, and set it again after the migration".to_owned(),
    }
}

fn loses(changes: &[Change], carrier: &Carrier) -> bool {
    let any = |holds: fn(&Change, &Carrier) -> bool| changes.iter().any(|it| holds(it, carrier));
    any(resets) || (any(drops) && any(creates))
}

/// Whether what is set goes although its carrier stays.
fn resets(change: &Change, carrier: &Carrier) -> bool {
    let Some((of, column)) = change.altered_column() else { return false };
    let on = |table, name: &String| of == table && column.before.name == *name;
    match carrier {
        Carrier::ColumnType(table, name) => on(table, name) && is_retyped(column),
        Carrier::ColumnDefault(table, name) => on(table, name) && is_given_otherwise(column),
        Carrier::Column(..) | Carrier::Index(..) | Carrier::Trigger(..) | Carrier::View(_) => false,
    }
}

fn drops(change: &Change, carrier: &Carrier) -> bool {
    let column = change.dropped_column();
    let index = dropped_index(change);
    is_carrier(carrier, column, index, change.dropped_trigger(), change.dropped_view())
}

fn creates(change: &Change, carrier: &Carrier) -> bool {
    let column = change.added_column();
    let index = created_index(change);
    is_carrier(carrier, column, index, change.created_trigger(), change.created_view())
}

/// Whether what a change drops or creates is the carrier.
fn is_carrier(
    carrier: &Carrier,
    column: Option<(&QName, &Column)>,
    index: Option<(&QName, Option<&str>)>,
    trigger: Option<(&QName, &Trigger)>,
    view: Option<&View>,
) -> bool {
    match carrier {
        Carrier::Column(table, name)
        | Carrier::ColumnType(table, name)
        | Carrier::ColumnDefault(table, name) => is_column(column, table, name),
        Carrier::Index(table, name) => index == Some((table, Some(name))),
        Carrier::Trigger(on, name) => trigger.is_some_and(|(of, it)| of == on && it.name == *name),
        Carrier::View(name) => view.is_some_and(|it| it.name == *name),
    }
}

fn is_column(column: Option<(&QName, &Column)>, table: &QName, name: &str) -> bool {
    column.is_some_and(|(of, it)| of == table && it.name == name)
}

fn is_retyped(column: &Pair<Column>) -> bool {
    let Pair { before, after } = column.as_ref().map(|it| (&it.data_type, &it.collation));
    before != after
}

/// Whether new rows get another value, or the same one in another type.
fn is_given_otherwise(column: &Pair<Column>) -> bool {
    let Pair { before, after } = column.as_ref().map(|it| (&it.default, &it.identity));
    before != after || is_retyped(column)
}

/// An index, or a constraint, which may have one.
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

/// Whether what is used is no longer there, or another one, for a moment at least.
fn takes(change: &Change, used: &Used) -> bool {
    match used {
        Used::Relation(name) => drops_relation(change, name),
        Used::Column(table, column) => {
            takes_column(change, table, column) || drops_relation(change, table)
        }
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
    let altered = change.altered_column().filter(|(_, it)| is_retyped(it));
    let column = change.dropped_column().or(altered.map(|(of, it)| (of, &it.before)));
    is_column(column, table, name)
}

fn takes_type(change: &Change, name: &QName) -> bool {
    let dropped = change.dropped_enum().map(|it| &it.name);
    let domain = change.dropped_domain().map(|it| &it.name);
    let shorter = |it: &&Pair<EnumType>| {
        it.before.values.iter().any(|value| !it.after.values.contains(value))
    };
    let shortened = change.altered_enum().filter(shorter).map(|it| &it.before.name);
    let rebased = change.altered_domain().filter(|it| it.before.base != it.after.base);
    let rebased = rebased.map(|it| &it.before.name);
    dropped.or(domain).or(shortened).or(rebased) == Some(name)
}

fn drops_relation(change: &Change, name: &QName) -> bool {
    change.dropped_table().is_some_and(|it| it.name == *name)
        || change.dropped_view().is_some_and(|it| it.name == *name)
}
