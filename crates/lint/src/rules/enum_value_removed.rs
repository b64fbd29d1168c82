//! DL105: enum value removed.

use autogen_plan::Severity;
use autogen_schema::{Column, ColumnType, EnumType, Pair, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL105",
    title: "enum value removed",
    severity: Severity::Danger,
    page: "The type (in MySQL, the column) is recreated without the value. A row with this value makes the migration fail, and nothing is changed. Update those rows to another value first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if let Some((table, column)) = case.change.altered_column() {
        return at_column(case, table, column);
    }
    let item = case.change.altered_enum()?;
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

/// Values that are part of a column's type.
fn at_column(case: &Case<'_>, table: &QName, column: &Pair<Column>) -> Option<Finding> {
    let ((ColumnType::InlineEnum(before), ColumnType::InlineEnum(after))
    | (ColumnType::Set(before), ColumnType::Set(after))) =
        (&column.before.data_type, &column.after.data_type)
    else {
        return None;
    };
    let gone: Vec<&str> =
        before.iter().filter(|value| !after.contains(value)).map(String::as_str).collect();
    if !case.first || gone.is_empty() {
        return None;
    }
    let (before, after) = (&column.before.data_type, &column.after.data_type);
    let name = &column.after.name;
    let probe = || {
        let (table, column) = (case.origin.table(table)?, case.origin.column(table, name)?);
        case.dialect.probe_conversion(&table, &column, before, after, case.schema.after)
    };
    Finding::probed(
        probe(),
        format!("fails where a row of {table} holds {} in {name}", gone.join(", ")),
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
