//! The databases we speak to, and how names and literals are quoted.

use std::fmt;
use std::str::FromStr;

use autogen_schema::{Identity, QName};
use serde::{Deserialize, Serialize};

use crate::{postgres, sqlite};

/// A database family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "names of databases")]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// No database goes by this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown dialect `{0}`; known are sqlite and postgres")]
pub struct UnknownDialect(pub String);

impl Dialect {
    /// Every dialect, in the order of their names in reports.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// The name in files, flags and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// An identifier, quoted, with the quotes inside it doubled.
    pub fn quote(self, name: &str) -> String {
        match self {
            Self::Sqlite | Self::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A name in its schema, quoted part by part.
    pub fn quote_name(self, name: &QName) -> String {
        match &name.schema {
            Some(schema) => format!("{}.{}", self.quote(schema), self.quote(&name.name)),
            None => self.quote(&name.name),
        }
    }

    pub(crate) fn settle_identity(self, identity: Identity) -> Identity {
        match self {
            Self::Sqlite => sqlite::canonical::settle_identity(identity),
            Self::Postgres => postgres::canonical::settle_identity(identity),
        }
    }

    /// A string literal. PostgreSQL needs the `E''` form where a backslash is
    /// in the text, so that `standard_conforming_strings` has no say.
    pub fn quote_text(self, text: &str) -> String {
        let doubled = text.replace('\'', "''");
        match self {
            Self::Postgres if text.contains('\\') => {
                format!("E'{}'", doubled.replace('\\', "\\\\"))
            }
            Self::Sqlite | Self::Postgres => format!("'{doubled}'"),
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
            _ => Err(UnknownDialect(text.to_owned())),
        }
    }
}
