//! `autogen downgrade`.

use std::collections::BTreeSet;

use autogen_live::revisions::{migration, way_back};
use autogen_live::run::downgrade;
use autogen_plan::{Revision, Revisions};

use super::progress::Told;
use super::runner::{self, scripts};
use super::upgrade::NO_SCRIPT;
use crate::args::Downgrade;
use crate::config::Format;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;

pub(super) async fn run(project: &Project, args: &Downgrade) -> Result<u8, Error> {
    if args.sql {
        project.require_sql("downgrade --sql", NO_SCRIPT)?;
    }
    if project.config.format == Format::SeaOrm {
        return super::crated::down(project, &args.revision).await;
    }
    let revisions = project.folder.revisions()?;
    if args.sql {
        // Without a database, the way back starts at the head.
        let applied: Vec<&Revision> = revisions.iter().collect();
        return scripts(project, &back(&revisions, &applied, &args.revision)?, false);
    }
    let connection = project.connect().await?;
    let history = runner::history(&connection, &revisions).await?;
    let applied: Vec<&Revision> =
        revisions.iter().filter(|it| history.iter().any(|row| row.revision.id == it.id)).collect();
    let undone = back(&revisions, &applied, &args.revision)?;
    let dialect = connection.dialect();
    let mut migrations = Vec::new();
    for revision in &undone {
        let Some(down) = way_back(revision, dialect)? else {
            return Err(no_way_back(revision));
        };
        migrations.push(migration(revision, down, dialect)?);
    }
    let settings = args.patience.settings(&project.config);
    let mut told = Told::new(args.patience.timings);
    let ran = downgrade(&connection, &migrations, settings, &mut told).await;
    drop(told);
    let ran = ran?;
    for revision in undone.iter().filter(|it| ran.contains(&it.id)) {
        output::result(&format!("undid {} {}\n", revision.id, revision.slug));
    }
    if ran.is_empty() {
        output::note("nothing to undo");
    }
    Ok(exit::DONE)
}

/// The revisions to undo, newest first.
pub(super) fn back<'r>(
    revisions: &'r Revisions,
    applied: &[&'r Revision],
    goal: &str,
) -> Result<Vec<&'r Revision>, Error> {
    let newest_first = applied.iter().rev().copied();
    if goal == "base" {
        return Ok(newest_first.collect());
    }
    if let Some(steps) = goal.strip_prefix('-') {
        let steps: usize = steps.parse().map_err(|_| {
            let hint = "write -1, -2, .., a revision, or `base`";
            Error::usage("A0617", format!("`{goal}` is no number of steps"), hint)
        })?;
        if steps > applied.len() {
            return Err(Error::usage(
                "A0617",
                format!("can't go back {}: {}", counted(steps), having(applied.len())),
                "`autogen current` shows what is applied",
            ));
        }
        return Ok(newest_first.take(steps).collect());
    }
    // What stands beside the goal, on another branch, stays.
    let goals = revisions.find_all(goal)?;
    let gone: BTreeSet<&str> =
        goals.iter().flat_map(|goal| revisions.descendants(&goal.id)).collect();
    Ok(newest_first.filter(|it| gone.contains(it.id.as_str())).collect())
}

fn counted(steps: usize) -> String {
    if steps == 1 { "1 step".to_owned() } else { format!("{steps} steps") }
}

fn having(applied: usize) -> String {
    match applied {
        0 => "none is applied".to_owned(),
        1 => "1 is applied".to_owned(),
        more => format!("{more} are applied"),
    }
}

fn no_way_back(revision: &Revision) -> Error {
    Error::refused(
        "A0618",
        format!("revision {} has no way back", revision.id),
        "write its .down.sql by hand, and take out the line `-- autogen: irreversible`",
    )
}
