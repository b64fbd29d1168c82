//! Partitions of tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Aside, Expr, QName, Table};

/// How a table is partitioned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Partitioning {
    /// The clause after `PARTITION BY`, in the database's own words.
    pub by: String,
    /// The partitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partitions: Vec<Partition>,
}

/// A partition of a table. It has the table's columns, keys and indexes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Partition {
    /// Its name.
    pub name: QName,
    /// `FOR VALUES ..` or `DEFAULT`.
    pub bound: String,
    /// How it is divided further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitioning: Option<Partitioning>,
    /// PostgreSQL: its comment. MySQL says it in the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// PostgreSQL: the names of its indexes and foreign keys, where the catalog
    /// gave them.
    #[serde(skip)]
    pub names: Aside<PartitionNames>,
    /// PostgreSQL: the keys, checks, indexes, triggers and row security that it has
    /// beyond those of its table: a table under its name that has no columns.
    #[serde(skip_serializing_if = "Table::is_bare")]
    pub own: Box<Table>,
}

/// A partition as it is written down: what it has of its own bears its name.
#[derive(Deserialize)]
struct Written {
    name: QName,
    bound: String,
    #[serde(default)]
    partitioning: Option<Partitioning>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    own: Option<Box<Table>>,
}

impl From<Written> for Partition {
    fn from(written: Written) -> Self {
        let Written { name, bound, partitioning, comment, own } = written;
        let mut partition = Self { partitioning, comment, ..Self::new(name, bound) };
        if let Some(mut own) = own {
            own.name.clone_from(&partition.name);
            partition.own = own;
        }
        partition
    }
}

/// What a partition calls the indexes and foreign keys that it has from its
/// table, by the names that they have there.
#[derive(Debug, Clone, Default)]
pub struct PartitionNames {
    /// Indexes, those of constraints included.
    pub indexes: BTreeMap<String, String>,
    /// Foreign keys.
    pub foreign_keys: BTreeMap<String, String>,
}

impl Partition {
    /// A partition that is not divided further.
    pub fn new(name: QName, bound: impl Into<String>) -> Self {
        let names = Aside(PartitionNames::default());
        let own = Box::new(Table::new(name.clone()));
        Self { name, bound: bound.into(), partitioning: None, comment: None, names, own }
    }

    /// Its name and those of its own partitions, at any depth.
    pub fn names(&self) -> Vec<&QName> {
        let below = self.partitioning.iter().flat_map(Partitioning::names);
        std::iter::once(&self.name).chain(below).collect()
    }
}

impl Partitioning {
    /// Not yet with partitions.
    pub fn new(by: impl Into<String>) -> Self {
        Self { by: by.into(), partitions: Vec::new() }
    }

    /// What it is divided by follows the column; the word before it is none.
    pub fn rename_column(&mut self, before: &str, after: &str) {
        if let Some(at) = self.by.find('(') {
            let (word, key) = self.by.split_at(at);
            let key = Expr::new(key).rename_column(before, after);
            self.by = format!("{word}{key}");
        }
        for partition in &mut self.partitions {
            partition.own.rename_column(before, after);
            partition.partitioning.iter_mut().for_each(|it| it.rename_column(before, after));
        }
    }

    /// How the partition of this name, at any depth, is divided further.
    pub fn below_mut(&mut self, name: &QName) -> Option<&mut Self> {
        for partition in &mut self.partitions {
            let Some(own) = &mut partition.partitioning else { continue };
            if partition.name == *name {
                return Some(own);
            }
            if let Some(found) = own.below_mut(name) {
                return Some(found);
            }
        }
        None
    }

    /// The partition of this name, at any depth.
    pub fn partition_mut(&mut self, name: &QName) -> Option<&mut Partition> {
        for partition in &mut self.partitions {
            if partition.name == *name {
                return Some(partition);
            }
            let below = partition.partitioning.as_mut();
            if let Some(found) = below.and_then(|it| it.partition_mut(name)) {
                return Some(found);
            }
        }
        None
    }

    /// The partition of this name, at any depth, with the relation that it is a
    /// partition of. `own` is the name of the table that is divided like this.
    pub fn find<'p>(&'p self, own: &'p QName, name: &QName) -> Option<(&'p QName, &'p Partition)> {
        self.partitions.iter().find_map(|partition| match &partition.partitioning {
            _ if partition.name == *name => Some((own, partition)),
            Some(below) => below.find(&partition.name, name),
            None => None,
        })
    }

    /// The names of all partitions, at any depth.
    pub fn names(&self) -> Vec<&QName> {
        self.all().into_iter().map(|partition| &partition.name).collect()
    }

    /// All partitions, at any depth: each before its own.
    pub fn all(&self) -> Vec<&Partition> {
        let mut all = Vec::new();
        for partition in &self.partitions {
            all.push(partition);
            all.extend(partition.partitioning.iter().flat_map(Self::all));
        }
        all
    }

    /// What the partitions have of their own, at any depth, to be changed.
    pub fn own_mut(&mut self) -> Vec<&mut Table> {
        let mut all = Vec::new();
        for partition in &mut self.partitions {
            all.push(&mut *partition.own);
            all.extend(partition.partitioning.iter_mut().flat_map(Self::own_mut));
        }
        all
    }

    /// Puts the partitions into one order, at any depth.
    pub fn sort(&mut self) {
        self.partitions.sort();
        self.partitions.iter_mut().flat_map(|it| &mut it.partitioning).for_each(Self::sort);
    }
}
