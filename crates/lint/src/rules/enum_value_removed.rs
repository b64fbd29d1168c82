//! DL105: enum value removed.

use autogen_plan::Severity;
use autogen_schema::{Change, ColumnType, EnumChange, EnumType, Pair};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL105",
    title: "enum value removed",
    severity: Severity::Danger,
    page: "The type is made anew without the value. A row that still holds it makes the migration fail, and nothing is changed. Move the rows to another value first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Enum(EnumChange::Alter(item)) = case.change else { return None };
    let gone: Vec<&str> = item
        .before
        .values
        .iter()
        .filter(|value| !item.after.values.contains(value))
        .map(String::as_str)
        .collect();
    if !case.first || gone.is_empty() {
        return None;
    }
    Finding::probed(
        probe(case, item),
        format!("fails where a row holds {} of {}", gone.join(", "), item.after.name),
        "update those rows to another value first",
    )
}

/// A query for the values in all columns of the type.
fn probe(case: &Case<'_>, item: &Pair<EnumType>) -> Option<String> {
    let of_type = ColumnType::Enum(item.before.name.clone());
    let queries: Vec<String> = case
        .schema
        .before
        .tables
        .values()
        .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
        .filter(|(_, column)| column.data_type == of_type)
        .map(|(table, column)| {
            let labels = &item.after.values;
            case.dialect.probe_other_labels(&table.name, &column.name, labels)
        })
        .collect();
    match &*queries {
        [] => None,
        [only] => Some(only.clone()),
        many => Some(format!("({})", many.join(") UNION ALL ("))),
    }
}
