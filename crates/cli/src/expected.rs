//! The expected schema of a database at some revision. For the head it is in `schema.json`;
//! for an earlier one it is an earlier version of that file in git, or on SQLite the result
//! of a run in memory. Otherwise it would need a scratch database, and commands that only
//! read create none.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_live::Connection;
use autogen_live::history::{Applied, State};
use autogen_live::revisions::{known, pending};
use autogen_plan::{Revision, Revisions};
use autogen_schema::{Schema, Snapshot, counted};

use crate::config::Format;
use crate::error::Error;
use crate::git;
use crate::project::Project;
use crate::replay::Replay;

/// The expected schema of a database with this history; `None` if it is unknown, or if a
/// revision stopped in the middle.
pub(crate) async fn expected(
    project: &Project,
    revisions: &Revisions,
    history: &[Applied],
    dialect: Dialect,
) -> Result<Option<Schema>, Error> {
    let pending: BTreeSet<&str> =
        pending(history, revisions).iter().map(|it| it.id.as_str()).collect();
    let applied: Vec<&Revision> =
        revisions.iter().filter(|it| !pending.contains(it.id.as_str())).collect();
    if history.iter().any(|row| row.state != State::Done) {
        return Ok(None);
    }
    let ids: BTreeSet<&str> = applied.iter().map(|it| it.id.as_str()).collect();
    // If only some branches are applied, no single revision describes the schema.
    let Some(tip) = applied.iter().find(|it| revisions.lineage(&it.id) == ids) else {
        return Ok(None);
    };
    let says = |snapshot: &Snapshot| snapshot.revision.as_deref() == Some(tip.id.as_str());
    let at_head = project.folder.snapshot()?.filter(&says);
    let path = project.folder.snapshot_path();
    let snapshot = at_head.or_else(|| {
        git::versions(&path)
            .into_iter()
            .flatten()
            .find_map(|text| Snapshot::from_json(&text).ok().filter(&says))
    });
    if let Some(snapshot) = snapshot {
        return Ok(Some(snapshot.schema));
    }
    // SeaORM's migrations are Rust programs.
    if pending.is_empty() || project.config.format == Format::SeaOrm {
        return Ok(None);
    }
    let Some(replay) = Replay::embedded(project, dialect).await? else { return Ok(None) };
    let led = match replay.up(&applied).await {
        Ok(()) => replay.schema().await.map(Some),
        // A failed run is reported elsewhere.
        Err(_) => Ok(None),
    };
    replay.close(led).await
}

/// Refuses to compare a database that lacks migrations: its difference to the models would
/// contain them again.
pub(crate) async fn require_head(
    project: &Project,
    connection: &Connection,
    revisions: &Revisions,
) -> Result<(), Error> {
    let history = known(project.history(connection, revisions).await?, revisions)?;
    let pending = pending(&history, revisions);
    if pending.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = pending.iter().map(|it| it.id.as_str()).collect();
    Err(Error::refused(
        "A0512",
        format!("the database lacks {}: {}", counted(ids.len(), "migration"), ids.join(", ")),
        "run `autogen upgrade` first, or compare with --dry-run; `autogen remove` takes back a \
         migration that was never applied",
    ))
}
