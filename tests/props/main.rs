//! Random schema pairs: the laws, pure and live on each server.
//!
//! `AUTOGEN_PROPS=N` sets how many pairs are run live per database.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod schemas;
mod scripts;
mod texts;

use autogen_dialect::Dialect;
use autogen_live::{Connection, Scope};
use autogen_plan::{Options, Plan};
use autogen_schema::{Declared, Schema};
use autogen_tests::drive::{
    all_contents, create, execute, migration, reached, run_down, run_up, settled_plan,
};
use autogen_tests::laws::{laws, planned_from, same, tidy, written};
use autogen_tests::rows::made_up;
use autogen_tests::{Database, block_on, dialects};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// The same pairs on every run: a failure that comes and goes helps nobody.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn pure(dialect: Dialect) {
    let pairs = (schemas::schema(dialect), schemas::schema(dialect));
    let result = runner(400).run(&pairs, |(before, after)| {
        let before = dialect.as_created(&before);
        let after = Declared::whole(dialect.as_created(&after));
        // An impossible conversion is refused, and that is right.
        let Ok(plan) = planned_from(&before, &after, dialect, &Options::default()) else {
            return Ok(());
        };
        laws(&plan).map_err(TestCaseError::fail)
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
fn a_schema_and_itself_do_not_differ() {
    for dialect in Dialect::ALL {
        let result = runner(400).run(&schemas::schema(dialect), |schema| {
            let created = dialect.as_created(&schema);
            // The declared schema, with all that it leaves open.
            let declared = Declared::whole(schema);
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

#[test]
fn random_pairs_migrate_live() {
    let pairs = std::env::var("AUTOGEN_PROPS").ok().and_then(|it| it.parse().ok()).unwrap_or(60);
    for dialect in dialects() {
        let strategy = (schemas::schema(dialect), schemas::schema(dialect));
        let mut runner = runner(pairs);
        let mut failures = Vec::new();
        let mut arrived = 0;
        for number in 0..pairs {
            let tree = strategy.new_tree(&mut runner).expect("a pair");
            let (before, after) = tree.current();
            let outcome = block_on(live(dialect, &before, &after, number.is_multiple_of(2)));
            arrived += u32::from(outcome == Ok(Outcome::Migrated));
            if let Err(reason) = outcome {
                let json = |schema: &Schema| serde_json::to_string(schema).expect("JSON");
                failures.push(format!(
                    "pair {number} on {dialect}: {reason}\nbefore: {}\nafter: {}",
                    json(&before),
                    json(&after)
                ));
            }
        }
        assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n\n"));
        // A test in which every pair is refused would hold nothing.
        assert!(arrived * 2 > pairs, "only {arrived} of {pairs} pairs were migrated on {dialect}");
    }
}

/// How a pair ended.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Up, and down where there is a way.
    Migrated,
    /// The plan was refused.
    Refused,
    /// The rows stood in the way, as announced.
    Stopped,
}

/// Every other pair has rows: they keep many a random change from being made.
async fn live(
    dialect: Dialect,
    before: &Schema,
    after: &Schema,
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
    before: &Schema,
    after: &Schema,
    rows: bool,
) -> Result<Outcome, String> {
    let dialect = connection.dialect();
    let found = create(connection, &Declared::whole(before.clone()), &Scope::default()).await?;
    let declared = written(dialect.as_created(before));
    // What was created and read back is the canonical form of what was said.
    let again = settled_plan(connection, &found, &declared, &Options::default()).await?;
    if !again.is_empty() {
        same(&tidy(&found), &tidy(&declared.schema), "what was created is not the same")?;
    }
    for sql in made_up(dialect, &found).into_iter().filter(|_| rows) {
        execute(connection, &sql).await?;
    }
    let after = written(dialect.as_created(after));
    let Ok(plan) = settled_plan(connection, &found, &after, &Options::default()).await else {
        return Ok(Outcome::Refused);
    };
    let values = all_contents(connection, &found).await;
    if let Err(error) = run_up(connection, &migration(&plan, true)).await {
        // Rows can stand in the way; then it was announced, and nothing changed.
        if !announced(&plan) {
            return Err(error);
        }
        reached(connection, &Scope::default(), &found, "a failure").await?;
        let now = all_contents(connection, &found).await;
        return if now == values {
            Ok(Outcome::Stopped)
        } else {
            Err("a failure changed rows".to_owned())
        };
    }
    reached(connection, &Scope::default(), &plan.schema.after, "the way up").await?;
    if plan.down.refusals.is_empty() {
        let down = run_down(connection, &migration(&plan, false)).await;
        match down {
            Ok(()) => {
                reached(connection, &Scope::default(), &plan.schema.before, "the way down").await?
            }
            Err(error) if !announced_down(&plan) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(Outcome::Migrated)
}

fn announced(plan: &Plan) -> bool {
    plan.up.steps().flat_map(|it| &it.hazards).any(|it| fails_on_rows(it.code))
}

fn announced_down(plan: &Plan) -> bool {
    // Neutral values for columns that come back can be duplicates.
    plan.down.steps().flat_map(|it| &it.hazards).any(|it| fails_on_rows(it.code))
        || plan.changes().iter().any(autogen_schema::Change::loses_data)
}

fn fails_on_rows(code: &str) -> bool {
    code.starts_with("DD") || code == "DL104" || code == "DL105"
}
