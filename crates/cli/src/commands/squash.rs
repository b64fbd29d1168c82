//! `autogen squash`: replaces several revisions by one. It keeps the number of the last one,
//! so that its descendants are unchanged, and lists the replaced ones, so that databases that
//! have all of them continue.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_live::revisions::{read, way_back};
use autogen_plan::{Directive, Header, Plan, Revision, Revisions, body, emit};
use autogen_schema::{Change, Pair, Schema};

use crate::args::Squash;
use crate::askable::{unanswerable, without};
use crate::branches::Work;
use crate::error::{Error, exit};
use crate::naming;
use crate::output;
use crate::project::Project;
use crate::replay::Replay;
use crate::source::Source;

pub(super) async fn run(project: &Project, args: &Squash) -> Result<u8, Error> {
    project.require_sql("squash", "keep the entries that a database may still lack")?;
    let revisions = project.folder.revisions()?;
    let range = range(&revisions, &args.range)?;
    let [.., last] = range.as_slice() else {
        output::note("there are no migrations");
        return Ok(exit::DONE);
    };
    if range.len() < 2 {
        output::note("there is one revision: nothing to squash");
        return Ok(exit::DONE);
    }
    let models = Source::Models(project.models.clone());
    let expected = models.load(project, BTreeSet::new()).await?.namespaces();
    let work = Work { project, revisions: &revisions, expected };
    let header = header(&range, args);
    let base =
        work.sorted(&revisions.lineage_of(
            &header.parents.iter().filter_map(|id| revisions.get(id)).collect::<Vec<_>>(),
        ));
    let replay = work.replay().await?;
    let ends = ends(&replay, &base, &range).await;
    let dialect = replay.dialect();
    let ends = replay.close(ends).await?;
    let (up, down, kept) = texts(&range, &header, &ends, dialect)?;
    for reason in kept {
        output::note(&reason);
    }
    let one = Revision {
        id: last.id.clone(),
        slug: naming::slug(&header.message, &[]),
        parents: header.parents.clone(),
        labels: header.labels.clone(),
        depends: header.depends.clone(),
        replaces: header.replaces.clone(),
        message: header.message.clone(),
        up,
        down: Some(down),
    };
    let replay = work.replay().await?;
    let proven = prove(&replay, &base, &one, &ends).await;
    replay.close(proven).await?;
    let stem = format!("{}_{}", one.id, one.slug);
    let files = [
        (format!("{stem}.up.sql"), one.up.clone()),
        (format!("{stem}.down.sql"), one.down.unwrap_or_default()),
    ];
    let written = project.folder.write(&files, None)?;
    for revision in &range {
        project.folder.remove(revision, &written)?;
    }
    for path in &written {
        output::note(&format!("wrote {}", path.display()));
    }
    let ids: Vec<&str> = range.iter().map(|it| it.id.as_str()).collect();
    output::result(&format!("{} stands for {}\n", one.id, ids.join(", ")));
    Ok(exit::DONE)
}

/// The revisions from the first to the last, parents first: only the last may have other
/// descendants.
fn range<'r>(revisions: &'r Revisions, text: &str) -> Result<Vec<&'r Revision>, Error> {
    let (first, last) = text.split_once(':').ok_or_else(|| {
        let hint = "write FIRST:LAST; either may be omitted";
        Error::usage("A0626", format!("`{text}` is no range"), hint)
    })?;
    let last = match last {
        "" => revisions.head()?,
        name => Some(revisions.find(name)?),
    };
    let Some(last) = last else { return Ok(Vec::new()) };
    let mut ids = revisions.lineage(&last.id);
    if !first.is_empty() {
        let first = revisions.find(first)?;
        let after = revisions.descendants(&first.id);
        ids.retain(|id| *id == first.id || after.contains(id));
        if !ids.contains(first.id.as_str()) {
            return Err(Error::usage(
                "A0626",
                format!("{} does not come after {}", last.id, first.id),
                "name the earlier one first",
            ));
        }
    }
    for revision in revisions.iter().filter(|it| !ids.contains(it.id.as_str())) {
        let inside = revision.before().find(|id| ids.contains(id.as_str()) && **id != last.id);
        if let Some(inside) = inside {
            return Err(Error::refused(
                "A0520",
                format!("{} comes after {inside}, in the middle of the range", revision.id),
                "squash up to the revision where the branches begin, or start after it",
            ));
        }
    }
    Ok(revisions.iter().filter(|it| ids.contains(it.id.as_str())).collect())
}

