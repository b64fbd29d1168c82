//! Versions of servers: how they are written, and what a schema needs of them.

use autogen_schema::Schema;

use crate::{Dialect, Refusal, postgres};

impl Dialect {
    /// Whether a server of some version runs it; SQLite is a part of the program.
    pub fn has_server(self) -> bool {
        match self {
            Self::Postgres | Self::Mysql | Self::Mariadb => true,
            Self::Sqlite => false,
        }
    }

    /// A version as people write it (`13`, `8.0.36`) as the number that the server has for it:
    /// `major * 10000 + minor * 100 + patch`, and on PostgreSQL `major * 10000 + minor`. `None` if
    /// it is none, or if the database has no server.
    pub fn version_number(self, text: &str) -> Option<u32> {
        let parts: Result<Vec<u32>, _> = text.split('.').map(str::parse).collect();
        let parts = parts.ok().filter(|parts| parts.iter().all(|part| *part < 100))?;
        match (self, parts.as_slice()) {
            (Self::Postgres, [major]) => Some(major * 10_000),
            (Self::Postgres, [major, minor]) => Some(major * 10_000 + minor),
            (Self::Mysql | Self::Mariadb, [major, rest @ ..]) if rest.len() < 3 => {
                let part = |at: usize| rest.get(at).copied().unwrap_or_default();
                Some(major * 10_000 + part(0) * 100 + part(1))
            }
            (Self::Sqlite | Self::Postgres | Self::Mysql | Self::Mariadb, _) => None,
        }
    }

    /// What the schema needs that a server of this version lacks.
    pub fn lacking(self, schema: &Schema, server: Option<u32>) -> Vec<Refusal> {
        match (self, server) {
            (Self::Postgres, Some(server)) => postgres::versions::lacking(schema, server),
            (Self::Postgres, None) | (Self::Sqlite | Self::Mysql | Self::Mariadb, _) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_numbers() {
        let number = |dialect: Dialect, text| dialect.version_number(text);
        assert_eq!(number(Dialect::Postgres, "13"), Some(130_000));
        assert_eq!(number(Dialect::Postgres, "17.4"), Some(170_004));
        assert_eq!(number(Dialect::Mariadb, "10.11"), Some(101_100));
        assert_eq!(number(Dialect::Mysql, "8.0.36"), Some(80_036));
        for text in ["", "13.x", "1.2.3.4", "-1", "4294967295", "8.0.36.1"] {
            assert_eq!(number(Dialect::Mysql, text), None, "{text}");
        }
        assert_eq!(number(Dialect::Postgres, "8.0.36"), None);
        assert_eq!(number(Dialect::Sqlite, "3"), None);
    }
}
