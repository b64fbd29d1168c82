//! The folder of each database's migrations, in a project that serves several.
//!
//! The first database has the migrations folder itself. Each further one has a folder in it, by
//! its name, with files and a `schema.json` of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use autogen_dialect::Dialect;
use autogen_plan::Header;

use crate::error::Error;
use crate::file;

/// The database of the migrations in the folder itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Main {
    /// There are none.
    Empty,
    /// They don't say.
    Unknown,
    Of(Dialect),
}

/// The folders of a project.
#[derive(Debug)]
pub(crate) struct Homes {
    path: PathBuf,
    main: Main,
    /// The databases with a folder of their own.
    own: BTreeSet<Dialect>,
}

/// Whether a folder within the migrations folder belongs to a database.
pub(crate) fn is_home(name: &str) -> bool {
    Dialect::from_str(name).is_ok_and(|dialect| dialect.name() == name)
}

impl Homes {
    /// Looks at the migrations folder; none of its files is read but the first one's header.
    pub(crate) fn find(path: &Path) -> Result<Self, Error> {
        let mut homes = Self { path: path.to_path_buf(), main: Main::Empty, own: BTreeSet::new() };
        let entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            // What is wrong with it is reported where it is read.
            Err(_) => return Ok(homes),
        };
        let mut first: Option<PathBuf> = None;
        for entry in entries {
            let path = entry.map_err(|error| Error::file(path, "read", &error))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if is_home(name) && path.is_dir() {
                homes.own.extend(Dialect::from_str(name).ok());
            } else if name.ends_with(".up.sql") && first.as_ref().is_none_or(|it| path < *it) {
                first = Some(path);
            }
        }
        if let Some(first) = first {
            let header = file::read(&first).ok().and_then(|text| Header::parse(&text).ok());
            let dialect = header.and_then(|it| it.dialect).and_then(|it| it.parse().ok());
            homes.main = dialect.map_or(Main::Unknown, Main::Of);
        }
        Ok(homes)
    }

    /// Whether there are migrations of several databases.
    pub(crate) fn are_several(&self) -> bool {
        !self.own.is_empty()
    }

    /// The folder of a database's migrations, if it has one. A new project has one database.
    pub(crate) fn of(&self, dialect: Dialect) -> Option<PathBuf> {
        if self.own.contains(&dialect) {
            return Some(self.new_for(dialect));
        }
        let main = match self.main {
            Main::Empty => self.own.is_empty(),
            Main::Unknown => true,
            Main::Of(known) => known == dialect,
        };
        main.then(|| self.path.clone())
    }

    /// Where the migrations of a further database begin.
    pub(crate) fn new_for(&self, dialect: Dialect) -> PathBuf {
        self.path.join(dialect.name())
    }

    /// The folder of one of several databases that `diff` writes for at once.
    pub(crate) fn beside_others(&self, dialect: Dialect) -> PathBuf {
        match self.main {
            Main::Empty => self.new_for(dialect),
            Main::Unknown | Main::Of(_) => self.of(dialect).unwrap_or(self.new_for(dialect)),
        }
    }

    /// The databases of a URL that have migrations: `mysql://` may be one of MariaDB.
    pub(crate) fn reached_by(&self, url: Dialect) -> Vec<Dialect> {
        let all = Dialect::ALL.into_iter();
        all.filter(|it| it.shares_urls(url) && self.of(*it).is_some()).collect()
    }

    /// The databases that have migrations, as words.
    pub(crate) fn names(&self) -> String {
        let main = match self.main {
            Main::Of(dialect) => Some(dialect),
            Main::Empty | Main::Unknown => None,
        };
        let names: Vec<&str> = main.iter().chain(&self.own).map(|it| it.name()).collect();
        names.join(", ")
    }

    /// The error where several databases have migrations, and none is named.
    pub(crate) fn undecided(&self) -> Error {
        Error::usage(
            "A0683",
            format!(
                "{} holds migrations of several databases: {}",
                self.path.display(),
                self.names()
            ),
            "name one by --dialect, or give its URL by DATABASE_URL",
        )
    }

    /// The error for a database that has none.
    pub(crate) fn missing(&self, dialect: Dialect) -> Error {
        let there = self.names();
        let there = if there.is_empty() { String::new() } else { format!(", only of {there}") };
        Error::usage(
            "A0684",
            format!("{} holds no migrations of {dialect}{there}", self.path.display()),
            &format!("`autogen diff --dialect {dialect}` begins them, in a folder of their own"),
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_first_database_keeps_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let empty = Homes::find(&path.join("nowhere")).unwrap();
        assert!(!empty.are_several());
        assert_eq!(empty.of(Dialect::Sqlite), Some(path.join("nowhere")));
        assert_eq!(empty.beside_others(Dialect::Sqlite), path.join("nowhere/sqlite"));

        std::fs::write(path.join("1_a.up.sql"), "-- dialect: mysql\n").unwrap();
        let one = Homes::find(path).unwrap();
        assert_eq!(one.of(Dialect::Mysql), Some(path.to_path_buf()));
        assert_eq!(one.of(Dialect::Sqlite), None);
        assert_eq!(one.beside_others(Dialect::Mysql), path);
        assert_eq!(one.beside_others(Dialect::Sqlite), path.join("sqlite"));
        assert_eq!(one.reached_by(Dialect::Mysql), [Dialect::Mysql]);

        std::fs::create_dir(path.join("mariadb")).unwrap();
        std::fs::create_dir(path.join("replaced")).unwrap();
        let two = Homes::find(path).unwrap();
        assert!(two.are_several());
        assert_eq!(two.names(), "mysql, mariadb");
        assert_eq!(two.reached_by(Dialect::Mysql).len(), 2);
        assert_eq!(two.of(Dialect::Postgres), None);
    }
}