fn header(range: &[&Revision], args: &Squash) -> Header {
    let ids: BTreeSet<&String> = range.iter().map(|revision| &revision.id).collect();
    let outside = |list: fn(&Revision) -> &Vec<String>| {
        let mut found: Vec<String> = Vec::new();
        for id in range.iter().flat_map(|revision| list(revision)) {
            if !ids.contains(id) && !found.contains(id) {
                found.push(id.clone());
            }
        }
        found
    };
    let last = range.last().map(|revision| revision.id.clone()).unwrap_or_default();
    let first = range.first().map(|revision| revision.id.clone()).unwrap_or_default();
    // A revision that one of them replaced is replaced by this one as well.
    let mut replaces: Vec<String> = Vec::new();
    for revision in range {
        replaces.extend(revision.replaces.iter().cloned());
        replaces.push(revision.id.clone());
    }
    replaces.retain(|id| *id != last);
    Header {
        parents: outside(|revision| &revision.parents),
        depends: outside(|revision| &revision.depends),
        labels: range.iter().flat_map(|revision| revision.labels.clone()).collect(),
        replaces,
        message: args.message.clone().unwrap_or_else(|| format!("squash {first} to {last}")),
        revision: last,
        ..Header::default()
    }
}

/// The schemas before and after the range, and the changes between.
struct Ends {
    before: Schema,
    after: Schema,
    plan: Plan,
    /// The probes, up and down, that can't be asked before all of the range.
    unanswerable: Pair<Vec<String>>,
}

async fn ends(replay: &Replay<'_>, base: &[&Revision], range: &[&Revision]) -> Result<Ends, Error> {
    replay.up(base).await?;
    let before = replay.schema().await?;
    let ups = range.iter().map(|it| it.up.as_str());
    let first = unanswerable(replay.connection(), ups).await?;
    replay.up(range).await?;
    let after = replay.schema().await?;
    let downs = range.iter().filter_map(|it| it.down.as_deref());
    let unanswerable = Pair::new(first, unanswerable(replay.connection(), downs).await?);
    let mut plan = replay.difference(&before, &after).await?;
    autogen_lint::annotate(&mut plan);
    Ok(Ends { before, after, plan, unanswerable })
}

/// The two files. The plan is sufficient if only the schema changes and nothing existing is
/// lost; otherwise all statements are kept, for the given reasons.
fn texts(
    range: &[&Revision],
    header: &Header,
    ends: &Ends,
    dialect: Dialect,
) -> Result<(String, String, Vec<String>), Error> {
    let mut kept: Vec<String> = Vec::new();
    for revision in range {
        if let Some(sql) = writes_rows(revision, dialect, ends)? {
            let line = sql.lines().next().unwrap_or_default();
            let id = &revision.id;
            kept.push(format!(
                "not condensed: {id} contains statements that are not schema changes: {line}"
            ));
        }
    }
    let lost = ends.plan.up.changes.iter().find(|it| it.loses_data()).map(Change::describe);
    if let Some(what) = lost {
        kept.push(format!("not condensed: the difference alone would lose rows: {what}"));
    }
    if !ends.plan.up.refusals.is_empty() || !ends.after.unsupported.is_empty() {
        kept.push("not condensed: the result can't be written as a plan".to_owned());
    }
    if kept.is_empty() {
        let up = emit::migration(&ends.plan, header, true)?;
        return Ok((up, emit::migration(&ends.plan, header, false)?, kept));
    }
    let prints = (ends.before.fingerprint(), ends.after.fingerprint());
    let head = |before: &str, after: &str| {
        let (before, after) = (Some(before.to_owned()), Some(after.to_owned()));
        let header = Header { before, after, ..header.clone() }.empty(dialect);
        format!("{}\n", header.trim_end())
    };
    let ups = range.iter().map(|it| it.up.as_str());
    let up = head(&prints.0, &prints.1) + &joined(ups);
    let up = without(&up, &ends.unanswerable.before, dialect)?;
    let downs: Vec<&str> = range.iter().rev().filter_map(|it| it.down.as_deref()).collect();
    let down = match downs.len() == range.len() {
        true => {
            let down = head(&prints.1, &prints.0) + &joined(downs.into_iter());
            without(&down, &ends.unanswerable.after, dialect)?
        }
        false => head(&prints.1, &prints.0) + &Directive::Irreversible.write(),
    };
    Ok((up, down, kept))
}

