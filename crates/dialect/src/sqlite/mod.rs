//! SQLite.

pub(crate) mod canonical;
pub mod defaults;
pub mod types;
