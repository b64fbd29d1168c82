//! `autogen show`: one migration, with everything that is known about it.

use crate::args::Show;
use crate::config::Format;
use crate::details::details;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

pub(super) fn run(project: &Project, args: &Show) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    for revision in revisions.find_all(&args.revision)? {
        output::result(&details(&revisions, revision));
        let file = |up| project.folder.file_of(revision, up);
        output::result(&format!("{}\n\n", file(true)?.display()));
        match project.config.format {
            Format::Sql => output::sql(&revision.up),
            Format::SeaOrm => output::data(&revision.up),
        }
        if let Some(down) = revision.down.as_ref().filter(|_| args.down) {
            output::result(&format!("\n{}\n\n", file(false)?.display()));
            output::sql(down);
        }
    }
    Ok(exit::DONE)
}
