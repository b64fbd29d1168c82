//! DD102: NOT NULL over NULLs.

use autogen_dialect::Work;
use autogen_dialect::probe::ProbedColumns;
use autogen_plan::Severity;
use autogen_schema::{Column, Expr, Pair, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD102",
    title: "NOT NULL over NULLs",
    severity: Severity::Warning,
    page: "Rows with NULL make the migration fail, and nothing is changed. Fill them first, or give the field a default or `#[autogen(fill = \"..\")]`, which the migration writes into them.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if let Some((table, column)) = case.change.altered_column() {
        return altered(case, table, column);
    }
    let (table, column) = case.change.added_column()?;
    added(case, table, column)
}

fn altered(case: &Case<'_>, table: &QName, column: &Pair<Column>) -> Option<Finding> {
    let name = &column.after.name;
    let filled = column.after.default.is_some() || case.step.does(Work::Backfill);
    if !case.first || !column.before.nullable || column.after.nullable {
        return None;
    }
    if let Some(fill) = case.fill(table, name) {
        return filled_with(case, table, name, fill);
    }
    if filled {
        return None;
    }
    let columns = case.origin.column(table, &column.after.name).map(|name| vec![name]);
    let probe = case.origin.table(table).zip(columns).map(|(table, columns)| {
        case.dialect.probe_nulls(ProbedColumns { table: &table, columns: &columns })
    });
    Finding::probed(
        probe,
        format!("fails if a row of {table} holds NULL in {}", column.after.name),
        "fill those rows first, or give the field #[autogen(fill = \"..\")]",
    )
}

/// A new column is filled with an expression that is NULL in some row.
fn added(case: &Case<'_>, table: &QName, column: &Column) -> Option<Finding> {
    let own_value = column.nullable || column.default.is_some() || column.generated.is_some();
    let fill = case.fill(table, &column.name)?;
    if !case.first || case.new_table || own_value {
        return None;
    }
    filled_with(case, table, &column.name, fill)
}

/// The rows that are filled: all of a new column, otherwise those that have NULL.
fn filled_with(case: &Case<'_>, table: &QName, column: &str, fill: &Expr) -> Option<Finding> {
    if !may_be_null(case, table, fill) {
        return None;
    }
    let place = case.origin.table(table).zip(case.origin.expression(table, fill));
    let probe = place.map(|(place, fill)| {
        let missing = format!("({fill}) IS NULL");
        let condition = match case.origin.column(table, column) {
            Some(there) => format!("{} IS NULL AND {missing}", case.dialect.quote(&there)),
            None => missing,
        };
        case.dialect.probe_where(&place, &condition)
    });
    Finding::probed(
        probe,
        format!("fails if a row of {table} gets NULL in {column}, from {fill}"),
        "make the fill return a value for every row",
    )
}

/// Whether the fill reads other rows, or a column with NULLs.
fn may_be_null(case: &Case<'_>, table: &QName, fill: &Expr) -> bool {
    let asks = fill.identifiers().iter().any(|word| word.eq_ignore_ascii_case("select"));
    let open = case.schema.after.tables.get(table).is_some_and(|table| {
        table.columns.iter().any(|column| column.nullable && fill.mentions(&column.name))
    });
    asks || open
}
