//! `autogen verify`: runs the whole history on a scratch database.

use autogen_dialect::Dialect;
use autogen_live::revisions::{read, way_back};
use autogen_plan::{Options, Plan, Revision, Revisions, emit};
use autogen_schema::Schema;

use crate::comparing::{make, matched};
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::replay::Replay;
use crate::source::Source;

pub(super) async fn run(project: &Project) -> Result<u8, Error> {
    project.require_sql(
        "verify",
        "run the crate itself, as in `cargo run -- fresh` on an empty database, then `autogen \
         check`",
    )?;
    let revisions = project.folder.revisions()?;
    revisions.head()?;
    if revisions.is_empty() {
        output::note("there are no migrations; `autogen diff` writes one");
        return Ok(exit::DONE);
    }
    let models = Source::Models(project.models.clone());
    let expected = models.load(project, Default::default()).await?.namespaces();
    let replay = Replay::open(project, &revisions, &expected).await?;
    let outcome = verify(project, &revisions, &replay).await;
    let Verified { findings, one_way } = replay.close(outcome).await?;
    if !one_way.is_empty() {
        output::note(&format!("no way down: {}", one_way.join(", ")));
    }
    match (findings, one_way.len() < revisions.iter().count()) {
        (0, true) => {
            let all = if one_way.is_empty() { "all" } else { "all other" };
            output::note(&format!(
                "{all} migrations pass up, down, up; the result matches the models"
            ));
        }
        (0, false) => output::note("all migrations pass up; the result matches the models"),
        (_, _) => return Ok(exit::DIFFERENT),
    }
    Ok(exit::DONE)
}

/// The outcome of the whole history.
#[derive(Default)]
struct Verified {
    /// How many findings were reported.
    findings: usize,
    /// The revisions that do nothing on their way down.
    one_way: Vec<String>,
}

/// Whether the way up has statements, and the way down has none.
fn is_one_way(revision: &Revision, down: &str, dialect: Dialect) -> Result<bool, Error> {
    let has = |text: &str| read(revision, text, dialect).map(|it| it.statements().next().is_some());
    Ok(has(&revision.up)? && !has(down)?)
}

/// Each finding is reported.
async fn verify(
    project: &Project,
    revisions: &Revisions,
    replay: &Replay<'_>,
) -> Result<Verified, Error> {
    let mut verified = Verified::default();
    let Verified { findings, one_way } = &mut verified;
    let mut find = |what: String, plan: &Plan| {
        *findings += 1;
        output::result(&format!("{what}:\n"));
        output::coloured(&emit::text(plan));
    };
    let mut now = replay.schema().await?;
    for revision in revisions.iter() {
        let name = format!("{} {}", revision.id, revision.slug);
        let before = now;
        replay.up(&[revision]).await?;
        now = replay.schema().await?;
        let Some(down) = way_back(revision, replay.dialect())? else {
            output::result(&format!("{name}: up (there is no way down)\n"));
            one_way.push(name);
            continue;
        };
        replay.down(revision, down).await?;
        let back = differs(replay, &replay.schema().await?, &before).await?;
        replay.up(&[revision]).await?;
        let again = differs(replay, &replay.schema().await?, &now).await?;
        if back.is_none() && again.is_none() {
            let one_way_only = is_one_way(revision, down, replay.dialect())?;
            let note = if one_way_only { " (the way down has no statements)" } else { "" };
            output::result(&format!("{name}: up, down, up{note}\n"));
            one_way.extend(one_way_only.then(|| name.clone()));
        }
        if let Some(plan) = back {
            find(
                format!("{name}: the way down does not restore the schema; the difference"),
                &plan,
            );
        }
        if let Some(plan) = again {
            find(format!("{name}: the second way up gives another schema; the difference"), &plan);
        }
    }
    if let Some(snapshot) = project.folder.snapshot()? {
        let told = replay.dialect().canonicalize(&snapshot.schema);
        if let Some(plan) = differs(replay, &now, &told).await? {
            find("the head differs from schema.json; the difference".to_owned(), &plan);
        }
    }
    let models = Source::Models(project.models.clone()).load(project, Default::default()).await?;
    let sides = matched(project, replay.loaded().await?, models).await?;
    let plan = make(&sides, &Options::default()).await?;
    if !plan.is_empty() {
        find("the head differs from the models; the difference".to_owned(), &plan);
    }
    Ok(verified)
}

/// The difference between the actual and the expected schema, if any.
async fn differs(
    replay: &Replay<'_>,
    there: &Schema,
    wanted: &Schema,
) -> Result<Option<Plan>, Error> {
    if there == wanted {
        return Ok(None);
    }
    let plan = replay.difference(there, wanted).await?;
    Ok((!plan.is_empty()).then_some(plan))
}
