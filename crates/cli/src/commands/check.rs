//! `autogen check`: is a migration missing, or not applied? It writes nothing.

use autogen_live::revisions::{known, pending};
use autogen_plan::{Options, emit};

use super::diff::{make, sides};
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::source::Source;

pub(super) async fn run(project: &Project) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    revisions.head()?;
    let live = project.database_url.is_some();
    let name = if live { "database" } else { "migrations" };
    let from = Source::parse(name, project)?;
    let sides = sides(project, &from, &Source::Models(project.models.clone())).await?;
    let mut code = exit::DONE;
    if let Some(connection) = &sides.from.connection {
        let history = known(project.history(connection, &revisions).await?, &revisions)?;
        for revision in pending(&history, &revisions) {
            output::result(&format!("pending: {}\n", revision.title()));
            code = exit::DIFFERENT;
        }
    }
    if code == exit::DIFFERENT {
        output::note("run `autogen upgrade`, then check again");
        return Ok(code);
    }
    let plan = make(&sides, &Options::default()).await?;
    if plan.is_empty() {
        output::note("the models and what is there are the same");
        return Ok(exit::DONE);
    }
    output::coloured(&emit::text(&plan));
    output::note("a migration is missing: `autogen diff` writes it");
    Ok(exit::DIFFERENT)
}
