//! The revisions of a folder and a database's history: what to run, and how.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_plan::{Revision, Revisions, Script, ScriptError};

use crate::history::{self, Absorbed, Applied, State};
use crate::run::{Migration, Probe, StatementGroup};

/// Why the revisions of a folder do not match a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum Mismatch {
    #[error("{file}: {error}")]
    BadFile { file: String, error: ScriptError },
    #[error("revision {revision} is for {told}, the database is {dialect}")]
    OtherDatabase { revision: String, told: String, dialect: Dialect },
    #[error("the database has revision {revision}, and it has no file")]
    NoFile { revision: String },
    #[error("{file} was changed after it was applied")]
    Changed { file: String },
    #[error("revision {revision} has no way down")]
    NoWayDown { revision: String },
    #[error("the database has {has} of what revision {revision} replaces, and lacks {lacks}")]
    Between { revision: String, has: String, lacks: String },
}

impl Mismatch {
    /// The stable code, explained by `autogen explain`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadFile { error, .. } => error.code(),
            Self::OtherDatabase { .. } => "A0619",
            Self::NoFile { .. } => "A0510",
            Self::Changed { .. } => "A0511",
            Self::NoWayDown { .. } => "A0618",
            Self::Between { .. } => "A0519",
        }
    }

    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::BadFile { error, .. } => error.hint(),
            Self::OtherDatabase { .. } => {
                "keep one migrations folder per database family, and name it by --migrations"
            }
            Self::NoFile { .. } => {
                "restore the file from version control, or name the right --migrations; if it is \
                 lost, run `autogen repair REV --forget`"
            }
            Self::Changed { .. } => {
                "restore the file, and put the change into a new revision; if the database \
                 already matches the file, run `autogen repair REV --accept-checksum`"
            }
            Self::NoWayDown { .. } => {
                "write its .down.sql by hand, and remove the line `-- autogen: irreversible`"
            }
            Self::Between { .. } => {
                "it is in the middle of the squashed revisions: check out the commit before the \
                 squash, run `autogen upgrade` there, and return"
            }
        }
    }
}

/// A migration for the runner; `text` is the file of either direction.
///
/// # Errors
/// If the file is malformed, or is for another database.
pub fn migration(revision: &Revision, text: &str, dialect: Dialect) -> Result<Migration, Mismatch> {
    let script = read(revision, text, dialect)?;
    if let Some(told) = script.header.dialect.filter(|name| name != dialect.name()) {
        let revision = revision.id.clone();
        return Err(Mismatch::OtherDatabase { revision, told, dialect });
    }
    let groups = script.groups.into_iter().map(|group| StatementGroup {
        transaction: group.transaction,
        rebuilds: script.foreign_keys_off,
        statements: group.statements,
    });
    let probes = script.probes.into_iter().map(|it| Probe { message: it.message, sql: it.sql });
    let (probes, groups) = (probes.collect(), groups.collect());
    Ok(Migration { revision: row(revision), probes, groups })
}

/// Reads the file of either direction of a revision.
///
/// # Errors
/// If it is not a migration file.
pub fn read(revision: &Revision, text: &str, dialect: Dialect) -> Result<Script, Mismatch> {
    Script::parse(text, dialect).map_err(|error| {
        let way = if revision.down.as_deref() == Some(text) { "down" } else { "up" };
        let file = format!("{}_{}.{way}.sql", revision.id, revision.slug);
        Mismatch::BadFile { file, error }
    })
}

/// The file of the way down, if there is one.
///
/// # Errors
/// If it is not a migration file.
pub fn way_back(revision: &Revision, dialect: Dialect) -> Result<Option<&str>, Mismatch> {
    let Some(down) = revision.down.as_deref() else { return Ok(None) };
    Ok((!read(revision, down, dialect)?.irreversible).then_some(down))
}

/// The ways down of revisions, in their order.
///
/// # Errors
/// As [`migration`], and if one has no way down.
pub fn ways_down(revisions: &[&Revision], dialect: Dialect) -> Result<Vec<Migration>, Mismatch> {
    let way_down = |revision: &&Revision| {
        let no_way = || Mismatch::NoWayDown { revision: revision.id.clone() };
        migration(revision, way_back(revision, dialect)?.ok_or_else(no_way)?, dialect)
    };
    revisions.iter().map(way_down).collect()
}

