//! What a database has of SeaORM's migrations, and the snapshot behind them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use autogen_live::history::Applied;
use autogen_live::revisions::{known, pending};
use autogen_live::{Connection, seaql};
use autogen_plan::Revisions;
use autogen_schema::{Schema, Snapshot};

use super::Crate;
use crate::error::Error;
use crate::folder::write_all;
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
    // Where an expression makes a migration, its name is not known here.
    if migrations.is_plain() {
        history.extend(rows.into_values());
    }
    Ok(history)
}

/// Writes the snapshot at the head from a database that has all migrations,
/// unless it is there. Gives its path, if it was written.
pub(crate) async fn settle(project: &Project) -> Result<Option<PathBuf>, Error> {
    let revisions = project.folder.revisions()?;
    let head = revisions.head()?.map(|it| it.id.clone());
    let path = project.folder.snapshot_path();
    if let Ok(Some(snapshot)) = project.folder.snapshot()
        && snapshot.revision == head
    {
        return Ok(None);
    }
    let Some(url) = &project.database_url else {
        return Err(behind("no database is given that has all migrations"));
    };
    let models = Source::Models(project.models.clone());
    let expected = match models.load(project, BTreeSet::new()).await {
        Ok(models) => models.namespaces(),
        // A project may begin without models.
        Err(_) => BTreeSet::new(),
    };
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
    let schema = dialect.canonicalize(&loaded.declared.schema);
    let snapshot = Snapshot {
        dialect: Some(dialect.name().to_owned()),
        revision: head,
        ..Snapshot::new(Schema { unsupported: Vec::new(), ..schema })
    };
    write_all(&[(path.clone(), snapshot.to_json())])?;
    Ok(Some(path))
}

fn behind(why: &str) -> Error {
    Error::refused(
        "A0658",
        format!("what the migrations lead to is not known: {why}"),
        "bring a database to the last migration, as by `autogen upgrade` with DATABASE_URL, then \
         `autogen merge` writes schema.json",
    )
}
