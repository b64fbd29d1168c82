//! DD107: rows without a partition.

use autogen_plan::Severity;
use autogen_schema::{Change, PartitionChange, Partitioning, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD107",
    title: "rows without a partition",
    severity: Severity::Warning,
    page: "When a table is partitioned, each row must fit a partition; when a partition is added beside a DEFAULT one, the DEFAULT one must hold no row that belongs into the new one. Else the migration fails, and nothing is changed.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first || case.new_table {
        return None;
    }
    match case.change {
        Change::Partition(PartitionChange::Create { table, of, partition }) => {
            let before = case.origin.table(table)?;
            let top = case.schema.before.tables.get(&before)?.partitioning.as_ref()?;
            let there = if of == table { top } else { below(top, of)? };
            let default = there.partitions.iter().find(|it| it.bound == "DEFAULT")?;
            if partition.bound == "DEFAULT" {
                return None;
            }
            Finding::probed(
                case.dialect.probe_bound(&default.name, &there.by, &partition.bound),
                format!(
                    "fails if the DEFAULT partition of {table} holds rows of {}",
                    partition.name
                ),
                "look for such rows, and move them out of the way first",
            )
        }
        Change::Partition(PartitionChange::Divide { table, partitioning }) => {
            let after = partitioning.after.as_ref()?;
            if case.dialect.holds_all_rows(after) {
                return None;
            }
            Finding::probed(
                probe(case, table, after),
                format!("fails if a row of {table} fits no partition"),
                "look for such rows, or declare a partition that takes all others",
            )
        }
        _other => None,
    }
}

/// Only where the table and its columns are there under these names.
fn probe(case: &Case<'_>, table: &QName, wanted: &Partitioning) -> Option<String> {
    let there = case.schema.before.tables.get(table)?;
    let after = case.schema.after.tables.get(table)?;
    let same = after.columns.iter().all(|column| there.column(&column.name) == Some(column));
    case.dialect.probe_unplaced(table, wanted).filter(|_| same)
}

/// How a partition, at any depth, is divided further.
fn below<'p>(partitioning: &'p Partitioning, of: &QName) -> Option<&'p Partitioning> {
    let parts = || partitioning.partitions.iter();
    let own = parts().find(|it| it.name == *of).and_then(|it| it.partitioning.as_ref());
    own.or_else(|| parts().find_map(|it| it.partitioning.as_ref().and_then(|it| below(it, of))))
}
