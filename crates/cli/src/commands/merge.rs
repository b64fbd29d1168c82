//! `autogen merge`: joins branches, after a look at what each of them changes.

use std::collections::BTreeSet;

use autogen_plan::emit::Header;
use autogen_plan::{Plan, Revision, RevisionError, Revisions, emit};
use autogen_schema::{Change, Schema, Snapshot, TableChange};

use super::naming;
use crate::args::Merge;
use crate::config::Format;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::replay::Replay;
use crate::seaorm;
use crate::source::Source;
use crate::writing;

pub(super) async fn run(project: &Project, args: &Merge) -> Result<u8, Error> {
    if project.config.format == Format::SeaOrm {
        // Git has merged the list; what it leads to is in question.
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
    // With other heads beside it, no schema is that of the head.
    let others = revisions.heads().iter().any(|it| !heads.iter().any(|head| head.id == it.id));
    let snapshot = Snapshot {
        dialect: Some(dialect.name().to_owned()),
        revision: Some(id),
        ..Snapshot::new(Schema { unsupported: Vec::new(), ..schema })
    };
    writing::empty(project, &header, dialect, Some(snapshot).filter(|_| !others))?;
    Ok(exit::DONE)
}

/// What is merged: the revisions that were named, or all heads; none twice,
/// and none that another one comes after.
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

/// The project, and its revisions.
pub(super) struct Work<'a> {
    pub(super) project: &'a Project,
    pub(super) revisions: &'a Revisions,
    pub(super) expected: BTreeSet<String>,
}

impl Work<'_> {
    pub(super) async fn replay(&self) -> Result<Replay<'_>, Error> {
        Replay::open(self.project, self.revisions, &self.expected).await
    }

    /// The revisions of a set, parents first.
    pub(super) fn sorted(&self, ids: &BTreeSet<&str>) -> Vec<&Revision> {
        self.revisions.iter().filter(|it| ids.contains(it.id.as_str())).collect()
    }

    /// Refuses where two branches touch the same thing, or where it matters
    /// which of them runs first.
    pub(super) async fn compare(
        &self,
        one: &Revision,
        other: &Revision,
        allow_unrelated: bool,
    ) -> Result<(), Error> {
        let lineages = (self.revisions.lineage(&one.id), self.revisions.lineage(&other.id));
        let common: BTreeSet<&str> = lineages.0.intersection(&lineages.1).copied().collect();
        if common.is_empty() && !allow_unrelated {
            let (one, other) = (one.id.clone(), other.id.clone());
            return Err(RevisionError::Unrelated { one, other }.into());
        }
        let own = |all: &BTreeSet<&str>| {
            self.sorted(&all.difference(&common).copied().collect::<BTreeSet<_>>())
        };
        let (left, right) = (own(&lineages.0), own(&lineages.1));
        let base = self.sorted(&common);
        let first = self.replay().await?;
        let outcome = walk(&first, &base, &left, &right).await;
        let outcome = first.close(outcome).await?;
        let second = self.replay().await?;
        let reverse = walk(&second, &base, &right, &left).await;
        let compared = match reverse {
            Ok(reverse) => told(&second, one, other, &outcome, &reverse).await,
            Err(error) => Err(error),
        };
        second.close(compared).await
    }

    /// The schema behind all of them.
    async fn joined(
        &self,
        heads: &[&Revision],
    ) -> Result<(autogen_dialect::Dialect, Schema), Error> {
        let replay = self.replay().await?;
        let dialect = replay.dialect();
        let all = self.sorted(&self.revisions.lineage_of(heads));
        let outcome = match replay.up(&all).await {
            Ok(()) => replay.schema().await,
            Err(error) => Err(error),
        };
        Ok((dialect, replay.close(outcome).await?))
    }
}

/// What one branch changes, and where both together end.
struct Walk {
    changes: Vec<Change>,
    end: Result<Schema, Error>,
}

async fn walk(
    replay: &Replay<'_>,
    base: &[&Revision],
    first: &[&Revision],
    second: &[&Revision],
) -> Result<Walk, Error> {
    replay.up(base).await?;
    let before = replay.schema().await?;
    replay.up(first).await?;
    let after = replay.schema().await?;
    let plan: Plan = replay.difference(&before, &after).await?;
    // Where both change the same thing, the second may fail on the first.
    let end = match replay.up(second).await {
        Ok(()) => replay.schema().await,
        Err(error) => Err(error),
    };
    Ok(Walk { changes: plan.up.changes, end })
}

async fn told(
    replay: &Replay<'_>,
    one: &Revision,
    other: &Revision,
    left: &Walk,
    right: &Walk,
) -> Result<(), Error> {
    let conflicts = conflicts(&left.changes, &right.changes);
    if !conflicts.is_empty() {
        return Err(Error::refused(
            "A0516",
            format!("{} and {} both change {}", one.id, other.id, conflicts.join(", ")),
            "decide what shall be: undo one of the two, and write it anew on top of the other by \
             `autogen diff`; `autogen revision --head heads` merges without a look",
        ));
    }
    let (left, right) = (left.end.as_ref(), right.end.as_ref());
    let (left, right) = (left.map_err(Error::clone)?, right.map_err(Error::clone)?);
    let plan = replay.difference(left, right).await?;
    if plan.is_empty() {
        return Ok(());
    }
    output::coloured(&emit::text(&plan));
    Err(Error::refused(
        "A0517",
        format!("it matters whether {} or {} runs first", one.id, other.id),
        "put one on top of the other by its line `-- parents:`",
    ))
}

/// What both sides change: the same object, or a table as a whole and
/// something in it.
pub(crate) fn conflicts(left: &[Change], right: &[Change]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for one in left {
        for other in right {
            if one.object() == other.object() {
                found.insert(one.object());
            }
            let shared = one.table().filter(|table| other.table() == Some(table));
            if let Some(table) = shared
                && (is_whole(one) || is_whole(other))
            {
                found.insert(table.to_string());
            }
        }
    }
    found.into_iter().collect()
}

/// Whether a table comes, goes, or gets another name.
fn is_whole(change: &Change) -> bool {
    matches!(
        change,
        Change::Table(TableChange::Create(_) | TableChange::Drop(_) | TableChange::Rename(_))
    )
}
