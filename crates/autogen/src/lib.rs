//! What an application depends on: the derive, and the registry of the models
//! that derive it.
//!
//! ```
//! use sea_autogen::Autogen;
//!
//! #[derive(Autogen)]
//! #[autogen(table = "users", check = "length(name) > 0")]
//! pub struct User {
//!     #[autogen(primary_key)]
//!     pub id: i32,
//!     pub name: String,
//! }
//!
//! let declared = sea_autogen::models().unwrap();
//! assert_eq!(declared.schema.tables.len(), 1);
//! ```

mod convert;
#[cfg(feature = "live")]
mod migrator;
mod registry;

pub use autogen_derive::Autogen;
#[cfg(feature = "live")]
pub use autogen_derive::migrations;
pub use autogen_models::Diagnostic;
pub use autogen_schema as schema;
#[cfg(feature = "live")]
pub use migrator::{
    MigrateError, Migrator, RevisionState, RevisionStatus, assert_migrated, check, report,
};
pub use registry::{Error, models, models_json};

/// Called by the derive's code. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use inventory;

    pub use crate::convert::{Seen, Stored, column_type, keys, native_enum, no_keys};
    pub use crate::registry::Registration;
}
