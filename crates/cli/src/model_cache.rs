//! A cache of large projects' models, so that reading them again costs only reading the
//! files.
//!
//! The cache stores every request of the reader for a file, a folder or a missing path, with
//! the hash of the answer. If all answers are the same again, so is the result. A file that
//! is unchanged according to the file system is not opened. The cache is in Cargo's `target`
//! folder, if there is one, and can be deleted at any time.

mod stamp;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use autogen_models::{Content, Diagnostic, Directory, Features, Options, SourceTree, read_sources};
use autogen_schema::{Declared, Origin, QName};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::stamp::Stamp;

/// Smaller projects are read quickly enough.
const LARGE: usize = 100;

/// A request to a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Question {
    Read(String),
    List(String),
    Has(String),
}

/// The tree's answer.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    hash: String,
    /// For a file, the marks that show whether it was changed.
    stamp: Option<Stamp>,
}

/// The stored cache.
#[derive(Serialize, Deserialize)]
struct Memory {
    /// The exact build that wrote it: another one may read models differently.
    build: String,
    path: String,
    features: Vec<String>,
    answers: Vec<(Question, Answer)>,
    declared: Declared,
    origins: Vec<(QName, Origin)>,
}

/// A tree that records requests.
struct Recorded<'a> {
    tree: &'a Directory,
    answers: Mutex<BTreeMap<Question, Answer>>,
}

impl Recorded<'_> {
    fn note(&self, question: Question, answer: &[u8], stamp: Option<Stamp>) {
        let answer = || Answer { hash: hash(answer), stamp };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.entry(question).or_insert_with(answer);
    }
}

impl SourceTree for Recorded<'_> {
    fn read(&self, path: &str) -> Content {
        // Before reading: a write during reading changes the stamp.
        let stamp = Stamp::of(&self.tree.place(path));
        let content = self.tree.read(path);
        self.note(Question::Read(path.to_owned()), &seen(&content), stamp);
        content
    }

    fn list(&self, path: &str) -> Vec<String> {
        let names = self.tree.list(path);
        self.note(Question::List(path.to_owned()), names.join("\n").as_bytes(), None);
        names
    }

    fn has(&self, path: &str) -> bool {
        let found = self.tree.has(path);
        self.note(Question::Has(path.to_owned()), &[u8::from(found)], None);
        found
    }
}

/// A missing file differs from an empty one.
fn seen(content: &Content) -> Vec<u8> {
    match content {
        Content::Absent => Vec::new(),
        Content::Text(text) => [b"+", text.as_bytes()].concat(),
        Content::Unreadable(why) => [b"-", why.as_bytes()].concat(),
    }
}

