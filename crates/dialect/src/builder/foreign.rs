//! What other runners of migrations must be told of each database.

use crate::Dialect;
use crate::scan::symbols;

impl Dialect {
    /// The name of the database as its makers write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
            Self::Mysql => "MySQL",
            Self::Mariadb => "MariaDB",
        }
    }

    /// SeaORM's name of the database, in `DatabaseBackend`.
    pub fn sea_orm_backend(self) -> &'static str {
        match self {
            Self::Postgres => "Postgres",
            Self::Sqlite => "Sqlite",
            Self::Mysql | Self::Mariadb => "MySql",
        }
    }

    /// Whether changes of the schema can be taken back by a rollback.
    pub fn rolls_back(self) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => true,
            Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether a statement means something else in the sessions of SeaORM and
    /// sqlx than in ours: on MySQL they read `||` as the joining of texts, where
    /// it is an OR in ours.
    pub fn is_read_otherwise(self, sql: &str) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => false,
            Self::Mysql | Self::Mariadb => {
                let symbols: Vec<char> = symbols(self, sql).collect();
                symbols.windows(2).any(|pair| pair == ['|', '|'])
            }
        }
    }

    /// Whether a column that counts says so together with being the key.
    pub(super) fn counts_at_the_column(self) -> bool {
        match self {
            Self::Sqlite => true,
            Self::Postgres | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether primary keys have names.
    pub(super) fn names_primary_keys(self) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => true,
            Self::Mysql | Self::Mariadb => false,
        }
    }
}
