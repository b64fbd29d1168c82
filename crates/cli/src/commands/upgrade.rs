//! `autogen upgrade`.

use std::collections::BTreeSet;

use autogen_live::adopt::upgrade_revisions;
use autogen_live::revisions::{done, known};

use crate::args::Upgrade;
use crate::config::Format;
use crate::error::{Error, exit};
use crate::output;
use crate::progress::Told;
use crate::project::Project;
use crate::running::{self, scripts};
use crate::seaorm_migrations::{self, NO_SCRIPT};

pub(super) async fn run(project: &Project, args: &Upgrade) -> Result<u8, Error> {
    if args.sql {
        project.require_sql("upgrade --sql", NO_SCRIPT)?;
    }
    if project.config.format == Format::SeaOrm {
        return seaorm_migrations::up(project, &args.revision).await;
    }
    let revisions = project.folder.revisions()?;
    if revisions.is_empty() {
        // A missing SQLite file is created anyway: it is needed for a comparison. A database with
        // migrations lacks their files here.
        if !args.sql {
            let connection = project.connect_or_create().await?;
            running::history(&connection, &revisions).await?;
        }
        output::note("there are no migrations; `autogen diff` writes one");
        return Ok(exit::DONE);
    }
    if args.sql {
        let (from, to) = match args.revision.split_once(':') {
            Some((from, to)) => (from, if to.is_empty() { "head" } else { to }),
            None => ("base", args.revision.as_str()),
        };
        let applied = match from {
            "current" => {
                let connection = project.connect().await?;
                known(project.history(&connection, &revisions).await?, &revisions)?
            }
            _ => Vec::new(),
        };
        let had = match from {
            "current" => done(&applied),
            "" => revisions.lineage_of(&revisions.find_all("base")?),
            from => revisions.lineage_of(&revisions.find_all(from)?),
        };
        let mut wanted = revisions.up_to(to, &had)?;
        wanted.retain(|it| !had.contains(it.id.as_str()));
        return scripts(project, &wanted, true);
    }
    // An unknown name must not create a database.
    let relative = args.revision.starts_with('+');
    if !relative {
        revisions.find_all(&args.revision)?;
    }
    let connection = project.connect_or_create().await?;
    let history = running::history(&connection, &revisions).await?;
    let wanted = revisions.up_to(&args.revision, &done(&history))?;
    let settings = args.timeouts.settings(&project.config);
    let mut told = Told::new(args.timeouts.timings);
    let scope = project.scope(BTreeSet::new());
    let ran = upgrade_revisions(&connection, &wanted, &scope, &settings, &mut told).await;
    drop(told);
    let ran: BTreeSet<String> = ran?.into_iter().collect();
    for revision in wanted.iter().filter(|it| ran.contains(&it.id)) {
        output::result(&format!("applied {} {}\n", revision.id, revision.slug));
    }
    if ran.is_empty() {
        output::note("nothing to do: the database is up to date");
    }
    Ok(exit::DONE)
}
