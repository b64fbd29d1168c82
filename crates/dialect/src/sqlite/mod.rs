//! SQLite.

pub(crate) mod canonical;
pub(crate) mod convert;
pub mod ddl;
pub mod defaults;
pub(crate) mod holds;
mod locks;
pub(crate) mod lower;
pub mod other_runners;
pub(crate) mod rebuild;
pub(crate) mod render;
pub mod types;
pub(crate) mod values;
