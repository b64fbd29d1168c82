//! `autogen downgrade`.

use autogen_dialect::Dialect;
use autogen_lint::LOSSES;
use autogen_live::revisions::{Mismatch, read, way_back, ways_down};
use autogen_live::run::downgrade;
use autogen_plan::Revision;

use crate::args::Downgrade;
use crate::config::Format;
use crate::error::{Error, exit};
use crate::losing::{Lost, require_consent};
use crate::output;
use crate::progress::Told;
use crate::project::Project;
use crate::running::{self, scripts};
use crate::seaorm_migrations::NO_SCRIPT;

pub(super) async fn run(project: &Project, args: &Downgrade) -> Result<u8, Error> {
    if args.sql {
        project.require_sql("downgrade --sql", NO_SCRIPT)?;
    }
    if project.config.format == Format::SeaOrm {
        return crate::seaorm_migrations::down(project, args).await;
    }
    let revisions = project.folder.revisions()?;
    if args.sql {
        // Without a database, the way down starts at the head.
        let applied: Vec<&Revision> = revisions.iter().collect();
        return scripts(project, &revisions.back(&applied, &args.revision)?, false);
    }
    let connection = project.connect().await?;
    let history = running::history(&connection, &revisions).await?;
    let applied: Vec<&Revision> =
        revisions.iter().filter(|it| history.iter().any(|row| row.revision.id == it.id)).collect();
    let undone = revisions.back(&applied, &args.revision)?;
    let dialect = connection.dialect();
    let migrations = ways_down(&undone, dialect)?;
    let lost: Result<Vec<Lost>, Mismatch> = undone.iter().map(|it| lost(it, dialect)).collect();
    require_consent(&lost?, args.yes)?;
    let settings = args.timeouts.settings(&project.config);
    let mut told = Told::new(args.timeouts.timings);
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

fn lost(revision: &Revision, dialect: Dialect) -> Result<Lost, Mismatch> {
    let messages = match way_back(revision, dialect)? {
        Some(down) => read(revision, down, dialect)?.losses(dialect, &LOSSES),
        None => Vec::new(),
    };
    Ok(Lost { revision: format!("{} {}", revision.id, revision.slug), messages })
}
