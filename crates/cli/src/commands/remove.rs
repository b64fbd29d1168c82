//! `autogen remove`: takes back the newest migration, before it was applied anywhere.

use std::collections::BTreeSet;

use autogen_live::history::State;
use autogen_live::repair::{Repair, repair};
use autogen_plan::emit::Header;
use autogen_plan::{Revision, Revisions};
use autogen_schema::{Schema, Snapshot};

use crate::args::Remove;
use crate::error::{Error, exit};
use crate::git;
use crate::output;
use crate::project::Project;
use crate::replay::Replay;
use crate::source::Source;
use crate::timeouts::WAIT;

pub(super) async fn run(project: &Project, args: &Remove) -> Result<u8, Error> {
    project.require_sql(
        "remove",
        "delete its file and its line in the list of migrations, and bring schema.json back \
         from version control",
    )?;
    let revisions = project.folder.revisions()?;
    let Some(revision) = newest(&revisions, args.revision.as_deref())? else {
        output::note("there are no migrations");
        return Ok(exit::DONE);
    };
    let failed = require_unapplied(project, &revisions, revision).await?;
    // First what may fail: until then, nothing is changed.
    let before = before(project, &revisions, revision).await?;
    if failed {
        let connection = project.connect().await?;
        repair(&connection, &revision.id, Repair::Forget, None, WAIT).await?;
    }
    project.folder.take_back(revision, before.as_ref())?;
    output::note(&format!("removed {} {}", revision.id, revision.message));
    Ok(exit::DONE)
}

/// The head, or the named revision, which no other comes after.
fn newest<'r>(
    revisions: &'r Revisions,
    named: Option<&str>,
) -> Result<Option<&'r Revision>, Error> {
    let Some(name) = named else { return Ok(revisions.head()?) };
    let found = revisions.find(name)?;
    match revisions.descendants(&found.id).iter().next() {
        None => Ok(Some(found)),
        Some(later) => Err(Error::refused(
            "A0643",
            format!("revision {later} comes after {}", found.id),
            "remove that one first",
        )),
    }
}

/// Refuses a revision that the database has. Without a database, nobody is asked. Returns
/// whether the history holds it although its first statement failed: a database that can't roll
/// DDL back keeps the row.
async fn require_unapplied(
    project: &Project,
    revisions: &Revisions,
    revision: &Revision,
) -> Result<bool, Error> {
    if project.database_url.is_none() {
        output::note("no database was asked whether it is applied there");
        return Ok(false);
    }
    let connection = project.connect_to_read().await?;
    let history = project.history(&connection, revisions).await?;
    let Some(row) = history.iter().find(|row| row.revision.id == revision.id) else {
        return Ok(false);
    };
    if row.state == State::Failed && row.steps_done == 0 {
        return Ok(true);
    }
    Err(Error::refused(
        "A0643",
        format!("revision {} is applied in the database, in whole or in part", revision.id),
        "undo it first: `autogen downgrade`; other databases that ran it would no longer find \
         its file",
    ))
}

/// The snapshot of the revision before; none before the first. Version control has it as it
/// was, with the tables that the models named; else the migrations tell the schema.
async fn before(
    project: &Project,
    revisions: &Revisions,
    revision: &Revision,
) -> Result<Option<Snapshot>, Error> {
    let parent = match revision.parents.as_slice() {
        [] => return Ok(None),
        [parent] => parent,
        _several => {
            return Err(Error::refused(
                "A0643",
                format!("revision {} joins branches", revision.id),
                "delete its files, and bring schema.json back from version control",
            ));
        }
    };
    if let Some(snapshot) = unchanged(project, revision)? {
        return Ok(Some(Snapshot { revision: Some(parent.clone()), ..snapshot }));
    }
    let path = project.folder.snapshot_path();
    let is_parents = |snapshot: &Snapshot| snapshot.revision.as_ref() == Some(parent);
    let known = git::versions(&path).into_iter().flatten();
    let known = known.filter_map(|text| Snapshot::from_json(&text).ok()).find(is_parents);
    match known {
        Some(snapshot) => Ok(Some(snapshot)),
        None => replayed(project, revisions, parent).await.map(Some),
    }
}

/// The snapshot of a revision by hand, which `autogen revision` took over from its parent: the
/// header of a planned one has the fingerprints of two schemas.
fn unchanged(project: &Project, revision: &Revision) -> Result<Option<Snapshot>, Error> {
    let by_hand = revision.replaces.is_empty()
        && Header::parse(&revision.up).is_ok_and(|it| it.before.is_none() && it.after.is_none());
    if !by_hand {
        return Ok(None);
    }
    let is_its = |snapshot: &Snapshot| snapshot.revision.as_ref() == Some(&revision.id);
    Ok(project.folder.snapshot()?.filter(is_its))
}

/// The result of all migrations up to the parent, on a scratch database.
async fn replayed(
    project: &Project,
    revisions: &Revisions,
    parent: &str,
) -> Result<Snapshot, Error> {
    let models = Source::Models(project.models.clone());
    let expected = models.load(project, BTreeSet::new()).await?.namespaces();
    let lineage = revisions.lineage(parent);
    let earlier: Vec<&Revision> =
        revisions.iter().filter(|it| lineage.contains(it.id.as_str())).collect();
    let replay = Replay::open(project, revisions, &expected).await?;
    let dialect = replay.dialect();
    let ran = replay.up(&earlier).await;
    let schema = match ran {
        Ok(()) => replay.schema().await,
        Err(error) => Err(error),
    };
    let schema = replay.close(schema).await?;
    Ok(Snapshot {
        dialect: Some(dialect.name().to_owned()),
        revision: Some(parent.to_owned()),
        ..Snapshot::new(Schema { unsupported: Vec::new(), ..schema })
    })
}
