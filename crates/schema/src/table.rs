//! Tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Check, Column, Constraint, Default, Defined, Exclusion, Expr, ForeignKey, Index, Metadata,
    Name, Policy, PrimaryKey, QName, Trigger, Unique,
};

/// Options that only some databases have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TableOptions {
    /// SQLite `STRICT`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// SQLite `WITHOUT ROWID`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_rowid: bool,
    /// PostgreSQL `UNLOGGED`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unlogged: bool,
    /// PostgreSQL's storage parameters, as in `WITH (fillfactor = 70)`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub storage: BTreeMap<String, String>,
    /// PostgreSQL's tablespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// MySQL's engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// MySQL's default character set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// MySQL's default collation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// MySQL's row format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_format: Option<String>,
}

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
    /// How the partition itself is partitioned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitioning: Option<Partitioning>,
    /// PostgreSQL: its comment. In MySQL it is part of the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// PostgreSQL: the names of its indexes and foreign keys, if the catalog reported them.
    #[serde(skip)]
    pub names: Metadata<PartitionNames>,
    /// PostgreSQL: the keys, checks, indexes, triggers and row security that it has in addition
    /// to those of its table: a table with its name and without columns.
    #[serde(skip_serializing_if = "Table::is_bare")]
    pub own: Box<Table>,
}

/// A partition in its serialized form: its own objects take its name.
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

/// The partition's names for the indexes and foreign keys of its table, by the table's names
/// for them.
#[derive(Debug, Clone, Default)]
pub struct PartitionNames {
    /// Indexes, including those of constraints.
    pub indexes: BTreeMap<String, String>,
    /// Foreign keys.
    pub foreign_keys: BTreeMap<String, String>,
}

impl Partition {
    /// A partition that has no partitions of its own.
    pub fn new(name: QName, bound: impl Into<String>) -> Self {
        let names = Metadata(PartitionNames::default());
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
    /// Without partitions.
    pub fn new(by: impl Into<String>) -> Self {
        Self { by: by.into(), partitions: Vec::new() }
    }

    /// The partition key follows the column; the word before it is the method.
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

    /// How the partition of this name, at any depth, is itself partitioned.
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

    /// The partition of this name, at any depth, with the relation that it is a partition of.
    /// `own` is the name of the table that is partitioned like this.
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

    /// All partitions, at any depth: each before its own partitions.
    pub fn all(&self) -> Vec<&Partition> {
        let mut all = Vec::new();
        for partition in &self.partitions {
            all.push(partition);
            all.extend(partition.partitioning.iter().flat_map(Self::all));
        }
        all
    }

    /// The own objects of the partitions, at any depth, mutable.
    pub fn own_mut(&mut self) -> Vec<&mut Table> {
        let mut all = Vec::new();
        for partition in &mut self.partitions {
            all.push(&mut *partition.own);
            all.extend(partition.partitioning.iter_mut().flat_map(Self::own_mut));
        }
        all
    }

    /// Sorts the partitions, at any depth.
    pub fn sort(&mut self) {
        self.partitions.sort();
        self.partitions.iter_mut().flat_map(|it| &mut it.partitioning).for_each(Self::sort);
    }
}

/// What a part of a table's text defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownKind {
    /// A column.
    Column,
    /// A foreign key.
    ForeignKey,
    /// A key of another kind, or a check.
    Other,
}

/// A part of a table's text: a column, a key, a constraint.
#[derive(Debug, Clone)]
pub struct ShownPart {
    /// What it defines.
    pub kind: ShownKind,
    /// Its name; none for a primary key.
    pub name: Option<String>,
    /// The server's own text, where all of it could be read.
    pub text: Option<String>,
}

/// A table in its server's own text, with what no catalog view shows: the order of keys,
/// explicit defaults, the counter, rare options.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Columns, keys and constraints, in the server's order.
    pub parts: Vec<ShownPart>,
    /// The options and partitions after them.
    pub ending: String,
}

/// Row-level security of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RowSecurity {
    /// `ENABLE ROW LEVEL SECURITY`.
    pub enabled: bool,
    /// `FORCE ROW LEVEL SECURITY`.
    pub forced: bool,
    /// The policies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Policy>,
}

impl RowSecurity {
    /// Itself, or `None` where it declares nothing.
    pub fn settled(self) -> Option<Self> {
        (self != Self::default()).then_some(self)
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: QName,
    /// Its columns in their order.
    pub columns: Vec<Column>,
    /// Its primary key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// Its unique constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uniques: Vec<Unique>,
    /// Its foreign keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks, those written at a column included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Its exclusion constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
    /// The indexes that no constraint owns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// Its triggers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Its row-level security.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_security: Option<RowSecurity>,
    /// How it is partitioned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitioning: Option<Partitioning>,
    /// Options that only some databases have.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub options: TableOptions,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// MySQL: its text, where it is to be written exactly as the server has it.
    #[serde(skip)]
    pub shown: Metadata<Option<Box<Shown>>>,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<QName>) -> Self {
        Self {
            name: name.into(),
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            exclusions: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            row_security: None,
            partitioning: None,
            options: TableOptions::default(),
            comment: None,
            shown: Metadata(None),
        }
    }

    /// Whether it has no keys, indexes, triggers or the like.
    pub fn is_bare(&self) -> bool {
        *self == Self::new(self.name.clone())
    }

