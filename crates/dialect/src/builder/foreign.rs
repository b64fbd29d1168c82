//! What other runners of migrations must be told of each database.

use crate::Dialect;

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
}
