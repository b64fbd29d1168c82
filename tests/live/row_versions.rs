//! MySQL allows only so many instant column changes: reported before anything runs, and after
//! a rebuild of the table the same migration succeeds.

use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::history::{RevisionSummary, State, current};
use autogen_live::run::{Migration, Silent, StatementGroup, upgrade, worn_out};
use autogen_live::{Connection, LiveError};
use autogen_tests::{Database, block_on};

use crate::wanted;

const WAIT: Duration = Duration::from_secs(5);

fn migration(id: &str, statements: &[&str]) -> Migration {
    let statements = statements.iter().map(|sql| (*sql).to_owned()).collect();
    Migration {
        revision: RevisionSummary { id: id.to_owned(), ..RevisionSummary::default() },
        probes: Vec::new(),
        groups: vec![StatementGroup { transaction: true, rebuilds: false, statements }],
    }
}

/// Adds and drops columns instantly until the server rejects it: MySQL 9.7 allows 255.
async fn wear_out(database: &Database, table: &str) {
    let statement = |turn: u32| {
        let clause = if turn.is_multiple_of(2) { "ADD COLUMN x int" } else { "DROP COLUMN x" };
        format!("ALTER TABLE {table} {clause}, ALGORITHM=INSTANT;")
    };
    database.run(&(0..255).map(statement).collect::<String>()).await;
}

async fn run(connection: &Connection, work: &Migration) -> Result<Vec<String>, LiveError> {
    upgrade(connection, std::slice::from_ref(work), WAIT, &mut Silent).await
}

#[test]
fn told_before_anything_runs() {
    if !wanted(Dialect::Mysql) {
        return;
    }
    let database = Database::fresh(Dialect::Mysql);
    block_on(async {
        let table = "`a-b \"c`";
        let sql = format!(
            "create table {table} (id int primary key, a int, v int as (a + 1) virtual); \
             insert into {table} (id, a) values (1, 2); create table u (id int)"
        );
        database.run(&sql).await;
        wear_out(&database, table).await;
        let connection = database.connect().await;
        let drop = format!("ALTER TABLE {table} DROP COLUMN a, DROP COLUMN v, ALGORITHM=INSTANT");
        let work = migration("1", &["ALTER TABLE u ADD COLUMN b int, ALGORITHM=INSTANT", &drop]);
        let error = run(&connection, &work).await.unwrap_err();
        assert_eq!(error.code(), "A0331");
        let text = error.to_string();
        assert!(text.contains("255 of 255 are used up"), "{text}");
        assert!(!text.contains("\n  u:"), "{text}");
        let rebuild = format!("ALTER TABLE {table} FORCE, ALGORITHM=INPLACE, LOCK=NONE");
        assert!(text.contains(&rebuild), "{text}");
        assert!(current(&connection).await.unwrap().is_empty(), "nothing ran");

        // Changes without a row version succeed all the same.
        let quiet = [
            format!("ALTER TABLE {table} DROP COLUMN v, ALGORITHM=INSTANT"),
            format!("ALTER TABLE {table} RENAME COLUMN x TO y, ALGORITHM=INSTANT"),
            format!("ALTER TABLE {table} ADD COLUMN v int AS (a + 2) VIRTUAL, ALGORITHM=INSTANT"),
        ];
        let quiet: Vec<&str> = quiet.iter().map(String::as_str).collect();
        run(&connection, &migration("0", &quiet)).await.unwrap();

        // So do changes after a rebuild, by hand or earlier in the migration.
        let anew = [rebuild.as_str(), &drop];
        assert_eq!(worn_out(&connection, &anew).await.unwrap(), None);
        database.run(&rebuild).await;
        run(&connection, &work).await.unwrap();
    });
}

/// If the counters are not readable, the server reports it, and the run continues afterwards.
#[test]
fn told_by_the_server() {
    if !wanted(Dialect::Mysql) {
        return;
    }
    let database = Database::fresh(Dialect::Mysql);
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    let user = format!("{name}_w");
    block_on(async {
        let sql = "create table t (id int primary key) partition by hash (id) partitions 2; \
                   create table u (id int)";
        database.run(sql).await;
        wear_out(&database, "t").await;
        let rich = database.connect().await;
        let add = "ALTER TABLE t ADD COLUMN b int, ALGORITHM=INSTANT";
        let found = worn_out(&rich, &[add]).await.unwrap();
        assert!(found.is_some_and(|it| it.contains("255 of 255")), "each partition counts");

        database
            .run(&format!("create user {user} identified by ''; grant all on {name}.* to {user}"))
            .await;
        let connection = Connection::connect(&database.url_as(&user)).await.unwrap();
        assert_eq!(worn_out(&connection, &[add]).await.unwrap(), None);
        let work = migration("1", &["ALTER TABLE u ADD COLUMN b int, ALGORITHM=INSTANT", add]);
        let error = run(&connection, &work).await.unwrap_err();
        assert_eq!(error.code(), "A0331");
        let text = error.to_string();
        assert!(text.contains("statement 2 of 2"), "{text}");
        assert!(text.contains("ALTER TABLE `t` FORCE"), "{text}");
        let rows = current(&connection).await.unwrap();
        assert_eq!(
            rows.iter().map(|it| (it.state, it.steps_done)).collect::<Vec<_>>(),
            [(State::Failed, 1)]
        );
        database.run("ALTER TABLE t FORCE, ALGORITHM=INPLACE, LOCK=NONE").await;
        run(&connection, &work).await.unwrap();
        database.run(&format!("drop user {user}")).await;
    });
}

/// The remains of a full-text index are not in the catalog.
#[test]
fn told_behind_a_full_text_index() {
    for dialect in [Dialect::Mysql, Dialect::Mariadb] {
        if !wanted(dialect) {
            continue;
        }
        let database = Database::fresh(dialect);
        block_on(async {
            let sql = "create table t (id int primary key, a text, fulltext key words (a)); \
                       alter table t drop index words";
            database.run(sql).await;
            let connection = database.connect().await;
            let work = migration("1", &["ALTER TABLE t ADD COLUMN b int, ALGORITHM=INSTANT"]);
            let error = run(&connection, &work).await.unwrap_err();
            assert_eq!(error.code(), "A0331", "{dialect}: {error}");
            let rebuild = "ALTER TABLE `t` FORCE, ALGORITHM=INPLACE, LOCK=NONE";
            assert!(error.to_string().contains(rebuild), "{dialect}: {error}");
            database.run(rebuild).await;
            run(&connection, &work).await.unwrap();
        });
    }
}
