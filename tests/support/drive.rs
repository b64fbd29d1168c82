//! Runs a plan on a database, as the command does.

use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::history::RevisionSummary;
use autogen_live::run::{Migration, Probe, Silent, StatementGroup, downgrade, upgrade};
use autogen_live::{Connection, Outcome, Scope, introspect, normalize, normalize_texts, probe};
use autogen_plan::{DirectionPlan, Options, Plan, Script, emit};
use autogen_schema::{Declared, Schema, Table, visible};
use sea_orm::ConnectionTrait;

use crate::laws::{planned_from, same, tidy, written};
use crate::rows::{Contents, contents};

/// Creates the models in an empty database, and reads it back.
///
/// # Errors
/// The statement that fails.
pub async fn create(
    connection: &Connection,
    models: &Declared,
    scope: &Scope,
) -> Result<Schema, String> {
    let dialect = connection.dialect();
    let plan = planned_from(&Schema::default(), models, dialect, &Options::default())
        .map_err(|error| format!("creating: {error}"))?;
    for step in plan.up.steps() {
        execute(connection, &step.step.sql).await?;
    }
    read(connection, scope).await
}

/// Reads the database.
///
/// # Errors
/// Those of introspection.
pub async fn read(connection: &Connection, scope: &Scope) -> Result<Schema, String> {
    let schema = introspect(connection, scope).await.map_err(|e| e.to_string())?;
    Ok(connection.dialect().canonicalize(&schema))
}

/// Plans, and normalizes expressions on the server.
///
/// # Errors
/// If there is no plan.
pub async fn settled_plan(
    connection: &Connection,
    before: &Schema,
    after: &Declared,
    options: &Options,
) -> Result<Plan, String> {
    let dialect = connection.dialect();
    let mut options = options.clone();
    options.server = Some(connection.version().number);
    let first = planned_from(before, after, dialect, &options).map_err(|e| e.to_string())?;
    if first.unnormalized {
        let settled = normalize_texts(connection, &after.schema, &first.schema.after).await;
        options.normalized = Some(settled.map_err(|error| error.to_string())?);
    }
    let answers = normalize(connection, &first.schema.after, &first.questions)
        .await
        .map_err(|error| error.to_string())?;
    options.answers = first.questions.into_iter().zip(answers).collect();
    planned_from(before, after, dialect, &options).map_err(|e| e.to_string())
}

/// The migration as it is run: written to a file's text and read back.
///
/// # Errors
/// Those of the writer or the reader.
pub fn migration(plan: &Plan, up: bool) -> Result<Migration, String> {
    let header = emit::Header { revision: "1".to_owned(), ..emit::Header::default() };
    let text = emit::migration(plan, &header, up).map_err(|error| error.to_string())?;
    let script = Script::parse(&text, plan.dialect).map_err(|error| error.to_string())?;
    let groups = script.groups.into_iter().map(|group| StatementGroup {
        transaction: group.transaction,
        rebuilds: script.foreign_keys_off,
        statements: group.statements,
    });
    let probes = script.probes.into_iter().map(|it| Probe { message: it.message, sql: it.sql });
    Ok(Migration {
        revision: RevisionSummary { id: "1".to_owned(), ..RevisionSummary::default() },
        probes: probes.collect(),
        groups: groups.collect(),
    })
}

/// Runs the way up.
///
/// # Errors
/// Those of the runner.
pub async fn run_up(connection: &Connection, up: &Migration) -> Result<(), String> {
    upgrade(connection, std::slice::from_ref(up), Duration::ZERO, &mut Silent)
        .await
        .map(drop)
        .map_err(|error| format!("up: {error}"))
}

/// Runs the way down.
///
/// # Errors
/// Those of the runner.
pub async fn run_down(connection: &Connection, down: &Migration) -> Result<(), String> {
    downgrade(connection, std::slice::from_ref(down), Duration::ZERO, &mut Silent)
        .await
        .map(drop)
        .map_err(|error| format!("down: {error}"))
}

