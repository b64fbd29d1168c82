//! `autogen upgrade`.

use std::collections::BTreeSet;

use autogen_live::history::current;
use autogen_live::run::upgrade;
use autogen_plan::Revision;

use super::runner::{Told, WAIT, check_known, migration, scripts};
use crate::args::Upgrade;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

pub(super) async fn run(project: &Project, args: &Upgrade) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    if revisions.is_empty() {
        // A missing SQLite file is made all the same: it is what to compare with.
        if project.database_url.is_some() && !args.sql {
            project.connect_or_create().await?;
        }
        output::note("there are no migrations; `autogen diff` writes one");
        return Ok(exit::DONE);
    }
    let goal = revisions.find(&args.revision)?;
    let lineage = revisions.lineage(&goal.id);
    let wanted: Vec<&Revision> =
        revisions.iter().filter(|it| lineage.contains(it.id.as_str())).collect();
    if args.sql {
        return scripts(project, &wanted, true);
    }
    let connection = project.connect_or_create().await?;
    let history = current(&connection).await?;
    check_known(&history, &revisions)?;
    let dialect = connection.dialect();
    let migrations = wanted
        .iter()
        .map(|revision| migration(revision, &revision.up, dialect))
        .collect::<Result<Vec<_>, _>>()?;
    let mut told = Told::default();
    let ran: BTreeSet<String> =
        upgrade(&connection, &migrations, WAIT, &mut told).await?.into_iter().collect();
    for revision in wanted.iter().filter(|it| ran.contains(&it.id)) {
        output::result(&format!("applied {} {}\n", revision.id, revision.slug));
    }
    if ran.is_empty() {
        output::note("nothing to do: the database is up to date");
    }
    Ok(exit::DONE)
}
