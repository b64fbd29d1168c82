//! The migrations of a project as a graph: parents in the headers.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::Dialect;
use sha2::{Digest, Sha256};

use crate::Script;

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its id, the digits in front of the file's name.
    pub id: String,
    /// The words behind them.
    pub slug: String,
    /// What it comes after.
    pub parents: Vec<String>,
    /// What it is about.
    pub message: String,
    /// The file of the way up.
    pub up: String,
    /// The file of the way down, if there is one.
    pub down: Option<String>,
}

impl Revision {
    /// The SHA-256 of the way up, in hex; line ends do not count.
    pub fn checksum(&self) -> String {
        let text = self.up.replace("\r\n", "\n");
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The database that the file is for, if it says so.
    pub fn dialect(&self) -> Option<String> {
        Script::parse(&self.up, Dialect::Sqlite).dialect
    }
}

/// What is wrong with a folder of migrations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum RevisionError {
    #[error("{file} is not named like a migration")]
    BadName { file: String },
    #[error("{file} says that it is revision {found}, its name says {expected}")]
    WrongId { file: String, expected: String, found: String },
    #[error("two files are revision {id}: {first} and {second}")]
    Twice { id: String, first: String, second: String },
    #[error("revision {id} comes after {parent}, and there is no such file")]
    MissingParent { id: String, parent: String },
    #[error("the revisions run in a circle: {}", .ids.join(" -> "))]
    Circle { ids: Vec<String> },
    #[error("{down} has no way up beside it")]
    Alone { down: String },
    #[error("there are {} heads: {}", .heads.len(), .heads.join(", "))]
    ManyHeads { heads: Vec<String> },
    #[error("no revision is called `{text}`")]
    Unknown { text: String },
    #[error("`{text}` can be any of {}", .candidates.join(", "))]
    Ambiguous { text: String, candidates: Vec<String> },
}

impl RevisionError {
    /// The stable code, explained by `autogen explain`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadName { .. } => "A0501",
            Self::WrongId { .. } => "A0502",
            Self::Twice { .. } => "A0503",
            Self::MissingParent { .. } => "A0504",
            Self::Circle { .. } => "A0505",
            Self::Alone { .. } => "A0506",
            Self::ManyHeads { .. } => "A0507",
            Self::Unknown { .. } => "A0508",
            Self::Ambiguous { .. } => "A0509",
        }
    }

    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::BadName { .. } => {
                "name it <YYYYMMDDHHMMSS>_<words>.up.sql or .down.sql, or move it elsewhere"
            }
            Self::WrongId { .. } => "correct the line `-- revision:` or the file's name",
            Self::Twice { .. } => "give one of them another number, in its name and its heading",
            Self::MissingParent { .. } => {
                "bring the file back from version control, or correct the line `-- parents:`"
            }
            Self::Circle { .. } => "correct the lines `-- parents:` of these files",
            Self::Alone { .. } => "bring back its .up.sql from version control, or delete it",
            Self::ManyHeads { .. } => {
                "two branches both added a migration: let the later one name the other as its \
                 parent in the line `-- parents:`, and make its schema.json anew"
            }
            Self::Unknown { .. } => "`autogen history` lists them",
            Self::Ambiguous { .. } => "write more digits",
        }
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
    /// `.sql` are none of ours.
    ///
    /// # Errors
    /// On names that are none, ids that are there twice, parents that are not
    /// there, and circles.
    pub fn read(files: &BTreeMap<String, String>) -> Result<Self, RevisionError> {
        let mut by_id: BTreeMap<String, Revision> = BTreeMap::new();
        let mut downs: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (file, text) in files.iter().filter(|(file, _)| file.ends_with(".sql")) {
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
                downs.insert(id.to_owned(), (file.clone(), text.clone()));
                continue;
            }
            let header = Script::parse(text, Dialect::Sqlite).header;
            if !header.revision.is_empty() && header.revision != id {
                let (expected, found) = (id.to_owned(), header.revision);
                return Err(RevisionError::WrongId { file: file.clone(), expected, found });
            }
            let revision = Revision {
                id: id.to_owned(),
                slug: slug.to_owned(),
                parents: header.parents,
                message: header.message,
                up: text.clone(),
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
        let order = sort(&by_id)?;
        Ok(Self { by_id, order })
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

    /// The revisions that no other comes after, sorted.
    pub fn heads(&self) -> Vec<&Revision> {
        let parents: BTreeSet<&String> = self.by_id.values().flat_map(|it| &it.parents).collect();
        self.by_id.values().filter(|it| !parents.contains(&it.id)).collect()
    }

    /// The one head, or none where there is no revision.
    ///
    /// # Errors
    /// Where there are several.
    pub fn head(&self) -> Result<Option<&Revision>, RevisionError> {
        match self.heads().as_slice() {
            [] => Ok(None),
            [head] => Ok(Some(head)),
            heads => Err(RevisionError::ManyHeads {
                heads: heads.iter().map(|it| it.id.clone()).collect(),
            }),
        }
    }

    /// Finds a revision by the beginning of its id, or `head`.
    ///
    /// # Errors
    /// Where none or several fit.
    pub fn find(&self, text: &str) -> Result<&Revision, RevisionError> {
        if text == "head"
            && let Some(head) = self.head()?
        {
            return Ok(head);
        }
        let fitting: Vec<&Revision> =
            self.by_id.values().filter(|it| it.id.starts_with(text)).collect();
        match fitting.as_slice() {
            [one] => Ok(one),
            [] => Err(RevisionError::Unknown { text: text.to_owned() }),
            several => Err(RevisionError::Ambiguous {
                text: text.to_owned(),
                candidates: several.iter().map(|it| it.id.clone()).collect(),
            }),
        }
    }

    /// A revision and all that it comes after, directly or not.
    pub fn lineage(&self, id: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> =
            self.by_id.get_key_value(id).map(|(id, _)| id.as_str()).into_iter().collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(
                    self.by_id.get(id).into_iter().flat_map(|it| &it.parents).map(String::as_str),
                );
            }
        }
        found
    }
}

fn sort(by_id: &BTreeMap<String, Revision>) -> Result<Vec<String>, RevisionError> {
    let mut children: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    let mut waiting: BTreeMap<&String, usize> = BTreeMap::new();
    for revision in by_id.values() {
        waiting.insert(&revision.id, revision.parents.len());
        for parent in &revision.parents {
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
