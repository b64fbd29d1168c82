//! What an existing project has: its entities, its database, and how far they agree.

use std::collections::BTreeSet;

use autogen_live::history::current;
use autogen_plan::{Options, Plan, emit};
use autogen_schema::{Change, QName, counted};

use crate::comparing::{Sides, make, sides};
use crate::error::Error;
use crate::output;
use crate::project::Project;
use crate::source::{Source, models};

/// How many objects are named.
const SHOWN: usize = 5;

/// Shows it, as one table, and returns the next commands. An empty project has nothing to show.
pub(crate) async fn tell(project: &Project) -> Option<String> {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let read = models(&project.models, &project.reading);
    match &read {
        Ok(declared) => {
            let (all, partial) = (declared.schema.tables.len(), declared.partial.len());
            let derived = all.saturating_sub(partial);
            rows.push(("entities", format!("{all}, {derived} of them with `Autogen`")));
            let unread = declared.unread.len();
            if unread > 0 {
                rows.push(("not read", counted(unread, "part of the models")));
            }
        }
        // A project without models is just beginning.
        Err(error) if ["A0116", "A0120", "A0608", "A0621"].contains(&error.code) => {}
        Err(error) => rows.push(("entities", failure(error))),
    }
    let compared = match (&project.database_url, &read) {
        (None, Ok(_)) => {
            rows.push(("database", "none is given: set DATABASE_URL".to_owned()));
            None
        }
        (None, Err(_)) => None,
        (Some(_), Err(_)) => {
            match tables(project).await {
                Ok(0) => {}
                Ok(tables) => rows.push(("database", counted(tables, "table"))),
                Err(error) => rows.push(("database", failure(&error))),
            }
            None
        }
        (Some(_), Ok(_)) => match compared(project).await {
            Ok(compared) => Some(compared),
            Err(error) => {
                rows.push(("database", failure(&error)));
                None
            }
        },
    };
    if let Some((sides, plan)) = &compared {
        agreement(sides, plan, &mut rows);
    }
    if rows.is_empty() {
        return None;
    }
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines = rows.iter().map(|(name, text)| format!("{name:width$}  {text}\n"));
    output::result(&lines.collect::<String>());
    next(project, compared).await
}

fn failure(error: &Error) -> String {
    let first = error.message.lines().next().unwrap_or_default();
    format!("{first} [{}]", error.code)
}

/// The tables of a database that can't be compared.
async fn tables(project: &Project) -> Result<usize, Error> {
    let source = Source::parse("database", project)?;
    let loaded = source.load(project, BTreeSet::new()).await?;
    Ok(loaded.declared.schema.tables.len())
}

async fn compared(project: &Project) -> Result<(Sides, Plan), Error> {
    let database = Source::parse("database", project)?;
    let models = Source::parse("models", project)?;
    let sides = sides(project, &database, &models).await?;
    let plan = make(&sides, &Options::default()).await?;
    Ok((sides, plan))
}

fn agreement(sides: &Sides, plan: &Plan, rows: &mut Vec<(&'static str, String)>) {
    rows.push(("database", counted(sides.from.declared.schema.tables.len(), "table")));
    if !plan.unknown.is_empty() {
        let names: Vec<String> = plan.unknown.iter().map(QName::to_string).collect();
        rows.push(("without a model", some(&names)));
    }
    if !plan.unmanaged.is_empty() {
        rows.push(("only in the database", emit::unmanaged_kinds(plan)));
    }
    let changes: Vec<String> =
        plan.changes().iter().map(|it: &Change| emit::describe(plan.dialect, it)).collect();
    let text = match changes.is_empty() {
        true => "none".to_owned(),
        false => some(&changes),
    };
    rows.push(("disagreements", text));
}

/// The number of objects, and the first ones.
fn some(names: &[String]) -> String {
    let shown = names.get(..SHOWN).unwrap_or(names).join(", ");
    let more = if names.len() > SHOWN { ", .." } else { "" };
    format!("{}: {shown}{more}", names.len())
}

/// What to do next, where a database is compared: it may have no history yet.
async fn next(project: &Project, compared: Option<(Sides, Plan)>) -> Option<String> {
    let (sides, plan) = compared?;
    let connection = sides.from.connection?;
    let first = project.folder.revisions_or_none().is_ok_and(|it| it.iter().next().is_none());
    let new = current(&connection).await.is_ok_and(|rows| rows.is_empty());
    if !first || !new || sides.from.declared.schema.tables.is_empty() {
        return None;
    }
    let diff = match plan.is_empty() {
        true => "change a model, and run `autogen diff`",
        false => "`autogen diff` for the disagreements",
    };
    Some(format!("`autogen stamp --baseline` records what the database has, then {diff}"))
}
