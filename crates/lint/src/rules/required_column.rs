//! DD101: required column without a value.

use autogen_plan::Severity;
use autogen_schema::{Column, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD101",
    title: "required column without a value",
    severity: Severity::Danger,
    page: "A column that is NOT NULL and has no default can't be added to a table with rows: nothing says what they hold. Give the field `#[autogen(fill = \"..\")]`, or a default, or make it optional. Where a way back brings such a column, and a foreign key, a check or a unique key requires more than a placeholder value of it, the file holds NULL in its place: put the value there (`autogen edit REV --down`), and delete the line of the probe.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, column) = case.change.added_column()?;
    if case.restoring {
        return restored(case, table, column);
    }
    let open = !column.nullable
        && column.default.is_none()
        && column.identity.is_none()
        && column.generated.is_none();
    let quoted = case.dialect.quote(&column.name);
    let sql = &case.step.sql;
    // Its own clause, a line of a statement of several.
    let clause =
        sql.split(&format!("ADD COLUMN {quoted} ")).nth(1).and_then(|it| it.lines().next());
    let adds = clause.is_some_and(|it| it.contains("NOT NULL") && !it.contains(" DEFAULT "));
    // A rebuild copies the columns that have a value.
    let copies = sql.starts_with("INSERT INTO \"") && !sql.contains(&quoted);
    if !open || case.new_table || !(adds || copies) {
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

/// A column that comes back, whose value is left open where the rows are written.
fn restored(case: &Case<'_>, table: &QName, column: &Column) -> Option<Finding> {
    let writes = case.step.sql.starts_with("UPDATE ") || case.step.sql.starts_with("INSERT ");
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
