//! `autogen history`.

use autogen_live::history::current;

use crate::args::History;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

pub(super) async fn run(project: &Project, args: &History) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    let applied = match args.verbose && project.database_url.is_some() {
        true => Some(current(&project.connect().await?).await?),
        false => None,
    };
    let heads = revisions.heads();
    let mut text = String::new();
    for revision in revisions.iter().rev() {
        let head = if heads.iter().any(|it| it.id == revision.id) { " (head)" } else { "" };
        text.push_str(&format!("{} {}{head}\n", revision.id, revision.slug));
        if !args.verbose {
            continue;
        }
        let parents = match revision.parents.as_slice() {
            [] => "none".to_owned(),
            parents => parents.join(", "),
        };
        text.push_str(&format!("    parents: {parents}\n"));
        if !revision.message.is_empty() {
            text.push_str(&format!("    message: {}\n", revision.message));
        }
        if let Some(rows) = &applied {
            let row = rows.iter().find(|row| row.revision.id == revision.id);
            let state = row.map_or("pending".to_owned(), |row| {
                let at = row.finished_at.as_deref().unwrap_or(&row.started_at);
                format!("{} {at}", row.state)
            });
            text.push_str(&format!("    state: {state}\n"));
        }
    }
    output::result(&text);
    if revisions.is_empty() {
        output::note("there are no migrations; `autogen diff` writes one");
    }
    Ok(exit::DONE)
}
