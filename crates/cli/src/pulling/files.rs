//! The files that a pull writes: new, changed and unchanged ones.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use autogen_schema::counted;

use crate::error::{Error, exit};
use crate::folder::write_all;
use crate::{file, output};

/// A list of modules, with those of tables that this run does not write.
pub(super) fn joined(path: &Path, text: &str, some: bool) -> Result<String, Error> {
    if !some || !path.exists() || !is_list(path) {
        return Ok(text.to_owned());
    }
    let before = file::read(path)?;
    Ok(match List::of(&before) {
        Some(before) => List::of(text).map_or_else(|| text.to_owned(), |it| it.with(&before)),
        None => text.to_owned(),
    })
}

fn is_list(path: &Path) -> bool {
    path.ends_with("mod.rs") || path.ends_with("prelude.rs")
}

/// `mod.rs` or `prelude.rs` as `pull` writes them.
struct List {
    head: String,
    lines: BTreeSet<String>,
}

impl List {
    /// `None` where something else is in it.
    fn of(text: &str) -> Option<Self> {
        let at = text.rfind("\n\n").map_or(text.len(), |at| at + 2);
        let (head, rest) = text.split_at(at);
        let lines: BTreeSet<String> = rest.lines().map(str::to_owned).collect();
        let known = |line: &String| line.starts_with("pub mod ") || line.starts_with("pub use ");
        let own = head.starts_with("//! ") && lines.iter().all(known);
        own.then(|| Self { head: head.to_owned(), lines })
    }

    fn with(mut self, before: &Self) -> String {
        self.lines.extend(before.lines.iter().cloned());
        let lines = self.lines.iter().map(|line| format!("{line}\n"));
        self.head + &lines.collect::<String>()
    }
}

/// The files of a run, by what has to be done with them.
pub(super) struct Files {
    new: Vec<(PathBuf, String)>,
    changed: Vec<(PathBuf, String)>,
    /// Changed files that only `pull` writes, and the configuration.
    own: Vec<(PathBuf, String)>,
    pub(super) unchanged: usize,
}

impl Files {
    pub(super) fn of(all: impl Iterator<Item = (PathBuf, String)>) -> Result<Self, Error> {
        let mut files =
            Self { new: Vec::new(), changed: Vec::new(), own: Vec::new(), unchanged: 0 };
        for (path, text) in all {
            if !path.exists() {
                files.new.push((path, text));
                continue;
            }
            let before = file::read(&path)?;
            let list = is_list(&path) && List::of(&before).is_some();
            let config = path.extension().is_some_and(|it| it == "toml");
            match (before == text, list || config) {
                (true, _) => files.unchanged += 1,
                (false, true) => files.own.push((path, text)),
                (false, false) => files.changed.push((path, text)),
            }
        }
        Ok(files)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &(PathBuf, String)> {
        self.new.iter().chain(&self.changed).chain(&self.own)
    }

    /// Lists what a run would write.
    pub(super) fn check(&self) -> u8 {
        let mut lines: Vec<String> =
            self.new.iter().map(|(path, _)| format!("new: {}\n", path.display())).collect();
        let changed = self.changed.iter().chain(&self.own);
        lines.extend(changed.map(|(path, _)| format!("changed: {}\n", path.display())));
        output::result(&lines.concat());
        if lines.is_empty() { exit::DONE } else { exit::DIFFERENT }
    }

    pub(super) fn write(&self, force: bool) -> Result<(), Error> {
        if !self.changed.is_empty() && !force {
            let names: Vec<String> =
                self.changed.iter().map(|(path, _)| format!("  {}", path.display())).collect();
            return Err(Error {
                listing: names.join("\n"),
                ..Error::refused(
                    "A0682",
                    format!(
                        "{} would change, and nothing was written",
                        counted(self.changed.len(), "file")
                    ),
                    "commit them, and pass --force to replace them; or write into another \
                     folder, by --out",
                )
            });
        }
        let mut folders: BTreeSet<&Path> = BTreeSet::new();
        folders.extend(self.all().filter_map(|(path, _)| path.parent()));
        for folder in folders.into_iter().filter(|it| !it.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| Error::file(folder, "create", &error))?;
        }
        let all: Vec<(PathBuf, String)> = self.all().cloned().collect();
        write_all(&all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_modules_are_joined() {
        let list = |names: &[&str]| {
            let lines: String = names.iter().map(|it| format!("pub mod {it};\n")).collect();
            format!("//! Text.\n\npub mod prelude;\n\n{lines}")
        };
        let (one, other) = (list(&["b"]), list(&["a", "c"]));
        let joined = List::of(&one).zip(List::of(&other)).map(|(one, other)| one.with(&other));
        assert_eq!(joined, Some(list(&["a", "b", "c"])));
        assert!(List::of("//! Text.\n\nmod own;\n").is_none());
    }
}
