//! DD102: NOT NULL over NULLs.

use autogen_dialect::probe::Place;
use autogen_plan::Severity;
use autogen_schema::{Change, ColumnChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD102",
    title: "NOT NULL over NULLs",
    severity: Severity::Warning,
    page: "Rows that hold NULL make the migration fail, and nothing is changed. Fill them first, or give the field a default or `#[autogen(fill = \"..\")]`, which is written into them before.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Column(ColumnChange::Alter { table, column }) = case.change else { return None };
    let filled = column.after.default.is_some() || case.step.sql.starts_with("UPDATE ");
    if !case.first || filled || !column.before.nullable || column.after.nullable {
        return None;
    }
    let columns = case.origin.column(table, &column.after.name).map(|name| vec![name]);
    let probe = case.origin.table(table).zip(columns).map(|(table, columns)| {
        case.dialect.probe_nulls(Place { table: &table, columns: &columns })
    });
    Finding::probed(
        probe,
        format!("fails if a row of {table} holds NULL in {}", column.after.name),
        "fill those rows first, or give the field #[autogen(fill = \"..\")]",
    )
}
