//! The folder of migrations on disk. Files are written completely or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use autogen_plan::{Revision, Revisions};
use autogen_schema::Snapshot;

use crate::config::Format;
use crate::error::Error;
use crate::file;
use crate::homes::is_home;
use crate::seaorm::Crate;

/// The snapshot of the head.
const SNAPSHOT: &str = "schema.json";

/// A folder of migrations.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
    /// The text of the snapshot that was parsed last, and what it says.
    parsed: Arc<Mutex<Option<(String, Snapshot)>>>,
}

impl Folder {
    /// The folder at a path.
    pub(crate) fn new(path: PathBuf, format: Format) -> Self {
        Self { path, format, parsed: Arc::default() }
    }

    /// The migrations. A missing folder is an error.
    pub(crate) fn revisions(&self) -> Result<Revisions, Error> {
        if self.format == Format::Sql && !self.path.exists() {
            return Err(Error::usage(
                "A0642",
                format!("there is no migrations folder at {}", self.path.display()),
                "deploy it too, or name the right one by --migrations or in autogen.toml; in a \
                 new project `autogen diff` creates it with the first migration",
            ));
        }
        let revisions = self.revisions_or_none()?;
        if self.format == Format::Sql {
            self.require_flat(&revisions)?;
        }
        if self.format == Format::Sql && revisions.is_empty() {
            self.require_home()?;
        }
        Ok(revisions)
    }

    /// Refuses migrations in a folder within this one, as a second copy of the folder makes
    /// them. Those that a squash replaced may be kept there.
    fn require_flat(&self, revisions: &Revisions) -> Result<(), Error> {
        let known = |id: &str| {
            revisions.iter().any(|it| it.id == id || it.replaces.iter().any(|old| old == id))
        };
        let entries = self.entries()?;
        for folder in entries.iter().filter(|name| !name.starts_with('.') && !is_home(name)) {
            let path = self.path.join(folder);
            if !path.is_dir() {
                continue;
            }
            let inner = Self::new(path, self.format);
            let unread = inner.entries()?.into_iter().find(|name| {
                let id = name.strip_suffix(".up.sql").and_then(|stem| stem.split_once('_'));
                id.is_some_and(|(id, _)| id.bytes().all(|it| it.is_ascii_digit()) && !known(id))
            });
            if let Some(name) = unread {
                return Err(Error::usage(
                    "A0642",
                    format!("{folder} in {} holds {name}, which is not read", self.path.display()),
                    "move the migrations into one folder; `cp -r` puts a folder into one that \
                     exists",
                ));
            }
        }
        Ok(())
    }

    /// Refuses a folder without migrations that looks like another one: with folders in it,
    /// or a package.
    fn require_home(&self) -> Result<(), Error> {
        let other = self.entries()?.into_iter().find(|name| {
            !name.starts_with('.') && (name == "Cargo.toml" || self.path.join(name).is_dir())
        });
        let Some(other) = other else { return Ok(()) };
        Err(Error::usage(
            "A0642",
            format!("there are no migrations in {}, but {other}", self.path.display()),
            "name the folder of the migrations by --migrations or in autogen.toml; a crate of \
             SeaORM's migrations needs `format = \"sea-orm\"` there",
        ))
    }

    /// The names in the folder, sorted.
    fn entries(&self) -> Result<Vec<String>, Error> {
        let failed = |error: std::io::Error| Error::file(&self.path, "read", &error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.path).map_err(failed)? {
            names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    /// The migrations; none if there is no folder yet.
    pub(crate) fn revisions_or_none(&self) -> Result<Revisions, Error> {
        match self.format {
            Format::Sql => {}
            Format::SeaOrm => return Crate::open(&self.path)?.revisions(),
        }
        let mut files = BTreeMap::new();
        let entries = match std::fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Revisions::default());
            }
            Err(error) => return Err(Error::file(&self.path, "read", &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| Error::file(&self.path, "read", &error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.to_ascii_lowercase().ends_with(".sql") {
                files.insert(name, file::read(&entry.path())?);
            }
        }
        let revisions = Revisions::read(&files)?;
        self.require_migrations(&revisions)?;
        Ok(revisions)
    }

    /// Refuses a folder without migrations whose snapshot belongs to a migration.
    fn require_migrations(&self, revisions: &Revisions) -> Result<(), Error> {
        let snapshot = if revisions.iter().next().is_none() { self.snapshot()? } else { None };
        match snapshot.and_then(|it| it.revision) {
            None => Ok(()),
            Some(revision) => Err(Error::usage(
                "A0642",
                format!(
                    "there are no migrations in {}, and its schema.json is of revision {revision}",
                    self.path.display()
                ),
                "bring the migrations back from version control, beside schema.json",
            )),
        }
    }

    /// Whether the folder is empty, except for hidden files: then it belongs to a project without
    /// migrations, and not to something else.
    pub(crate) fn is_bare(&self) -> Result<bool, Error> {
        Ok(self.entries()?.iter().all(|name| name.starts_with('.')))
    }

    /// The file of a revision, of either direction.
    pub(crate) fn file_of(&self, revision: &Revision, up: bool) -> Result<PathBuf, Error> {
        match self.format {
            Format::Sql => {
                let way = if up { "up" } else { "down" };
                Ok(self.path.join(format!("{}_{}.{way}.sql", revision.id, revision.slug)))
            }
            Format::SeaOrm => {
                let migrations = Crate::open(&self.path)?;
                Ok(migrations
                    .file_of(&revision.id)
                    .map_or(migrations.file.clone(), Path::to_path_buf))
            }
        }
    }

    /// The path of the head's snapshot.
    pub(crate) fn snapshot_path(&self) -> PathBuf {
        self.path.join(SNAPSHOT)
    }

    /// The snapshot of the head, if there is one.
    pub(crate) fn snapshot(&self) -> Result<Option<Snapshot>, Error> {
        let path = self.path.join(SNAPSHOT);
        match std::fs::symlink_metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            // A broken link is not a missing file.
            Ok(_) | Err(_) => self.parsed(&path).map(Some),
        }
    }

    /// The snapshot in a file. A command reads it several times, and it is as large as the schema:
    /// the same text is parsed once.
    fn parsed(&self, path: &Path) -> Result<Snapshot, Error> {
        let text = file::read(path)?;
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, snapshot)) = parsed.as_ref().filter(|(known, _)| *known == text) {
            return Ok(snapshot.clone());
        }
        let snapshot = parse_snapshot(path, &text)?;
        *parsed = Some((text, snapshot.clone()));
        Ok(snapshot)
    }

    /// Writes a migration and its snapshot: first everything to temporary files, then the
    /// renames, the snapshot last.
    pub(crate) fn write(
        &self,
        files: &[(String, String)],
        snapshot: Option<&Snapshot>,
    ) -> Result<Vec<PathBuf>, Error> {
        std::fs::create_dir_all(&self.path)
            .map_err(|error| Error::file(&self.path, "create", &error))?;
        let mut all: Vec<(PathBuf, String)> =
            files.iter().map(|(name, text)| (self.path.join(name), text.clone())).collect();
        all.extend(snapshot.map(|it| (self.path.join(SNAPSHOT), it.to_json())));
        write_all(&all)?;
        Ok(all.into_iter().map(|(path, _)| path).collect())
    }
}

