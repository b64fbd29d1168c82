//! LK111: partition locks its table.

use autogen_plan::Severity;
use autogen_schema::{Change, PartitionChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK111",
    title: "partition locks its table",
    severity: Severity::Warning,
    page: "CREATE TABLE .. PARTITION OF waits for all queries on the partitioned table, and new queries wait for it. On a busy table, create the partition as a separate table and ATTACH it, which does not block readers or writers. DETACH PARTITION takes the same lock. DETACH PARTITION .. CONCURRENTLY does not block them, but runs only outside of a transaction: run it by hand before you drop a partition.",
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
    Finding::new(
        format!("the statement waits for queries on {table}, then locks it for a moment"),
        safer,
    )
}
