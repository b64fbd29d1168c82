//! Writes new migrations, in the project's format.

use std::path::PathBuf;

use autogen_dialect::Dialect;
use autogen_plan::emit::{Header, migration, require_read_back, rust, rust_adopting, rust_empty};
use autogen_plan::{Options, Plan, split};
use autogen_schema::{Change, Rename, Schema, Snapshot};

use crate::config::{Format, Layout};
use crate::error::Error;
use crate::folder::write_all;
use crate::output;
use crate::project::Project;
use crate::seaorm::Crate;

/// Writes a plan as one or several migrations after the header's parents. The header's
/// revision is that of the first one.
pub(crate) fn plan(
    project: &Project,
    layout: Layout,
    plan: &Plan,
    options: &Options,
    header: Header,
) -> Result<(), Error> {
    require_read_back(plan)?;
    let parts = parts(project, layout, plan, options)?;
    let several = parts.len() > 1;
    let mut files = Vec::new();
    let mut header = header;
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            header.parents = vec![header.revision.clone()];
            header.revision = after(project, &header.revision)?;
            header.labels.clear();
        }
        let number = several.then_some(at + 1);
        let name = name(project, &header, part.changes(), number)?;
        if project.config.format == Format::SeaOrm {
            header.revision.clone_from(&name);
        }
        files.extend(match project.config.format {
            Format::Sql => vec![
                (format!("{name}.up.sql"), migration(part, &header, true)?),
                (format!("{name}.down.sql"), migration(part, &header, false)?),
            ],
            Format::SeaOrm => vec![(name, in_rust(part, &header)?)],
        });
    }
    let snapshot = Snapshot {
        dialect: Some(plan.dialect.name().to_owned()),
        revision: Some(header.revision),
        renames: declared(project, plan)?,
        ..Snapshot::new(Schema {
            unsupported: Vec::new(),
            ..plan.schema.after.without_unknown(&plan.unknown)
        })
    };
    write(project, &files, Some(&snapshot))
}

/// The renames that are done by the plan: those of the models, or those of before, if the
/// plan does not come from models.
fn declared(project: &Project, plan: &Plan) -> Result<Option<Vec<Rename>>, Error> {
    match &plan.renames {
        Some(renames) => Ok(Some(renames.clone())),
        None => Ok(project.folder.snapshot()?.and_then(|it| it.renames)),
    }
}

fn in_rust(plan: &Plan, header: &Header) -> Result<String, Error> {
    if header.adopted.is_none() {
        return Ok(rust(plan, &header.message));
    }
    rust_adopting(plan, &header.message).map_err(|unseen| {
        Error::refused(
            "A0662",
            format!(
                "a migration of SeaORM can't check whether this change is already made: \
                     {unseen}"
            ),
            "write it by hand into an `autogen revision` so that it does nothing where the \
             change exists; or undo the change",
        )
    })
}

/// Writes a migration without statements.
pub(crate) fn empty(
    project: &Project,
    header: &Header,
    dialect: Dialect,
    snapshot: Option<Snapshot>,
) -> Result<(), Error> {
    let name = name(project, header, &[], None)?;
    let files = match project.config.format {
        Format::Sql => vec![
            (format!("{name}.up.sql"), header.empty(dialect)),
            (format!("{name}.down.sql"), header.empty(dialect)),
        ],
        Format::SeaOrm => vec![(name.clone(), rust_empty(dialect, &header.message))],
    };
    let revision = match project.config.format {
        Format::Sql => header.revision.clone(),
        Format::SeaOrm => name,
    };
    let snapshot = snapshot.map(|it| Snapshot { revision: Some(revision), ..it });
    write(project, &files, snapshot.as_ref())
}

