//! Partitions: created, dropped, attached, detached, commented; tables that become
//! partitioned or plain.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify, table_mut, take};
use crate::{Pair, Partition, Partitioning, QName, Schema, Table};

/// A change of how a table is partitioned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum PartitionChange {
    /// `of` is the table, or a partition of it that is itself partitioned.
    Create {
        table: QName,
        of: QName,
        partition: Box<Partition>,
    },
    Drop {
        table: QName,
        of: QName,
        partition: Box<Partition>,
    },
    /// An existing table becomes a partition and keeps its rows. `plain` is the table before
    /// that.
    Attach {
        table: QName,
        of: QName,
        partition: Box<Partition>,
        plain: Arc<Table>,
    },
    /// A partition becomes a table and keeps its rows. `plain` is the table after that.
    Detach {
        table: QName,
        of: QName,
        partition: Box<Partition>,
        plain: Arc<Table>,
    },
    Comment {
        table: QName,
        partition: QName,
        comment: Pair<Option<String>>,
    },
    /// A plain table becomes partitioned, or a partitioned one plain.
    Divide {
        table: QName,
        partitioning: Box<Pair<Option<Partitioning>>>,
    },
}

impl Alteration for PartitionChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create_partition",
            Self::Drop { .. } => "drop_partition",
            Self::Attach { .. } => "attach_partition",
            Self::Detach { .. } => "detach_partition",
            Self::Comment { .. } => "comment_partition",
            Self::Divide { .. } => "partition_table",
        }
    }

    fn object(&self) -> String {
        match self {
            Self::Create { partition, .. }
            | Self::Drop { partition, .. }
            | Self::Attach { partition, .. }
            | Self::Detach { partition, .. } => partition.name.to_string(),
            Self::Comment { partition, .. } => partition.to_string(),
            Self::Divide { table, .. } => table.to_string(),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Create { of, partition, .. } => {
                format!("create partition {} of {of} {}", partition.name, partition.bound)
            }
            Self::Drop { of, partition, .. } => {
                format!("drop partition {} of {of}", partition.name)
            }
            Self::Attach { of, partition, .. } => {
                format!("attach table {} to {of} {}", partition.name, partition.bound)
            }
            Self::Detach { of, partition, .. } => {
                format!("detach partition {} of {of}", partition.name)
            }
            Self::Comment { partition, comment, .. } => match &comment.after {
                Some(text) => format!("comment partition {partition}: {text}"),
                None => format!("remove the comment of partition {partition}"),
            },
            Self::Divide { table, partitioning } => match &partitioning.after {
                Some(after) => format!("partition table {table} by {}", after.by),
                None => format!("make table {table} unpartitioned"),
            },
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.object());
        match self {
            Self::Create { .. } => format!("create_{name}"),
            Self::Drop { .. } => format!("drop_{name}"),
            Self::Attach { .. } => format!("attach_{name}"),
            Self::Detach { .. } => format!("detach_{name}"),
            Self::Comment { .. } => format!("comment_{name}"),
            Self::Divide { .. } => format!("partition_{name}"),
        }
    }

    fn loses_data(&self) -> bool {
        match self {
            Self::Drop { .. } => true,
            Self::Create { .. }
            | Self::Attach { .. }
            | Self::Detach { .. }
            | Self::Comment { .. }
            | Self::Divide { .. } => false,
        }
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create { table, of, partition } => Self::Drop { table, of, partition },
            Self::Drop { table, of, partition } => Self::Create { table, of, partition },
            Self::Attach { table, of, partition, plain } => {
                Self::Detach { table, of, partition, plain }
            }
            Self::Detach { table, of, partition, plain } => {
                Self::Attach { table, of, partition, plain }
            }
            Self::Comment { table, partition, comment } => {
                Self::Comment { table, partition, comment: comment.swap() }
            }
            Self::Divide { table, partitioning } => {
                Self::Divide { table, partitioning: Box::new(partitioning.swap()) }
            }
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        match self {
            Self::Create { table, of, partition } => put(schema, table, of, partition)?,
            Self::Drop { table, of, partition } => remove(schema, table, of, partition)?,
            Self::Attach { table, of, partition, .. } => {
                take(&mut schema.tables, "table", &partition.name)?;
                put(schema, table, of, partition)?;
            }
            Self::Detach { table, of, partition, plain } => {
                remove(schema, table, of, partition)?;
                if schema.add_table(Arc::clone(plain)).is_some() {
                    return Err(ApplyError::present("table", &plain.name));
                }
            }
            Self::Comment { table, partition, comment } => {
                let top = table_mut(schema, table)?.partitioning.as_mut();
                let found = top.and_then(|it| it.partition_mut(partition));
                let missing = || ApplyError::missing("partition", partition);
                found.ok_or_else(missing)?.comment.clone_from(&comment.after);
            }
            Self::Divide { table, partitioning } => {
                table_mut(schema, table)?.partitioning.clone_from(&partitioning.after);
            }
        }
        Ok(())
    }

    fn table(&self) -> Option<&QName> {
        match self {
            Self::Create { table, .. }
            | Self::Drop { table, .. }
            | Self::Attach { table, .. }
            | Self::Detach { table, .. }
            | Self::Comment { table, .. }
            | Self::Divide { table, .. } => Some(table),
        }
    }
}

impl PartitionChange {
    /// The partitions that exist on one side only.
    pub(super) fn relations(&self) -> Pair<Vec<&QName>> {
        match self {
            Self::Create { partition, .. } => Pair::new(Vec::new(), partition.names()),
            Self::Drop { partition, .. } => Pair::new(partition.names(), Vec::new()),
            Self::Divide { partitioning, .. } => {
                let both = (**partitioning).as_ref();
                both.map(|it| it.iter().flat_map(Partitioning::names).collect())
            }
            Self::Attach { .. } | Self::Detach { .. } | Self::Comment { .. } => {
                Pair::new(Vec::new(), Vec::new())
            }
        }
    }
}

fn put(
    schema: &mut Schema,
    table: &QName,
    of: &QName,
    partition: &Partition,
) -> Result<(), ApplyError> {
    let partitions = partitions_of(schema, table, of)?;
    if partitions.iter().any(|it| it.name == partition.name) {
        return Err(ApplyError::present("partition", &partition.name));
    }
    partitions.push(partition.clone());
    partitions.sort();
    Ok(())
}

fn remove(
    schema: &mut Schema,
    table: &QName,
    of: &QName,
    partition: &Partition,
) -> Result<(), ApplyError> {
    let partitions = partitions_of(schema, table, of)?;
    let at = partitions.iter().position(|it| it.name == partition.name);
    let missing = || ApplyError::missing("partition", &partition.name);
    partitions.remove(at.ok_or_else(missing)?);
    Ok(())
}

fn partitions_of<'s>(
    schema: &'s mut Schema,
    table: &QName,
    of: &QName,
) -> Result<&'s mut Vec<Partition>, ApplyError> {
    let missing = || ApplyError::missing("partitioned table", of);
    let root = table_mut(schema, table)?;
    let top = root.partitioning.as_mut().ok_or_else(missing)?;
    if of == table {
        return Ok(&mut top.partitions);
    }
    top.below_mut(of).map(|below| &mut below.partitions).ok_or_else(missing)
}
