//! `autogen repair`: corrects the history, exactly as requested.

use autogen_live::history::current;
use autogen_live::repair::{Files, Repair, drop_invalid_indexes, repair};
use autogen_live::revisions::migration;

use crate::args;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::timeouts::WAIT;

pub(super) async fn run(project: &Project, args: &args::Repair) -> Result<u8, Error> {
    let connection = project.connect().await?;
    if args.revision.is_some() {
        project.require_sql("repair", "SeaORM keeps its own history table")?;
    }
    let Some(name) = &args.revision else {
        for index in drop_invalid_indexes(&connection, WAIT).await? {
            output::result(&format!("dropped {index}\n"));
        }
        return Ok(exit::DONE);
    };
    let revisions = project.folder.revisions()?;
    // A revision without a file is known only from the database.
    let id = match revisions.find(name) {
        Ok(revision) => revision.id.clone(),
        Err(error) => {
            let history = current(&connection).await?;
            let row = history.into_iter().find(|row| row.revision.id == *name);
            row.ok_or(error)?.revision.id
        }
    };
    let files = match revisions.get(&id) {
        Some(revision) => {
            let read = |text: &String| migration(revision, text, connection.dialect());
            let down = revision.down.as_ref().map(read).transpose()?;
            Some(Files { up: read(&revision.up)?, down })
        }
        None => None,
    };
    let what = match () {
        () if args.accept_checksum => Repair::AcceptChecksum,
        () if args.done => Repair::Done,
        () if args.not_done => Repair::NotDone,
        () if args.complete => Repair::Complete,
        () => Repair::Forget,
    };
    let said = repair(&connection, &id, what, files.as_ref(), WAIT).await?;
    output::result(&format!("repaired {id}: {said}\n"));
    Ok(exit::DONE)
}
