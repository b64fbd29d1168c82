//! `autogen status`: the state of each revision in the database. It writes nothing.

use std::collections::BTreeSet;

use autogen_live::history::{Applied, State};
use autogen_live::repair::{deployer, invalid_indexes};
use autogen_live::revisions::{absorbed, migration};
use autogen_plan::{Revision, Revisions};
use autogen_schema::counted;

use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

pub(super) async fn run(project: &Project) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    let connection = project.connect_to_read().await?;
    let history = project.history(&connection, &revisions).await?;
    let absorbed = match absorbed(&history, &revisions) {
        Ok(absorbed) => absorbed,
        Err(between) => {
            output::note(&format!("{between}; {}", between.hint()));
            Vec::new()
        }
    };
    let holder = deployer(&connection).await?;
    let dialect = connection.dialect();
    let mut code = exit::DONE;
    let mut tell = |line: String, fine: bool| {
        output::result(&format!("{line}\n"));
        if !fine {
            code = exit::DIFFERENT;
        }
    };
    let rows = |id: &str| history.iter().find(|row| row.revision.id == id);
    for revision in revisions.iter() {
        let name = revision.title();
        match rows(&revision.id) {
            None => tell(format!("{name}: pending"), false),
            Some(row) if absorbed.iter().any(|it| it.by.id == revision.id) => {
                let ids = revision.replaces.join(", ");
                tell(format!("{name}: {}, as {ids}", applied(row)), true);
            }
            Some(row) if row.state == State::Done => {
                // SeaORM stores no checksums.
                let told = !row.revision.checksum.is_empty();
                let changed = told && row.revision.checksum != revision.checksum();
                tell(format!("{name}: {}", applied(row)), true);
                if changed {
                    tell(
                        format!(
                            "{name}: its file was changed after it was applied; restore it, or \
                             `autogen repair {} --accept-checksum`",
                            revision.id
                        ),
                        false,
                    );
                }
            }
            Some(row) => {
                let file = match row.state {
                    State::Reverting => revision.down.as_ref(),
                    State::Running | State::Failed | State::Done => Some(&revision.up),
                };
                let next = file.and_then(|text| {
                    let migration = migration(revision, text, dialect).ok()?;
                    migration.statements().nth(row.steps_done).map(first_line)
                });
                tell(format!("{name}: {}", stopped(row, next, holder.as_deref())), false);
            }
        }
    }
    for row in unknown(&history, &revisions) {
        let id = &row.revision.id;
        tell(
            format!(
                "{id} {}: {}, and it has no file; restore it, or `autogen repair {id} --forget`",
                row.revision.description,
                applied(row)
            ),
            false,
        );
    }
    for index in invalid_indexes(&connection).await? {
        let line = format!(
            "index {index}: invalid, half built; `autogen upgrade` rebuilds it if a revision \
             stopped at it; else run `autogen repair --drop-invalid-indexes`"
        );
        tell(line, false);
    }
    if let Some(holder) = holder {
        output::note(&format!("{holder} is migrating this database"));
    }
    Ok(code)
}

/// Rows without a file, and that no file replaces.
fn unknown<'h>(history: &'h [Applied], revisions: &Revisions) -> Vec<&'h Applied> {
    let replaced: BTreeSet<&String> =
        revisions.iter().flat_map(|it: &Revision| &it.replaces).collect();
    let known = |id: &String| revisions.get(id).is_some() || replaced.contains(id);
    history.iter().filter(|row| !known(&row.revision.id)).collect()
}

fn applied(row: &Applied) -> String {
    let when = row.finished_at.as_deref().unwrap_or(&row.started_at);
    let word = match row.state {
        State::Done => "applied",
        State::Running | State::Failed | State::Reverting => "begun",
    };
    format!("{word} {when}{}", by(row))
}

fn by(row: &Applied) -> String {
    row.applied_by.as_ref().map_or(String::new(), |user| format!(" by {user}"))
}

/// A revision that stopped in the middle, and how to continue.
fn stopped(row: &Applied, next: Option<String>, holder: Option<&str>) -> String {
    let done = format!("{} of {} done", row.steps_done, counted(row.steps_total, "statement"));
    let next = next.map_or(String::new(), |sql| format!("\n    next: {sql}"));
    let since = format!("begun {}{}", row.started_at, by(row));
    let (way, command) = match row.state {
        State::Reverting => ("being undone", "downgrade"),
        State::Running | State::Failed | State::Done => ("being applied", "upgrade"),
    };
    if let Some(holder) = holder {
        return format!("{way} by {holder}, {done}, {since}{next}");
    }
    match &row.failure {
        Some(failure) => {
            let failure = failure.lines().next().unwrap_or_default();
            format!(
                "failed, {done}, {since}; `autogen {command}` continues\
                 {next}\n    because: {failure}"
            )
        }
        None => {
            format!("interrupted while {way}, {done}, {since}; `autogen {command}` continues{next}")
        }
    }
}

fn first_line(sql: &str) -> String {
    sql.lines().next().unwrap_or_default().chars().take(100).collect()
}
