//! What stands in a schema besides its tables' columns, a file per kind.

pub mod constraint;
pub mod grant;
pub mod index;
pub mod other;
pub mod text;
pub mod types;
