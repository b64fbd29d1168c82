//! The `.sql` files that a project names in `autogen.toml`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use autogen_dialect::SqlFile;

use crate::error::Error;
use crate::file;
use crate::project::Project;

/// Reads the files, sorted by name; `None` if the project names none.
pub(crate) fn read(project: &Project) -> Result<Option<Vec<SqlFile>>, Error> {
    let patterns = &project.config.sql;
    if patterns.is_empty() {
        return Ok(None);
    }
    let mut paths = BTreeSet::new();
    for pattern in patterns {
        let found = matching(&project.base, pattern)?;
        if found.is_empty() {
            return Err(Error::usage(
                "A0705",
                format!("no file matches `{pattern}`, which autogen.toml lists under `sql`"),
                "correct the pattern, or write the file; paths are relative to autogen.toml",
            ));
        }
        paths.extend(found);
    }
    let file = |path: PathBuf| {
        let text = file::read(&path)?;
        let path = path.to_string_lossy().replace('\\', "/");
        Ok(SqlFile { path: path.trim_start_matches("./").to_owned(), text })
    };
    paths.into_iter().map(file).collect::<Result<_, _>>().map(Some)
}

/// The files that match a pattern.
fn matching(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, Error> {
    let mut found = vec![if pattern.starts_with('/') { "/".into() } else { base.to_path_buf() }];
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    for part in &parts {
        let mut next = Vec::new();
        for folder in found {
            match *part {
                "**" => next.extend(folders_below(folder)?),
                part if part.contains(['*', '?']) => {
                    let names = names(&folder)?.into_iter();
                    let fitting = names.filter(|name| fits(part.as_bytes(), name.as_bytes()));
                    next.extend(fitting.map(|name| folder.join(name)));
                }
                part => next.push(folder.join(part)),
            }
        }
        found = next;
    }
    // Something with the name of a file that is not a file, such as a broken link, could not be
    // read, so its declarations are unknown.
    let is_lost = |path: &&PathBuf| {
        let named = path.extension().is_some_and(|it| it == "sql");
        (named && path.is_dir()) || (path.is_symlink() && !path.exists())
    };
    if let Some(path) = found.iter().find(is_lost) {
        return Err(Error::usage(
            "A0673",
            format!("{} can't be read: it is not a file", path.display()),
            "restore the file, or remove it from the folder",
        ));
    }
    found.retain(|path| path.is_file());
    Ok(found)
}

fn folders_below(folder: PathBuf) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut open = vec![folder];
    while let Some(folder) = open.pop() {
        for name in names(&folder)? {
            let path = folder.join(name);
            // Links could form cycles.
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            }
        }
        found.push(folder);
    }
    Ok(found)
}

fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(names),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => return Ok(names),
        Err(error) => return Err(Error::file(folder, "read", &error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| Error::file(folder, "read", &error))?;
        names.extend(entry.file_name().to_str().map(str::to_owned));
    }
    Ok(names)
}

/// Whether a pattern matches a whole path, in the same way as [`matching`].
pub(crate) fn fits_path(pattern: &str, path: &str) -> bool {
    fn fit(pattern: &[&str], path: &[&str]) -> bool {
        match (pattern.split_first(), path.split_first()) {
            (None, None) => true,
            (Some((&"**", rest)), _) if fit(rest, path) => true,
            (Some((&"**", _)), Some((_, others))) => fit(pattern, others),
            (Some((part, rest)), Some((name, others))) => {
                fits(part.as_bytes(), name.as_bytes()) && fit(rest, others)
            }
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
    let parts = |text: &'_ str| -> Vec<String> {
        let parts = text.split('/').filter(|part| !part.is_empty() && *part != ".");
        parts.map(str::to_owned).collect()
    };
    let (pattern, path) = (parts(pattern), parts(path));
    let pattern: Vec<&str> = pattern.iter().map(String::as_str).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    fit(&pattern, &path)
}

/// Whether a pattern with `*` and `?` matches the whole name.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) if fits(rest, name) => true,
        (Some((b'*', _)), Some((_, others))) => fits(pattern, others),
        (Some((b'?', rest)), Some((_, others))) => fits(rest, others),
        (Some((one, rest)), Some((other, others))) => one == other && fits(rest, others),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_paths() {
        for (pattern, path, expected) in [
            ("/schema/*.sql", "schema/a.sql", true),
            ("app/schema/**/*.sql", "app/schema/deep/er/c.sql", true),
            ("./**/*.sql", "c.sql", true),
            ("schema/*.sql", "schema/deep/c.sql", false),
            ("schema/a.sql", "schema/b.sql", false),
        ] {
            assert_eq!(fits_path(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_find_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("schema/deep/er")).unwrap();
        for name in ["schema/b.sql", "schema/a.sql", "schema/a.txt", "schema/deep/er/c.sql"] {
            std::fs::write(root.join(name), "").unwrap();
        }
        let found = |pattern: &str| {
            let mut paths: Vec<String> = matching(root, pattern)
                .unwrap()
                .iter()
                .map(|path| path.strip_prefix(root).unwrap().display().to_string())
                .collect();
            paths.sort();
            paths.join(" ")
        };
        assert_eq!(found("schema/*.sql"), "schema/a.sql schema/b.sql");
        assert_eq!(found("schema/a.sql"), "schema/a.sql");
        assert_eq!(found("**/*.sql"), "schema/a.sql schema/b.sql schema/deep/er/c.sql");
        assert_eq!(found("nothing/*.sql"), "");
    }
}