/// The bodies of files, each with its own transactions.
fn joined<'t>(files: impl Iterator<Item = &'t str>) -> String {
    let bodies = files.map(body).filter(|body| !body.trim().is_empty());
    let bodies: Vec<String> = bodies.map(|body| format!("{}\n", body.trim())).collect();
    format!("\n{}", bodies.join(&format!("\n{}\n", Directive::Transaction.write())))
}

/// The first statement that does more than change the schema.
fn writes_rows(
    revision: &Revision,
    dialect: Dialect,
    ends: &Ends,
) -> Result<Option<String>, Error> {
    let groups = read(revision, &revision.up, dialect)?.groups;
    let mut statements = groups.into_iter().flat_map(|group| group.statements);
    Ok(statements.find(|sql| {
        let lower = sql.to_lowercase();
        let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let first = words.find(|word| !word.is_empty()).unwrap_or_default();
        // The rows of a rebuilt table.
        let rebuild = first == "insert" && words.any(|word| word.starts_with("autogen_"));
        let copies = first == "create" && lower.contains(" as select");
        let schema = ["alter", "comment", "create", "drop", "pragma", "rename"].contains(&first);
        let rows = copies && lower.starts_with("create table") || !schema;
        rows && !rebuild && !finds_nothing(&lower, ends)
    }))
}

/// Whether a statement only moves rows of tables that the range creates, and which so have
/// none: what fills or copies them does nothing.
fn finds_nothing(lower: &str, ends: &Ends) -> bool {
    let word = |text: &str| -> Option<String> {
        let name = text.split_whitespace().next()?.trim_end_matches([';', ',', ')']);
        let quoted = name.trim_matches(['"', '`']);
        (!quoted.is_empty() && !quoted.contains(['(', '\''])).then(|| quoted.to_owned())
    };
    let created = |name: &str| {
        let known = |schema: &Schema| schema.tables.keys().any(|it| it.name.to_lowercase() == name);
        name == "sqlite_sequence" || known(&ends.after) && !known(&ends.before)
    };
    let sources: Vec<Option<String>> = match lower.split_whitespace().next() {
        Some("update") => vec![lower.strip_prefix("update").and_then(word)],
        Some("insert" | "delete") => lower
            .match_indices("from")
            .filter(|(at, _)| lower[..*at].ends_with(char::is_whitespace))
            .map(|(at, found)| word(&lower[at + found.len()..]))
            .collect(),
        Some(_) | None => Vec::new(),
    };
    !sources.is_empty() && sources.iter().all(|name| name.as_deref().is_some_and(created))
}

async fn prove(
    replay: &Replay<'_>,
    base: &[&Revision],
    one: &Revision,
    ends: &Ends,
) -> Result<(), Error> {
    replay.up(base).await?;
    replay.up(&[one]).await?;
    require(replay, &ends.after, "its way up").await?;
    let Some(down) = way_back(one, replay.dialect())? else { return Ok(()) };
    replay.down(one, down).await?;
    require(replay, &ends.before, "its way down").await
}

/// Requires that the database has the expected schema.
async fn require(replay: &Replay<'_>, wanted: &Schema, way: &str) -> Result<(), Error> {
    let found = replay.schema().await?;
    let plan = replay.difference(&found, wanted).await?;
    if plan.is_empty() {
        return Ok(());
    }
    output::coloured(&emit::text(&plan));
    Err(Error::refused(
        "A0521",
        format!(
            "{way} gives another schema than the revisions that it replaces; nothing was \
                 written"
        ),
        "run `autogen verify`: the way down of one of them may be wrong; or squash fewer of them",
    ))
}
