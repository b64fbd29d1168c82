//! `autogen stamp`: records the revisions of a database, and runs nothing.

use autogen_live::history::{current, mark};
use autogen_live::revisions::{known, row};

use crate::args::Stamp;
use crate::baseline;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::timeouts::WAIT;

pub(super) async fn run(project: &Project, args: &Stamp) -> Result<u8, Error> {
    project.require_sql(
        "stamp",
        "SeaORM keeps its own history: put the rows into its table by hand",
    )?;
    if args.baseline {
        let revision = baseline::write(project, args.revision.as_deref()).await?;
        output::result(&format!("stamped {revision}\n"));
        return Ok(exit::DONE);
    }
    let revisions = project.folder.revisions()?;
    let mut goals = Vec::new();
    for name in &args.revisions {
        goals.extend(revisions.find_all(name)?);
    }
    let connection = project.connect_or_create().await?;
    if !args.purge {
        known(current(&connection).await?, &revisions)?;
    }
    let lineage = revisions.lineage_of(&goals);
    let rows: Vec<_> =
        revisions.iter().filter(|it| lineage.contains(it.id.as_str())).map(row).collect();
    mark(&connection, &rows, WAIT).await?;
    let heads = revisions.tips(&lineage);
    for head in &heads {
        output::result(&format!("stamped {} {}\n", head.id, head.slug));
    }
    if heads.is_empty() {
        output::result("stamped base\n");
    }
    Ok(exit::DONE)
}
