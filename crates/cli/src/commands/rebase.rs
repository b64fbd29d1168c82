//! `autogen rebase`: moves revisions onto another head, for example after a git merge, if the
//! branches do not change the same objects.

use std::collections::{BTreeMap, BTreeSet};

use autogen_live::history::current;
use autogen_live::revisions::way_back;
use autogen_plan::{Revision, Revisions, with_header};
use autogen_schema::{Schema, Snapshot};

use crate::args::Rebase;
use crate::branches::Work;
use crate::error::{Error, exit};
use crate::naming;
use crate::output;
use crate::project::Project;
use crate::replay::Replay;
use crate::source::Source;

pub(super) async fn run(project: &Project, args: &Rebase) -> Result<u8, Error> {
    project.require_sql("rebase", "SeaORM runs them in the order of the migrator's list")?;
    let revisions = project.folder.revisions()?;
    let mine = revisions.find(&args.revision)?;
    let heads = revisions.heads();
    let Some(onto) = onto(&revisions, mine, args)? else {
        output::note("there is one head: nothing to rebase");
        return Ok(exit::DONE);
    };
    let theirs = revisions.lineage(&onto.id);
    let ids: BTreeSet<&str> = revisions.lineage(&mine.id).difference(&theirs).copied().collect();
    let models = Source::Models(project.models.clone());
    let expected = models.load(project, BTreeSet::new()).await?.namespaces();
    let work = Work { project, revisions: &revisions, expected };
    let own = work.sorted(&ids);
    require_free(project, &revisions, &own, onto).await?;
    work.compare(mine, onto, false).await?;
    let moved = moved(&revisions, &own, onto);
    let replay = work.replay().await?;
    let proven = prove(&replay, &work.sorted(&theirs), moved).await;
    let dialect = replay.dialect();
    let (moved, schema) = replay.close(proven).await?;
    let mut files = Vec::new();
    for revision in &moved {
        let stem = format!("{}_{}", revision.id, revision.slug);
        files.push((format!("{stem}.up.sql"), revision.up.clone()));
        files.extend(revision.down.as_ref().map(|it| (format!("{stem}.down.sql"), it.clone())));
    }
    let snapshot = Snapshot {
        dialect: Some(dialect.name().to_owned()),
        revision: moved.last().map(|it| it.id.clone()),
        ..Snapshot::new(Schema { unsupported: Vec::new(), ..schema })
    };
    // With other heads, there is no single head's schema.
    let snapshot = Some(&snapshot).filter(|_| heads.len() == 2);
    let written = project.folder.write(&files, snapshot)?;
    for revision in &own {
        project.folder.remove(revision, &written)?;
    }
    for path in &written {
        output::note(&format!("wrote {}", path.display()));
    }
    for (before, after) in own.iter().zip(&moved) {
        let parents = after.parents.join(", ");
        output::result(&format!("{} is {} now, after {parents}\n", before.id, after.id));
    }
    Ok(exit::DONE)
}

/// The other head; `None` if there is none.
fn onto<'r>(
    revisions: &'r Revisions,
    mine: &Revision,
    args: &Rebase,
) -> Result<Option<&'r Revision>, Error> {
    if let Some(name) = &args.onto {
        let onto = revisions.find(name)?;
        let above =
            onto.id == mine.id || revisions.descendants(&mine.id).contains(onto.id.as_str());
        return match above {
            true => Err(Error::usage(
                "A0522",
                format!("{} can't be moved onto {}, which comes after it", mine.id, onto.id),
                "name a head of the other branch",
            )),
            false => {
                Ok(Some(onto).filter(|it| !revisions.lineage(&mine.id).contains(it.id.as_str())))
            }
        };
    }
    let heads = revisions.heads();
    if heads.len() < 2 {
        return Ok(None);
    }
    let others: Vec<&Revision> = heads.into_iter().filter(|it| it.id != mine.id).collect();
    match others.as_slice() {
        [one] => Ok(Some(one)),
        several => {
            let ids: Vec<&str> = several.iter().map(|it| it.id.as_str()).collect();
            Err(Error::usage(
                "A0522",
                format!("{} can be moved onto any of {}", mine.id, ids.join(", ")),
                "name the head to move, and by --onto the head to move it onto",
            ))
        }
    }
}

