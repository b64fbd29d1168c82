//! `autogen heads` and `autogen branches`.

use crate::args::Listing;
use crate::details::{details, marks};
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

/// The revisions without children.
pub(super) fn heads(project: &Project, args: &Listing) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    for head in revisions.heads() {
        let text = match args.verbose {
            true => details(&revisions, head),
            false => format!("{}{}\n", head.title(), marks(&revisions, head)),
        };
        output::result(&text);
    }
    if revisions.heads().len() > 1 {
        output::note(
            "several heads: `autogen merge` joins them, `autogen rebase REV` puts one after the other",
        );
    }
    Ok(exit::DONE)
}

/// The revisions with several children, and these.
pub(super) fn branches(project: &Project, args: &Listing) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    for point in revisions.branch_points() {
        let text = match args.verbose {
            true => details(&revisions, point),
            false => format!("{}{}\n", point.title(), marks(&revisions, point)),
        };
        output::result(&text);
        for child in revisions.children(&point.id) {
            output::result(&format!(
                "    -> {} {}{}\n",
                child.id,
                child.slug,
                marks(&revisions, child)
            ));
        }
    }
    Ok(exit::DONE)
}
