//! Shared parts of running up and down.

use autogen_dialect::{Dialect, shell_head, shell_statement};
use autogen_live::Connection;
use autogen_live::history::{Applied, absorb, current, script};
use autogen_live::revisions::{absorbed, known, read, row};
use autogen_plan::emit::{Scripted, scripted};
use autogen_plan::{Revision, Revisions, Script};

use crate::error::unknown_dialect;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::timeouts::WAIT;

/// The history in terms of the folder. Replaced revisions are recorded as their replacement,
/// since the caller is about to write anyway.
pub(crate) async fn history(
    connection: &Connection,
    revisions: &Revisions,
) -> Result<Vec<Applied>, Error> {
    let found = current(connection).await?;
    let absorbed = absorbed(&found, revisions)?;
    absorb(connection, &absorbed, WAIT).await?;
    for it in &absorbed {
        output::note(&format!("{} stands for {}", it.by.id, it.ids.join(", ")));
    }
    Ok(known(found, revisions)?)
}

/// Prints migrations as one script, with explicit transactions.
pub(crate) fn scripts(project: &Project, revisions: &[&Revision], up: bool) -> Result<u8, Error> {
    let mut text = String::new();
    for revision in revisions {
        let file = if up { Some(&revision.up) } else { revision.down.as_ref() };
        let Some(file) = file else { continue };
        let dialect = match revision.dialect().map(|name| name.parse::<Dialect>()) {
            Some(Ok(dialect)) => dialect,
            Some(Err(_)) | None => project.dialect_or_url()?.ok_or_else(unknown_dialect)?,
        };
        let read = read(revision, file, dialect)?;
        if text.is_empty() {
            text.push_str(&shell_head(dialect));
            let table = shown(dialect, &script::creation(dialect));
            text.push_str(&format!("-- the history of migrations\n\n{table}\n"));
        }
        text.push_str(&format!("-- revision {} {}\n\n", revision.id, revision.slug));
        let mut groups: Vec<Scripted> = file_groups(dialect, &read);
        let record = match up {
            true => script::applied(dialect, &row(revision)),
            false => script::undone(dialect, &revision.id),
        };
        keep_history(&mut groups, shown(dialect, &record));
        text.push_str(&scripted(read.foreign_keys_off, groups.into_iter()));
        text.push('\n');
    }
    output::sql(&text);
    Ok(exit::DONE)
}

fn file_groups(dialect: Dialect, script: &Script) -> Vec<Scripted> {
    let groups = script.groups.iter().map(|group| Scripted {
        transaction: group.transaction,
        statements: group.statements.iter().map(|sql| shown(dialect, sql)).collect(),
    });
    groups.collect()
}

/// The history changes in the last transaction, or after the last statement outside of one.
fn keep_history(groups: &mut Vec<Scripted>, record: String) {
    match groups.last_mut() {
        Some(group) if group.transaction => group.statements.push(record),
        Some(_) | None => groups.push(Scripted { transaction: true, statements: vec![record] }),
    }
}

fn shown(dialect: Dialect, sql: &str) -> String {
    format!("{}\n", shell_statement(dialect, sql))
}
