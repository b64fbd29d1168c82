//! `autogen diff --adopt`: adds manual changes to the history. They become a revision from
//! the last revision's schema to the actual one, which databases that already have the
//! changes only record.

use autogen_plan::Options;
use autogen_plan::emit::Header;

use super::show::show;
use crate::args::Diff;
use crate::comparing::{Sides, make};
use crate::config::Layout;
use crate::drift::Drift;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::writing;

pub(super) async fn run(
    project: &Project,
    args: &Diff,
    drift: Option<Drift>,
    sides: Sides,
    parent: Option<String>,
    revision: String,
) -> Result<u8, Error> {
    if sides.from.connection.is_none() || project.folder.snapshot()?.is_none() {
        return Err(Error::usage(
            "A0632",
            "there is nothing to compare with",
            "name a database at the head of the migrations; their schema.json is required, too",
        ));
    }
    let Some(drift) = drift else {
        output::note("nothing was changed by hand");
        return Ok(exit::DONE);
    };
    if let Some(refusal) = drift.plan.up.refusals.first() {
        return Err(Error::refused(
            refusal.code,
            format!("{}: {}", refusal.object, refusal.message),
            &refusal.hint,
        ));
    }
    let rest = make(&sides, &Options::default()).await?;
    if !revision.is_empty() {
        let header = Header {
            revision,
            parents: parent.into_iter().collect(),
            message: args.message.clone().unwrap_or_else(|| "adopt".to_owned()),
            adopted: drift.adopted(&sides.from),
            ..Header::default()
        };
        // It is recorded or run as a whole, so it is kept in one file.
        writing::plan(project, Layout::Autogen, &drift.plan, &Options::default(), header)?;
    }
    show(&drift.plan, args)?;
    drift.tell_unsaid(&rest);
    if !rest.is_empty() {
        output::note("next, write what the models change: `autogen upgrade`, then `autogen diff`");
    }
    Ok(if args.exit_code { exit::DIFFERENT } else { exit::DONE })
}
