//! `autogen verify`: runs the whole history on a scratch database.

use autogen_live::revisions::way_back;
use autogen_plan::{Options, Plan, Revisions, emit};
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
    let findings = replay.close(outcome).await?;
    if findings == 0 {
        output::note("all migrations pass up, down, up; the result matches the models");
        return Ok(exit::DONE);
    }
    Ok(exit::DIFFERENT)
}

/// Returns the number of findings, each of which is reported.
async fn verify(
    project: &Project,
    revisions: &Revisions,
    replay: &Replay<'_>,
) -> Result<usize, Error> {
    let mut findings = 0;
    let mut find = |what: String, plan: &Plan| {
        findings += 1;
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
            continue;
        };
        replay.down(revision, down).await?;
        let back = differs(replay, &replay.schema().await?, &before).await?;
        replay.up(&[revision]).await?;
        let again = differs(replay, &replay.schema().await?, &now).await?;
        if back.is_none() && again.is_none() {
            output::result(&format!("{name}: up, down, up\n"));
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
    Ok(findings)
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
