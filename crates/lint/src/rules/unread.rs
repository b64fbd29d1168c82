//! DD113: requires an object that was not read.

use std::collections::BTreeSet;

use autogen_plan::Severity;
use autogen_schema::{Change, Column, ColumnType, QName, Schema, View};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD113",
    title: "requires an object that was not read",
    severity: Severity::Warning,
    page: "A foreign key references a table, a column has a type, or a view reads a table that is on neither side of the comparison. It is in a schema that was not read, it is in `exclude`, or it is not compared. autogen asks the database whether it exists; without it, the migration would fail. Create it first, or add its schema to `schemas`.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first || !case.dialect.checks_references() {
        return None;
    }
    let Needs { tables, types } = needs(case);
    if tables.is_empty() && types.is_empty() {
        return None;
    }
    let types_named = types.iter().map(|name| format!("the type {name}"));
    let names: Vec<String> =
        tables.iter().map(|name| format!("the table {name}")).chain(types_named).collect();
    let (tables, types): (Vec<_>, Vec<_>) =
        (tables.into_iter().collect(), types.into_iter().collect());
    Finding::probed(
        case.dialect.probe_absent(&tables, &types),
        format!("fails if {} does not exist: it was not read", names.join(" or ")),
        "create it first",
    )
}

#[derive(Default)]
struct Needs {
    tables: BTreeSet<QName>,
    types: BTreeSet<String>,
}

fn needs(case: &Case<'_>) -> Needs {
    let mut needs = Needs::default();
    let change = case.change;
    if let Some(table) = change.created_table() {
        table.columns.iter().for_each(|column| needs.column(case, column));
        table.foreign_keys.iter().for_each(|key| needs.relation(case, &key.references));
    }
    if let Some(column) = typed(change) {
        needs.column(case, column);
    }
    if let Some((_, key)) = change.added_foreign_key() {
        needs.relation(case, &key.references);
    }
    let view = change.created_view().or_else(|| change.altered_view().map(|it| &it.after));
    if let Some(view) = view {
        needs.view(case, view);
    }
    needs
}

/// The column whose type changes.
fn typed(change: &Change) -> Option<&Column> {
    let altered = change.altered_column().map(|(_, column)| column);
    let retyped = altered.filter(|it| it.before.data_type != it.after.data_type);
    change.added_column().map(|(_, column)| column).or_else(|| retyped.map(|it| &it.after))
}

impl Needs {
    fn relation(&mut self, case: &Case<'_>, name: &QName) {
        let has = |schema: &Schema| {
            let own = schema.tables.contains_key(name) || schema.views.contains_key(name);
            own || schema.tables.values().any(|table| {
                let partitions = table.partitioning.as_ref();
                partitions.is_some_and(|it| it.names().contains(&name))
            })
        };
        if !has(case.schema.after) && !has(case.schema.before) {
            self.tables.insert(name.clone());
        }
    }

    fn view(&mut self, case: &Case<'_>, view: &View) {
        let reads = view.reads.0.iter().flat_map(|it| &it.relations);
        reads.for_each(|name| self.relation(case, name));
    }

    fn column(&mut self, case: &Case<'_>, column: &Column) {
        let known = |name: &QName| {
            let both = [case.schema.before, case.schema.after];
            both.iter().any(|it| it.enums.contains_key(name) || it.domains.contains_key(name))
        };
        if let Some(name) = column.data_type.named() {
            if case.dialect.has_enum_types() && !known(name) {
                self.types.insert(case.dialect.quote_name(name));
            }
            return;
        }
        let mut data_type = &column.data_type;
        while let ColumnType::Array(element) = data_type {
            data_type = element;
        }
        let tabled = |name: &QName| {
            let both = [case.schema.before, case.schema.after];
            both.iter().any(|it| it.tables.contains_key(name) || it.views.contains_key(name))
        };
        if data_type.of_rows().is_some_and(|name| tabled(&name)) {
            return;
        }
        if let ColumnType::Verbatim(text) = data_type {
            let text = text.trim_end_matches("[]");
            let name = QName::parse(&text.replace('"', ""));
            let object = format!("type {name}");
            let left_alone = case.unsupported.iter().any(|it| it.object == object);
            if left_alone || name.schema.is_some() && case.dialect.has_enum_types() {
                self.types.insert(text.to_owned());
            }
        }
    }
}
