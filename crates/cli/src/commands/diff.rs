//! `autogen diff`.

use std::collections::BTreeSet;
use std::io::IsTerminal;

use autogen_dialect::Dialect;
use autogen_live::{LiveError, compare};
use autogen_plan::{Candidate, Given, Options, Plan, Revisions, emit};
use autogen_schema::{Expr, Fill, QName, Schema, visible};

use super::inspect::unknown_dialect;
use super::{naming, probing};
use crate::args::{Diff, PlanFormat};
use crate::drift::Drift;
use crate::error::{Error, exit};
use crate::output;
use crate::project::Project;
use crate::seen;
use crate::source::{Loaded, Source};
use crate::writing;

pub(super) async fn run(project: &Project, args: &Diff) -> Result<u8, Error> {
    let writes = args.writes();
    let revisions = if writes { project.folder.revisions_or_none()? } else { Revisions::default() };
    let parent = revisions.head()?.map(|head| head.id.clone());
    let revision = match writes {
        true => naming::revision(args.revision.as_deref(), &revisions)?,
        false => String::new(),
    };
    let mut sides = load(project, args).await?;
    let drift = drift(project, args, &sides).await?;
    if let Some(drift) = drift.as_ref().filter(|_| !args.adopt) {
        output::note(drift.text().trim_end());
        output::note("that stays as it is; `--adopt` takes it into the history");
    }
    if writes && let Some(connection) = &sides.from.connection {
        super::current::require_head(project, connection, &revisions).await?;
    }
    if args.adopt {
        return super::adopt::run(project, args, drift, sides, parent, revision).await;
    }
    let mut options = options(args)?;
    let mut plan = match &drift {
        Some(drift) => {
            let (spared, plan) = drift.spare(sides, &options).await?;
            sides = spared;
            plan
        }
        None => make(&sides, &options).await?,
    };
    if !plan.candidates.is_empty() && writes {
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            return Err(undecided(&plan.candidates));
        }
        ask(&plan.candidates, &mut options)?;
        plan = make(&sides, &options).await?;
    }
    autogen_lint::annotate(&mut plan);
    tell_outside(&sides.from.declared.schema);
    tell_outside(&sides.to.declared.schema);
    for item in &plan.unsupported {
        output::note(&format!("left alone: {}: {} ({})", item.object, item.message, item.code));
    }
    seen::tell(project, &sides.to.declared.unread, &plan);
    if let Some(connection) = &sides.from.connection {
        probing::look(&mut plan, connection).await?;
    }
    if writes {
        probing::require_possible(&plan)?;
        drift.as_ref().map_or(Ok(()), |drift| drift.require_apart(&plan))?;
    }
    // Written first: what fails has no result.
    if writes && !plan.is_empty() {
        let header = emit::Header {
            revision,
            parents: parent.into_iter().collect(),
            message: args.message.clone().unwrap_or_default(),
            ..emit::Header::default()
        };
        let layout = args.layout.unwrap_or(project.config.layout);
        writing::plan(project, layout, &plan, &options, header)?;
    }
    show(&plan, args);
    let different = args.exit_code && !plan.is_empty();
    // The process ends here, and takes the schemas with it: giving back a
    // million small pieces one by one is a twentieth of the time.
    std::mem::forget((plan, sides.from.declared, sides.to.declared));
    Ok(if different { exit::DIFFERENT } else { exit::DONE })
}

/// What was changed by hand, where the database at hand is compared with models.
async fn drift(project: &Project, args: &Diff, sides: &Sides) -> Result<Option<Drift>, Error> {
    let usual = |source: &Option<String>, name: &str| source.as_deref().is_none_or(|it| it == name);
    if !usual(&args.from, "database") || !usual(&args.to, "models") {
        return Ok(None);
    }
    // What is wrong with the files is told where they count.
    let Ok(revisions) = project.folder.revisions_or_none() else { return Ok(None) };
    Drift::find(project, &revisions, sides).await
}

