//! Writing plans, a file per format.

mod json;
mod rust;
mod sql;
mod text;

pub use json::json;
pub use rust::{rust, rust_adopting, rust_empty};
pub use sql::{Header, Scripted, migration, schema_sql, script, scripted, scripts_sql};
pub use text::text;
