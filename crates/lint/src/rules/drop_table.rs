//! DL101: drop table.

use autogen_dialect::Cost;
use autogen_plan::Severity;
use autogen_schema::{Change, PartitionChange, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL101",
    title: "drop table",
    severity: Severity::Danger,
    page: "The rows of the table are lost. Rename the table first (for example to a name with the date), let the application run without it for some days, then drop it. `downgrade` restores the table, but not its rows.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first {
        return None;
    }
    let table = case.change.dropped_table().map(|it| (&it.name, RENAME));
    let (name, safer) = table.or_else(|| dropped_partition(case))?;
    Finding::new(format!("all rows of {name} are lost"), safer)
}

/// If it is recreated, its rows move to another partition.
fn dropped_partition<'c>(case: &Case<'c>) -> Option<(&'c QName, &'static str)> {
    let Change::Partition(PartitionChange::Drop { partition, .. }) = case.change else {
        return None;
    };
    let safer = if case.dialect.partitions_are_tables() { RENAME } else { EXCHANGE };
    (case.step.effect.cost == Cost::Instant).then_some((&partition.name, safer))
}

const RENAME: &str = "rename it away now, and drop it some days later";
const EXCHANGE: &str =
    "exchange it with an empty table first (EXCHANGE PARTITION), and keep that for some days";
