//! Runs a new migration in memory before it is written, where that needs no server. SQLite
//! reads every view and trigger again when a table changes, and may refuse what no model
//! shows.

use autogen_live::revisions::migration;
use autogen_live::run::{Migration, Settings, Silent, upgrade};
use autogen_live::{Connection, LiveError, Scratch};
use autogen_plan::emit::{self, Header};
use autogen_plan::{Plan, Revision};

use crate::error::Error;
use crate::project::Project;
use crate::timeouts::on_our_own;

/// A rename that changes nothing: it fails if a view or trigger is broken already.
const REREAD: &str = "CREATE TABLE autogen_reread (id integer);\n\
                      ALTER TABLE autogen_reread RENAME TO autogen_read;\n\
                      DROP TABLE autogen_read;\n";

/// Refuses a plan whose way up the database does not accept. A schema that can't be created in
/// memory, for example since it has a virtual table, proves nothing.
pub(crate) async fn require_accepted(project: &Project, plan: &Plan) -> Result<(), Error> {
    let before = &plan.schema.before;
    if before.views.is_empty() && before.tables.values().all(|it| it.triggers.is_empty()) {
        return Ok(());
    }
    let settings = on_our_own(project.statement_timeout);
    let Some(scratch) = Scratch::embedded(plan.dialect).await? else { return Ok(()) };
    let outcome = run(scratch.connection(), plan, &settings).await;
    let closed = scratch.close().await;
    outcome?;
    Ok(closed?)
}

async fn run(connection: &Connection, plan: &Plan, settings: &Settings) -> Result<(), Error> {
    let Ok(before) = emit::schema_sql(plan.dialect, &plan.schema.before) else { return Ok(()) };
    let before = read(plan, "1", format!("{before}\n{REREAD}"))?;
    if upgrade(connection, &[before], settings.clone(), &mut Silent).await.is_err() {
        return Ok(());
    }
    let header = Header { revision: "2".to_owned(), ..Header::default() };
    let up = read(plan, "2", emit::migration(plan, &header, true)?)?;
    match upgrade(connection, &[up], settings.clone(), &mut Silent).await {
        Ok(_) => Ok(()),
        Err(LiveError::StatementFailed { statement, reason, .. }) => {
            Err(refused(plan, &statement, &reason))
        }
        Err(error) => Err(error.into()),
    }
}

fn read(plan: &Plan, id: &str, up: String) -> Result<Migration, Error> {
    let revision = Revision {
        id: id.to_owned(),
        slug: String::new(),
        parents: Vec::new(),
        labels: Vec::new(),
        depends: Vec::new(),
        replaces: Vec::new(),
        message: String::new(),
        up,
        down: None,
    };
    Ok(migration(&revision, &revision.up, plan.dialect)?)
}

fn refused(plan: &Plan, statement: &str, reason: &str) -> Error {
    let first = statement.lines().next().unwrap_or_default();
    Error::refused(
        "A0644",
        format!("{} does not accept this migration: {reason}\n  in: {first}", plan.dialect),
        "change the view or trigger that it names in the schema files together with the table, \
         or drop it in a migration before and create it in one afterwards",
    )
}