impl Folder {
    /// Removes a revision and puts back the snapshot from before, which comes first: what is
    /// left of an interrupted run is removed by the next one.
    pub(crate) fn take_back(
        &self,
        revision: &Revision,
        snapshot: Option<&Snapshot>,
    ) -> Result<(), Error> {
        match snapshot {
            Some(_) => self.write(&[], snapshot).map(drop)?,
            None => remove_file(&self.snapshot_path())?,
        }
        self.remove(revision, &[])
    }

    /// Removes the files of a replaced revision, except those written under the same name.
    pub(crate) fn remove(&self, revision: &Revision, written: &[PathBuf]) -> Result<(), Error> {
        for direction in ["up", "down"] {
            let name = format!("{}_{}.{direction}.sql", revision.id, revision.slug);
            let path = self.path.join(name);
            if !written.contains(&path) {
                remove_file(&path)?;
            }
        }
        Ok(())
    }
}

/// Removes a file, if it exists.
fn remove_file(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file(path, "remove", &error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Reads a snapshot file.
pub(crate) fn read_snapshot(path: &Path) -> Result<Snapshot, Error> {
    parse_snapshot(path, &file::read(path)?)
}

fn parse_snapshot(path: &Path, text: &str) -> Result<Snapshot, Error> {
    Snapshot::from_json(text).map_err(|error| {
        let message = format!("{}: {error}", path.display());
        let hint = if text.contains("<<<<<<<") {
            "two branches both added a migration: resolve the conflict in the migrations first"
        } else {
            "restore it from version control, or use the autogen that wrote it, or a newer one"
        };
        Error::usage("A0603", message, hint)
    })
}

/// Writes files so that each is written completely or not at all, and none is changed if one
/// cannot be written.
pub(crate) fn write_all(files: &[(PathBuf, String)]) -> Result<(), Error> {
    let staged = |path: &Path| path.with_added_extension("tmp");
    let unstage = || {
        for (path, _) in files {
            let _ = std::fs::remove_file(staged(path));
        }
    };
    for (path, text) in files {
        if let Err(error) = std::fs::write(staged(path), text) {
            unstage();
            return Err(Error::file(path, "write", &error));
        }
    }
    let mut replaced: Vec<(&Path, Option<Vec<u8>>)> = Vec::new();
    for (path, _) in files {
        let before = std::fs::read(path).ok();
        if let Err(error) = std::fs::rename(staged(path), path) {
            for (path, before) in replaced {
                let _ = match before {
                    Some(bytes) => std::fs::write(path, bytes),
                    None => std::fs::remove_file(path),
                };
            }
            unstage();
            return Err(Error::file(path, "write", &error));
        }
        replaced.push((path, before));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn where_one_file_can_not_be_replaced_none_is() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new, taken] = ["old", "new", "taken"].map(|name| folder.path().join(name));
        std::fs::write(&old, "as it was").unwrap();
        std::fs::create_dir_all(taken.join("something")).unwrap();
        let files = [&old, &new, &taken].map(|path| (path.clone(), "changed".to_owned()));
        assert_eq!(write_all(&files).unwrap_err().code, "A0601");
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "as it was");
        let left = std::fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<_> = left.map(|it| it.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["old", "taken"]);
    }
}