/// The two sides, and the database that they are for.
pub(crate) struct Sides {
    pub(crate) from: Loaded,
    pub(crate) to: Loaded,
    pub(crate) dialect: Dialect,
    /// Whether the compiler read the models.
    pub(crate) compiled: bool,
}

async fn load(project: &Project, args: &Diff) -> Result<Sides, Error> {
    // Without a database the head of the migrations is what is there.
    let usual = if project.database_url.is_some() { "database" } else { "migrations" };
    let from = Source::parse(args.from.as_deref().unwrap_or(usual), project)?;
    let to = Source::parse(args.to.as_deref().unwrap_or("models"), project)?;
    let sides = sides(project, &from, &to).await?;
    seen::require_models(project, &sides.to.declared)?;
    Ok(sides)
}

/// Reads both sides.
pub(crate) async fn sides(project: &Project, from: &Source, to: &Source) -> Result<Sides, Error> {
    // What models name is looked for in the database.
    let (from, to) = if from.is_database() && to.is_database() {
        let from = from.load_all(project, BTreeSet::new()).await?;
        let to = to.load_all(project, BTreeSet::new()).await?;
        require_schemas(project, [&from, &to]).await?;
        (from, to)
    } else if from.is_database() {
        let to = to.load(project, BTreeSet::new()).await?;
        (from.load(project, to.namespaces()).await?, to)
    } else {
        let from = from.load(project, BTreeSet::new()).await?;
        let expected = from.namespaces();
        (from, to.load(project, expected).await?)
    };
    matched(project, from, to).await
}

/// Refuses schemas to compare that neither side has: one that one side lacks comes or
/// goes.
async fn require_schemas(project: &Project, sides: [&Loaded; 2]) -> Result<(), Error> {
    let mut there: BTreeSet<String> = BTreeSet::new();
    for side in sides {
        there.extend(side.declared.schema.namespaces.keys().cloned());
        if let Some(connection) = &side.connection {
            there.extend(connection.default_schema().await?);
        }
    }
    let Some(connection) = sides.iter().find_map(|it| it.connection.as_ref()) else {
        return Ok(());
    };
    let absent = project.config.schemas.iter().find(|it| !there.contains(*it));
    match absent.filter(|_| connection.dialect().has_schemas()) {
        Some(schema) => {
            let (url, schema) = (connection.url().to_owned(), schema.clone());
            Err(LiveError::NoSuchSchema { url, schema }.into())
        }
        None => Ok(()),
    }
}

/// Tells what a database holds in schemas that are not read.
pub(super) fn tell_outside(schema: &Schema) {
    for (name, objects) in &schema.outside.0.schemas {
        let (objects, noun) = (*objects, if *objects == 1 { "object" } else { "objects" });
        output::note(&format!(
            "not read: schema {name} ({objects} {noun}); `schemas` in autogen.toml says which are"
        ));
    }
}

/// Brings both sides into the form of their database.
pub(crate) async fn matched(
    project: &Project,
    mut from: Loaded,
    mut to: Loaded,
) -> Result<Sides, Error> {
    let dialect = match (from.dialect, to.dialect) {
        (Some(before), Some(after)) if before != after => {
            return Err(Error::usage(
                "A0612",
                format!("one side is {before}, the other is {after}"),
                "compare schemas of one database family",
            ));
        }
        (Some(dialect), _) | (None, Some(dialect)) => dialect,
        (None, None) => project.dialect()?.ok_or_else(unknown_dialect)?,
    };
    let default = match (&from.connection, &to.connection) {
        (Some(connection), _) | (None, Some(connection)) => connection.default_schema().await?,
        (None, None) => Some("public".to_owned()).filter(|_| dialect.has_schemas()),
    };
    from.complete(dialect, default.as_deref())?;
    to.complete(dialect, default.as_deref())?;
    dialect.canonicalize_tables(&mut to.declared);
    seen::settle(project, default.as_deref(), &from, &mut to)?;
    if to.declared.is_models() && from.connection.is_some() {
        let named = to.declared.namespaces().into_iter();
        to.declared.visited = named.filter(|name| !project.config.schemas.contains(name)).collect();
    }
    // Models leave names open; a database that they made has them.
    if from.connection.is_none() {
        from.declared.schema = dialect.as_created(&from.declared.schema);
    }
    if from.connection.is_some()
        && to.declared.is_models()
        && let Some(snapshot) = project.folder.snapshot()?
    {
        from.declared.schema.remember(&snapshot.schema);
        from.declared.done = snapshot.renames;
    }
    to.declared.done = from.declared.done.take();
    Ok(Sides { from, to, dialect, compiled: project.compiled })
}

