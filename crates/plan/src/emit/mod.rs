//! Writing plans, a file per format.

mod json;
mod rust;
mod sql;
mod text;

pub use json::json;
pub use rust::{rust, rust_empty};
pub use sql::{Header, migration, schema_sql, script, scripts_sql};
pub use text::text;