    /// The keys that identify rows and that foreign keys can reference: the primary key, unique
    /// constraints, and unique indexes over plain columns without a predicate; each with the word
    /// for its kind.
    pub fn unique_keys(&self) -> Vec<(&'static str, Vec<&String>)> {
        fn columns(parts: &[crate::KeyPart]) -> Vec<&String> {
            parts.iter().map(|it| &it.column).collect()
        }
        let primary = self.primary_key.iter().map(|it| (PrimaryKey::KIND, columns(&it.columns)));
        let unique = self.uniques.iter().map(|it| (Unique::KIND, columns(&it.columns)));
        let indexes = self.indexes.iter().filter_map(|it| Some(("index", it.unique_columns()?)));
        primary.chain(unique).chain(indexes).collect()
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// All constraints: the primary key first, then by kind.
    pub fn constraints(&self) -> Vec<Constraint> {
        let mut all = Vec::new();
        all.extend(self.primary_key.clone().map(Constraint::PrimaryKey));
        all.extend(self.uniques.iter().cloned().map(Constraint::Unique));
        all.extend(self.foreign_keys.iter().cloned().map(Constraint::ForeignKey));
        all.extend(self.checks.iter().cloned().map(Constraint::Check));
        all.extend(self.exclusions.iter().cloned().map(Constraint::Exclusion));
        all
    }

    /// The kinds, in the database's terms, and the names of all constraints, in
    /// the order of [`Self::constraints`].
    pub fn constraint_names(&self) -> impl Iterator<Item = (&'static str, &Name)> {
        let key = self.primary_key.iter().map(|it| (PrimaryKey::KIND, &it.name));
        key.chain(self.uniques.iter().map(|it| (Unique::KIND, &it.name)))
            .chain(self.foreign_keys.iter().map(|it| (ForeignKey::KIND, &it.name)))
            .chain(self.checks.iter().map(|it| (Check::KIND, &it.name)))
            .chain(self.exclusions.iter().map(|it| (Exclusion::KIND, &it.name)))
    }

    /// Sorts what the database keeps without an order: constraints, indexes, triggers.
    pub fn sort(&mut self) {
        self.uniques.sort();
        self.foreign_keys.sort();
        self.checks.sort();
        self.exclusions.sort();
        self.indexes.sort();
        self.triggers.sort();
        if let Some(security) = &mut self.row_security {
            security.policies.sort();
        }
    }

    /// The objects on it and on its partitions whose body is SQL text, mutable.
    pub(crate) fn texts_mut(&mut self) -> Vec<&mut dyn Defined> {
        let mut all: Vec<&mut dyn Defined> = Vec::new();
        all.extend(self.triggers.iter_mut().map(|it| it as &mut dyn Defined));
        let policies = self.row_security.iter_mut().flat_map(|it| &mut it.policies);
        all.extend(policies.map(|it| it as &mut dyn Defined));
        let partitions = self.partitioning.iter_mut().flat_map(Partitioning::own_mut);
        all.extend(partitions.flat_map(Self::texts_mut));
        all
    }

    /// The objects on it and on its partitions whose body is SQL text.
    pub(crate) fn texts(&self) -> Vec<&dyn Defined> {
        let mut all: Vec<&dyn Defined> = Vec::new();
        all.extend(self.triggers.iter().map(|it| it as &dyn Defined));
        let policies = self.row_security.iter().flat_map(|it| &it.policies);
        all.extend(policies.map(|it| it as &dyn Defined));
        let partitions = self.partitioning.iter().flat_map(Partitioning::all);
        all.extend(partitions.flat_map(|it| it.own.texts()));
        all
    }

    /// The foreign keys of it and of its partitions, mutable.
    pub(crate) fn foreign_keys_mut(&mut self) -> Vec<&mut ForeignKey> {
        let mut all: Vec<&mut ForeignKey> = self.foreign_keys.iter_mut().collect();
        let partitions = self.partitioning.iter_mut().flat_map(Partitioning::own_mut);
        all.extend(partitions.flat_map(|it| &mut it.foreign_keys));
        all
    }

    /// The foreign keys of it and of its partitions.
    pub(crate) fn all_foreign_keys(&self) -> impl Iterator<Item = &ForeignKey> {
        let partitions = self.partitioning.iter().flat_map(Partitioning::all);
        self.foreign_keys.iter().chain(partitions.flat_map(|it| &it.own.foreign_keys))
    }

    pub(crate) fn rename_column(&mut self, before: &str, after: &str) {
        let rename = |name: &mut String| {
            if name == before {
                *name = after.to_owned();
            }
        };
        for column in &mut self.columns {
            rename(&mut column.name);
            if let Some(generated) = &mut column.generated {
                generated.expr = generated.expr.rename_column(before, after);
            }
            // A bare word is a function without parentheses, such as CURRENT_USER.
            if let Some(Default::Expression(expr)) = &mut column.default
                && !expr.as_str().chars().all(|c| c.is_alphanumeric() || c == '_')
            {
                *expr = expr.rename_column(before, after);
            }
        }
        if let Some(key) = &mut self.primary_key {
            key.columns.iter_mut().for_each(|part| rename(&mut part.column));
            key.include.iter_mut().for_each(rename);
        }
        for unique in &mut self.uniques {
            unique.columns.iter_mut().for_each(|part| rename(&mut part.column));
            unique.include.iter_mut().for_each(rename);
        }
        for key in &mut self.foreign_keys {
            key.columns.iter_mut().for_each(rename);
            key.set_columns.iter_mut().for_each(rename);
        }
        for check in &mut self.checks {
            check.expr = check.expr.rename_column(before, after);
        }
        for exclusion in &mut self.exclusions {
            exclusion.rename_column(before, after);
        }
        for index in &mut self.indexes {
            index.rename_column(before, after);
        }
        if let Some(partitioning) = &mut self.partitioning {
            partitioning.rename_column(before, after);
        }
    }
}
