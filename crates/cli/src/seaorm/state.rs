//! The SeaORM migrations of a database, and the snapshot after them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use autogen_dialect::Dialect;
use autogen_live::history::Applied;
use autogen_live::revisions::{known, pending};
use autogen_live::{Connection, seaql};
use autogen_plan::Revisions;
use autogen_schema::{Schema, Snapshot};

use super::Crate;
use crate::error::Error;
use crate::folder::write_all;
use crate::loaded::Loaded;
use crate::output;
use crate::project::Project;
use crate::source::Source;

/// The history of a database, in the order of the migrator's list.
pub(crate) async fn history(
    project: &Project,
    connection: &Connection,
    revisions: &Revisions,
) -> Result<Vec<Applied>, Error> {
    let migrations = Crate::open(&project.folder.path)?;
    let found = seaql::applied(connection, migrations.table()).await?;
    let mut rows: BTreeMap<String, Applied> =
        found.into_iter().map(|row| (row.revision.id.clone(), row)).collect();
    let mut history = Vec::new();
    for revision in revisions.iter() {
        if let Some(mut row) = rows.remove(&revision.id) {
            row.revision.parents.clone_from(&revision.parents);
            history.push(row);
        }
    }
    // A migration that an expression creates has an unknown name.
    if migrations.is_plain() {
        history.extend(rows.into_values());
    }
    Ok(history)
}

/// Writes the head's snapshot from a database that has all migrations, unless it exists.
/// Returns its path, if it was written.
pub(crate) async fn settle(project: &Project) -> Result<Option<PathBuf>, Error> {
    let revisions = project.folder.revisions()?;
    let head = revisions.head()?.map(|it| it.id.clone());
    let path = project.folder.snapshot_path();
    let before = match project.folder.snapshot() {
        Ok(before) => before,
        // Git may leave conflict marks in it, which this repairs.
        Err(error) => {
            output::note(&format!("{}: it is rewritten", error.message));
            None
        }
    };
    if before.as_ref().is_some_and(|it| it.revision == head) {
        return Ok(None);
    }
    let Some(url) = &project.database_url else {
        return Err(behind("no database is given that has all migrations"));
    };
    // A project may start without models.
    let models = Source::Models(project.models.clone()).load(project, BTreeSet::new()).await.ok();
    let expected = models.as_ref().map(Loaded::namespaces).unwrap_or_default();
    let loaded = Source::Database(url.clone()).load(project, expected).await?;
    let (Some(connection), Some(dialect)) = (&loaded.connection, loaded.dialect) else {
        return Err(behind("no database is given"));
    };
    let history = known(project.history(connection, &revisions).await?, &revisions)?;
    let pending = pending(&history, &revisions);
    if !pending.is_empty() {
        let ids: Vec<&str> = pending.iter().map(|it| it.id.as_str()).collect();
        return Err(behind(&format!("the database lacks {}", ids.join(", "))));
    }
    let mut schema = dialect.canonicalize(&loaded.declared.schema);
    if let Some(models) = models {
        let default = connection.default_schema().await?;
        schema = named(models, dialect, default.as_deref(), schema, before.as_ref())?;
    }
    let snapshot = Snapshot {
        dialect: Some(dialect.name().to_owned()),
        revision: head,
        ..Snapshot::new(Schema { unsupported: Vec::new(), ..schema })
    };
    write_all(&[(path.clone(), snapshot.to_json())])?;
    Ok(Some(path))
}

/// The objects of a schema that models name, or named before: others are not part of the
/// history, so that they are never dropped.
fn named(
    mut models: Loaded,
    dialect: Dialect,
    default_schema: Option<&str>,
    existing: Schema,
    before: Option<&Snapshot>,
) -> Result<Schema, Error> {
    models.complete(dialect, default_schema)?;
    let mut declared = models.declared;
    let nothing = Schema::default();
    declared.leave_unknown(&existing, before.map_or(&nothing, |snapshot| &snapshot.schema));
    let unknown = declared.unknown.iter().filter(|name| !declared.skipped.contains(*name));
    Ok(existing.without_unknown(&unknown.cloned().collect()))
}

fn behind(why: &str) -> Error {
    Error::refused(
        "A0658",
        format!("the schema after the migrations is unknown: {why}"),
        "upgrade a database to the last migration by `autogen upgrade` with DATABASE_URL, then \
         `autogen merge` writes schema.json",
    )
}
