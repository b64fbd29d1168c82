//! `autogen diff`.

mod adopt;
mod question;
mod show;

use autogen_plan::{Given, Header, Options, Revisions};
use autogen_schema::{Expr, Fill, QName, split_assignment, split_path};

use crate::args::Diff;
use crate::asking::can_ask;
use crate::comparing::{Sides, make, sides, tell_keyless, tell_outside};
use crate::drift::Drift;
use crate::error::{Error, exit};
use crate::naming;
use crate::output;
use crate::probing;
use crate::project::Project;
use crate::seen;
use crate::source::Source;
use crate::standing::require_head;
use crate::trial;
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
        drift.lines().for_each(|line| output::note(&line));
        output::note("that is kept unchanged; `--adopt` writes it into a migration");
    }
    if writes && let Some(connection) = &sides.from.connection {
        require_head(project, connection, &revisions).await?;
    }
    if args.adopt {
        return adopt::run(project, args, drift, sides, parent, revision).await;
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
        if !can_ask() {
            return Err(question::undecided(&plan.candidates));
        }
        question::ask(&plan.candidates, &mut options)?;
        plan = make(&sides, &options).await?;
    }
    autogen_lint::annotate(&mut plan);
    tell_outside(&sides.from.declared.schema);
    tell_outside(&sides.to.declared.schema);
    tell_keyless(&sides.to.declared);
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
        trial::require_accepted(project, &plan).await?;
    }
    // Written first: if that fails, there is no result.
    if writes && !plan.is_empty() {
        let header = Header {
            revision,
            parents: parent.into_iter().collect(),
            message: args.message.clone().unwrap_or_default(),
            ..Header::default()
        };
        let layout = args.layout.unwrap_or(project.config.layout);
        writing::plan(project, layout, &plan, &options, header)?;
    }
    show::show(&plan, args)?;
    let different = args.exit_code && !plan.is_empty();
    // The process ends here and frees the schemas: freeing a million small pieces one by one
    // takes a twentieth of the time.
    std::mem::forget((plan, sides.from.declared, sides.to.declared));
    Ok(if different { exit::DIFFERENT } else { exit::DONE })
}

/// The manual changes, if the connected database is compared with models.
async fn drift(project: &Project, args: &Diff, sides: &Sides) -> Result<Option<Drift>, Error> {
    let usual = |source: &Option<String>, name: &str| source.as_deref().is_none_or(|it| it == name);
    if !usual(&args.from, "database") || !usual(&args.to, "models") {
        return Ok(None);
    }
    // Problems with the files are reported where they matter.
    let Ok(revisions) = project.folder.revisions_or_none() else { return Ok(None) };
    Drift::find(project, &revisions, sides).await
}

async fn load(project: &Project, args: &Diff) -> Result<Sides, Error> {
    // Without a database, the migrations' head is the current schema.
    let usual = if project.database_url.is_some() { "database" } else { "migrations" };
    let from = Source::parse(args.from.as_deref().unwrap_or(usual), project)?;
    let to = Source::parse(args.to.as_deref().unwrap_or("models"), project)?;
    let sides = sides(project, &from, &to).await?;
    seen::require_models(project, &sides.to.declared)?;
    Ok(sides)
}

fn options(args: &Diff) -> Result<Options, Error> {
    let mut options =
        Options { no_renames: args.no_renames.iter().cloned().collect(), ..Options::default() };
    for text in &args.renames {
        options.renames.push(text.parse::<Given>()?);
    }
    for text in &args.fills {
        let parsed = split_assignment(text).and_then(|(place, expr)| {
            let mut names = split_path(place);
            let column = names.pop()?;
            let table = QName::new((names.len() > 1).then(|| names.remove(0)), names.pop()?);
            Some(Fill { table, column, expr: Expr::new(expr) })
        });
        options.fills.push(parsed.ok_or_else(|| {
            Error::usage("A0613", format!("--fill {text} can't be read"), "write table.column=EXPR")
        })?);
    }
    Ok(options)
}
