//! `autogen current`.

use std::collections::BTreeSet;

use autogen_live::history::{Applied, State};
use autogen_live::revisions::{known, pending};
use autogen_plan::Revision;
use autogen_schema::counted;

use crate::args::Current;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

pub(super) async fn run(project: &Project, args: &Current) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    let connection = project.connect_to_read().await?;
    let history = known(project.history(&connection, &revisions).await?, &revisions)?;
    for row in history.iter().filter(|row| row.state != State::Done) {
        output::note(&format!(
            "revision {} is {}: {} of {} done; `autogen upgrade` continues",
            row.revision.id,
            row.state,
            row.steps_done,
            counted(row.steps_total, "statement")
        ));
    }
    let heads = revisions.heads();
    for id in tips(&history) {
        let head = if heads.iter().any(|it| it.id == id) { " (head)" } else { "" };
        let title = revisions.get(&id).map_or_else(|| id.clone(), Revision::title);
        output::result(&format!("{title}{head}\n"));
    }
    if history.is_empty() {
        output::note("no revision is applied");
    }
    let pending = pending(&history, &revisions);
    if args.check_heads && !pending.is_empty() {
        let ids: Vec<&str> = pending.iter().map(|it| it.id.as_str()).collect();
        output::note(&format!("the database lacks {}", ids.join(", ")));
        return Ok(exit::DIFFERENT);
    }
    Ok(exit::DONE)
}

/// The applied revisions without an applied child.
fn tips(history: &[Applied]) -> Vec<String> {
    let parents: BTreeSet<&String> = history.iter().flat_map(|it| &it.revision.parents).collect();
    let tips = history.iter().filter(|row| !parents.contains(&row.revision.id));
    tips.map(|row| row.revision.id.clone()).collect()
}
