//! The versions of servers, and the oldest that our queries support.

use autogen_dialect::Dialect;
use sea_orm::sqlx;

use crate::session::Session;

/// The oldest PostgreSQL whose catalog our queries support, as `server_version_num`.
const OLDEST_POSTGRES: u32 = 120_000;

/// The oldest servers whose catalog our queries support: MySQL 8.0.16 has checks, MariaDB
/// 10.6 has atomic DDL.
const OLDEST_MYSQL: u32 = 80_016;
const OLDEST_MARIADB: u32 = 100_600;

/// The version of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVersion {
    /// PostgreSQL's `server_version_num` (150004 is 15.4), SQLite's `SQLITE_VERSION_NUMBER`
    /// (3046001 is 3.46.1), for MySQL and MariaDB two digits for each part after the first
    /// (101118 is 10.11.18).
    pub number: u32,
    /// As the server prints it.
    pub text: String,
}

impl ServerVersion {
    /// The first part: 15 for PostgreSQL 15.4, 3 for SQLite 3.46.1.
    pub fn major(&self, dialect: Dialect) -> u32 {
        match dialect {
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => self.number / 10_000,
            Dialect::Sqlite => self.number / 1_000_000,
        }
    }
}

/// Asks for the version, and which of MySQL and MariaDB it is.
pub(super) async fn ask(
    session: &mut Session,
    dialect: Dialect,
) -> Result<(Dialect, ServerVersion), sqlx::Error> {
    let sql = match dialect {
        Dialect::Mysql | Dialect::Mariadb => return of_mysql(session).await,
        Dialect::Postgres => {
            "select current_setting('server_version_num'), current_setting('server_version')"
        }
        // SQLite opens the file only when the schema is read.
        Dialect::Sqlite => {
            "select sqlite_version(), sqlite_version() from (select count(*) from sqlite_master)"
        }
    };
    let rows = session.rows(sql).await?;
    let mut columns = rows.into_iter().next().unwrap_or_default().into_iter().flatten();
    let number = columns.next().unwrap_or_default();
    let text = columns.next().unwrap_or_default();
    let number = match dialect {
        Dialect::Postgres => number.parse().unwrap_or_default(),
        Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => sqlite_number(&number),
    };
    Ok((dialect, ServerVersion { number, text }))
}

/// `3.46.1` as 3046001.
fn sqlite_number(text: &str) -> u32 {
    let mut parts = text.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    let mut next = || parts.next().unwrap_or_default();
    next() * 1_000_000 + next() * 1_000 + next()
}

/// Which of the two servers it is, and its version.
pub(crate) async fn of_mysql(
    session: &mut Session,
) -> Result<(Dialect, ServerVersion), sqlx::Error> {
    let found = session.texts("select version()").await?;
    Ok(read_version(found.first().map_or("", String::as_str)))
}

/// `10.11.18-MariaDB-0+deb12u1` and `9.7.4-2`; some MariaDB servers print `5.5.5-` before it,
/// for clients that compare versions.
fn read_version(text: &str) -> (Dialect, ServerVersion) {
    let dialect = match text.to_ascii_lowercase().contains("mariadb") {
        true => Dialect::Mariadb,
        false => Dialect::Mysql,
    };
    let own = text.strip_prefix("5.5.5-").unwrap_or(text);
    let digits = own.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default();
    let mut parts = digits.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    let mut next = || parts.next().unwrap_or_default();
    let number = next() * 10_000 + next() * 100 + next();
    (dialect, ServerVersion { number, text: text.to_owned() })
}

/// The name of a server that is older than our queries support.
pub(super) fn too_old(dialect: Dialect, version: &ServerVersion) -> Option<&'static str> {
    let (name, oldest) = match dialect {
        Dialect::Mysql => (dialect.name(), OLDEST_MYSQL),
        Dialect::Mariadb => (dialect.name(), OLDEST_MARIADB),
        Dialect::Postgres => ("PostgreSQL", OLDEST_POSTGRES),
        Dialect::Sqlite => return None,
    };
    (version.number < oldest).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let read = |text| {
            let (dialect, version) = read_version(text);
            (dialect, version.number)
        };
        assert_eq!(read("10.11.18-MariaDB-0+deb12u1"), (Dialect::Mariadb, 101_118));
        assert_eq!(read("5.5.5-10.6.4-MariaDB"), (Dialect::Mariadb, 100_604));
        assert_eq!(read("9.7.4-2"), (Dialect::Mysql, 90_704));
        assert_eq!(read("8.0.36"), (Dialect::Mysql, 80_036));
        assert_eq!(read("junk"), (Dialect::Mysql, 0));
    }
}
