//! Every case folder, in two stages: pure (golden files, laws) and live (on
//! each server: create, fill, up, compare, down, up again).
//!
//! `UPDATE_GOLDEN=1` writes the golden files; they are read by a person before
//! they are committed.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::Path;
use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::history::Revision;
use autogen_live::run::{Group, Migration, Silent, downgrade, upgrade};
use autogen_live::{Connection, Scope, introspect, settle};
use autogen_plan::{Input, Options, Plan, PlanError, Script, Severity, emit, plan};
use autogen_schema::{Declared, Name, Pair, Schema, Table};
use autogen_tests::case::Case;
use autogen_tests::rows::{contents, made_up};
use autogen_tests::{Database, block_on, dialects};
use libtest_mimic::{Arguments, Failed, Trial};
use sea_orm::ConnectionTrait;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for case in Case::all() {
        for dialect in Dialect::ALL {
            let name = format!("pure::{}::{dialect}", case.name);
            let case = case.clone();
            trials.push(Trial::test(name, move || pure(&case, dialect)));
        }
        for dialect in dialects().into_iter().filter(|dialect| case.is_for(*dialect)) {
            if case.spec.refused.contains_key(dialect.name()) {
                continue;
            }
            let name = format!("live::{}::{dialect}", case.name);
            let case = case.clone();
            trials.push(Trial::test(name, move || block_on(live(&case, dialect))));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The plan from the models before, as created, to those after.
fn planned(case: &Case, dialect: Dialect) -> Result<Plan, PlanError> {
    let before = dialect.as_created(&case.before.schema);
    planned_from(&before, &case.after, dialect, &case.options())
}

fn planned_from(
    before: &Schema,
    after: &Declared,
    dialect: Dialect,
    options: &Options,
) -> Result<Plan, PlanError> {
    let mut plan = plan(Input { dialect, before, after, options })?;
    autogen_lint::annotate(&mut plan);
    Ok(plan)
}

fn pure(case: &Case, dialect: Dialect) -> Result<(), Failed> {
    if !case.is_for(dialect) {
        return elsewhere(case, dialect);
    }
    let plan = match (planned(case, dialect), case.spec.refused.get(dialect.name())) {
        (Err(error), Some(code)) if error.code() == code => return Ok(()),
        (Err(error), _) => return Err(format!("{}: {error}", error.code()).into()),
        (Ok(_), Some(code)) => return Err(format!("this must be refused with {code}").into()),
        (Ok(plan), None) => plan,
    };
    let unchanged = case.spec.unchanged.iter().any(|name| name == dialect.name());
    if unchanged && plan.questions.is_empty() && !plan.is_empty() {
        return Err(format!("there is nothing to do, and yet:\n{}", emit::text(&plan)).into());
    }
    if !plan.candidates.is_empty() {
        return Err(format!("a rename is open: {:?}", plan.candidates).into());
    }
    laws(&plan)?;
    if unchanged {
        return Ok(());
    }
    if plan.is_empty() {
        return Err("there is something to do, and the plan is empty".into());
    }
    let header =
        emit::Header { revision: "1".to_owned(), parents: Vec::new(), message: case.name.clone() };
    let folder = case.folder.join(dialect.name());
    golden(&folder.join("up.sql"), &emit::migration(&plan, &header, true))?;
    golden(&folder.join("down.sql"), &emit::migration(&plan, &header, false))?;
    golden(&folder.join("hazards.txt"), &hazards(&plan))
}

/// In a database that the case does not name, it means nothing or is refused;
/// it must never come out half.
fn elsewhere(case: &Case, dialect: Dialect) -> Result<(), Failed> {
    match planned(case, dialect) {
        Ok(plan) => laws(&plan),
        Err(error) => match error.code() {
            "A0401" | "A0403" => Err(format!("{}: {error}", error.code()).into()),
            _ => Ok(()),
        },
    }
}

/// The laws of the schema and of changes.
fn laws(plan: &Plan) -> Result<(), Failed> {
    let dialect = plan.dialect;
    let after = &plan.schema.after;
    if dialect.canonicalize(after) != *after {
        return Err("canonicalize is not idempotent".into());
    }
    let mut schema = plan.schema.before.clone();
    for change in plan.changes() {
        if change.inverse().inverse() != *change {
            return Err(
                format!("the inverse of the inverse is another: {}", change.describe()).into()
            );
        }
        change.apply(&mut schema).map_err(|error| error.to_string())?;
    }
    same(&tidy(&schema), &tidy(after), "applying the changes does not give the schema after")?;
    for change in &plan.down.changes {
        change.apply(&mut schema).map_err(|error| error.to_string())?;
    }
    same(&tidy(&schema), &tidy(&plan.schema.before), "the way down does not lead back")?;
    let again = planned_from(after, &Declared::whole(after.clone()), dialect, &Options::default());
    match again {
        Ok(again) if again.is_empty() => Ok(()),
        Ok(again) => Err(format!("the second diff is not empty:\n{}", emit::text(&again)).into()),
        Err(error) => Err(error.to_string().into()),
    }
}

/// Without what the catalog could not represent, and in one order of columns:
/// databases append.
fn tidy(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    schema.unsupported.clear();
    for table in schema.tables.values_mut() {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        table.sort();
    }
    schema
}

fn same(left: &Schema, right: &Schema, message: &str) -> Result<(), Failed> {
    if left == right {
        return Ok(());
    }
    let text = |schema: &Schema| serde_json::to_string_pretty(schema).expect("JSON");
    let (left, right) = (text(left), text(right));
    let diff = similar::TextDiff::from_lines(&left, &right);
    Err(format!("{message}\n{}", diff.unified_diff().context_radius(4)).into())
}

fn hazards(plan: &Plan) -> String {
    let mut text = String::new();
    for hazard in plan.up.steps().flat_map(|planned| &planned.hazards) {
        let severity = match hazard.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Danger => "danger",
        };
        text.push_str(&format!("{} {severity}: {}\n", hazard.code, hazard.message));
    }
    text
}

fn golden(path: &Path, found: &str) -> Result<(), Failed> {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, found).expect("a file");
        return Ok(());
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == found {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(expected.as_str(), found);
    Err(format!("{} differs\n{}", path.display(), diff.unified_diff()).into())
}

async fn live(case: &Case, dialect: Dialect) -> Result<(), Failed> {
    let database = Database::fresh(dialect);
    let connection = database.connect().await;
    let before = create(&connection, &case.before).await?;
    same(
        &tidy(&before),
        &tidy(&dialect.as_created(&case.before.schema)),
        "what was created is not what was declared",
    )
    .or_else(|error| spelled_alike(&connection, dialect, &before, &case.before, error))?;
    for sql in rows(case, dialect, &before) {
        execute(&connection, &sql).await?;
    }
    let plan = settled_plan(&connection, &before, &case.after, &case.options()).await?;
    let unchanged = case.spec.unchanged.iter().any(|name| name == dialect.name());
    if unchanged {
        let text = emit::text(&plan);
        return if plan.is_empty() { Ok(()) } else { Err(format!("a phantom:\n{text}").into()) };
    }
    let up = migration(&plan, true);
    let down = migration(&plan, false);
    if case.spec.fails.iter().any(|name| name == dialect.name()) {
        return fails(case, &connection, &before, &plan, &up).await;
    }
    let values = all_contents(&connection, &before).await;
    run_up(&connection, &up).await?;
    reached(&connection, &plan.schema.after, "the way up").await?;
    equals_fresh(case, &connection).await?;
    kept(case, &connection, &plan, &values).await?;
    if let Some(expect) = &case.spec.expect {
        let found = text(&connection, &expect.query).await?;
        if found != expect.value {
            return Err(format!("{} gives {found}, not {}", expect.query, expect.value).into());
        }
    }
    let second = read(&connection).await?;
    let again = settled_plan(&connection, &second, &case.after, &Options::default()).await?;
    if !again.is_empty() {
        return Err(format!("the second diff is not empty:\n{}", emit::text(&again)).into());
    }
    if !plan.down.refusals.is_empty() {
        return Ok(());
    }
    downgrade(&connection, std::slice::from_ref(&down), Duration::ZERO, &mut Silent)
        .await
        .map_err(|error| format!("down: {error}"))?;
    reached(&connection, &plan.schema.before, "the way down").await?;
    run_up(&connection, &up).await?;
    reached(&connection, &plan.schema.after, "the second way up").await?;
    connection.close().await;
    Ok(())
}

/// Where a server rewrites expressions, "equal" means an empty diff that it
/// has settled itself.
fn spelled_alike(
    connection: &Connection,
    dialect: Dialect,
    found: &Schema,
    declared: &Declared,
    error: Failed,
) -> Result<(), Failed> {
    let options = Options::default();
    let first = planned_from(found, declared, dialect, &options).map_err(|e| e.to_string())?;
    if first.is_empty() || !first.questions.is_empty() {
        return Ok(());
    }
    let _ = connection;
    Err(error)
}

fn rows(case: &Case, dialect: Dialect, before: &Schema) -> Vec<String> {
    match &case.spec.rows {
        Some(sql) => autogen_dialect::split(dialect, sql)
            .statements
            .into_iter()
            .map(|statement| statement.sql)
            .collect(),
        None => made_up(dialect, before),
    }
}

async fn create(connection: &Connection, models: &Declared) -> Result<Schema, Failed> {
    let dialect = connection.dialect();
    let plan = planned_from(&Schema::default(), models, dialect, &Options::default())
        .map_err(|error| format!("creating: {error}"))?;
    for step in plan.up.steps() {
        execute(connection, &step.step.sql).await?;
    }
    read(connection).await
}

async fn read(connection: &Connection) -> Result<Schema, Failed> {
    let schema = introspect(connection, &Scope::default()).await.map_err(|e| e.to_string())?;
    Ok(connection.dialect().canonicalize(&schema))
}

async fn settled_plan(
    connection: &Connection,
    before: &Schema,
    after: &Declared,
    options: &Options,
) -> Result<Plan, Failed> {
    let dialect = connection.dialect();
    let mut options = options.clone();
    let first = planned_from(before, after, dialect, &options).map_err(|e| e.to_string())?;
    let answers = settle(connection, &first.schema.after, &first.questions)
        .await
        .map_err(|error| error.to_string())?;
    options.answers = first.questions.into_iter().zip(answers).collect();
    Ok(planned_from(before, after, dialect, &options).map_err(|e| e.to_string())?)
}

/// The migration as it is run: written to a file's text and read back.
fn migration(plan: &Plan, up: bool) -> Migration {
    let header = emit::Header { revision: "1".to_owned(), ..emit::Header::default() };
    let script = Script::parse(&emit::migration(plan, &header, up), plan.dialect);
    let groups = script.groups.into_iter().map(|group| Group {
        transaction: group.transaction,
        rebuilds: script.foreign_keys_off,
        statements: group.statements,
    });
    Migration {
        revision: Revision { id: "1".to_owned(), ..Revision::default() },
        groups: groups.collect(),
    }
}

async fn run_up(connection: &Connection, up: &Migration) -> Result<(), Failed> {
    upgrade(connection, std::slice::from_ref(up), Duration::ZERO, &mut Silent)
        .await
        .map(drop)
        .map_err(|error| format!("up: {error}").into())
}

async fn reached(connection: &Connection, goal: &Schema, way: &str) -> Result<(), Failed> {
    let found = read(connection).await?;
    let message = format!("{way} does not end where the plan says");
    // Expressions are compared by an empty diff: servers spell them anew.
    let exact = same(&tidy(&found), &tidy(goal), &message);
    if exact.is_ok() {
        return Ok(());
    }
    let goal = Declared::whole(goal.clone());
    let plan = settled_plan(connection, &found, &goal, &Options::default()).await?;
    if plan.is_empty() { Ok(()) } else { exact }
}

/// The database must be one that was made from the new models directly, but
/// for the order of columns and names that nobody insists on.
async fn equals_fresh(case: &Case, connection: &Connection) -> Result<(), Failed> {
    let other = Database::fresh(connection.dialect());
    let fresh = other.connect().await;
    let direct = create(&fresh, &case.after).await?;
    fresh.close().await;
    let found = read(connection).await?;
    same(&nameless(&found, case), &nameless(&direct, case), "not what the models give directly")
}

/// Without the names that the models leave open.
fn nameless(schema: &Schema, case: &Case) -> Schema {
    let mut schema = tidy(schema);
    for table in schema.tables.values_mut() {
        let declared = case.after.schema.tables.get(&table.name);
        let insists = |name: &Name| {
            declared.is_some_and(|declared| {
                declared.constraints().iter().any(|it| it.name() == name)
                    || declared.indexes.iter().any(|it| it.name == *name)
            })
        };
        let strip = |name: &mut Name| {
            if !insists(name) {
                *name = Name::Absent;
            }
        };
        strip_all(table, strip);
        // The server quotes the name of a renamed column in the checks on it.
        for check in &mut table.checks {
            check.expr.0 = check.expr.0.replace('"', "");
        }
        for column in &mut table.columns {
            if let Some(autogen_schema::Identity::Serial(sequence)) = &mut column.identity {
                *sequence = None;
            }
        }
        table.sort();
    }
    schema
}

fn strip_all(table: &mut Table, mut strip: impl FnMut(&mut Name)) {
    table.primary_key.iter_mut().for_each(|it| strip(&mut it.name));
    table.uniques.iter_mut().for_each(|it| strip(&mut it.name));
    table.foreign_keys.iter_mut().for_each(|it| strip(&mut it.name));
    table.checks.iter_mut().for_each(|it| strip(&mut it.name));
    table.exclusions.iter_mut().for_each(|it| strip(&mut it.name));
    table.indexes.iter_mut().for_each(|it| strip(&mut it.name));
}

type AllContents = Vec<(Table, autogen_tests::rows::Contents)>;

async fn all_contents(connection: &Connection, schema: &Schema) -> AllContents {
    let mut all = Vec::new();
    for table in schema.tables.values() {
        all.push((table.clone(), contents(connection, table).await));
    }
    all
}

/// Rows and values that were there are there still, under their new names.
async fn kept(
    case: &Case,
    connection: &Connection,
    plan: &Plan,
    before: &AllContents,
) -> Result<(), Failed> {
    for (table, values) in before {
        let (name, columns) = whereabouts(plan, table);
        let Some(after) = plan.schema.after.tables.get(&name) else { continue };
        let found = contents(connection, after).await;
        for Pair { before: old, after: new } in columns {
            let altered = case.spec.altered.contains(&format!("{name}.{new}"));
            let (Some(was), Some(is)) = (values.get(&old), found.get(&new)) else { continue };
            if was.len() != is.len() {
                return Err(format!("{name} had {} rows, and has {}", was.len(), is.len()).into());
            }
            if !altered && was != is {
                return Err(format!("{name}.{new} held {was:?}, and holds {is:?}").into());
            }
        }
    }
    Ok(())
}

/// Where a table and its columns went.
fn whereabouts(plan: &Plan, table: &Table) -> (autogen_schema::QName, Vec<Pair<String>>) {
    use autogen_schema::{Change, ColumnChange, TableChange};
    let mut name = table.name.clone();
    let mut columns: Vec<Pair<String>> =
        table.columns.iter().map(|it| Pair::new(it.name.clone(), it.name.clone())).collect();
    for change in plan.changes() {
        match change {
            Change::Table(TableChange::Rename(it)) if it.before == name => name = it.after.clone(),
            Change::Column(ColumnChange::Rename { table, name: it }) if *table == name => {
                let mut moved = columns.iter_mut().filter(|column| column.after == it.before);
                if let Some(column) = moved.next() {
                    column.after.clone_from(&it.after);
                }
            }
            Change::Column(ColumnChange::Drop { table, column, .. }) if *table == name => {
                columns.retain(|it| it.after != column.name);
            }
            _other => {}
        }
    }
    (name, columns)
}

/// The run fails over the rows that are there, was announced, and changes
/// nothing.
async fn fails(
    case: &Case,
    connection: &Connection,
    before: &Schema,
    plan: &Plan,
    up: &Migration,
) -> Result<(), Failed> {
    let code = case.spec.hazard.as_deref().expect("a case that fails names the hazard");
    let announced = plan.up.steps().flat_map(|it| &it.hazards).any(|it| it.code == code);
    if !announced {
        return Err(format!("{code} does not announce the failure:\n{}", hazards(plan)).into());
    }
    let values = all_contents(connection, before).await;
    if run_up(connection, up).await.is_ok() {
        return Err("this must fail over these rows".into());
    }
    reached(connection, before, "the failure").await?;
    if all_contents(connection, before).await != values {
        return Err("the failure changed rows".into());
    }
    Ok(())
}

async fn execute(connection: &Connection, sql: &str) -> Result<(), Failed> {
    match connection.raw().execute_unprepared(sql).await {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{error}\nin: {sql}").into()),
    }
}

async fn text(connection: &Connection, sql: &str) -> Result<String, Failed> {
    let backend = connection.raw().get_database_backend();
    let statement = sea_orm::Statement::from_string(backend, sql);
    let row = connection.raw().query_one_raw(statement).await.map_err(|e| e.to_string())?;
    let row = row.ok_or("the query gives no row")?;
    let value: Option<String> = row.try_get_by_index(0).map_err(|e| e.to_string())?;
    Ok(value.unwrap_or_else(|| "NULL".to_owned()))
}
