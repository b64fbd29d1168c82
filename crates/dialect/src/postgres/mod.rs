//! PostgreSQL.

pub(crate) mod bounds;
pub(crate) mod canonical;
pub mod collation;
pub mod concurrently;
pub(crate) mod conflicts;
pub(crate) mod convert;
pub mod defaults;
pub(crate) mod detach;
pub(crate) mod extensions;
pub(crate) mod holds;
pub(crate) mod index;
pub(crate) mod invalidates;
mod locks;
pub(crate) mod lower;
pub(crate) mod render;
mod repeated;
pub mod sequence;
pub mod types;
pub(crate) mod undeclared;
pub(crate) mod values;
pub mod versions;

/// NAMEDATALEN - 1, in bytes. Source: PostgreSQL manual, 4.1.1.
pub(crate) const MAX_NAME: usize = 63;

/// A database may read backslashes in strings as escapes: then literals differ from the
/// reviewed ones.
///
/// Source: PostgreSQL manual, 20.13.1, `standard_conforming_strings`.
pub const PLAIN_STRINGS: &str = "SET standard_conforming_strings = on";
