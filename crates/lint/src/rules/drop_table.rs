//! DL101: drop table.

use autogen_plan::Severity;
use autogen_schema::{Change, PartitionChange, TableChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL101",
    title: "drop table",
    severity: Severity::Danger,
    page: "The rows of the table are lost. Rename the table away first (for example to a name with the date), let the application run without it for some days, then drop it. `downgrade` brings back the table, but not its rows.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let name = match case.change {
        Change::Table(TableChange::Drop(table)) => &table.name,
        Change::Partition(PartitionChange::Drop { partition, .. }) => &partition.name,
        _other => return None,
    };
    if !case.first {
        return None;
    }
    Finding::new(
        format!("all rows of {name} are lost"),
        "rename it away now, and drop it some days later",
    )
}
