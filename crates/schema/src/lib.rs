//! The data of autogen: a database schema as a tree, the changes between two
//! schemas, and the snapshot file. Pure: no I/O, no SQL, no dialect.
//!
//! Everything here is `Eq + Ord + Serialize + Deserialize` and keeps a stable
//! order, so that the same schema always gives the same bytes.

pub mod attribute;
mod call;
pub mod change;
mod column;
mod column_type;
mod declared;
mod expr;
mod name;
mod number;
pub mod object;
mod object_id;
mod outside;
mod pair;
mod path;
mod pattern;
mod renamed_text;
mod schema;
mod snapshot;
mod table;
mod unknown;
mod visible;

pub use call::Callee;
pub use change::{
    ApplyError, Change, CollationChange, ColumnChange, ConstraintChange, DomainChange, EnumChange,
    ExtensionChange, GrantChange, IndexChange, NamespaceChange, PartitionChange, PolicyChange,
    Protection, RoutineChange, SequenceChange, StatisticsChange, TableChange, TriggerChange,
    ViewChange, differences,
};
pub use column::{
    CatalogText, Column, Default, Generated, GeneratedStorage, Identity, Literal, SequenceOptions,
};
pub use column_type::{ColumnType, IntWidth, TextSize};
pub use declared::{Bearing, Declared, DeclaredObject, Fill, Origin, Rename, Unread, Using};
pub use expr::Expr;
pub use name::{Name, QName};
pub use number::{counted, plural};
pub use object::constraint::{
    Check, ConflictAction, Constraint, Deferrable, Exclusion, FkAction, FkMatch, ForeignKey,
    KeyPart, PrimaryKey, Unique,
};
pub use object::grant::{Grant, Grantable};
pub use object::index::{Index, IndexKey, IndexOptions, IndexPart, NullsOrder};
pub use object::other::{
    Collation, CollationProvider, Domain, Extension, Namespace, Sequence, Statistics,
};
pub use object::text::{
    Access, Defined, Firing, Metadata, Policy, Reads, Routine, RoutineKind, Source, Trigger, View,
    ViewIndex, ViewKind,
};
pub use object::types::EnumType;
pub use object_id::ObjectId;
pub use outside::{Attribute, Carrier, Outside, OutsideUse, Used};
pub use pair::Pair;
pub use path::{path, split_assignment, split_path};
pub use pattern::matches_pattern;
pub use schema::{Schema, Unsupported};
pub use snapshot::{SNAPSHOT_VERSION, Snapshot, SnapshotError};
pub use table::{
    Partition, PartitionNames, Partitioning, RowSecurity, Shown, ShownKind, ShownPart, Table,
    TableOptions,
};
pub use visible::{is_hidden, visible, visible_lines, visible_message};

/// Whether a snapshot can omit a value.
fn is_default<T: std::default::Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
