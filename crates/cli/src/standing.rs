//! What a database should hold that stands at some revision. Of the head
//! `schema.json` says it; of one before it, that file as git has it from then, or
//! on SQLite a run in memory. Nobody else can tell without a database of its own,
//! and who only reads makes none.

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

/// What a database with this history should hold; `None` where nothing says it,
/// or where a revision stopped in the middle.
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
    // Where branches were applied in part, no one revision says it.
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
    // SeaORM's are Rust.
    if pending.is_empty() || project.config.format == Format::SeaOrm {
        return Ok(None);
    }
    let Some(replay) = Replay::embedded(project, dialect).await? else { return Ok(None) };
    let led = match replay.up(&applied).await {
        Ok(()) => replay.schema().await.map(Some),
        // What does not run there need not be told here.
        Err(_) => Ok(None),
    };
    replay.close(led).await
}

/// Refuses to compare a database that lacks migrations: its difference to the
/// models would hold them once more.
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
        "run `autogen upgrade` first, or compare with --dry-run",
    ))
}
