//! Writes plans, one file per format.

mod describe;
mod json;
mod rust;
mod sql;
mod text;

pub use crate::script::Header;
pub use describe::describe;
pub use json::json;
pub use rust::{rust, rust_adopting, rust_empty};
pub use sql::{Scripted, migration, require_read_back, schema_sql, script, scripted, scripts_sql};
pub use text::{text, unmanaged, unmanaged_kinds};