/// Plans; where expressions are in doubt and a server is at hand, it is asked,
/// once for all of them.
pub(crate) async fn make(sides: &Sides, options: &Options) -> Result<Plan, Error> {
    let server = sides.from.connection.as_ref().or(sides.to.connection.as_ref());
    let (before, after) = (&sides.from.declared.schema, &sides.to.declared);
    let plan = compare(sides.dialect, before, after, options, server).await?;
    seen::require(after, &plan, sides.compiled)?;
    Ok(plan)
}

fn options(args: &Diff) -> Result<Options, Error> {
    let mut options =
        Options { no_renames: args.no_renames.iter().cloned().collect(), ..Options::default() };
    for text in &args.renames {
        options.renames.push(text.parse::<Given>()?);
    }
    for text in &args.fills {
        let parsed = text.split_once('=').and_then(|(place, expr)| {
            let (table, column) = place.rsplit_once('.')?;
            Some(Fill {
                table: QName::parse(table),
                column: column.to_owned(),
                expr: Expr::new(expr),
            })
        });
        options.fills.push(parsed.ok_or_else(|| {
            Error::usage("A0613", format!("--fill {text} can't be read"), "write table.column=EXPR")
        })?);
    }
    Ok(options)
}

fn undecided(candidates: &[Candidate]) -> Error {
    let lines: Vec<String> = candidates
        .iter()
        .map(|it| {
            let (flag, before) = (it.flag(), it.before());
            format!("\n  {flag} ({}%): --rename {flag} or --no-rename {before}", it.score)
        })
        .collect();
    Error::refused(
        "A0614",
        format!("something goes while something alike comes; is it a rename?{}", lines.concat()),
        "a rename keeps the rows and values, a drop and an add lose them: say which",
    )
}

fn ask(candidates: &[Candidate], options: &mut Options) -> Result<(), Error> {
    for candidate in candidates {
        let flag = candidate.flag();
        let before = candidate.before();
        let after = visible(flag.split_once('=').map_or("", |(_, after)| after));
        let shown = visible(&before);
        let choice = dialoguer::Select::new()
            .with_prompt(format!("is {after} a new name for {shown}? ({}% alike)", candidate.score))
            .items([
                format!("yes: rename {shown} to {after}, and keep what it holds"),
                format!("no: drop {shown} with what it holds, and add {after} empty"),
            ])
            .interact_opt()
            .map_err(|error| Error::internal(&error.to_string()))?;
        match choice {
            Some(0) => options.renames.push(flag.parse::<Given>()?),
            Some(_) => {
                options.no_renames.insert(before);
            }
            None => {
                let hint = "answer, or say --rename and --no-rename";
                return Err(Error::refused("A0615", "stopped, and nothing was written", hint));
            }
        }
    }
    Ok(())
}

pub(super) fn show(plan: &Plan, args: &Diff) {
    match args.format.unwrap_or(PlanFormat::Text) {
        PlanFormat::Text => output::coloured(&emit::text(plan)),
        PlanFormat::Sql => output::sql(&emit::script(&plan.up, plan.dialect)),
        PlanFormat::Json => output::data(&emit::json(plan)),
        PlanFormat::Rust => {
            output::data(&emit::rust(plan, args.message.as_deref().unwrap_or_default()));
        }
    }
}
