//! The objects of a schema other than tables and columns, one file per kind.

pub mod constraint;
pub mod grant;
pub mod index;
pub mod other;
pub mod text;
pub mod types;
