//! LK107: check reads tables.

use autogen_dialect::{Cost, Work};
use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK107",
    title: "check reads tables",
    severity: Severity::Warning,
    page: "A new constraint of a domain is checked in every column of its type, in all tables; writes to them wait. On large tables, add the check NOT VALID, and validate it in another transaction.\n\nIf a column gets another type or collation, PostgreSQL checks its constraints again, also where the rows are kept: `ALTER COLUMN name TYPE varchar(100)` is instant, but reads every row if there is a `CHECK (name <> '')`. Nobody can read or write the table meanwhile. On a large table, drop the check in the same migration before the change, add it again NOT VALID after it, and validate it in another transaction.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    of_domain(case).or_else(|| of_column(case))
}

fn of_domain(case: &Case<'_>) -> Option<Finding> {
    let item = case.change.altered_domain()?;
    if case.step.effect.cost != Cost::Scan {
        return None;
    }
    Finding::new(
        format!("every column of domain {} is read, and writes wait", item.after.name),
        "on large tables, add the check NOT VALID and validate it later",
    )
}

fn of_column(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.altered_column()?;
    // A rewrite reads the rows anyway.
    let checks = case.step.does(Work::CheckRows) && case.step.effect.cost == Cost::Scan;
    if !checks || case.new_table {
        return None;
    }
    let name = &column.after.name;
    Finding::new(
        format!("{table} can't be used while the constraints of {name} are checked again"),
        "on a large table, drop them before it, add them NOT VALID after it and validate them later",
    )
}
