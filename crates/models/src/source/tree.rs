//! Where sources come from: a folder on disk, a git tree, a map in a test.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// A tree of files. Paths are relative to its root, with `/` between the
/// parts; `..` at the front leads out of it, where that is possible.
pub trait SourceTree {
    /// The text of a file; `None` where there is none that can be read.
    fn read(&self, path: &str) -> Option<String>;

    /// The names in a folder, sorted; those of folders end with `/`.
    fn list(&self, path: &str) -> Vec<String>;

    /// Whether there is such a file.
    fn has(&self, path: &str) -> bool {
        self.read(path).is_some()
    }
}

/// A folder on disk.
#[derive(Debug, Clone)]
pub struct Directory(PathBuf);

impl Directory {
    /// The tree under a folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }

    /// Where a path of the tree lies on disk.
    pub fn place(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }
}

impl SourceTree for Directory {
    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.place(path)).ok()
    }

    fn list(&self, path: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.place(path)) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                Some(if entry.path().is_dir() { format!("{name}/") } else { name })
            })
            .collect();
        names.sort();
        names
    }

    fn has(&self, path: &str) -> bool {
        self.place(path).is_file()
    }
}

/// Files in memory, by path.
impl SourceTree for BTreeMap<String, String> {
    fn read(&self, path: &str) -> Option<String> {
        self.get(path).cloned()
    }

    fn list(&self, path: &str) -> Vec<String> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut names: Vec<String> = self
            .keys()
            .filter_map(|key| key.strip_prefix(&prefix))
            .map(|rest| match rest.split_once('/') {
                Some((folder, _)) => format!("{folder}/"),
                None => rest.to_owned(),
            })
            .collect();
        names.dedup();
        names
    }

    fn has(&self, path: &str) -> bool {
        self.contains_key(path)
    }
}

/// A path without `.` and inner `..`.
pub(crate) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// A path below a folder.
pub(crate) fn join(folder: &str, path: &str) -> String {
    normal(&format!("{folder}/{path}"))
}

/// The folder of a path; above the root it is `..`.
pub(crate) fn parent(path: &str) -> String {
    if path.is_empty() || path.ends_with("..") {
        return join(path, "..");
    }
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}

/// Whether a path is a folder or below it.
pub(crate) fn is_under(path: &str, folder: &str) -> bool {
    if folder.is_empty() {
        return !path.starts_with("../");
    }
    path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(join("a/b", "../c/./d"), "a/c/d");
        assert_eq!(join("", "../x"), "../x");
        assert_eq!(parent("a/b.rs"), "a");
        assert_eq!(parent("a"), "");
        assert_eq!(parent(""), "..");
        assert_eq!(parent(".."), "../..");
        assert!(is_under("a/b", "a") && is_under("a", "a") && !is_under("ab", "a"));
        assert!(is_under("a", "") && !is_under("../a", ""));
    }
}
