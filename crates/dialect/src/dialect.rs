//! The supported databases, and how names and literals are quoted.

use std::fmt;
use std::str::FromStr;

use autogen_schema::QName;
use serde::{Deserialize, Serialize};

/// A database family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "names of databases")]
pub enum Dialect {
    Sqlite,
    Postgres,
    Mysql,
    Mariadb,
}

/// No database has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown dialect `{0}`; the dialects are sqlite, postgres, mysql and mariadb")]
pub struct UnknownDialect(pub String);

impl Dialect {
    /// Every dialect, in the order of their names in reports.
    pub const ALL: [Self; 4] = [Self::Sqlite, Self::Postgres, Self::Mysql, Self::Mariadb];

    /// The name in files, flags and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
        }
    }

    /// An identifier, quoted, with the quotes inside it doubled.
    pub fn quote(self, name: &str) -> String {
        match self {
            Self::Sqlite | Self::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
            Self::Mysql | Self::Mariadb => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A name in its schema, quoted part by part.
    pub fn quote_name(self, name: &QName) -> String {
        match &name.schema {
            Some(schema) => format!("{}.{}", self.quote(schema), self.quote(&name.name)),
            None => self.quote(&name.name),
        }
    }

    /// Whether a foreign key can only be created once the other table exists.
    pub fn checks_references(self) -> bool {
        match self {
            Self::Sqlite => false,
            Self::Postgres | Self::Mysql | Self::Mariadb => true,
        }
    }

    /// Whether a URL of one may lead to a server of the other: MySQL and MariaDB speak the same
    /// protocol, and the server decides.
    pub fn shares_urls(self, other: Self) -> bool {
        let family = |dialect: Self| match dialect {
            Self::Mysql | Self::Mariadb => Self::Mysql,
            Self::Sqlite | Self::Postgres => dialect,
        };
        family(self) == family(other)
    }

    /// Whether tables are in schemas. In MySQL a schema is a database, and only one is read.
    pub fn has_schemas(self) -> bool {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => false,
            Self::Postgres => true,
        }
    }

    /// Whether there are sequences.
    pub fn has_sequences(self) -> bool {
        match self {
            Self::Postgres | Self::Mariadb => true,
            Self::Sqlite | Self::Mysql => false,
        }
    }

    /// Whether a partition is a table that can be attached.
    pub fn partitions_are_tables(self) -> bool {
        match self {
            Self::Postgres => true,
            Self::Sqlite | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether functions and procedures are kept in the database.
    pub fn has_routines(self) -> bool {
        match self {
            Self::Sqlite => false,
            Self::Postgres | Self::Mysql | Self::Mariadb => true,
        }
    }

    /// Whether functions of one name can differ in their arguments.
    pub fn overloads(self) -> bool {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => false,
            Self::Postgres => true,
        }
    }

    /// Whether a `CREATE` can name a definer before the kind of the object.
    pub fn has_definers(self) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => false,
            Self::Mysql | Self::Mariadb => true,
        }
    }

    /// Fixes the current time of a session. An event without a start starts when it is created:
    /// in such a session the same file gives the same event, whenever it runs.
    ///
    /// Sources: MySQL manual, "Server System Variables", `timestamp`; MariaDB's on the same, and
    /// on `secure_timestamp`, with which a server rejects it.
    pub fn stop_clock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite | Self::Postgres => None,
            Self::Mysql | Self::Mariadb => Some("set timestamp = unix_timestamp()"),
        }
    }

    /// Whether enums are types. In MySQL their values are part of each column, in SQLite they are
    /// only in rows.
    pub fn has_enum_types(self) -> bool {
        match self {
            Self::Postgres => true,
            Self::Sqlite | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether the order of columns can be changed.
    pub fn orders_columns(self) -> bool {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => true,
            Self::Postgres => false,
        }
    }

    /// The maximum number of columns of a table. SQLite is built with this limit by default, and
    /// engines of MySQL have lower ones. Sources: PostgreSQL manual, appendix K;
    /// sqlite.org/limits.html; MySQL manual, Limits on Table Column Count.
    pub fn max_columns(self) -> usize {
        match self {
            Self::Sqlite => 2000,
            Self::Postgres => 1600,
            Self::Mysql | Self::Mariadb => 4096,
        }
    }

    /// A string literal. PostgreSQL needs the `E''` form if the text contains a backslash, so
    /// that `standard_conforming_strings` does not matter. In MySQL, our sessions ensure that a
    /// backslash is an escape.
    pub fn quote_text(self, text: &str) -> String {
        let doubled = text.replace('\'', "''");
        match self {
            Self::Postgres if text.contains('\\') => {
                format!("E'{}'", doubled.replace('\\', "\\\\"))
            }
            Self::Sqlite | Self::Postgres => format!("'{doubled}'"),
            Self::Mysql | Self::Mariadb => format!("'{}'", doubled.replace('\\', "\\\\")),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "mysql" => Ok(Self::Mysql),
            "mariadb" => Ok(Self::Mariadb),
            _ => Err(UnknownDialect(text.to_owned())),
        }
    }
}
