//! Random schema pairs: the laws, pure and live on each server.
//!
//! `AUTOGEN_PROPS=N` sets how many pairs are run live per database, and
//! `AUTOGEN_PROPS_SEED=S` draws others. A failing pair is minimized, and written as a case
//! folder under `target/fuzz`.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod hostile;
mod pieces;
mod pulled;
mod schemas;
mod scripts;
mod texts;

use std::path::Path;

use autogen_dialect::Dialect;
use autogen_live::Connection;
use autogen_plan::{Options, Plan};
use autogen_schema::{Column, Declared, Snapshot, Table};
use autogen_tests::drive::{
    AllContents, all_contents, create, execute, migration, reached, run_down, run_up, scope,
    settled_plan, stopped_by_rows,
};
use autogen_tests::files::files;
use autogen_tests::laws::{laws, planned_from, same, tidy};
use autogen_tests::rows::made_up;
use autogen_tests::{Database, block_on, dialects};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// The same pairs on every run, so that failures are reproducible.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Others, for each seed.
fn seeded(cases: u32, seed: u64) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// A project with all kinds.
fn projects(dialect: Dialect) -> impl Strategy<Value = Declared> {
    (schemas::schema(dialect), scripts::variants())
        .prop_map(move |(schema, variants)| scripts::project(dialect, schema, &variants))
}

/// The project in its database's form.
fn as_created(dialect: Dialect, project: &Declared) -> Declared {
    Declared { schema: dialect.as_created(&project.schema), ..project.clone() }
}

fn pure(dialect: Dialect) {
    let pairs = (projects(dialect), projects(dialect));
    let result = runner(400).run(&pairs, |(before, after)| {
        let before = dialect.as_created(&before.schema);
        let after = as_created(dialect, &after);
        // An impossible conversion is refused, which is correct.
        let Ok(plan) = planned_from(&before, &after, dialect, &Options::default()) else {
            return Ok(());
        };
        laws(&plan).and_then(|()| files(&plan)).map_err(TestCaseError::fail)
    });
    report(result);
}

#[test]
fn laws_hold_for_sqlite() {
    pure(Dialect::Sqlite);
}

#[test]
fn laws_hold_for_postgres() {
    pure(Dialect::Postgres);
}

#[test]
fn laws_hold_for_mysql() {
    pure(Dialect::Mysql);
}

#[test]
fn laws_hold_for_mariadb() {
    pure(Dialect::Mariadb);
}

#[test]
fn a_schema_and_itself_do_not_differ() {
    for dialect in Dialect::ALL {
        let result = runner(400).run(&projects(dialect), |declared| {
            // Declared, with everything that it leaves open.
            let created = dialect.as_created(&declared.schema);
            let plan = planned_from(&created, &declared, dialect, &Options::default());
            let plan = plan.map_err(|error| TestCaseError::fail(error.to_string()))?;
            let text = autogen_plan::emit::text(&plan);
            if plan.is_empty() { Ok(()) } else { Err(TestCaseError::fail(text)) }
        });
        report(result);
    }
}

fn report<T: std::fmt::Debug>(result: Result<(), TestError<T>>) {
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, input)) => {
            panic!("{}\nsmallest input: {input:#?}", reason.message())
        }
        Err(TestError::Abort(reason)) => panic!("{}", reason.message()),
    }
}

/// A short budget; `make fuzz` draws more. The databases are tested in parallel.
#[test]
fn random_pairs_migrate_live() {
    let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse().ok());
    let (pairs, seed) = (number("AUTOGEN_PROPS").unwrap_or(30), number("AUTOGEN_PROPS_SEED"));
    std::thread::scope(|scope| {
        for dialect in dialects() {
            scope.spawn(move || random_pairs_on(dialect, pairs, seed));
        }
    });
}

