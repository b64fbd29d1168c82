//! Views, triggers and routines that somebody made by hand, and that a plan of the models would
//! break: they use what it drops, or renames where the database does not update them.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_plan::{LateTexts, Named};
use autogen_schema::{Change, Schema, Trigger};

/// The objects of `actual` that are not in `base` and use what the changes drop or rename.
pub(crate) fn broken(
    dialect: Dialect,
    base: &Schema,
    actual: &Schema,
    changes: &[Change],
) -> BTreeSet<String> {
    let own = only_by_hand(base, actual);
    let texts = LateTexts::kept(dialect, &own, &own);
    let mut found = BTreeSet::new();
    for change in changes {
        let (named, renamed) = if let Some((table, name)) = change.renamed_column() {
            (Named::Column(table, &name.before), true)
        } else if let Some((table, column)) = change.dropped_column() {
            (Named::Column(table, &column.name), false)
        } else if let Some(name) = change.renamed_table() {
            (Named::Relation(&name.before), true)
        } else if let Some(table) = change.dropped_table() {
            (Named::Relation(&table.name), false)
        } else if let Some(routine) = change.dropped_routine() {
            (Named::Routine(&routine.name), false)
        } else {
            continue;
        };
        found.extend(texts.naming(named, renamed).into_iter().map(str::to_owned));
    }
    // What the plan itself puts back is not broken.
    let created: Vec<String> = changes.iter().map(Change::describe).collect();
    let is_created = |object: &String| {
        let words = format!("create {object}");
        created.iter().any(|it| *it == words || it.starts_with(&format!("{words} ")))
    };
    found.retain(|object| !is_created(object));
    found
}

/// The schema with only those texts.
fn only_by_hand(base: &Schema, actual: &Schema) -> Schema {
    let mut own = actual.clone();
    own.views.retain(|name, view| base.views.get(name) != Some(view));
    own.routines.retain(|routine| !base.routines.contains(routine));
    let known: BTreeSet<&Trigger> = base.tables.values().flat_map(|it| &it.triggers).collect();
    own.reform_tables(|table| table.triggers.retain(|it| !known.contains(it)));
    own
}