fn write(
    project: &Project,
    files: &[(String, String)],
    snapshot: Option<&Snapshot>,
) -> Result<(), Error> {
    let folder = &project.folder;
    let written: Vec<PathBuf> = match project.config.format {
        Format::Sql => folder.write(files, snapshot)?,
        Format::SeaOrm => {
            let mut all = Crate::open(&folder.path)?.with(files)?;
            all.extend(snapshot.map(|it| (folder.snapshot_path(), it.to_json())));
            write_all(&all)?;
            all.into_iter().map(|(path, _)| path).collect()
        }
    };
    for path in written {
        output::note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// The parts of a plan that are migrations of their own.
fn parts(
    project: &Project,
    layout: Layout,
    plan: &Plan,
    options: &Options,
) -> Result<Vec<Plan>, Error> {
    let whole = || Ok(vec![plan.clone()]);
    let others = project.config.format == Format::SeaOrm || layout == Layout::Sqlx;
    let mut steps = plan.up.steps().chain(plan.down.steps());
    if others && let Some(step) = steps.find(|it| plan.dialect.is_read_otherwise(&it.step.sql)) {
        return Err(Error::refused(
            "A0661",
            format!("`||` would mean something else: {}", step.step.sql),
            "write OR, or concat(), as it is meant",
        ));
    }
    match (project.config.format, layout) {
        (Format::Sql, Layout::Autogen) => return whole(),
        // If nothing can be rolled back, splitting has no advantage: SeaORM's migrations check what
        // they did already.
        (Format::SeaOrm, Layout::Autogen | Layout::Sqlx) if !plan.dialect.rolls_back() => {
            return whole();
        }
        (Format::Sql | Format::SeaOrm, Layout::Autogen | Layout::Sqlx) => {}
    }
    let parts = split(plan, options)?;
    let runs_alone = |part: &Plan| {
        let groups = [&part.up.groups, &part.down.groups];
        !plan.dialect.rolls_back() || groups.iter().all(|it| it.len() < 2)
    };
    match parts.iter().find(|part| !runs_alone(part)) {
        Some(part) if project.config.format == Format::Sql => Err(Error::refused(
            "A0657",
            format!(
                "`{}` requires several transactions, up or down",
                part.changes().iter().map(Change::describe).collect::<Vec<_>>().join("`, `")
            ),
            "pass --layout autogen, or make the change in several steps",
        )),
        Some(_) | None => Ok(parts),
    }
}

/// The beginning of a migration's file names.
fn name(
    project: &Project,
    header: &Header,
    changes: &[Change],
    number: Option<usize>,
) -> Result<String, Error> {
    let mut slug = crate::naming::slug(&header.message, changes);
    if let Some(number) = number {
        slug.push_str(&format!("_{number}"));
    }
    let digits = &header.revision;
    match project.config.format {
        Format::Sql => Ok(format!("{digits}_{slug}")),
        Format::SeaOrm => match (digits.get(..8), digits.get(8..)) {
            (Some(day), Some(time)) if time.len() == 6 => Ok(format!("m{day}_{time}_{slug}")),
            (Some(_), _) | (None, _) => Err(Error::usage(
                "A0616",
                format!("--revision {digits} is not a time with seconds"),
                "write it like 20261122093000, as in the names of SeaORM's migrations",
            )),
        },
    }
}

/// The next number, with the same length.
fn after(project: &Project, revision: &str) -> Result<String, Error> {
    let digits: String = revision.chars().filter(char::is_ascii_digit).collect();
    let digits = match project.config.format {
        Format::Sql => digits,
        Format::SeaOrm => digits.chars().take(14).collect(),
    };
    let next = digits.parse::<u64>().ok().and_then(|it| it.checked_add(1));
    let next = next.map(|it| format!("{it:0width$}", width = digits.len()));
    let taken = |id: &str| project.folder.revisions_or_none().map(|all| all.get(id).is_some());
    match next {
        Some(next) if !taken(&next)? => Ok(next),
        Some(_) | None => Err(Error::usage(
            "A0503",
            format!("the revision after {revision} is there already"),
            "choose another --revision",
        )),
    }
}
