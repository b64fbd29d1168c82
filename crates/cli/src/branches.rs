//! Compares the branches of a history by running them.

use std::collections::BTreeSet;

use autogen_plan::{Plan, Revision, RevisionError, Revisions, emit};
use autogen_schema::{Change, Schema};

use crate::conflicts::conflicts;
use crate::error::Error;
use crate::output;
use crate::project::Project;
use crate::replay::Replay;
/// The project and its revisions.
pub(crate) struct Work<'a> {
    pub(crate) project: &'a Project,
    pub(crate) revisions: &'a Revisions,
    pub(crate) expected: BTreeSet<String>,
}

impl Work<'_> {
    pub(crate) async fn replay(&self) -> Result<Replay<'_>, Error> {
        Replay::open(self.project, self.revisions, &self.expected).await
    }

    /// The revisions of a set, parents first.
    pub(crate) fn sorted(&self, ids: &BTreeSet<&str>) -> Vec<&Revision> {
        self.revisions.iter().filter(|it| ids.contains(it.id.as_str())).collect()
    }

    /// Refuses if two branches change the same object, or if their order matters.
    pub(crate) async fn compare(
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

    /// The schema after all of them.
    pub(crate) async fn joined(
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

/// The changes of one branch, and the schema after both.
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
    // If both change the same object, the second may fail after the first.
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
            "decide which result is intended: undo one of the two, and write it again after the \
             other by `autogen diff`; `autogen revision --head heads` merges without this check",
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
        "make one the child of the other by its line `-- parents:`",
    ))
}
