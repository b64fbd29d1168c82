//! `autogen check`: is a migration missing, or not applied? It writes nothing.

use autogen_live::revisions::{known, pending};
use autogen_plan::{Options, emit};

use crate::comparing::{make, sides, tell_keyless};
use crate::drift::{self, Drift};
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::seen;
use crate::source::Source;

pub(super) async fn run(project: &Project) -> Result<u8, Error> {
    // Without files, a database with revisions lacks their files, and one without revisions
    // lacks everything in the models.
    let revisions = project.folder.revisions_or_none()?;
    revisions.head()?;
    let live = project.database_url.is_some();
    let name = if live { "database" } else { "migrations" };
    let from = Source::parse(name, project)?;
    let sides = sides(project, &from, &Source::Models(project.models.clone())).await?;
    project.require_home(sides.dialect)?;
    tell_keyless(&sides.to.declared);
    let mut code = exit::DONE;
    if let Some(connection) = &sides.from.connection {
        let history = known(project.history(connection, &revisions).await?, &revisions)?;
        for revision in pending(&history, &revisions) {
            output::result(&format!("pending: {}\n", revision.title()));
            code = exit::DIFFERENT;
        }
    }
    let behind = code == exit::DIFFERENT;
    let drift = Drift::find(project, &revisions, &sides).await?;
    if let Some(drift) = &drift {
        drift::show(drift);
        code = exit::DIFFERENT;
    }
    if behind {
        output::note("run `autogen upgrade`, then check again");
        return Ok(code);
    }
    if drift.is_some() {
        output::note("`autogen diff --adopt` writes the manual change into a migration");
    }
    let options = Options::default();
    let unread = sides.to.declared.unread.clone();
    let plan = match &drift {
        Some(drift) => drift.spare(sides, &options).await?.1,
        None => make(&sides, &options).await?,
    };
    seen::tell(project, &unread, &plan);
    if plan.is_empty() {
        let what = if drift.is_some() || !live { "migrations" } else { "database" };
        output::note(&format!("{what} and models match"));
        return Ok(code);
    }
    output::coloured(&emit::text(&plan));
    output::note("a migration is missing: `autogen diff` writes it");
    Ok(exit::DIFFERENT)
}
