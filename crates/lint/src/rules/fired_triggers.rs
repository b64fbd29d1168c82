//! DL114: the user's triggers fire for the migration's own UPDATE.

use autogen_dialect::{Work, fires_on_update};
use autogen_plan::Severity;
use autogen_schema::{Change, ColumnChange, Firing, Partitioning, QName, Trigger, plural};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL114",
    title: "triggers fire for an update of the migration",
    severity: Severity::Warning,
    page: "The migration updates rows, to fill a column, to convert values, or to rename a value. The triggers of the table fire for each row: one that sets the time of the last change sets it in all rows, one that writes a log writes a line per row. Let the trigger skip such updates (`WHEN (OLD.x IS DISTINCT FROM NEW.x)`), or disable it around the statement. On PostgreSQL, write `ALTER TABLE t DISABLE TRIGGER name` before it and ENABLE after it; on other databases, drop and create the trigger. On MySQL and MariaDB, the statement keeps the values of columns with ON UPDATE CURRENT_TIMESTAMP. It names those that the database had when the migration was written: another database may have one more, added by hand, which the update sets to the current time. Add it to the statement there (`seen = seen`).",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.step.does(Work::Backfill) || case.new_table {
        return None;
    }
    let (table, column) = updated(case.change)?;
    let before = case.origin.table(table)?;
    let name = case.origin.column(table, column).unwrap_or_else(|| column.to_owned());
    let fires = |trigger: &&Trigger| {
        trigger.firing != Firing::Disabled
            && fires_on_update(case.dialect, &trigger.definition, &name)
    };
    let table_before = case.schema.before.tables.get(&before)?;
    let partitions = table_before.partitioning.iter().flat_map(Partitioning::all);
    let on_partitions = partitions.flat_map(|partition| &partition.own.triggers);
    let triggers = table_before.triggers.iter().chain(on_partitions);
    let names: Vec<&str> = triggers.filter(fires).map(|trigger| trigger.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let noun = plural(names.len(), "trigger");
    Finding::new(
        format!("the update of {table} fires the {noun} {}", names.join(", ")),
        "switch it off around the statement, or let it skip these rows",
    )
}

/// The table whose rows a change updates, and the column that it sets.
fn updated(change: &Change) -> Option<(&QName, &str)> {
    let Change::Column(change) = change else { return None };
    match change {
        ColumnChange::Add { table, column, .. } => Some((table, &column.name)),
        ColumnChange::Alter { table, column } => Some((table, &column.after.name)),
        ColumnChange::Relabel { table, column, .. }
        | ColumnChange::RenameLabel { table, column, .. } => Some((table, column)),
        ColumnChange::Drop { .. } | ColumnChange::Rename { .. } => None,
    }
}
