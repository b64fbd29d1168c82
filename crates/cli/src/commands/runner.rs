//! What running up and down have in common.

use std::collections::BTreeSet;
use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::history::{Applied, Revision as Row, State};
use autogen_live::run::{Group, Migration, Probe, Progress};
use autogen_plan::{Revision, Revisions, Script};

use super::inspect::unknown_dialect;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

/// How long another deployer may take.
pub(super) const WAIT: Duration = Duration::from_secs(600);

/// Tells the progress on stderr.
#[derive(Debug, Default)]
pub(super) struct Told {
    waits: bool,
}

impl Progress for Told {
    fn waiting(&mut self, _: Duration) {
        if !self.waits {
            output::note("somebody else is migrating this database, waiting");
        }
        self.waits = true;
    }

    fn begins(&mut self, revision: &Row, done: usize, total: usize) {
        let rest = if done > 0 { format!(", going on after {done}") } else { String::new() };
        output::note(&format!(
            "{} {}: {total} statements{rest}",
            revision.id, revision.description
        ));
    }

    fn statement(&mut self, number: usize, total: usize, sql: &str) {
        let line = sql.lines().next().unwrap_or_default();
        let short: String = line.chars().take(100).collect();
        output::note(&format!("  {number}/{total} {short}"));
    }
}

/// A migration as the runner takes it.
pub(crate) fn migration(
    revision: &Revision,
    text: &str,
    dialect: Dialect,
) -> Result<Migration, Error> {
    let script = Script::parse(text, dialect);
    if let Some(other) = script.dialect.filter(|name| name != dialect.name()) {
        return Err(Error::refused(
            "A0619",
            format!("revision {} is for {other}, the database is {dialect}", revision.id),
            "keep a folder of migrations for each database family, and name it by --migrations",
        ));
    }
    let groups = script.groups.into_iter().map(|group| Group {
        transaction: group.transaction,
        rebuilds: script.foreign_keys_off,
        statements: group.statements,
    });
    let probes = script.probes.into_iter().map(|it| Probe { message: it.message, sql: it.sql });
    Ok(Migration { revision: row(revision), probes: probes.collect(), groups: groups.collect() })
}

/// A revision as the history holds it.
pub(super) fn row(revision: &Revision) -> Row {
    let description = if revision.message.is_empty() { &revision.slug } else { &revision.message };
    Row {
        id: revision.id.clone(),
        parents: revision.parents.clone(),
        description: description.clone(),
        checksum: revision.checksum(),
    }
}

/// The revisions that are wholly applied.
pub(super) fn done(history: &[Applied]) -> BTreeSet<&str> {
    let rows = history.iter().filter(|row| row.state == State::Done);
    rows.map(|row| row.revision.id.as_str()).collect()
}

/// Refuses where the database has revisions that are not in the folder, or
/// whose files were changed since.
pub(super) fn check_known(history: &[Applied], revisions: &Revisions) -> Result<(), Error> {
    for applied in history {
        let id = &applied.revision.id;
        let Some(revision) = revisions.get(id) else {
            return Err(Error::refused(
                "A0510",
                format!("the database has revision {id}, and there is no file of it"),
                "bring the file back from version control, or name the right --migrations",
            ));
        };
        // Of one that stopped in the middle only what ran is fixed; running it
        // compares that.
        let fixed = match applied.state {
            State::Done => true,
            State::Running | State::Failed | State::Reverting => false,
        };
        if fixed && revision.checksum() != applied.revision.checksum {
            return Err(Error::refused(
                "A0511",
                format!("{id}_{}.up.sql was changed after it was applied", revision.slug),
                "bring back the file as it was, and put the change into a new revision",
            ));
        }
    }
    Ok(())
}

/// Prints migrations as one script, with the transactions spelled out.
pub(super) fn scripts(project: &Project, revisions: &[&Revision], up: bool) -> Result<u8, Error> {
    let mut text = String::new();
    for revision in revisions {
        let file = if up { Some(&revision.up) } else { revision.down.as_ref() };
        let Some(file) = file else { continue };
        let dialect = match revision.dialect().map(|name| name.parse::<Dialect>()) {
            Some(Ok(dialect)) => dialect,
            Some(Err(_)) | None => project.dialect()?.ok_or_else(unknown_dialect)?,
        };
        let script = Script::parse(file, dialect);
        text.push_str(&format!("-- revision {} {}\n\n", revision.id, revision.slug));
        if script.foreign_keys_off {
            text.push_str("PRAGMA foreign_keys = OFF;\n");
        }
        for group in &script.groups {
            let body: Vec<String> =
                group.statements.iter().map(|sql| format!("{sql};\n")).collect();
            let body = body.concat();
            match group.transaction {
                true => text.push_str(&format!("BEGIN;\n{body}COMMIT;\n")),
                false => text.push_str(&body),
            }
        }
        if script.foreign_keys_off {
            text.push_str("PRAGMA foreign_keys = ON;\n");
        }
        text.push('\n');
    }
    output::sql(&text);
    Ok(exit::DONE)
}
