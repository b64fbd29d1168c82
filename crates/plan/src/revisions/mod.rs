//! The migrations of a project as a graph: parents in the headers.

mod error;
mod goal;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

pub use self::error::RevisionError;
use crate::Header;

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its id, the digits in front of the file's name.
    pub id: String,
    /// The words after it.
    pub slug: String,
    /// Its parents.
    pub parents: Vec<String>,
    /// Names for it and for the branch that begins with it.
    pub labels: Vec<String>,
    /// Revisions on other branches that must run before.
    pub depends: Vec<String>,
    /// Revisions that it replaces: a database that has all of them has this one.
    pub replaces: Vec<String>,
    /// Its description.
    pub message: String,
    /// The file of the way up.
    pub up: String,
    /// The file of the way down, if there is one.
    pub down: Option<String>,
}

impl Revision {
    /// The SHA-256 of the way up, in hex, ignoring the form of line ends.
    pub fn checksum(&self) -> String {
        let text = self.up.replace("\r\n", "\n");
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Everything that must run before it: parents and dependencies.
    pub fn before(&self) -> impl Iterator<Item = &String> {
        self.parents.iter().chain(&self.depends)
    }

    /// Its id and its words, for people.
    pub fn title(&self) -> String {
        format!("{} {}", self.id, self.slug).trim_end().to_owned()
    }

    /// The database that the file is for, if it is declared.
    pub fn dialect(&self) -> Option<String> {
        Header::parse(&self.up).ok()?.dialect
    }
}

/// A folder of migrations, read and checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Revisions {
    by_id: BTreeMap<String, Revision>,
    /// Parents before children; ties by id.
    order: Vec<String>,
}

impl Revisions {
    /// Reads the files of a folder: names and texts. Files that do not end in
    /// `.sql`, in whatever case, are none of ours.
    ///
    /// # Errors
    /// On names that are none, files without text, ids that are there twice, parents that are not
    /// there, and circles.
    pub fn read(files: &BTreeMap<String, String>) -> Result<Self, RevisionError> {
        let mut by_id: BTreeMap<String, Revision> = BTreeMap::new();
        let mut downs: BTreeMap<String, (String, String)> = BTreeMap::new();
        let is_sql = |file: &str| file.to_ascii_lowercase().ends_with(".sql");
        for (file, text) in files.iter().filter(|(file, _)| is_sql(file)) {
            // Editors put a mark at the beginning; it is no part of the text.
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let bad = || RevisionError::BadName { file: file.clone() };
            let (stem, up) = match (file.strip_suffix(".up.sql"), file.strip_suffix(".down.sql")) {
                (Some(stem), _) => (stem, true),
                (None, Some(stem)) => (stem, false),
                (None, None) => return Err(bad()),
            };
            let (id, slug) = stem.split_once('_').ok_or_else(bad)?;
            if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(bad());
            }
            if !up {
                downs.insert(id.to_owned(), (file.clone(), text.to_owned()));
                continue;
            }
            if text.trim().is_empty() {
                return Err(RevisionError::Empty { file: file.clone() });
            }
            let header = Header::parse(text)
                .map_err(|error| RevisionError::BadFile { file: file.clone(), error })?;
            if !header.revision.is_empty() && header.revision != id {
                let (expected, found) = (id.to_owned(), header.revision);
                return Err(RevisionError::WrongId { file: file.clone(), expected, found });
            }
            let revision = Revision {
                id: id.to_owned(),
                slug: slug.to_owned(),
                parents: header.parents,
                labels: header.labels,
                depends: header.depends,
                replaces: header.replaces,
                message: header.message,
                up: text.to_owned(),
                down: None,
            };
            if let Some(other) = by_id.insert(id.to_owned(), revision) {
                let first = format!("{}_{}.up.sql", other.id, other.slug);
                let second = file.clone();
                return Err(RevisionError::Twice { id: id.to_owned(), first, second });
            }
        }
        for (id, (down, text)) in downs {
            match by_id.get_mut(&id) {
                Some(revision) => revision.down = Some(text),
                None => return Err(RevisionError::Alone { down }),
            }
        }
        check_labels(&by_id)?;
        check_replaced(&by_id)?;
        let order = sort(&by_id)?;
        Ok(Self { by_id, order })
    }

    /// Revisions of another tool, in a row: each comes after the one before it.
    pub fn chain(revisions: Vec<Revision>) -> Self {
        let order = revisions.iter().map(|it| it.id.clone()).collect();
        let by_id = revisions.into_iter().map(|it| (it.id.clone(), it)).collect();
        Self { by_id, order }
    }

    /// Parents before children.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Revision> {
        self.order.iter().filter_map(|id| self.by_id.get(id))
    }

    /// A revision by its whole id.
    pub fn get(&self, id: &str) -> Option<&Revision> {
        self.by_id.get(id)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The revisions without children, sorted.
    pub fn heads(&self) -> Vec<&Revision> {
        let parents: BTreeSet<&String> = self.by_id.values().flat_map(|it| &it.parents).collect();
        self.by_id.values().filter(|it| !parents.contains(&it.id)).collect()
    }

    /// The only head, or none if there is no revision.
    ///
    /// # Errors
    /// If there are several.
    pub fn head(&self) -> Result<Option<&Revision>, RevisionError> {
        match self.heads().as_slice() {
            [] => Ok(None),
            [head] => Ok(Some(head)),
            heads => Err(RevisionError::ManyHeads {
                heads: heads.iter().map(|it| it.id.clone()).collect(),
            }),
        }
    }

    /// A revision and all its ancestors.
    pub fn lineage(&self, id: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> =
            self.by_id.get_key_value(id).map(|(id, _)| id.as_str()).into_iter().collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                let before = self.by_id.get(id).into_iter().flat_map(Revision::before);
                open.extend(before.map(String::as_str));
            }
        }
        found
    }
}

