//! DL101: drop table.

use autogen_dialect::Cost;
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
    if !case.first {
        return None;
    }
    let (name, safer) = match case.change {
        Change::Table(TableChange::Drop(table)) => (&table.name, RENAME),
        // Where it is written anew, the rows go into another one.
        Change::Partition(PartitionChange::Drop { partition, .. })
            if case.step.effect.cost == Cost::Instant =>
        {
            let own = case.dialect.partitions_are_tables();
            (&partition.name, if own { RENAME } else { EXCHANGE })
        }
        _other => return None,
    };
    Finding::new(format!("all rows of {name} are lost"), safer)
}

const RENAME: &str = "rename it away now, and drop it some days later";
const EXCHANGE: &str =
    "exchange it with an empty table first (EXCHANGE PARTITION), and keep that for some days";
