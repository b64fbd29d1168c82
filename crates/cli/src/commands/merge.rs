//! `autogen merge`: joins branches, after comparing their changes.

use std::collections::BTreeSet;

use autogen_plan::emit::Header;
use autogen_plan::{Revision, Revisions};
use autogen_schema::{Schema, Snapshot};

use crate::args::Merge;
use crate::branches::Work;
use crate::config::Format;
use crate::error::{Error, exit};
use crate::naming;
use crate::output;
use crate::project::Project;
use crate::seaorm;
use crate::source::Source;
use crate::writing;

pub(super) async fn run(project: &Project, args: &Merge) -> Result<u8, Error> {
    if project.config.format == Format::SeaOrm {
        // Git has merged the list; its result may be uncertain.
        match seaorm::settle(project).await? {
            Some(path) => output::note(&format!("wrote {}", path.display())),
            None => output::note("schema.json is of the last migration: nothing to merge"),
        }
        return Ok(exit::DONE);
    }
    let revisions = project.folder.revisions()?;
    let heads = heads(&revisions, &args.revisions)?;
    if heads.len() < 2 {
        output::note("there is one head: nothing to merge");
        return Ok(exit::DONE);
    }
    let id = naming::revision(args.revision.as_deref(), &revisions)?;
    let models = Source::Models(project.models.clone());
    let expected = models.load(project, BTreeSet::new()).await?.namespaces();
    let work = Work { project, revisions: &revisions, expected };
    for (at, one) in heads.iter().enumerate() {
        for other in &heads[at + 1..] {
            work.compare(one, other, args.allow_unrelated).await?;
        }
    }
    let (dialect, schema) = work.joined(&heads).await?;
    let ids: Vec<String> = heads.iter().map(|it| it.id.clone()).collect();
    let message = args.message.clone().unwrap_or_else(|| format!("merge {}", ids.join(" and ")));
    let header = Header { revision: id.clone(), parents: ids, message, ..Header::default() };
    // With other heads, there is no single head's schema.
    let others = revisions.heads().iter().any(|it| !heads.iter().any(|head| head.id == it.id));
    let snapshot = Snapshot {
        dialect: Some(dialect.name().to_owned()),
        revision: Some(id),
        ..Snapshot::new(Schema { unsupported: Vec::new(), ..schema })
    };
    writing::empty(project, &header, dialect, Some(snapshot).filter(|_| !others))?;
    Ok(exit::DONE)
}

/// The revisions to merge: the named ones, or all heads; without duplicates, and without
/// ancestors of another one.
fn heads<'r>(revisions: &'r Revisions, named: &[String]) -> Result<Vec<&'r Revision>, Error> {
    if named.is_empty() {
        return Ok(revisions.heads());
    }
    let mut ids = BTreeSet::new();
    for name in named {
        ids.extend(revisions.find_all(name)?.into_iter().map(|it| it.id.as_str()));
    }
    let found = revisions.iter().filter(|it| ids.contains(it.id.as_str()));
    let open =
        |it: &&Revision| !revisions.descendants(&it.id).iter().any(|later| ids.contains(*later));
    Ok(found.filter(open).collect())
}
