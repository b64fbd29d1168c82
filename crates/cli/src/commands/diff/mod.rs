//! `autogen diff`.

mod adopt;
mod question;
mod show;

use autogen_plan::{Given, Header, Options, Plan, Revisions};
use autogen_schema::{Expr, Fill, QName, split_assignment, split_path};

use crate::args::{Diff, Global, PlanFormat};
use crate::asking::can_ask;
use crate::comparing::{Sides, make, sides, tell_keyless, tell_outside};
use crate::drift::Drift;
use crate::error::{Error, exit};
use crate::expected::require_head;
use crate::naming;
use crate::output;
use crate::probing;
use crate::project::Project;
use crate::seen;
use crate::source::Source;
use crate::trial;
use crate::writing;

pub(super) async fn run(project: &Project, args: &Diff) -> Result<u8, Error> {
    let read = read(project, args).await?;
    if args.adopt {
        let Read { sides, drift, parent, revision } = read;
        return adopt::run(project, args, drift, sides, parent, revision).await;
    }
    let ready = ready(project, args, read).await?;
    // Written first: if that fails, there is no result.
    ready.write(project, args)?;
    show::show(&ready.plan, args)?;
    let different = args.exit_code && !ready.plan.is_empty();
    // The process ends here and frees the schemas: freeing a million small pieces one by one
    // takes a twentieth of the time.
    std::mem::forget(ready);
    Ok(if different { exit::DIFFERENT } else { exit::DONE })
}

/// For several databases at once: all are planned before one is written. Their migrations have the
/// same number.
pub(super) async fn run_for_each(global: &Global, args: &Diff) -> Result<u8, Error> {
    let projects = Project::for_each(global)?;
    require_for_each(args)?;
    let mut args = args.clone();
    if args.writes() && args.revision.is_none() {
        let mut number = None;
        for project in &projects {
            project.require_found()?;
            let revisions = project.folder.revisions_or_none()?;
            number = number.max(Some(naming::revision(None, &revisions)?));
        }
        args.revision = number;
    }
    let mut all = Vec::new();
    for mut project in projects {
        project.drops.clone_from(&args.drops);
        let read = read(&project, &args).await?;
        let ready = ready(&project, &args, read).await?;
        all.push((project, ready));
    }
    let mut code = exit::DONE;
    for (project, ready) in &all {
        ready.write(project, &args)?;
    }
    for (_, ready) in &all {
        output::note(&format!("{}:", ready.plan.dialect));
        show::show(&ready.plan, &args)?;
        if args.exit_code && !ready.plan.is_empty() {
            code = exit::DIFFERENT;
        }
    }
    Ok(code)
}

/// Refuses what one result can't hold for several databases.
fn require_for_each(args: &Diff) -> Result<(), Error> {
    let reported = args.format.is_some_and(|format| format != PlanFormat::Text);
    let flag = match (args.adopt, reported, args.from.is_some() || args.to.is_some()) {
        (true, _, _) => "--adopt",
        (_, true, _) => "--format",
        (_, _, true) => "--from and --to",
        (false, false, false) => return Ok(()),
    };
    let hint = "run it once for each --dialect";
    Err(Error::usage("A0686", format!("{flag} is for one --dialect"), hint))
}

/// Both sides, and the place of a new migration.
struct Read {
    sides: Sides,
    drift: Option<Drift>,
    parent: Option<String>,
    revision: String,
}

async fn read(project: &Project, args: &Diff) -> Result<Read, Error> {
    let writes = args.writes();
    let revisions = if writes { project.folder.revisions_or_none()? } else { Revisions::default() };
    let parent = revisions.head()?.map(|head| head.id.clone());
    let revision = match writes {
        true => naming::revision(args.revision.as_deref(), &revisions)?,
        false => String::new(),
    };
    let sides = load(project, args).await?;
    project.require_home(sides.dialect)?;
    let drift = drift(project, args, &sides).await?;
    if let Some(drift) = drift.as_ref().filter(|_| !args.adopt) {
        drift.lines().for_each(|line| output::note(&line));
        output::note("that is kept unchanged; `--adopt` writes it into a migration");
    }
    if writes && let Some(connection) = &sides.from.connection {
        require_head(project, connection, &revisions).await?;
    }
    Ok(Read { sides, drift, parent, revision })
}

/// A plan that may be written.
struct Ready {
    plan: Plan,
    options: Options,
    header: Header,
    /// Kept until the process ends.
    _sides: Sides,
}

impl Ready {
    fn write(&self, project: &Project, args: &Diff) -> Result<(), Error> {
        if !args.writes() || self.plan.is_empty() {
            return Ok(());
        }
        let layout = args.layout.unwrap_or(project.config.layout);
        writing::plan(project, layout, &self.plan, &self.options, self.header.clone())
    }
}

async fn ready(project: &Project, args: &Diff, read: Read) -> Result<Ready, Error> {
    let writes = args.writes();
    let Read { mut sides, drift, parent, revision } = read;
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
    let header = Header {
        revision,
        parents: parent.into_iter().collect(),
        message: args.message.clone().unwrap_or_default(),
        ..Header::default()
    };
    Ok(Ready { plan, options, header, _sides: sides })
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