fn sort(by_id: &BTreeMap<String, Revision>) -> Result<Vec<String>, RevisionError> {
    let mut children: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    let mut waiting: BTreeMap<&String, usize> = BTreeMap::new();
    for revision in by_id.values() {
        waiting.insert(&revision.id, revision.before().count());
        for parent in revision.before() {
            if !by_id.contains_key(parent) {
                let (id, parent) = (revision.id.clone(), parent.clone());
                return Err(RevisionError::MissingParent { id, parent });
            }
            children.entry(parent).or_default().push(&revision.id);
        }
    }
    let mut ready: BTreeSet<&String> =
        waiting.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut order = Vec::new();
    while let Some(id) = ready.pop_first() {
        order.push(id.clone());
        for child in children.get(id).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(child) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(child);
                }
            }
        }
    }
    if order.len() < by_id.len() {
        let ids = waiting.into_iter().filter(|(_, count)| *count > 0);
        return Err(RevisionError::Circle { ids: ids.map(|(id, _)| id.clone()).collect() });
    }
    Ok(order)
}

/// Whether a text can be a label.
pub fn is_label(text: &str) -> bool {
    let word = text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it));
    let number = text.bytes().all(|it| it.is_ascii_digit());
    word && !number && !["head", "heads", "base", "current"].contains(&text)
}

/// Replaced revisions must not exist any more.
fn check_replaced(by_id: &BTreeMap<String, Revision>) -> Result<(), RevisionError> {
    for revision in by_id.values() {
        let id = revision.replaces.iter().find(|id| by_id.contains_key(*id));
        if let Some(id) = id.filter(|id| **id != revision.id) {
            let (id, by) = (id.clone(), revision.id.clone());
            return Err(RevisionError::Replaced { id, by });
        }
    }
    Ok(())
}

/// A label names only one revision.
fn check_labels(by_id: &BTreeMap<String, Revision>) -> Result<(), RevisionError> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for revision in by_id.values() {
        for label in &revision.labels {
            if !is_label(label) {
                let (id, label) = (revision.id.clone(), label.clone());
                return Err(RevisionError::BadLabel { id, label });
            }
            if let Some(other) = owners.insert(label, &revision.id) {
                let (label, first) = (label.clone(), other.to_owned());
                return Err(RevisionError::LabelTwice {
                    label,
                    first,
                    second: revision.id.clone(),
                });
            }
        }
    }
    Ok(())
}
