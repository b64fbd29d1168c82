//! DL114: triggers of the user's fire for the migration's own UPDATE.

use autogen_dialect::{Work, fires_on_update};
use autogen_plan::Severity;
use autogen_schema::{Change, ColumnChange, Firing, Partitioning, QName, Trigger};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL114",
    title: "triggers fire for an update of the migration",
    severity: Severity::Warning,
    page: "The migration updates rows, to fill a column, to convert values, or to rename a value, and the triggers of the table fire for each of them: one that notes the time of the last change notes it for all rows, one that writes a log writes a line for each. Let the trigger pass over such updates (`WHEN (OLD.x IS DISTINCT FROM NEW.x)`), or switch it off around the statement: on PostgreSQL `ALTER TABLE t DISABLE TRIGGER name`, and ENABLE behind it; on the others drop and create it. On MySQL and MariaDB, columns with ON UPDATE CURRENT_TIMESTAMP keep their values: the statement says so itself.",
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
    let own = partitions.flat_map(|it| &it.own.triggers);
    let triggers = table_before.triggers.iter().chain(own);
    let names: Vec<&str> = triggers.filter(fires).map(|it| it.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let noun = if names.len() == 1 { "trigger" } else { "triggers" };
    Finding::new(
        format!("the update of {table} fires the {noun} {}", names.join(", ")),
        "switch it off around the statement, or let it pass over rows that it need not see",
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
