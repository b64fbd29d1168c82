//! Migrations in SeaORM's format: a crate with a `MigratorTrait`, in which each migration is
//! a Rust file, and which runs by itself.

mod entries;
mod lost;
mod migrator;
mod runner;
mod search;
mod state;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use autogen_plan::{Revision, Revisions};

pub(crate) use self::entries::Entry;
pub(crate) use self::lost::lost;
use self::migrator::Migrator;
pub(crate) use self::runner::{down, up};
pub(crate) use self::search::search;
pub(crate) use self::state::{history, settle};
use crate::error::Error;

/// The table in which SeaORM records applied migrations.
const TABLE: &str = "seaql_migrations";

/// A crate of migrations, or the part of one that contains its migrator.
#[derive(Debug)]
pub(crate) struct Crate {
    /// The folder with `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The file with the migrator.
    pub(crate) file: PathBuf,
    /// The folder of the modules that it declares.
    modules: PathBuf,
    migrator: Migrator,
    /// Its migrations, in order.
    pub(crate) entries: Vec<Entry>,
}

impl Crate {
    /// Reads the crate of a folder, or the crate that contains it.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let root = root(folder).ok_or_else(|| nothing(folder, "there is no Cargo.toml"))?;
        let found = search::migrators(folder)?;
        let file = match found.as_slice() {
            [] => return Err(nothing(folder, "no file has an `impl MigratorTrait`")),
            [file] => file.clone(),
            several => {
                let names: Vec<String> =
                    several.iter().map(|it| it.display().to_string()).collect();
                return Err(Error::usage(
                    "A0651",
                    format!("there are several migrators: {}", names.join(", ")),
                    "name the folder of the right one: `migrations` in autogen.toml, or --migrations",
                ));
            }
        };
        let text = read(&file)?;
        let migrator = Migrator::read(&file, text)?;
        let modules = modules_of(&file);
        let entries = entries::read(&modules, &migrator)?;
        Ok(Self { root, file, modules, migrator, entries })
    }

    /// Whether it is a library, which cannot be run by itself.
    pub(crate) fn is_library(&self) -> bool {
        let manifest = std::fs::read_to_string(self.root.join("Cargo.toml")).unwrap_or_default();
        let programs = ["src/main.rs", "src/bin"].iter().any(|it| self.root.join(it).exists());
        !programs && !manifest.contains("[[bin]]")
    }

    /// The name of the table in which the migrator records applied migrations.
    pub(crate) fn table(&self) -> &str {
        self.migrator.table.as_deref().unwrap_or(TABLE)
    }

    /// Whether every migration's name is known.
    pub(crate) fn is_plain(&self) -> bool {
        self.entries.iter().all(|it| it.name.is_some())
    }

    /// The migrations as revisions, each after the one before.
    pub(crate) fn revisions(&self) -> Result<Revisions, Error> {
        let mut all: Vec<Revision> = Vec::new();
        for entry in &self.entries {
            let Some(name) = &entry.name else { continue };
            if all.iter().any(|it| it.id == *name) {
                return Err(Error::usage(
                    "A0652",
                    format!("{} lists {name} twice", self.file.display()),
                    "take one of them out: SeaORM runs it once",
                ));
            }
            let up = match &entry.file {
                Some(file) => read(file)?,
                None => String::new(),
            };
            all.push(Revision {
                id: name.clone(),
                slug: String::new(),
                parents: all.last().map(|it| it.id.clone()).into_iter().collect(),
                labels: Vec::new(),
                depends: Vec::new(),
                replaces: Vec::new(),
                message: String::new(),
                up,
                down: None,
            });
        }
        Ok(Revisions::chain(all))
    }

    /// The file of a migration.
    pub(crate) fn file_of(&self, name: &str) -> Option<&Path> {
        let entry = self.entries.iter().find(|it| it.name.as_deref() == Some(name));
        entry.and_then(|it| it.file.as_deref())
    }

    /// The files after adding some migrations: their own, and the migrator's.
    pub(crate) fn with(&self, added: &[(String, String)]) -> Result<Vec<(PathBuf, String)>, Error> {
        let mut files = Vec::new();
        for (name, text) in added {
            let path = self.modules.join(format!("{name}.rs"));
            if path.exists() {
                return Err(Error::usage(
                    "A0503",
                    format!("{} is there already", path.display()),
                    "choose another --revision, or another message",
                ));
            }
            files.push((path, text.clone()));
        }
        let names: Vec<&str> = added.iter().map(|(name, _)| name.as_str()).collect();
        files.push((self.file.clone(), self.migrator.with(&names)));
        Ok(files)
    }
}

fn nothing(folder: &Path, why: &str) -> Error {
    Error::usage(
        "A0651",
        format!("{} is no crate of SeaORM migrations: {why}", folder.display()),
        "name its folder: `migrations` in autogen.toml, or --migrations; \
         `sea-orm-cli migrate init` makes one",
    )
}

pub(crate) fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|error| Error::file(path, "read", &error))
}

/// The nearest folder upwards with a `Cargo.toml`.
fn root(folder: &Path) -> Option<PathBuf> {
    let has = |it: &&Path| existing(it).join("Cargo.toml").is_file();
    folder.ancestors().find(has).map(Path::to_path_buf)
}

fn existing(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// The folder of a file's modules.
fn modules_of(file: &Path) -> PathBuf {
    let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
    let stem = file.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    match stem.as_str() {
        "lib" | "main" | "mod" => folder,
        other => folder.join(other),
    }
}
