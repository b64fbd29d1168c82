//! What other migration runners must know about each database.

use crate::Dialect;
use crate::scan::symbols;

impl Dialect {
    /// The official name of the database.
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

    /// Whether schema changes can be rolled back.
    pub fn rolls_back(self) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => true,
            Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether a statement means something else in sessions of SeaORM and sqlx than in ours: on
    /// MySQL they read `||` as concatenation, ours reads it as OR.
    pub fn is_read_otherwise(self, sql: &str) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => false,
            Self::Mysql | Self::Mariadb => {
                let symbols: Vec<char> = symbols(self, sql).collect();
                symbols.windows(2).any(|pair| pair == ['|', '|'])
            }
        }
    }

    /// Whether an auto-increment column declares that together with its key.
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
