//! From changes to statements.

use crate::mysql::{self, Flavor};
use crate::step::{Refusal, Request, Step};
use crate::{Dialect, postgres, sqlite};

impl Dialect {
    /// The steps for the changes, in order.
    ///
    /// # Errors
    /// A refusal for each change that cannot be made.
    pub fn lower(self, request: &Request<'_>) -> Result<Vec<Step>, Vec<Refusal>> {
        match self {
            Self::Sqlite => sqlite::lower::lower(request),
            Self::Postgres => postgres::lower::lower(request),
            Self::Mysql => mysql::lower::lower(Flavor::Mysql, request),
            Self::Mariadb => mysql::lower::lower(Flavor::Mariadb, request),
        }
    }
}
