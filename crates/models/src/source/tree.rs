//! Where sources come from: a folder on disk, a git tree, a map in a test.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::limits::LARGEST;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Absent,
    /// A file of text.
    Text(String),
    /// Something that cannot be read, and why.
    Unreadable(String),
}

impl Content {
    /// Bytes as text; unreadable if they are not text, or too many.
    pub fn of(bytes: Vec<u8>) -> Self {
        if bytes.len() > LARGEST {
            return Self::Unreadable(too_large());
        }
        match String::from_utf8(bytes) {
            // As the compiler reads it (`normalize_newlines` in rustc_span): literals mean the same
            // in a checkout with other line ends.
            Ok(text) if text.contains("\r\n") => Self::Text(text.replace("\r\n", "\n")),
            Ok(text) => Self::Text(text),
            Err(error) => {
                let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
                Self::Unreadable(format!("it is not UTF-8 (line {line})"))
            }
        }
    }

    /// The text, where it is one.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }
}

fn too_large() -> String {
    format!("it is larger than {} MiB", LARGEST >> 20)
}

/// A tree of files. Paths are relative to its root, with `/` between the parts; a leading
/// `..` leads out of it, if that is possible.
pub trait SourceTree: Sync {
    /// The content of a path; an unreadable file is not absent.
    fn read(&self, path: &str) -> Content;

    /// The names in a folder, sorted; those of folders end with `/`.
    fn list(&self, path: &str) -> Vec<String>;

    /// Whether there is such a file, readable or not.
    fn has(&self, path: &str) -> bool {
        self.read(path) != Content::Absent
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

    /// The place on disk of a path of the tree.
    pub fn place(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    /// The metadata of a path, if it exists.
    fn about(&self, path: &str) -> std::io::Result<Option<Metadata>> {
        match std::fs::metadata(self.place(path)) {
            Ok(about) => Ok(Some(about).filter(|it| !it.is_dir())),
            Err(error)
                if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl SourceTree for Directory {
    fn read(&self, path: &str) -> Content {
        match self.about(path) {
            Ok(None) => Content::Absent,
            // A device or a pipe may never end.
            Ok(Some(about)) if !about.is_file() => {
                Content::Unreadable("it is not a regular file".to_owned())
            }
            Ok(Some(about)) if about.len() > LARGEST as u64 => Content::Unreadable(too_large()),
            Ok(Some(_)) => match std::fs::read(self.place(path)) {
                Ok(bytes) => Content::of(bytes),
                Err(error) => Content::Unreadable(error.to_string()),
            },
            Err(error) => Content::Unreadable(error.to_string()),
        }
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
        self.about(path).map_or(true, |about| about.is_some())
    }
}

fn listed<T>(files: &BTreeMap<String, T>, path: &str) -> Vec<String> {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
    let mut names: Vec<String> = files
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

/// Files in memory, by path.
impl SourceTree for BTreeMap<String, Content> {
    fn read(&self, path: &str) -> Content {
        self.get(path).cloned().unwrap_or(Content::Absent)
    }

    fn list(&self, path: &str) -> Vec<String> {
        listed(self, path)
    }

    fn has(&self, path: &str) -> bool {
        self.contains_key(path)
    }
}

/// Texts in memory, by path.
impl SourceTree for BTreeMap<String, String> {
    fn read(&self, path: &str) -> Content {
        self.get(path).map_or(Content::Absent, |text| Content::of(text.clone().into_bytes()))
    }

    fn list(&self, path: &str) -> Vec<String> {
        listed(self, path)
    }

    fn has(&self, path: &str) -> bool {
        self.contains_key(path)
    }
}

/// A path without `.` and inner `..`; an absolute one stays absolute.
pub(crate) fn normal(path: &str) -> String {
    let root = if path.starts_with('/') { "/" } else { "" };
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
    format!("{root}{}", parts.join("/"))
}

/// A path below a folder, unless it is absolute.
pub(crate) fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() || path.starts_with('/') {
        return normal(path);
    }
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
        return !path.starts_with("../") && !path.starts_with('/');
    }
    path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_those_of_the_compiler() {
        let text = |bytes: &str| Content::of(bytes.as_bytes().to_vec()).text();
        assert_eq!(text("a\r\nb\r"), Some("a\nb\r".to_owned()));
    }

    #[test]
    fn paths() {
        assert_eq!(join("a/b", "../c/./d"), "a/c/d");
        assert_eq!(join("", "../x"), "../x");
        assert_eq!(join("a", "/b/../c"), "/c");
        assert_eq!(join("/a/b", "../c"), "/a/c");
        assert!(!is_under("/a", "") && is_under("/a/b", "/a"));
        assert_eq!(parent("a/b.rs"), "a");
        assert_eq!(parent("a"), "");
        assert_eq!(parent(""), "..");
        assert_eq!(parent(".."), "../..");
        assert!(is_under("a/b", "a") && is_under("a", "a") && !is_under("ab", "a"));
        assert!(is_under("a", "") && !is_under("../a", ""));
    }
}
