//! MySQL, and MariaDB as a variant of it.

pub(crate) mod canonical;
pub mod caps;
pub mod charsets;
pub(crate) mod convert;
pub mod defaults;
pub(crate) mod implied;
mod locks;
pub(crate) mod lower;
pub(crate) mod render;
pub mod types;

use serde::Serialize;

use crate::Dialect;

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "names of databases")]
pub enum Flavor {
    Mysql,
    Mariadb,
}

impl Flavor {
    /// The flavor as a dialect.
    pub const fn dialect(self) -> Dialect {
        match self {
            Self::Mysql => Dialect::Mysql,
            Self::Mariadb => Dialect::Mariadb,
        }
    }
}
