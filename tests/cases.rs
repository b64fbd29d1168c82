//! Every case folder, in three stages: pure (golden files, laws), live (on each server:
//! create, fill, up, compare, down, up again) and crash (where DDL commits: killed at each
//! statement, up and down).
//!
//! `UPDATE_GOLDEN=1` writes the golden files; a person reads them before they are committed.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use autogen_dialect::Dialect;
use autogen_live::run::Migration;
use autogen_live::{Connection, Scope};
use autogen_plan::{Options, Plan, PlanError, emit};
use autogen_schema::{Declared, Name, Pair, QName, Schema, Table};
use autogen_tests::case::Case;
use autogen_tests::crash::{comes_apart, killed_everywhere};
use autogen_tests::drive::{
    AllContents, all_contents, create, execute, migration, reached, run_down, run_up, scope,
    settled_plan, stopped_by_rows,
};
use autogen_tests::files::files;
use autogen_tests::laws::{hazards, laws, planned_from, same, tidy};
use autogen_tests::rows::{contents, made_up};
use autogen_tests::{Database, block_on, dialects};
use libtest_mimic::{Arguments, Failed, Trial};
use sea_orm::ConnectionTrait;

fn main() {
    let mut arguments = Arguments::from_args();
    // A case waits for its server most of the time.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    arguments.test_threads.get_or_insert(4 * cores);
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
            let whole = case.clone();
            trials.push(Trial::test(name, move || block_on(live(&whole, dialect))));
            let name = format!("crash::{}::{dialect}", case.name);
            let lasts = |list: &[String]| list.iter().any(|it| it == dialect.name());
            let runs = !lasts(&case.spec.fails) && !lasts(&case.spec.unchanged);
            if runs && matches!(dialect, Dialect::Mysql | Dialect::Mariadb) {
                let case = case.clone();
                trials.push(Trial::test(name, move || block_on(crash(&case, dialect))));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The plan from the models before, as created, to those after.
fn planned(case: &Case, dialect: Dialect) -> Result<Plan, PlanError> {
    let before = dialect.as_created(&case.before.schema);
    planned_from(&before, &case.after, dialect, &case.options())
}

fn pure(case: &Case, dialect: Dialect) -> Result<(), Failed> {
    let case = match case.completed(dialect) {
        Ok(case) => &case.clone(),
        // Files without effect on this database.
        Err(_) if !case.is_for(dialect) => return Ok(()),
        Err(problems) => return Err(problems[0].to_string().into()),
    };
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
    if unchanged && plan.questions.is_empty() && !plan.unnormalized && !plan.is_empty() {
        return Err(format!("there is nothing to do, and yet:\n{}", emit::text(&plan)).into());
    }
    if !plan.candidates.is_empty() {
        return Err(format!("a rename is open: {:?}", plan.candidates).into());
    }
    laws(&plan)?;
    files(&plan)?;
    if unchanged {
        return Ok(());
    }
    if plan.is_empty() {
        return Err("there is something to do, and the plan is empty".into());
    }
    let header = emit::Header {
        revision: "1".to_owned(),
        message: case.name.clone(),
        ..emit::Header::default()
    };
    let folder = case.folder.join(dialect.name());
    golden(&folder.join("up.sql"), &emit::migration(&plan, &header, true)?)?;
    golden(&folder.join("down.sql"), &emit::migration(&plan, &header, false)?)?;
    golden(&folder.join("hazards.txt"), &hazards(&plan))
}

/// In a database that the case does not name, it has no effect or is refused; it must never
/// be carried out in part.
fn elsewhere(case: &Case, dialect: Dialect) -> Result<(), Failed> {
    match planned(case, dialect) {
        Ok(plan) => Ok(laws(&plan)?),
        Err(error) => match error.code() {
            "A0401" | "A0403" => Err(format!("{}: {error}", error.code()).into()),
            _ => Ok(()),
        },
    }
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
    let case = &case.completed(dialect).map_err(|problems| problems[0].to_string())?;
    let database = Database::fresh(dialect);
    let connection = database.connect().await;
    if let Some(since) = case.spec.since.get(dialect.name())
        && connection.version().major(dialect) < *since
    {
        return too_old(case, &connection);
    }
    let scope = scope([&case.before, &case.after]);
    let before = create(&connection, &case.before, &scope).await?;
    let mut declared = Declared::whole(dialect.as_created(&case.before.schema));
    declared.places.clone_from(&case.before.places);
    let message = "what was created is not what was declared";
    if let Err(error) = same(&tidy(&before), &tidy(&declared.schema), message) {
        spelled_alike(&connection, &before, &declared, error).await?;
    }
    for sql in rows(case, dialect, &before) {
        execute(&connection, &sql).await?;
    }
    let plan = settled_plan(&connection, &before, &case.after, &case.options()).await?;
    let unchanged = case.spec.unchanged.iter().any(|name| name == dialect.name());
    if unchanged {
        let text = emit::text(&plan);
        return if plan.is_empty() { Ok(()) } else { Err(format!("a phantom:\n{text}").into()) };
    }
    let up = migration(&plan, true)?;
    let down = migration(&plan, false)?;
    if case.spec.fails.iter().any(|name| name == dialect.name()) {
        return fails(case, &connection, &scope, &before, &plan, &up).await;
    }
    let values = all_contents(&connection, &before).await;
    run_up(&connection, &up).await?;
    let second = reached(&connection, &scope, &plan.schema.after, "the way up").await?;
    equals_fresh(case, &connection, &scope, &second).await?;
    kept(case, &connection, &plan, &values).await?;
    if let Some(expect) = &case.spec.expect {
        let found = text(&connection, &expect.query).await?;
        if found != expect.value {
            return Err(format!("{} gives {found}, not {}", expect.query, expect.value).into());
        }
    }
    let again = settled_plan(&connection, &second, &case.after, &Options::default()).await?;
    if !again.is_empty() {
        return Err(format!("the second diff is not empty:\n{}", emit::text(&again)).into());
    }
    if !plan.down.refusals.is_empty() {
        return Ok(());
    }
    stopped_by_rows(&connection, &scope, &plan, &down).await?;
    run_down(&connection, &down).await?;
    reached(&connection, &scope, &plan.schema.before, "the way down").await?;
    run_up(&connection, &up).await?;
    reached(&connection, &scope, &plan.schema.after, "the second way up").await?;
    connection.close().await;
    Ok(())
}

/// A case that the server is too old for is refused, with the version that it needs.
fn too_old(case: &Case, connection: &Connection) -> Result<(), Failed> {
    let options = Options { server: Some(connection.version().number), ..Options::default() };
    let refused = [&case.before, &case.after].into_iter().any(|models| {
        let planned = planned_from(&Schema::default(), models, connection.dialect(), &options);
        planned.is_err_and(|error| error.to_string().contains("came with version"))
    });
    if refused { Ok(()) } else { Err("the old server is not named as the reason".into()) }
}

/// A run that is killed at any statement continues to the same result, with all rows.
async fn crash(case: &Case, dialect: Dialect) -> Result<(), Failed> {
    let case = &case.completed(dialect).map_err(|problems| problems[0].to_string())?;
    let scope = scope([&case.before, &case.after]);
    for behind in [false, true] {
        let database = Database::fresh(dialect);
        let connection = database.connect().await;
        let before = create(&connection, &case.before, &scope).await?;
        for sql in rows(case, dialect, &before) {
            execute(&connection, &sql).await?;
        }
        let plan = settled_plan(&connection, &before, &case.after, &case.options()).await?;
        let (up, down) = (migration(&plan, true)?, migration(&plan, false)?);
        if !comes_apart(dialect, &up) && !comes_apart(dialect, &down) {
            return Ok(());
        }
        let values = all_contents(&connection, &before).await;
        killed_everywhere(&database, &up, true, behind).await?;
        reached(&connection, &scope, &plan.schema.after, "the way up").await?;
        kept(case, &connection, &plan, &values).await?;
        if plan.down.refusals.is_empty() {
            stopped_by_rows(&connection, &scope, &plan, &down).await?;
            killed_everywhere(&database, &down, false, behind).await?;
            reached(&connection, &scope, &plan.schema.before, "the way down").await?;
        }
        connection.close().await;
    }
    Ok(())
}

/// Where a server rewrites expressions, "equal" means an empty diff after it normalized them.
async fn spelled_alike(
    connection: &Connection,
    found: &Schema,
    declared: &Declared,
    error: String,
) -> Result<(), String> {
    let plan = settled_plan(connection, found, declared, &Options::default()).await?;
    if plan.is_empty() { Ok(()) } else { Err(error) }
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

async fn equals_fresh(
    case: &Case,
    connection: &Connection,
    scope: &Scope,
    found: &Schema,
) -> Result<(), Failed> {
    let other = Database::fresh(connection.dialect());
    let fresh = other.connect().await;
    let direct = create(&fresh, &case.after, scope).await?;
    fresh.close().await;
    same(&nameless(found, case), &nameless(&direct, case), "not what the models give directly")?;
    Ok(())
}

/// Without the names that the models leave open.
fn nameless(schema: &Schema, case: &Case) -> Schema {
    let mut schema = tidy(schema);
    for view in schema.views.values_mut() {
        view.definition = view.definition.replace('"', "");
        for trigger in &mut view.triggers {
            trigger.definition = trigger.definition.replace('"', "");
        }
    }
    for table in schema.tables.values_mut().map(Arc::make_mut) {
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
        for trigger in &mut table.triggers {
            trigger.definition = trigger.definition.replace('"', "");
        }
        // The server quotes the name of a renamed column wherever it occurs.
        for check in &mut table.checks {
            check.expr.0 = check.expr.0.replace('"', "");
        }
        for index in &mut table.indexes {
            let keys = index.parts.iter_mut().map(|part| &mut part.key);
            let expressions = keys.filter_map(|key| match key {
                autogen_schema::IndexKey::Expression(expr) => Some(expr),
                autogen_schema::IndexKey::Column(_) => None,
            });
            for expr in expressions.chain(&mut index.predicate) {
                expr.0 = expr.0.replace('"', "");
            }
        }
        for column in &mut table.columns {
            if let Some(generated) = &mut column.generated {
                generated.expr.0 = generated.expr.0.replace('"', "");
            }
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

/// Existing rows and values still exist, under their new names.
async fn kept(
    case: &Case,
    connection: &Connection,
    plan: &Plan,
    before: &AllContents,
) -> Result<(), Failed> {
    let moved = moved(plan);
    let all = |contents: &AllContents| -> usize {
        contents.iter().map(|(_, it)| it.values().map(Vec::len).max().unwrap_or(0)).sum()
    };
    let total = all(&all_contents(connection, &plan.schema.after).await);
    if !moved.is_empty() && all(before) != total {
        return Err(format!("there were {} rows, and there are {total}", all(before)).into());
    }
    for (table, values) in before {
        let (name, columns) = whereabouts(plan, table);
        if moved.contains(&name) {
            continue;
        }
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

/// The tables that rows leave or join, with a partition.
fn moved(plan: &Plan) -> BTreeSet<QName> {
    use autogen_schema::{Change, PartitionChange};
    let moved = plan.changes().iter().filter_map(|change| match change {
        Change::Partition(
            PartitionChange::Attach { table, .. } | PartitionChange::Detach { table, .. },
        ) => Some(table.clone()),
        _other => None,
    });
    moved.collect()
}

/// The new names of a table and its columns.
fn whereabouts(plan: &Plan, table: &Table) -> (QName, Vec<Pair<String>>) {
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

/// The run fails on existing rows, was reported before, and changes nothing.
async fn fails(
    case: &Case,
    connection: &Connection,
    scope: &Scope,
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
    reached(connection, scope, before, "the failure").await?;
    if all_contents(connection, before).await != values {
        return Err("the failure changed rows".into());
    }
    Ok(())
}

async fn text(connection: &Connection, sql: &str) -> Result<String, Failed> {
    let sql = match connection.dialect() {
        Dialect::Sqlite | Dialect::Postgres => sql.to_owned(),
        Dialect::Mysql | Dialect::Mariadb => sql.replace(" AS text)", " AS char)"),
    };
    let backend = connection.raw().get_database_backend();
    let statement = sea_orm::Statement::from_string(backend, sql);
    let row = connection.raw().query_one_raw(statement).await.map_err(|e| e.to_string())?;
    let row = row.ok_or("the query gives no row")?;
    let value: Option<String> = row.try_get_by_index(0).map_err(|e| e.to_string())?;
    Ok(value.unwrap_or_else(|| "NULL".to_owned()))
}
