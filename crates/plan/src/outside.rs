//! What a plan would take away from objects in schemas that were not read: the server
//! refuses that, so it is refused before anything runs.

use autogen_dialect::Refusal;
use autogen_schema::{Change, Column, EnumType, OutsideUse, Pair, QName, Schema, Used};

/// The refusals, for the changes of a plan that begins with `before`.
pub(crate) fn in_use(before: &Schema, changes: &[Change]) -> Vec<Refusal> {
    let uses = &before.outside.0.uses;
    if uses.is_empty() {
        return Vec::new();
    }
    let found = changes.iter().filter_map(|change| {
        let by = uses.iter().find(|it| takes(change, &it.of))?;
        Some(refusal(change, by))
    });
    found.collect()
}

fn refusal(change: &Change, by: &OutsideUse) -> Refusal {
    let (message, hint) = match &by.of {
        Used::Schema(_) => (
            format!("{} lies in it, and is left alone", by.by),
            "drop that by hand first, or keep the schema",
        ),
        Used::Relation(_)
        | Used::Column(..)
        | Used::Type(_)
        | Used::Routine(_)
        | Used::Index(_) => (
            format!("{} uses it, in a schema that is not read", by.by),
            "list that schema in `schemas`, in autogen.toml, or change what uses it by hand first",
        ),
    };
    let (object, hint) = (change.object(), hint.to_owned());
    Refusal { code: "A0417", object, message, hint }
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
            let index = change.dropped_index().map(|(table, it)| (table, &it.name));
            let constraint = change.dropped_constraint().map(|(table, it)| (table, it.name()));
            index.or(constraint).is_some_and(|(table, it)| {
                table.schema == name.schema && it.text() == Some(&name.name)
            })
        }
    }
}

fn takes_column(change: &Change, table: &QName, name: &str) -> bool {
    let other = |column: &Pair<Column>| {
        let Pair { before, after } = column.as_ref().map(|it| (&it.data_type, &it.collation));
        before != after
    };
    let altered = change.altered_column().filter(|(_, it)| other(it));
    let column = change.dropped_column().or(altered.map(|(of, it)| (of, &it.before)));
    column.is_some_and(|(of, it)| of == table && it.name == name)
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