fn random_pairs_on(dialect: Dialect, pairs: u32, seed: Option<u32>) {
    let strategy = (projects(dialect), projects(dialect));
    let mut runner = match seed {
        Some(seed) => seeded(pairs, seed.into()),
        None => runner(pairs),
    };
    let mut failures = Vec::new();
    let (mut arrived, mut emptied, mut refused, mut stuck) = (0, 0, Vec::new(), Vec::new());
    for number in 0..pairs {
        let mut tree = strategy.new_tree(&mut runner).expect("a pair");
        let rows = number.is_multiple_of(2);
        match block_on(live(dialect, &tree.current(), rows)) {
            Ok(Outcome::Migrated) => arrived += 1,
            Ok(Outcome::Emptied) => {
                arrived += 1;
                emptied += 1;
            }
            Ok(Outcome::Stuck(reason)) => {
                arrived += 1;
                let folder = leave_case(dialect, number, &tree.current(), &reason);
                stuck.push(format!("{reason}\n{folder}"));
            }
            Ok(Outcome::Refused(reason)) => refused.push(reason),
            Ok(Outcome::Stopped) => {}
            Err(reason) => {
                let reason = smallest(dialect, &mut tree, rows, reason);
                let folder = leave_case(dialect, number, &tree.current(), &reason);
                failures.push(format!("pair {number} on {dialect}: {reason}\n{folder}"));
            }
        }
    }
    println!(
        "{dialect}: {pairs} pairs, {arrived} migrated ({emptied} back only without rows, {} not \
             back), {} refused, {} failures",
        stuck.len(),
        refused.len(),
        failures.len()
    );
    refused.sort();
    refused.dedup();
    refused.extend(stuck);
    refused.iter().for_each(|reason| println!("  {reason}"));
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n\n"));
    // A test in which every pair is refused would prove nothing.
    assert!(arrived * 2 > pairs, "only {arrived} of {pairs} pairs were migrated on {dialect}");
}

/// Makes a failing pair smaller while it fails.
fn smallest(
    dialect: Dialect,
    tree: &mut impl ValueTree<Value = (Declared, Declared)>,
    rows: bool,
    mut reason: String,
) -> String {
    const TRIES: usize = 150;
    let mut smaller = tree.simplify();
    for _ in 0..TRIES {
        if !smaller {
            break;
        }
        smaller = match block_on(live(dialect, &tree.current(), rows)) {
            Err(still) => {
                reason = still;
                tree.simplify()
            }
            Ok(_) => tree.complicate(),
        };
    }
    // The last attempt may have been too small.
    while block_on(live(dialect, &tree.current(), rows)).is_ok() && tree.complicate() {}
    reason
}

/// Writes a pair as a case folder; returns its path.
fn leave_case(
    dialect: Dialect,
    number: u32,
    (before, after): &(Declared, Declared),
    reason: &str,
) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz");
    let folder = root.join(format!("{dialect}-{number}"));
    std::fs::create_dir_all(&folder).expect("a folder under target");
    let write = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).expect("a file under target");
    };
    let why: Vec<&str> = reason.split_whitespace().collect();
    let why = serde_json::to_string(&why.join(" ")).expect("JSON");
    write("case.toml", format!("why = {why}\ndialects = [\"{dialect}\"]\n"));
    write("before.json", Snapshot::new(before.schema.clone()).to_json());
    write("after.json", Snapshot::new(after.schema.clone()).to_json());
    format!("target/fuzz/{dialect}-{number}")
}

/// The outcome of a pair.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Up, and down if there is a way down.
    Migrated,
    /// Up, stopped by a probe on the way down, and down without rows.
    Emptied,
    /// Up, and rows prevented the way down, as reported.
    Stuck(String),
    /// The plan was refused, for this reason.
    Refused(String),
    /// The rows prevented it, as reported.
    Stopped,
}

/// Every other pair has rows: they prevent many random changes.
async fn live(
    dialect: Dialect,
    (before, after): &(Declared, Declared),
    rows: bool,
) -> Result<Outcome, String> {
    let database = Database::fresh(dialect);
    let connection = database.connect().await;
    let result = migrate(&connection, before, after, rows).await;
    connection.close().await;
    result
}

