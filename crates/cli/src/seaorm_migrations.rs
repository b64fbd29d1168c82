//! `upgrade` and `downgrade` of SeaORM's migrations: their own program runs them, and its
//! history shows the result.

use std::collections::BTreeSet;

use autogen_live::revisions::{done, known};
use autogen_plan::{Revision, Revisions};

use crate::args::Downgrade;
use crate::error::{Error, exit, unknown_dialect};
use crate::losing::{Lost, require_consent};
use crate::output;
use crate::project::Project;
use crate::seaorm::{self, Crate};

/// The hint if there is no script.
pub(crate) const NO_SCRIPT: &str = "they are programs, not scripts; `autogen diff --dry-run \
                                    --format sql` shows the SQL of the \
     next one";

/// Runs the migrations up to a revision.
pub(crate) async fn up(project: &Project, goal: &str) -> Result<u8, Error> {
    let (migrations, revisions) = opened(project)?;
    let before = ids(project, &revisions, true).await?;
    let had: BTreeSet<&str> = before.iter().map(String::as_str).collect();
    let goals = revisions.find_from(goal, &had)?;
    let wanted = revisions.lineage_of(&goals);
    let pending: Vec<&Revision> =
        revisions.iter().filter(|it| !had.contains(it.id.as_str())).collect();
    // SeaORM counts, in the order of its list.
    let number = pending.iter().rposition(|it| wanted.contains(it.id.as_str()));
    let Some(number) = number.map(|at| at + 1) else {
        output::note("nothing to do: the database is up to date");
        return Ok(exit::DONE);
    };
    // Migrations with unknown names count as well.
    let number = match migrations.is_plain() || number < pending.len() {
        true => Some(number),
        false => None,
    };
    let ran = seaorm::up(&migrations, project.url()?, number);
    let after = ids(project, &revisions, false).await?;
    for id in after.iter().filter(|id| !had.contains(id.as_str())) {
        output::result(&format!("applied {id}\n"));
    }
    ran.map(|()| exit::DONE)
}

/// Undoes migrations.
pub(crate) async fn down(project: &Project, args: &Downgrade) -> Result<u8, Error> {
    let (migrations, revisions) = opened(project)?;
    let before = ids(project, &revisions, false).await?;
    let applied: Vec<&Revision> = revisions.iter().filter(|it| before.contains(&it.id)).collect();
    let undone = revisions.back(&applied, &args.revision)?;
    if undone.is_empty() {
        output::note("nothing to undo");
        return Ok(exit::DONE);
    }
    if !migrations.is_plain() {
        return Err(Error::refused(
            "A0659",
            format!("the names of some migrations in {} are unknown", migrations.file.display()),
            "SeaORM goes back by a number of migrations, which includes these: run `cargo run -- \
             down -n N` yourself",
        ));
    }
    require_consent(&lost(project, &migrations, &undone)?, args.yes)?;
    let ran = seaorm::down(&migrations, project.url()?, undone.len());
    let after = ids(project, &revisions, false).await?;
    for revision in undone.iter().filter(|it| !after.contains(&it.id)) {
        output::result(&format!("undid {}\n", revision.id));
    }
    ran.map(|()| exit::DONE)
}

/// What each of these deletes on its way down.
fn lost(project: &Project, migrations: &Crate, undone: &[&Revision]) -> Result<Vec<Lost>, Error> {
    let dialect = project.dialect_or_url()?.ok_or_else(unknown_dialect)?;
    let messages = |revision: &Revision| {
        let entry = migrations.entries.iter().find(|it| it.name.as_ref() == Some(&revision.id));
        entry.map(|it| seaorm::lost(it, dialect)).unwrap_or_default()
    };
    let lost = undone.iter().map(|it| Lost { revision: it.id.clone(), messages: messages(it) });
    Ok(lost.collect())
}

fn opened(project: &Project) -> Result<(Crate, Revisions), Error> {
    let migrations = Crate::open(&project.folder.path)?;
    let revisions = migrations.revisions()?;
    Ok((migrations, revisions))
}

/// The migrations that the database has, in the order of the list.
async fn ids(project: &Project, revisions: &Revisions, create: bool) -> Result<Vec<String>, Error> {
    let connection = match create {
        true => project.connect_or_create().await?,
        false => project.connect().await?,
    };
    let history = known(project.history(&connection, revisions).await?, revisions)?;
    let done = done(&history);
    let found = revisions.iter().filter(|it| done.contains(it.id.as_str()));
    let found = found.map(|it| it.id.clone()).collect();
    // The program gets its own connection.
    connection.close().await;
    Ok(found)
}
