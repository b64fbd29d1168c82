//! What autogen knows of each database, as data and pure functions. The same
//! file names stand in each dialect's folder; MariaDB is a variant of MySQL.

mod dialect;
pub mod postgres;
pub mod sqlite;

pub use dialect::{Dialect, UnknownDialect};