async fn migrate(
    connection: &Connection,
    before: &Declared,
    after: &Declared,
    rows: bool,
) -> Result<Outcome, String> {
    let dialect = connection.dialect();
    let scope = &scope([before, after]);
    let found = create(connection, before, scope).await?;
    let declared = as_created(dialect, before);
    // What was created and read back is the canonical form of what was declared.
    let again = settled_plan(connection, &found, &declared, &Options::default()).await?;
    if !again.is_empty() {
        same(&tidy(&found), &tidy(&declared.schema), "what was created is not the same")?;
    }
    for sql in made_up(dialect, &found).into_iter().filter(|_| rows) {
        execute(connection, &sql).await?;
    }
    let after = as_created(dialect, after);
    let plan = match settled_plan(connection, &found, &after, &Options::default()).await {
        Ok(plan) => plan,
        // Changes that the database cannot make; a cycle would be our fault.
        Err(reason) if reason.contains("can't be made:") => return Ok(Outcome::Refused(reason)),
        Err(reason) => return Err(reason),
    };
    let values = all_contents(connection, &found).await;
    if let Err(error) = run_up(connection, &migration(&plan, true)?).await {
        // Rows can prevent it; then it was reported, and nothing changed.
        if !announced(&plan) || !is_about_rows(&error) {
            return Err(error);
        }
        // Statements before the failed one keep their effect there.
        if scripts::is_mysql(dialect) {
            return Ok(Outcome::Stopped);
        }
        reached(connection, scope, &found, "a failure").await?;
        let now = all_contents(connection, &found).await;
        return if now == values {
            Ok(Outcome::Stopped)
        } else {
            Err("a failure changed rows".to_owned())
        };
    }
    reached(connection, scope, &plan.schema.after, "the way up").await?;
    kept(&values, &all_contents(connection, &plan.schema.after).await, "up")?;
    if plan.down.refusals.is_empty() {
        let down = migration(&plan, false)?;
        let emptied = stopped_by_rows(connection, scope, &plan, &down).await?;
        match run_down(connection, &down).await {
            Ok(()) => {
                reached(connection, scope, &plan.schema.before, "the way down").await?;
                if emptied {
                    return Ok(Outcome::Emptied);
                }
                let stayed = values.into_iter().filter_map(|(table, values)| {
                    let after = plan.schema.after.tables.get(&table.name)?;
                    Some((both(&table, after), values))
                });
                let now = all_contents(connection, &plan.schema.before).await;
                kept(&stayed.collect(), &now, "down")?;
            }
            // Without rows, none can prevent it.
            Err(error) if emptied || !announced_down(&plan) || !is_about_rows(&error) => {
                return Err(error);
            }
            Err(error) => return Ok(Outcome::Stuck(error)),
        }
    }
    Ok(Outcome::Migrated)
}

/// The table with the columns that are the same in another one.
fn both(table: &Table, other: &Table) -> Table {
    let mut shared = table.clone();
    shared.columns.retain(|column| other.column(&column.name).is_some_and(|it| alike(it, column)));
    shared
}

/// Whether no value of a column has a reason to change.
fn alike(one: &Column, other: &Column) -> bool {
    one.data_type == other.data_type
        && one.nullable == other.nullable
        && one.generated == other.generated
}

/// Requires that the values of all unchanged columns are unchanged.
fn kept(before: &AllContents, after: &AllContents, way: &str) -> Result<(), String> {
    for (table, held) in before {
        let Some((now, found)) = after.iter().find(|(it, _)| it.name == table.name) else {
            continue;
        };
        for column in both(table, now).columns {
            let sorted = |values: &[Option<String>]| {
                let mut values = values.to_vec();
                values.sort();
                values
            };
            let (held, found) = (sorted(&held[&column.name]), sorted(&found[&column.name]));
            if held != found {
                let name = format!("{}.{}", table.name, column.name);
                return Err(format!("{way}: the values of {name} were {held:?}, are {found:?}"));
            }
        }
    }
    Ok(())
}

fn announced(plan: &Plan) -> bool {
    plan.up.steps().flat_map(|it| &it.hazards).any(|it| fails_on_rows(it.code))
}

fn announced_down(plan: &Plan) -> bool {
    plan.down.steps().flat_map(|it| &it.hazards).any(|it| fails_on_rows(it.code))
}

/// Whether a run ended because of the rows: found by a probe before anything ran, or by the
/// server. Anything else is a failure, reported or not.
fn is_about_rows(error: &str) -> bool {
    const WORDS: [&str; 25] = [
        "the database does not allow revision",
        "would leave rows without their parents",
        // SQLite.
        "constraint failed",
        "cannot store",
        "datatype mismatch",
        // PostgreSQL.
        "contains null values",
        "is duplicated",
        "is violated",
        "violates ",
        "out of range",
        "invalid input",
        "value too long",
        "overflow",
        "no partition of relation",
        "conflicting key value",
        // MySQL and MariaDB.
        "Duplicate entry",
        "Data truncated",
        "Out of range",
        "Incorrect ",
        "foreign key constraint fails",
        "Data too long",
        "Invalid use of NULL",
        "cannot be null",
        "Table has no partition for value",
        // A check, on MariaDB only.
        "` failed for `",
    ];
    let probe_failed = error.contains("looking for rows that are in the way");
    !probe_failed && WORDS.iter().any(|words| error.contains(words))
}

fn fails_on_rows(code: &str) -> bool {
    code.starts_with("DD") || code == "DL104" || code == "DL105"
}
