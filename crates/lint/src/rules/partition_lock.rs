//! LK111: partition locks its table.

use autogen_plan::Severity;
use autogen_schema::{Change, PartitionChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK111",
    title: "partition locks its table",
    severity: Severity::Warning,
    page: "CREATE TABLE .. PARTITION OF waits for everybody who uses the partitioned table, and everybody waits for it meanwhile. On a busy table create the partition as a table of its own and ATTACH it: that lets readers and writers go on. To drop one, DETACH it CONCURRENTLY first. DETACH PARTITION itself takes the same lock; by hand, outside of a transaction, DETACH PARTITION .. CONCURRENTLY lets readers and writers go on.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Partition(change) = case.change else { return None };
    let (table, safer) = match change {
        PartitionChange::Create { table, .. } | PartitionChange::Drop { table, .. } => {
            (table, "on a busy table, create a table of its own and attach it")
        }
        PartitionChange::Detach { table, .. } => {
            (table, "on a busy table, detach it CONCURRENTLY by hand")
        }
        PartitionChange::Attach { .. }
        | PartitionChange::Comment { .. }
        | PartitionChange::Divide { .. } => return None,
    };
    if !case.first || case.new_table || !case.dialect.partitions_are_tables() {
        return None;
    }
    Finding::new(format!("{table} can't be used for a moment, as soon as nobody uses it"), safer)
}