/// Refuses if other revisions depend on the moved ones, or if the database already has them
/// under their old numbers.
async fn require_free(
    project: &Project,
    revisions: &Revisions,
    moved: &[&Revision],
    onto: &Revision,
) -> Result<(), Error> {
    let ids: BTreeSet<&str> = moved.iter().map(|revision| revision.id.as_str()).collect();
    let outside = revisions.iter().filter(|revision| !ids.contains(revision.id.as_str()));
    for revision in outside {
        if let Some(inside) = revision.before().find(|id| ids.contains(id.as_str())) {
            return Err(Error::refused(
                "A0522",
                format!("{} comes after {inside}, which would move", revision.id),
                "move it first, or join the branches by `autogen merge`",
            ));
        }
    }
    if project.database_url.is_none() {
        return Ok(());
    }
    let history = current(&project.connect_or_create().await?).await?;
    let has: Vec<&str> =
        history.iter().map(|row| row.revision.id.as_str()).filter(|id| ids.contains(id)).collect();
    if has.is_empty() {
        return Ok(());
    }
    let (first, goal) = match moved.first() {
        Some(first) => (first.id.as_str(), first.parents.first().map_or("base", String::as_str)),
        None => (onto.id.as_str(), "base"),
    };
    Err(Error::refused(
        "A0523",
        format!("the database has {}, from {first} on, under the old numbers", has.join(", ")),
        &format!("run `autogen downgrade {goal}` first, then rebase, then `autogen upgrade`"),
    ))
}

/// The revisions with new parents, and with new numbers if the old ones are not later than
/// their ancestors'.
fn moved(revisions: &Revisions, own: &[&Revision], onto: &Revision) -> Vec<Revision> {
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let mut taken: Vec<String> = Vec::new();
    let mut moved = Vec::new();
    for revision in own {
        let latest = taken.last().unwrap_or(&onto.id);
        let id = match revision.id > *latest {
            true => revision.id.clone(),
            false => naming::later(revisions, &taken),
        };
        taken.push(id.clone());
        let renamed = |list: &[String], common: Option<&str>| {
            let mut found: Vec<String> = Vec::new();
            for it in list {
                let name = match (names.get(it.as_str()), common) {
                    (Some(name), _) => name.clone(),
                    (None, Some(common)) => common.to_owned(),
                    (None, None) => it.clone(),
                };
                if !found.contains(&name) {
                    found.push(name);
                }
            }
            found
        };
        let mut parents = renamed(&revision.parents, Some(&onto.id));
        if parents.is_empty() {
            parents.push(onto.id.clone());
        }
        let depends = renamed(&revision.depends, None);
        let (after, needs) = (parents.join(", "), depends.join(", "));
        let values = [("revision", id.as_str()), ("parents", &after), ("depends", &needs)];
        let up = with_header(&revision.up, &values);
        let down = revision.down.as_ref().map(|text| with_header(text, &values));
        names.insert(&revision.id, id.clone());
        moved.push(Revision { id, parents, depends, up, down, ..Revision::clone(revision) });
    }
    moved
}

/// Runs them on top of the others, up, down and up, and records the schemas before and after
/// each.
async fn prove(
    replay: &Replay<'_>,
    theirs: &[&Revision],
    moved: Vec<Revision>,
) -> Result<(Vec<Revision>, Schema), Error> {
    replay.up(theirs).await?;
    let mut now = replay.schema().await?;
    let mut proven = Vec::new();
    for revision in moved {
        let before = now;
        replay.up(&[&revision]).await?;
        now = replay.schema().await?;
        if let Some(down) = way_back(&revision, replay.dialect())? {
            replay.down(&revision, down).await?;
            let back = replay.schema().await?;
            if !replay.difference(&back, &before).await?.is_empty() {
                return Err(Error::refused(
                    "A0521",
                    format!(
                        "the way down of {} no longer restores the schema before it",
                        revision.id
                    ),
                    "correct its .down.sql; `autogen verify` shows what is missing",
                ));
            }
            replay.up(&[&revision]).await?;
        }
        let prints = (before.fingerprint(), now.fingerprint());
        let up = with_header(&revision.up, &[("before", &prints.0), ("after", &prints.1)]);
        let back = [("before", prints.1.as_str()), ("after", prints.0.as_str())];
        let down = revision.down.as_ref().map(|text| with_header(text, &back));
        proven.push(Revision { up, down, ..revision });
    }
    Ok((proven, now))
}
