//! DD107: rows without a partition.

use autogen_dialect::Cost;
use autogen_plan::Severity;
use autogen_schema::{Change, Expr, Pair, Partition, PartitionChange, Partitioning, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD107",
    title: "rows without a partition",
    severity: Severity::Warning,
    page: "When a table is partitioned, or partitioned with fewer values, each row must fit a partition. When a partition is added, the DEFAULT partition must have no row that belongs in the new one. When a table is attached, all its rows must be within the bound. Otherwise the migration fails, and nothing is changed. Look for such rows first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first {
        return None;
    }
    let Change::Partition(change) = case.change else { return None };
    match change {
        PartitionChange::Attach { table, of, partition, .. } => {
            attached(case, [table, of], partition)
        }
        PartitionChange::Create { .. }
        | PartitionChange::Drop { .. }
        | PartitionChange::Divide { .. }
            if case.new_table =>
        {
            None
        }
        PartitionChange::Divide { table, partitioning } => {
            divided(case, table, partitioning.after.as_ref()?)
        }
        PartitionChange::Create { table, of, partition }
            if case.dialect.partitions_are_tables() =>
        {
            created(case, [table, of], partition)
        }
        PartitionChange::Create { table, .. } | PartitionChange::Drop { table, .. } => {
            rearranged(case, table)
        }
        PartitionChange::Detach { .. } | PartitionChange::Comment { .. } => None,
    }
}

/// The rows of a table that is partitioned again. If a partition is dropped instead, its rows
/// are dropped with it.
fn rearranged(case: &Case<'_>, table: &QName) -> Option<Finding> {
    let before = case.schema.before.tables.get(&case.origin.table(table)?)?;
    let after = case.schema.after.tables.get(table)?.partitioning.as_ref()?;
    let both = Pair::new(before.partitioning.as_ref()?, after);
    let written = case.step.effect.cost != Cost::Instant;
    let narrows = written && case.dialect.narrows_partitions(both);
    narrows.then(|| divided(case, table, after)).flatten()
}

/// The rows of the DEFAULT partition next to a new one.
fn created(case: &Case<'_>, [table, of]: [&QName; 2], own: &Partition) -> Option<Finding> {
    let before = case.origin.table(table)?;
    let top = case.schema.before.tables.get(&before)?.partitioning.as_ref()?;
    let siblings = if of == table { top } else { below(top, of)? };
    let default = siblings.partitions.iter().find(|partition| partition.bound == "DEFAULT")?;
    if own.bound == "DEFAULT" {
        return None;
    }
    Finding::probed(
        case.dialect.probe_bound(&default.name, &siblings.by, &own.bound),
        format!("fails if the DEFAULT partition of {table} holds rows of {}", own.name),
        "look for such rows, and move them out of the way first",
    )
}

/// The rows of a table that becomes partitioned.
fn divided(case: &Case<'_>, table: &QName, after: &Partitioning) -> Option<Finding> {
    if case.dialect.holds_all_rows(after) {
        return None;
    }
    Finding::probed(
        probe(case, table, after),
        format!("fails if a row of {table} fits no partition"),
        "look for such rows, or declare a partition that takes all others",
    )
}

/// The rows of a table that is attached, and those of the DEFAULT partition next to it.
fn attached(case: &Case<'_>, [table, of]: [&QName; 2], own: &Partition) -> Option<Finding> {
    let wanted = case.schema.after.tables.get(table)?.partitioning.as_ref()?;
    let beside = if of == table { wanted } else { below(wanted, of)? };
    if case
        .dialect
        .holds_all_rows(&Partitioning { partitions: vec![own.clone()], ..beside.clone() })
        && beside.partitions.len() == 1
    {
        return None;
    }
    let name = case.origin.table(&own.name)?;
    let before = case.origin.table(table);
    let siblings =
        before.and_then(|name| case.schema.before.tables.get(&name)?.partitioning.as_ref());
    let siblings =
        siblings.and_then(
            |partitioning| if of == table { Some(partitioning) } else { below(partitioning, of) },
        );
    let default = siblings
        .and_then(|before| before.partitions.iter().find(|partition| partition.bound == "DEFAULT"));
    let default = default.map(|partition| &partition.name).filter(|name| **name != own.name);
    let message = match default {
        Some(default) => format!(
            "fails if a row of {} is outside of the bound, or one of {default} within it",
            own.name
        ),
        None => format!("fails if a row of {} is outside of the bound", own.name),
    };
    let same = columns_stay(case, &own.name) && !loses_partitions(case, &name, own);
    let probe = case.dialect.probe_misplaced([&name, &own.name], default, beside);
    Finding::probed(
        probe.filter(|_| same),
        message,
        "look for such rows, and move them out of the way first",
    )
}

/// Whether its rows before the plan would lose their partitions.
fn loses_partitions(case: &Case<'_>, name: &QName, own: &Partition) -> bool {
    let kept = own.partitioning.as_ref().map(Partitioning::names).unwrap_or_default();
    let tables = case.schema.before.tables.values();
    let mut divided = tables.filter_map(|it| Some((&it.name, it.partitioning.as_ref()?)));
    divided.any(|(table, top)| {
        let below = if table == name { Some(top) } else { below(top, name) };
        below.is_some_and(|it| it.names().iter().any(|name| !kept.contains(name)))
    })
}

/// Whether the table keeps its columns' names and values.
fn columns_stay(case: &Case<'_>, name: &QName) -> bool {
    let after = case.schema.after.tables.get(name);
    after.is_some_and(|after| {
        after.columns.iter().all(|it| {
            it.generated.is_some() || case.origin.column(name, &it.name).as_ref() == Some(&it.name)
        })
    })
}

/// Only if the columns of the key exist under these names.
fn probe(case: &Case<'_>, table: &QName, wanted: &Partitioning) -> Option<String> {
    case.origin.expression(table, &Expr::new(&wanted.by))?;
    case.dialect.probe_unplaced(&case.origin.table(table)?, wanted)
}

/// How a partition, at any depth, is itself partitioned.
fn below<'p>(partitioning: &'p Partitioning, of: &QName) -> Option<&'p Partitioning> {
    let parts = || partitioning.partitions.iter();
    let direct = parts()
        .find(|partition| partition.name == *of)
        .and_then(|partition| partition.partitioning.as_ref());
    direct.or_else(|| parts().find_map(|part| below(part.partitioning.as_ref()?, of)))
}
