//! A project at a revision of its git repository, read without a checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use autogen_dialect::SqlFile;
use autogen_models::{Content, Options, read_sources};
use autogen_schema::Declared;

use crate::error::Error;
use crate::file::unreadable;
use crate::project::Project;
use crate::scripts;

/// The files of a commit that may contain models or `.sql` declarations.
pub(crate) struct Tree {
    files: BTreeMap<String, Content>,
    /// The root of the work tree.
    root: PathBuf,
    /// As it was given.
    revision: String,
}

impl Tree {
    /// Reads the sources of a commit.
    pub(crate) fn open(project: &Project, revision: &str) -> Result<Self, Error> {
        let base = existing(&project.base);
        let root = text(&base, &["rev-parse", "--show-toplevel"]).map_err(|reason| {
            Error::usage(
                "A0628",
                format!("git can't be run for {revision}: {reason}"),
                "run it within a git repository, with git on the PATH",
            )
        })?;
        let root = PathBuf::from(root.trim_end());
        let name = format!("{revision}^{{commit}}");
        let commit = text(&root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name]);
        let commit = commit.map_err(|_| {
            Error::usage(
                "A0628",
                format!("git knows no revision `{revision}`"),
                "name a branch, a tag or a commit; fetch it first if it is only on a remote",
            )
        })?;
        let files = read(&root, commit.trim_end()).map_err(|reason| {
            Error::usage("A0628", format!("git can't read {revision}: {reason}"), "see `git fsck`")
        })?;
        Ok(Self { files, root, revision: revision.to_owned() })
    }

    /// The models.
    pub(crate) fn models(&self, path: &Path, reading: &Options) -> Result<Declared, Error> {
        let frozen = reading.frozen.as_deref().and_then(|it| self.inner(Path::new(it)).ok());
        let options = Options { path: self.inner(path)?, frozen, ..reading.clone() };
        Ok(read_sources(&self.files, &options)?)
    }

    /// The `.sql` files, if the project names any.
    pub(crate) fn scripts(&self, project: &Project) -> Result<Option<Vec<SqlFile>>, Error> {
        if project.config.sql.is_empty() {
            return Ok(None);
        }
        let base = self.inner(&project.base)?;
        let patterns: Vec<String> =
            project.config.sql.iter().map(|it| format!("{base}/{it}")).collect();
        let wanted = |path: &str| patterns.iter().any(|pattern| scripts::fits_path(pattern, path));
        let files = self.files.iter().filter(|(path, _)| wanted(path));
        let file = |(path, content): (&String, &Content)| {
            let path = format!("{}:{path}", self.revision);
            match content {
                Content::Text(text) => Ok(SqlFile { path, text: text.clone() }),
                Content::Unreadable(why) => Err(unreadable(Path::new(&path), why)),
                Content::Absent => Err(unreadable(Path::new(&path), "it is not there")),
            }
        };
        files.map(file).collect::<Result<_, _>>().map(Some)
    }

    /// A path in git's form: from the root, with `/`.
    fn inner(&self, path: &Path) -> Result<String, Error> {
        let outside = || {
            let message = format!("{} is not in the repository", path.display());
            Error::usage("A0628", message, "name a path inside the repository")
        };
        let root = self.root.canonicalize().map_err(|_| outside())?;
        let full = absolute(path).ok_or_else(outside)?;
        let inner = full.strip_prefix(&root).map_err(|_| outside())?;
        let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
        Ok(parts.join("/"))
    }
}

/// The content of a file in its commits, the newest first; `None` without git or a
/// repository.
pub(crate) fn versions(path: &Path) -> Option<impl Iterator<Item = String>> {
    let folder = existing(path.parent()?);
    let name = path.file_name()?.to_str()?;
    let arguments =
        ["log", "--full-history", "-m", "--raw", "--no-abbrev", "--format=", "--", name];
    let log = text(&folder, &arguments).ok()?;
    // `:<mode> <mode> <hash before> <hash after> <status>\t<path>`, once for each parent.
    let mut seen = BTreeSet::new();
    let hashes: Vec<String> = log
        .lines()
        .filter_map(|line| line.split(' ').nth(3).map(str::to_owned))
        .filter(|hash| hash.contains(|digit| digit != '0') && seen.insert(hash.clone()))
        .collect();
    let read = move |hash: String| text(&folder, &["cat-file", "blob", &hash]).ok();
    Some(hashes.into_iter().filter_map(read))
}

fn existing(path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_path_buf() }
}

/// The path without links and dots. A path that no longer exists is appended to its nearest
/// existing folder.
fn absolute(path: &Path) -> Option<PathBuf> {
    let mut rest = Vec::new();
    let mut there = std::env::current_dir().ok()?.join(path);
    loop {
        if let Ok(found) = there.canonicalize() {
            return Some(rest.iter().rev().fold(found, |path, part| path.join(part)));
        }
        match there.components().next_back()? {
            Component::Normal(name) => rest.push(name.to_owned()),
            _other => return None,
        }
        there.pop();
    }
}

/// Runs git; returns its output, or why it fails.
fn text(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(|error| error.to_string());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// The sources of a commit, in two calls for any number of files.
fn read(root: &Path, commit: &str) -> Result<BTreeMap<String, Content>, String> {
    let listed = text(root, &["ls-tree", "-r", "-z", "--full-tree", commit])?;
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for entry in listed.split('\0') {
        let Some((about, path)) = entry.split_once('\t') else { continue };
        let mut about = about.split(' ');
        let (Some(_mode), Some("blob"), Some(hash)) = (about.next(), about.next(), about.next())
        else {
            continue;
        };
        let source = [".rs", ".sql", "Cargo.toml"].iter().any(|end| path.ends_with(end));
        if source {
            wanted.push((hash, path));
        }
    }
    let hashes: String = wanted.iter().map(|(hash, _)| format!("{hash}\n")).collect();
    let contents = objects(root, hashes)?;
    let mut rest = contents.as_slice();
    let mut files = BTreeMap::new();
    for (_, path) in wanted {
        let cut = || format!("git ended before {path}");
        let line = rest.iter().position(|byte| *byte == b'\n').ok_or_else(cut)?;
        let head = String::from_utf8_lossy(&rest[..line]);
        let size: usize = head.rsplit(' ').next().and_then(|it| it.parse().ok()).ok_or_else(cut)?;
        let body = rest.get(line + 1..line + 1 + size).ok_or_else(cut)?;
        files.insert(path.to_owned(), Content::of(body.to_vec()));
        // A line end follows each.
        rest = rest.get(line + size + 2..).unwrap_or_default();
    }
    Ok(files)
}

/// The bytes of `git cat-file --batch`.
fn objects(root: &Path, hashes: String) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["cat-file", "--batch"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let input = child.stdin.take();
    // Written while reading: a full pipe would block both.
    let writer = std::thread::spawn(move || {
        input.map_or(Ok(()), |mut input| input.write_all(hashes.as_bytes()))
    });
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    // If git stopped reading, it has ended, and its status tells why.
    let _ = writer.join();
    if output.status.success() { Ok(output.stdout) } else { Err("it failed".to_owned()) }
}