fn hash(answer: &[u8]) -> String {
    let digest = Sha256::digest(answer);
    let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

/// Whether the tree still gives the same answers. Files that had to be opened for it get
/// their stamp, so that they need not be opened next time; `refreshed` reports that.
fn still_holds(tree: &Directory, answers: &mut [(Question, Answer)], refreshed: &mut bool) -> bool {
    answers.iter_mut().all(|(question, expected)| {
        let answer = match question {
            Question::Read(path) => {
                let stamp = Stamp::of(&tree.place(path));
                if stamp.is_some() && stamp == expected.stamp {
                    return true;
                }
                *refreshed |= stamp.is_some();
                expected.stamp = stamp;
                seen(&tree.read(path))
            }
            Question::List(path) => tree.list(path).join("\n").into_bytes(),
            Question::Has(path) => vec![u8::from(tree.has(path))],
        };
        hash(&answer) == expected.hash
    })
}

/// Reads the models under a root, or takes them from the cache.
pub(crate) fn read(root: &Path, options: &Options) -> Result<Declared, Vec<Diagnostic>> {
    let tree = Directory::new(root);
    let Some((file, build)) = place(root) else { return read_sources(&tree, options) };
    if let Some(declared) = remembered(&file, &build, &tree, options) {
        return Ok(declared);
    }
    let recorded = Recorded { tree: &tree, answers: Mutex::default() };
    let declared = read_sources(&recorded, options)?;
    if declared.schema.tables.len() >= LARGE {
        let memory = Memory {
            build,
            path: options.path.clone(),
            features: features(options),
            answers: recorded
                .answers
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .into_iter()
                .collect(),
            origins: declared.origins.clone().into_iter().collect(),
            declared: declared.clone(),
        };
        keep(&file, &memory);
    }
    Ok(declared)
}

fn remembered(file: &Path, build: &str, tree: &Directory, options: &Options) -> Option<Declared> {
    let text = std::fs::read(file).ok()?;
    let mut memory: Memory = rmp_serde::from_slice(&text).ok()?;
    let mut refreshed = false;
    let fits = memory.build == build
        && memory.path == options.path
        && memory.features == features(options)
        && still_holds(tree, &mut memory.answers, &mut refreshed);
    if fits && refreshed {
        keep(file, &memory);
    }
    let mut declared = memory.declared;
    declared.origins = memory.origins.into_iter().collect();
    fits.then_some(declared)
}

/// What else the options ask for, as a list: features, given types, a crate to leave out.
fn features(options: &Options) -> Vec<String> {
    let Features { on, no_default, all } = &options.features;
    let flags = [(no_default, "-default"), (all, "+all")];
    let flags = flags.into_iter().filter(|(set, _)| **set).map(|(_, name)| name.to_owned());
    let types = options.types.iter().map(|(path, sql)| format!("{path}={sql}"));
    let frozen = options.frozen.iter().map(|folder| format!("not {folder}"));
    on.iter().cloned().chain(flags).chain(types).chain(frozen).collect()
}

/// The path of the cache, and the build's id.
fn place(root: &Path) -> Option<(PathBuf, String)> {
    let target = root.join("target");
    let executable = std::env::current_exe().ok()?;
    let about = std::fs::metadata(&executable).ok()?;
    let modified = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let build = format!("{} {} {}", env!("CARGO_PKG_VERSION"), about.len(), modified.as_nanos());
    target.is_dir().then(|| (target.join("autogen").join("models.msgpack"), build))
}

/// Writes the cache, as MessagePack: it is read in half the time of JSON. A failure costs
/// only time.
fn keep(file: &Path, memory: &Memory) {
    let Ok(text) = rmp_serde::to_vec_named(memory) else { return };
    let staged = file.with_added_extension(std::process::id().to_string());
    let folder = file.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&staged, text))
        .and_then(|()| std::fs::rename(&staged, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&staged);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn project(tables: usize) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut text = String::new();
        for at in 0..tables {
            text.push_str(&format!(
                "#[derive(Autogen)]\n#[autogen(table = \"t{at}\")]\npub struct T{at} {{\n    \
                 #[autogen(primary_key)]\n    pub id: i32,\n}}\n"
            ));
        }
        std::fs::create_dir(folder.path().join("target")).unwrap();
        std::fs::write(folder.path().join("models.rs"), text).unwrap();
        folder
    }

    fn declared(folder: &Path) -> Declared {
        let options = Options { path: "models.rs".to_owned(), ..Options::default() };
        read(folder, &options).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    #[test]
    fn a_second_look_is_the_same_and_a_change_is_seen() {
        let folder = project(LARGE);
        let first = declared(folder.path());
        let file = folder.path().join("target/autogen/models.msgpack");
        assert!(file.exists());
        assert_eq!(declared(folder.path()), first);
        // The cache is used: if it is damaged, so is the result.
        let mut bytes = std::fs::read(&file).unwrap();
        for at in 0..bytes.len() - 3 {
            // A text of two letters.
            if bytes[at..].starts_with(b"\xa2t7") {
                bytes[at + 1] = b'x';
            }
        }
        std::fs::write(&file, bytes).unwrap();
        assert!(declared(folder.path()).schema.tables.contains_key(&QName::bare("x7")));
        let models = folder.path().join("models.rs");
        let text = std::fs::read_to_string(&models).unwrap();
        std::fs::write(&models, text.replace("\"t7\"", "\"other\"")).unwrap();
        let changed = declared(folder.path());
        assert!(changed.schema.tables.contains_key(&QName::bare("other")));
        assert!(!changed.schema.tables.contains_key(&QName::bare("x7")));
    }

    #[test]
    fn small_projects_leave_nothing() {
        let folder = project(3);
        assert_eq!(declared(folder.path()).schema.tables.len(), 3);
        assert!(!folder.path().join("target/autogen").exists());
    }
}
