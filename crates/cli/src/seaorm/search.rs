//! Where a project has its migrator: in a crate of its own, at any depth of the workspace, or in
//! the application.

use std::path::{Path, PathBuf};

use super::{existing, migrator, read};
use crate::error::Error;

/// Deeper folders than crates have.
const DEPTH: usize = 8;

/// The crates below a folder that have a migrator. Of an application with one among its own
/// modules, it is the folder of that module.
pub(crate) fn search(base: &Path) -> Vec<PathBuf> {
    let base = existing(base);
    if is_dependent(base)
        && let Ok(found) = migrators(base)
        && let [file] = found.as_slice()
    {
        return file.parent().map(Path::to_path_buf).into_iter().collect();
    }
    let mut found = Vec::new();
    let mut open: Vec<(PathBuf, usize)> = vec![(base.to_path_buf(), 0)];
    while let Some((folder, depth)) = open.pop() {
        if depth > 0 && is_dependent(&folder) && migrators(&folder).is_ok_and(|it| !it.is_empty()) {
            found.push(folder);
        } else if depth < DEPTH {
            open.extend(folders(&folder).into_iter().map(|it| (it, depth + 1)));
        }
    }
    found.sort();
    // The name that SeaORM gives it comes first.
    let usual = base.join("migration");
    match found.contains(&usual) {
        true => vec![usual],
        false => found,
    }
}

/// The files of a crate, or of a part of it, that contain a migrator. A crate's tests may have
/// one of their own: its `src` comes first.
pub(super) fn migrators(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if folder.join("Cargo.toml").exists() {
        let usual = files(&folder.join("src"))?;
        if !usual.is_empty() {
            return Ok(usual);
        }
    }
    files(existing(folder))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::file(&folder, "read", &error)),
        };
        for entry in entries {
            let path = entry.map_err(|error| Error::file(&folder, "read", &error))?.path();
            if path.extension().is_some_and(|it| it == "rs")
                && path.is_file()
                && migrator::is_in(&read(&path)?)
            {
                found.push(path);
            }
        }
        // A crate inside of this one is another one.
        open.extend(folders(&folder).into_iter().filter(|it| !it.join("Cargo.toml").exists()));
    }
    found.sort();
    Ok(found)
}

fn is_dependent(folder: &Path) -> bool {
    let text = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    text.contains("sea-orm-migration")
}

/// The folders in a folder that can hold sources.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path()).filter(|it| it.is_dir() && !it.is_symlink());
    let is_source = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with('.') && name != "target" && name != "node_modules"
    };
    paths.filter(is_source).collect()
}
