//! What autogen knows of each database, as data and pure functions. The same
//! file names stand in each dialect's folder; MariaDB is a variant of MySQL.

mod canonical;
mod dialect;
mod literal;
mod names;
pub mod postgres;
mod question;
mod scan;
mod split;
pub mod sqlite;
mod type_text;

pub use dialect::{Dialect, UnknownDialect};
pub use question::{Answer, ExpressionRole, Question};
pub use scan::{strip_parentheses, symbols};
pub use split::{Script, Statement, split};
