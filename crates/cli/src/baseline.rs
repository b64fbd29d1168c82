//! A baseline: the schema that a database has already, as the first revision. An empty database
//! runs it; one that has the schema only records it.

use std::collections::BTreeSet;

use autogen_live::adopt::print;
use autogen_live::compare;
use autogen_live::history::{current, mark};
use autogen_live::revisions::row;
use autogen_plan::Options;
use autogen_plan::emit::Header;
use autogen_plan::{Adopted, Plan, Revisions};
use autogen_schema::{Declared, Schema, counted};

use crate::comparing::{Sides, sides};
use crate::config::Layout;
use crate::error::Error;
use crate::project::Project;
use crate::source::Source;
use crate::timeouts::WAIT;
use crate::{naming, output, seen, writing};

/// The code of a baseline that can't be written.
const NO_BASELINE: &str = "A0691";

/// What the file is named after.
const MESSAGE: &str = "baseline";

/// Writes the baseline, and records it in the database. Returns its revision.
pub(crate) async fn write(project: &Project, revision: Option<&str>) -> Result<String, Error> {
    project.require_sql(
        "a baseline",
        "`autogen init` in the folder of a crate of migrations continues from what the database \
         has",
    )?;
    let revisions = project.folder.revisions_or_none()?;
    require_first(&revisions)?;
    let revision = naming::revision(revision, &revisions)?;
    let database = Source::parse("database", project)?;
    let models = Source::parse("models", project)?;
    let sides = sides(project, &database, &models).await?;
    seen::require_models(project, &sides.to.declared)?;
    let Some(connection) = &sides.from.connection else {
        return Err(Error::internal("a database without a connection"));
    };
    if let Some(row) = current(connection).await?.first() {
        return Err(Error::refused(
            NO_BASELINE,
            format!("{} has a history already: revision {}", connection.url(), row.revision.id),
            "check out the migrations that it ran; or forget it by `autogen stamp --purge base`",
        ));
    }
    let schema = sides.dialect.canonicalize(&sides.from.declared.schema);
    let plan = plan(&sides, &schema).await?;
    for item in &schema.unsupported {
        output::note(&format!("not in the baseline: {}: {}", item.object, item.message));
    }
    let tables: BTreeSet<String> = schema.tables.keys().map(ToString::to_string).collect();
    let fingerprint = print(connection, &schema, &tables);
    let header = Header {
        revision: revision.clone(),
        message: MESSAGE.to_owned(),
        adopted: Some(Adopted { tables, fingerprint }),
        ..Header::default()
    };
    writing::plan(project, Layout::Autogen, &plan, &Options::default(), header)?;
    let written = project.folder.revisions()?;
    let rows: Vec<_> = written.iter().map(row).collect();
    mark(connection, &rows, WAIT).await?;
    tell(&plan);
    Ok(revision)
}

/// Refuses a second beginning.
fn require_first(revisions: &Revisions) -> Result<(), Error> {
    match revisions.iter().next() {
        None => Ok(()),
        Some(first) => Err(Error::refused(
            NO_BASELINE,
            format!("there are migrations already, and a baseline is the first one: {}", first.id),
            "`autogen stamp REV` records existing ones without running them; `autogen squash` \
             replaces them by one",
        )),
    }
}

/// The plan that creates the schema. Tables that no model names are in it, and do not become the
/// project's own.
async fn plan(sides: &Sides, schema: &Schema) -> Result<Plan, Error> {
    let nothing = Schema::default();
    let whole = Declared::whole(Schema { unsupported: Vec::new(), ..schema.clone() });
    let options = Options::default();
    let mut plan = compare(sides.dialect, &nothing, &whole, &options, None).await?;
    if plan.is_empty() {
        return Err(Error::refused(
            NO_BASELINE,
            "the database is empty",
            "`autogen diff` writes the first migration from the models",
        ));
    }
    if let Some(refusal) = plan.up.refusals.first() {
        let message = format!("{}: {}", refusal.object, refusal.message);
        return Err(Error::refused(refusal.code, message, &refusal.hint));
    }
    plan.unknown = sides.to.declared.unknown.clone();
    autogen_lint::annotate(&mut plan);
    Ok(plan)
}

fn tell(plan: &Plan) {
    if !plan.unknown.is_empty() {
        output::note(&format!(
            "{} named by no model: an empty database gets them from the baseline, and `diff` \
             leaves them alone",
            match plan.unknown.len() {
                1 => "1 table or enum is".to_owned(),
                several => format!("{several} tables or enums are"),
            }
        ));
    }
    let tables = plan.schema.after.tables.len();
    output::result(&format!("baseline of {}: recorded, not run\n", counted(tables, "table")));
}
