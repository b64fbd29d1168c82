//! BC107: inserts need a value.

use autogen_plan::Severity;
use autogen_schema::{Column, Default, Literal};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC107",
    title: "inserts need a value",
    severity: Severity::Warning,
    page: "The column loses its default, its numbers (`serial`, an identity, AUTO_INCREMENT) or its computed values. Running code may leave the column out of an INSERT, as SeaORM does with `NotSet`: from then on the INSERT fails if the column is NOT NULL, and stores NULL otherwise. Deploy code that gives the value first, and drop the default in a later revision (`ALTER TABLE t ALTER COLUMN a DROP DEFAULT`).",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.altered_column()?;
    let after = case.finally(table, column);
    // Code of the earlier schema gave the value.
    if !case.first || case.new_table || case.restoring || after.has_own_value() {
        return None;
    }
    let what = lost(&column.before)?;
    let name = &after.name;
    if case.dialect.numbers_rows(case.schema.after.tables.get(table)?, name) {
        return None;
    }
    let fate = if after.nullable { "store NULL" } else { "fail" };
    Finding::new(
        format!("inserts that leave out {table}.{name} will {fate}: it has no {what} any more"),
        "deploy code that gives it a value first",
    )
}

/// Where the values came from, if an INSERT could leave out the column.
fn lost(column: &Column) -> Option<&'static str> {
    match column {
        Column { generated: Some(_), .. } => Some("computed value"),
        Column { identity: Some(_), .. } => Some("numbers"),
        Column { default: None | Some(Default::Literal(Literal::Null)), .. } => None,
        Column { default: Some(_), .. } => Some("default"),
    }
}
