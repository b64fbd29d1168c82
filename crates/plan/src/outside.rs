//! What a plan would take away from objects in schemas that were not read: the server
//! refuses that, so it is refused before anything runs.

use autogen_dialect::Refusal;
use autogen_schema::{
    Change, ColumnChange, ConstraintChange, DomainChange, EnumChange, IndexChange, NamespaceChange,
    OutsideUse, QName, RoutineChange, Schema, TableChange, Used, ViewChange,
};

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
        Used::Column(table, column) => match change {
            Change::Column(ColumnChange::Drop { table: of, column: it, .. }) => {
                of == table && it.name == *column
            }
            Change::Column(ColumnChange::Alter { table: of, column: it }) => {
                let both = [&it.before, &it.after].map(|it| (&it.data_type, &it.collation));
                of == table && it.before.name == *column && both[0] != both[1]
            }
            _other => drops_relation(change, table),
        },
        Used::Type(name) => match change {
            Change::Enum(EnumChange::Drop(it)) => it.name == *name,
            Change::Enum(EnumChange::Alter(it)) => {
                it.before.name == *name
                    && it.before.values.iter().any(|value| !it.after.values.contains(value))
            }
            Change::Domain(DomainChange::Drop(it)) => it.name == *name,
            Change::Domain(DomainChange::Alter(it)) => {
                it.before.name == *name && it.before.base != it.after.base
            }
            _other => false,
        },
        Used::Routine(name) => {
            matches!(change, Change::Routine(RoutineChange::Drop(it)) if it.name == *name)
        }
        Used::Schema(name) => {
            matches!(change, Change::Namespace(NamespaceChange::Drop(it)) if it.name == *name)
        }
        Used::Index(name) => match change {
            Change::Constraint(ConstraintChange::Drop { table, constraint }) => {
                table.schema == name.schema && constraint.name().text() == Some(&name.name)
            }
            Change::Index(IndexChange::Drop { table, index }) => {
                table.schema == name.schema && index.name.text() == Some(&name.name)
            }
            _other => false,
        },
    }
}

fn drops_relation(change: &Change, name: &QName) -> bool {
    match change {
        Change::Table(TableChange::Drop(table)) => table.name == *name,
        Change::View(ViewChange::Drop(view)) => view.name == *name,
        _other => false,
    }
}
