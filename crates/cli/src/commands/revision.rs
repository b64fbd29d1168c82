//! `autogen revision`: an empty migration, to be filled in by hand.

use autogen_plan::emit::Header;
use autogen_plan::{RevisionError, is_label};
use autogen_schema::Snapshot;

use crate::args::RevisionArgs;
use crate::error::unknown_dialect;
use crate::error::{Error, exit};
use crate::naming;
use crate::project::Project;
use crate::writing;

pub(super) async fn run(project: &Project, args: &RevisionArgs) -> Result<u8, Error> {
    let revisions = project.folder.revisions_or_none()?;
    let parents = match &args.head {
        Some(name) => revisions.find_all(name)?,
        None => revisions.head()?.into_iter().collect(),
    };
    let depends = args
        .depends
        .iter()
        .map(|name| revisions.find(name).map(|revision| revision.id.clone()))
        .collect::<Result<Vec<_>, _>>()?;
    let id = naming::revision(args.revision.as_deref(), &revisions)?;
    for label in &args.labels {
        if !is_label(label) || revisions.find(label).is_ok() {
            let (id, label) = (id.clone(), label.clone());
            return Err(RevisionError::BadLabel { id, label }.into());
        }
    }
    let message = args.message.clone().unwrap_or_default();
    let header = Header {
        revision: id.clone(),
        parents: parents.iter().map(|parent| parent.id.clone()).collect(),
        labels: args.labels.clone(),
        depends,
        message,
        ..Header::default()
    };
    // The schema is unchanged; at the head, the snapshot now belongs to this revision.
    let at_head = parents
        .iter()
        .map(|revision| &revision.id)
        .eq(revisions.heads().iter().map(|revision| &revision.id));
    let snapshot = project.folder.snapshot()?;
    let told = snapshot.as_ref().and_then(|snapshot| snapshot.dialect.clone());
    let dialect = match told.map(|name| name.parse()) {
        Some(Ok(dialect)) => dialect,
        Some(Err(_)) | None => project.dialect_or_server().await?.ok_or_else(unknown_dialect)?,
    };
    let snapshot = match at_head {
        true => Some(Snapshot {
            dialect: Some(dialect.name().to_owned()),
            revision: Some(id),
            ..snapshot.unwrap_or_else(|| Snapshot::new(autogen_schema::Schema::default()))
        }),
        false => None,
    };
    writing::empty(project, &header, dialect, snapshot)?;
    Ok(exit::DONE)
}
