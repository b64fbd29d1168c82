//! Changes: each holds the whole objects that it changes, so that its inverse is exact. One
//! file per kind; the list below generates the closed enum.

mod collation;
mod column;
mod constraint;
mod domain;
mod enum_type;
mod extension;
mod grant;
mod index;
mod namespace;
mod partition;
mod policy;
mod queries;
mod routine;
mod sequence;
mod spelled;
mod statistics;
mod table;
mod trigger;
mod view;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use collation::CollationChange;
pub use column::{ColumnChange, differences};
pub use constraint::ConstraintChange;
pub use domain::DomainChange;
pub use enum_type::EnumChange;
pub use extension::ExtensionChange;
pub use grant::GrantChange;
pub use index::IndexChange;
pub use namespace::NamespaceChange;
pub use partition::PartitionChange;
pub use policy::{PolicyChange, Protection};
pub use routine::RoutineChange;
pub use sequence::SequenceChange;
pub use statistics::StatisticsChange;
pub use table::TableChange;
pub use trigger::TriggerChange;
pub use view::ViewChange;

use crate::{Partitioning, QName, Schema, Table};

/// Why a change does not fit the schema it is applied to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {name} {problem}")]
pub struct ApplyError {
    /// The kind of object.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// `is not there` or `is there already`.
    pub problem: &'static str,
}

impl ApplyError {
    pub(crate) fn missing(what: &'static str, name: impl ToString) -> Self {
        Self { what, name: name.to_string(), problem: "is not there" }
    }

    pub(crate) fn present(what: &'static str, name: impl ToString) -> Self {
        Self { what, name: name.to_string(), problem: "is there already" }
    }
}

/// What every kind of change can do.
pub(crate) trait Alteration {
    /// `verb_object`, as in the JSON's `kind`.
    fn kind(&self) -> &'static str;
    /// The object, qualified by its table where it has one.
    fn object(&self) -> String;
    /// One line for messages.
    fn describe(&self) -> String;
    /// Words for a file name.
    fn slug(&self) -> String;
    /// Whether rows or values are lost.
    fn loses_data(&self) -> bool;
    /// The change that undoes this one.
    fn inverse(&self) -> Self;
    /// Applies it to a schema.
    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError>;
    /// The table that it changes, under its name after the change.
    fn table(&self) -> Option<&QName>;
}

macro_rules! changes {
    ($($variant:ident($kind:ty)),+ $(,)?) => {
        /// One difference between two schemas.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, reason = "named by their types")]
        pub enum Change {
            $($variant($kind)),+
        }

        $(impl From<$kind> for Change {
            fn from(change: $kind) -> Self {
                Self::$variant(change)
            }
        })+

        impl Change {
            /// `verb_object` in lower case: `add_column`.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(change) => change.kind()),+ }
            }

            /// The object, qualified by its table where it has one.
            pub fn object(&self) -> String {
                match self { $(Self::$variant(change) => change.object()),+ }
            }

            /// One line for messages.
            pub fn describe(&self) -> String {
                match self { $(Self::$variant(change) => change.describe()),+ }
            }

            /// Words for a file name, joined by underscores.
            pub fn slug(&self) -> String {
                match self { $(Self::$variant(change) => change.slug()),+ }
            }

            /// Whether rows or values are lost.
            pub fn loses_data(&self) -> bool {
                match self { $(Self::$variant(change) => change.loses_data()),+ }
            }

            /// The table that it changes, if any, under its name after the change.
            pub fn table(&self) -> Option<&QName> {
                match self { $(Self::$variant(change) => change.table()),+ }
            }

            /// The change that undoes this one; `inverse` of it is this one.
            #[must_use]
            pub fn inverse(&self) -> Self {
                match self { $(Self::$variant(change) => Self::$variant(change.inverse())),+ }
            }

            /// Applies the change to a schema.
            ///
            /// # Errors
            /// If an object is missing or already there; the schema may then contain a part of the
            /// change.
            pub fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
                match self { $(Self::$variant(change) => change.apply(schema)),+ }
            }
        }
    };
}

changes! {
    Namespace(NamespaceChange),
    Extension(ExtensionChange),
    Collation(CollationChange),
    Enum(EnumChange),
    Domain(DomainChange),
    Sequence(SequenceChange),
    Table(TableChange),
    Column(ColumnChange),
    Constraint(ConstraintChange),
    Index(IndexChange),
    Partition(PartitionChange),
    Statistics(StatisticsChange),
    Grant(GrantChange),
    View(ViewChange),
    Routine(RoutineChange),
    Trigger(TriggerChange),
    Policy(PolicyChange),
}

impl Change {
    /// The tables and partitions that exist only after the change.
    pub fn new_tables(&self) -> Vec<&QName> {
        if let Self::Partition(change) = self {
            return change.relations().after;
        }
        self.created_table().map(with_partitions).unwrap_or_default()
    }

    /// The tables and partitions that exist only before the change.
    pub fn gone_tables(&self) -> Vec<&QName> {
        if let Self::Partition(change) = self {
            return change.relations().before;
        }
        self.dropped_table().map(with_partitions).unwrap_or_default()
    }

    /// The tables, partitions and views that exist only before the change.
    pub fn gone_relations(&self) -> Vec<&QName> {
        let mut gone = self.gone_tables();
        gone.extend(self.dropped_view().map(|view| &view.name));
        gone
    }
}

fn with_partitions(table: &Table) -> Vec<&QName> {
    let partitions = table.partitioning.iter().flat_map(Partitioning::names);
    std::iter::once(&table.name).chain(partitions).collect()
}

/// A table, or the own objects of a partition.
fn table_mut<'s>(schema: &'s mut Schema, name: &QName) -> Result<&'s mut Table, ApplyError> {
    schema.owner_mut(name).ok_or_else(|| ApplyError::missing("table", name))
}

/// Inserts an object; fails if one of this name exists.
fn insert<K: Ord + ToString, T>(
    all: &mut BTreeMap<K, T>,
    what: &'static str,
    name: K,
    item: T,
) -> Result<(), ApplyError> {
    if all.contains_key(&name) {
        return Err(ApplyError::present(what, name));
    }
    all.insert(name, item);
    Ok(())
}

/// Removes an object; fails if there is none.
fn take<K: Ord + ToString, T>(
    all: &mut BTreeMap<K, T>,
    what: &'static str,
    name: &K,
) -> Result<T, ApplyError> {
    all.remove(name).ok_or_else(|| ApplyError::missing(what, name.to_string()))
}

/// A name as part of a file name: lower-case ASCII letters, digits, `_`.
fn slugify(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('_') && !slug.is_empty() {
            slug.push('_');
        }
    }
    slug.trim_end_matches('_').to_owned()
}