/// If a probe of the way down finds rows: requires that the run stops at it before anything
/// happens, and deletes the rows. Returns whether it did.
///
/// # Errors
/// A run that does not stop, stops elsewhere, or changes something.
pub async fn stopped_by_rows(
    connection: &Connection,
    scope: &Scope,
    plan: &Plan,
    down: &Migration,
) -> Result<bool, String> {
    let found = found_in_the_way(connection, &plan.down).await?;
    if found.is_empty() {
        return Ok(false);
    }
    let values = all_contents(connection, &plan.schema.after).await;
    let Err(error) = run_down(connection, down).await else {
        return Err(format!("the way down must stop at {}", found.join(", ")));
    };
    if let Some(finding) = found.iter().find(|it| !error.contains(it.as_str())) {
        return Err(format!("the way down does not stop at {finding}:\n{error}"));
    }
    reached(connection, scope, &plan.schema.after, "a way down that is stopped").await?;
    if all_contents(connection, &plan.schema.after).await != values {
        return Err("a way down that is stopped changed rows".to_owned());
    }
    empty(connection, &plan.schema.after).await?;
    Ok(true)
}

/// The hazards that these rows confirm.
async fn found_in_the_way(
    connection: &Connection,
    way: &DirectionPlan,
) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for hazard in way.steps().flat_map(|step| &step.hazards) {
        let Some(query) = &hazard.probe else { continue };
        let outcomes = probe(connection, &[query]).await.map_err(|error| error.to_string())?;
        if outcomes.iter().any(|it| matches!(it, Outcome::Found(_))) {
            found.push(format!("{}: {}", hazard.code, visible(&hazard.message)));
        }
    }
    Ok(found)
}

/// Deletes all rows; twice, since triggers may write some.
async fn empty(connection: &Connection, schema: &Schema) -> Result<(), String> {
    let dialect = connection.dialect();
    let names: Vec<String> = schema.tables.keys().map(|name| dialect.quote_name(name)).collect();
    let delete: String = names.iter().map(|name| format!("DELETE FROM {name};")).collect();
    let sql = match dialect {
        Dialect::Postgres => format!("TRUNCATE {} CASCADE", names.join(", ")),
        Dialect::Sqlite => {
            format!("PRAGMA foreign_keys = OFF;{delete}{delete}PRAGMA foreign_keys = ON")
        }
        Dialect::Mysql | Dialect::Mariadb => {
            format!("SET foreign_key_checks = 0;{delete}{delete}SET foreign_key_checks = 1")
        }
    };
    execute(connection, &sql).await
}

/// The compared part: the current schema, and those that are named.
pub fn scope<'a>(sides: impl IntoIterator<Item = &'a Declared>) -> Scope {
    let mut scope = Scope::default();
    for side in sides {
        scope.expected.extend(side.namespaces());
        scope.privileges |= side.privileges;
    }
    scope
}

/// Requires that the database has the plan's schema, and returns what it has.
///
/// # Errors
/// The difference.
pub async fn reached(
    connection: &Connection,
    scope: &Scope,
    goal: &Schema,
    way: &str,
) -> Result<Schema, String> {
    let found = read(connection, scope).await?;
    let message = format!("{way} does not end where the plan says");
    // Expressions are compared by an empty diff: servers rewrite them.
    if let Err(error) = same(&tidy(&found), &tidy(goal), &message) {
        let goal = written(goal.clone());
        let plan = settled_plan(connection, &found, &goal, &Options::default()).await?;
        if !plan.is_empty() {
            return Err(error);
        }
    }
    Ok(found)
}

/// The contents of all tables.
pub type AllContents = Vec<(Table, Contents)>;

/// Reads the contents of all tables.
pub async fn all_contents(connection: &Connection, schema: &Schema) -> AllContents {
    let mut all = Vec::new();
    for table in schema.tables.values() {
        all.push((Table::clone(table), contents(connection, table).await));
    }
    all
}

/// Runs one statement.
///
/// # Errors
/// The server's message, and the statement.
pub async fn execute(connection: &Connection, sql: &str) -> Result<(), String> {
    match connection.raw().execute_unprepared(sql).await {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{error}\nin: {sql}")),
    }
}
