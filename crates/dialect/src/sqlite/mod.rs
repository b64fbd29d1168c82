//! SQLite.

pub(crate) mod canonical;
pub mod ddl;
pub mod defaults;
pub mod types;