/// The history's summary of a revision.
pub fn row(revision: &Revision) -> history::RevisionSummary {
    let description = if revision.message.is_empty() { &revision.slug } else { &revision.message };
    history::RevisionSummary {
        id: revision.id.clone(),
        parents: revision.parents.clone(),
        description: description.clone(),
        checksum: revision.checksum(),
    }
}

/// The revisions that are completely applied.
pub fn done(history: &[Applied]) -> BTreeSet<&str> {
    let rows = history.iter().filter(|row| row.state == State::Done);
    rows.map(|row| row.revision.id.as_str()).collect()
}

/// The revisions that are not, or not completely, applied; parents first.
pub fn pending<'r>(history: &[Applied], revisions: &'r Revisions) -> Vec<&'r Revision> {
    let done = done(history);
    revisions.iter().filter(|it| !done.contains(it.id.as_str())).collect()
}

/// The database's revisions that revisions of the folder replace.
///
/// # Errors
/// If it has only some of those that one replaces.
pub fn absorbed(history: &[Applied], revisions: &Revisions) -> Result<Vec<Absorbed>, Mismatch> {
    let mut found = Vec::new();
    for revision in revisions.iter().filter(|it| !it.replaces.is_empty()) {
        let state = |id: &String| history.iter().find(|row| row.revision.id == *id);
        let others = || revision.replaces.iter().filter(|id| **id != revision.id);
        if others().all(|id| state(id).is_none()) {
            continue;
        }
        let mut ids: Vec<String> = others().cloned().collect();
        ids.push(revision.id.clone());
        // A database that has a revision also has its ancestors, or what they replaced.
        let is_done = |id: &String| state(id).is_some_and(|row| row.state == State::Done);
        let had = ids.iter().rposition(is_done).map_or(0, |at| at + 1);
        let (before, lacks) = ids.split_at_checked(had).unwrap_or_default();
        if !lacks.is_empty() {
            let has: Vec<&str> =
                before.iter().filter(|id| is_done(id)).map(String::as_str).collect();
            return Err(Mismatch::Between {
                revision: revision.id.clone(),
                has: if has.is_empty() { "a part".to_owned() } else { has.join(", ") },
                lacks: lacks.join(", "),
            });
        }
        found.push(Absorbed { by: row(revision), ids });
    }
    Ok(found)
}

/// The history in terms of the folder: replaced revisions count as their replacement.
///
/// # Errors
/// As [`absorbed`], and if the database has a revision that is not in the folder, or one
/// whose file was changed since.
pub fn known(mut history: Vec<Applied>, revisions: &Revisions) -> Result<Vec<Applied>, Mismatch> {
    for Absorbed { by, ids } in absorbed(&history, revisions)? {
        history.retain(|row| row.revision.id == by.id || !ids.contains(&row.revision.id));
        for row in history.iter_mut().filter(|row| row.revision.id == by.id) {
            row.revision = by.clone();
        }
    }
    check_known(&history, revisions)?;
    Ok(history)
}

/// Requires that the database has no revision that is not in the folder, and none whose file
/// was changed since.
///
/// # Errors
/// The first mismatch.
fn check_known(history: &[Applied], revisions: &Revisions) -> Result<(), Mismatch> {
    for applied in history {
        let id = &applied.revision.id;
        let Some(revision) = revisions.get(id) else {
            return Err(Mismatch::NoFile { revision: id.clone() });
        };
        // Of an interrupted revision only the finished statements must be unchanged; running it
        // checks that.
        let fixed = match applied.state {
            State::Done => true,
            State::Running | State::Failed | State::Reverting => false,
        };
        // Other tools store no checksums.
        let told = !applied.revision.checksum.is_empty();
        if fixed && told && revision.checksum() != applied.revision.checksum {
            return Err(Mismatch::Changed { file: format!("{id}_{}.up.sql", revision.slug) });
        }
    }
    Ok(())
}
