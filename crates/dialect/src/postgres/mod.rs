//! PostgreSQL.

pub(crate) mod canonical;
pub mod concurrently;
pub mod defaults;
pub mod types;
