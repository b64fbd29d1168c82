//! DD101: required column without a value.

use autogen_dialect::Work;
use autogen_plan::Severity;
use autogen_schema::{Column, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD101",
    title: "required column without a value",
    severity: Severity::Danger,
    page: "A column that is NOT NULL and has no default can't be added to a table with rows, because they have no value for it. Give the field `#[autogen(fill = \"..\")]` or a default, or make it optional.\n\nA way down may add such a column too. If a foreign key, a check or a unique key does not accept a placeholder value, the file contains NULL instead. Replace it with the right value (`autogen edit REV --down`), and delete the line of the probe.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.added_column()?;
    if case.restoring {
        return restored(case, table, column);
    }
    let open = column.needs_value() && case.fill(table, &column.name).is_none();
    // SQLite's rebuild fails where it copies the rows.
    let adds = match case.step.foreign_keys_off {
        true => case.step.does(Work::Rebuild),
        false => case.first,
    };
    if !open || case.new_table || !adds {
        return None;
    }
    let probe = case.origin.table(table).map(|table| case.dialect.probe_rows(&table));
    Finding::probed(
        probe,
        format!("fails if {table} has rows: {} is NOT NULL and has no default", column.name),
        format!(
            "give the field #[autogen(fill = \"..\")], a default, or make it optional ({table}.{})",
            column.name
        ),
    )
}

/// A restored column, whose value is left open in the statement that writes the rows.
fn restored(case: &Case<'_>, table: &QName, column: &Column) -> Option<Finding> {
    let writes = case.step.does(Work::Backfill) || case.step.does(Work::Rebuild);
    if !writes || !case.is_open(table, column) {
        return None;
    }
    let probe = case.origin.table(table).map(|table| case.dialect.probe_rows(&table));
    let name = &column.name;
    Finding::probed(
        probe,
        format!("fails if {table} has rows: {name} is NOT NULL, and its values are lost"),
        format!(
            "write the value of {name} in place of NULL and delete the probe's line: autogen edit \
             REV --down"
        ),
    )
}
