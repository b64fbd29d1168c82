//! Running migrations where DDL commits by itself, and normalizing on the server.

use std::time::Duration;

use autogen_dialect::{Dialect, ExpressionRole, Question};
use autogen_live::history::{RevisionSummary, State, current};
use autogen_live::run::{Migration, Progress, Silent, StatementGroup, downgrade, upgrade};
use autogen_live::{Connection, Scope, introspect, normalize, normalize_texts};
use autogen_schema::{Column, ColumnType, Expr, IntWidth, QName, Schema, Table, Trigger};
use autogen_tests::{Database, block_on};
use sea_orm::ConnectionTrait;

use crate::wanted;

const WAIT: Duration = Duration::from_secs(5);

fn both() -> impl Iterator<Item = Dialect> {
    [Dialect::Mysql, Dialect::Mariadb].into_iter().filter(|dialect| wanted(*dialect))
}

fn migration(statements: &[&str]) -> Migration {
    let statements = statements.iter().map(|sql| (*sql).to_owned()).collect();
    Migration {
        revision: RevisionSummary { id: "1".to_owned(), ..RevisionSummary::default() },
        probes: Vec::new(),
        groups: vec![StatementGroup { transaction: true, rebuilds: false, statements }],
    }
}

async fn value(connection: &Connection, sql: &str) -> String {
    let backend = connection.raw().get_database_backend();
    let statement = sea_orm::Statement::from_string(backend, sql);
    let row = connection.raw().query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

async fn schema(connection: &Connection) -> Schema {
    introspect(connection, &Scope::default()).await.unwrap()
}

/// Ends the process's part, by a panic, before a statement.
struct Crash(usize);

impl Progress for Crash {
    fn statement(&mut self, number: usize, _: usize, _: &str) {
        assert!(number != self.0, "crash");
    }
}

/// Runs until it crashes before the statement.
fn crash(database: &Database, work: &Migration, up: bool, before: usize) {
    let (url, work) = (database.url().to_owned(), work.clone());
    let crashed = std::thread::spawn(move || {
        block_on(async {
            let connection = Connection::connect(&url).await.unwrap();
            let work = std::slice::from_ref(&work);
            let _ = match up {
                true => upgrade(&connection, work, WAIT, &mut Crash(before)).await,
                false => downgrade(&connection, work, WAIT, &mut Crash(before)).await,
            };
        });
    });
    assert!(crashed.join().is_err(), "it did not crash");
}

const UP: [&str; 5] = [
    "create table a (id int primary key, n int not null)",
    "insert into a values (1, 1), (2, 2)",
    "alter table a add column m int, add index by_m (m)",
    "update a set n = n + 1",
    "create table b (id int)",
];

const DOWN: [&str; 3] =
    ["drop table b", "update a set n = n - 1", "alter table a drop index by_m, drop column m"];

/// Killed before any of its statements, or after it and before it was recorded, a migration
/// continues to the same result; nothing runs twice.
#[test]
fn resumes_at_any_statement() {
    for dialect in both() {
        for (at, sql) in UP.iter().enumerate() {
            for happened in [false, true] {
                let database = Database::fresh(dialect);
                let work = migration(&UP);
                crash(&database, &work, true, at + 1);
                block_on(async {
                    let connection = database.connect().await;
                    let rows = current(&connection).await.unwrap();
                    let done: Vec<_> = rows.iter().map(|it| (it.state, it.steps_done)).collect();
                    assert_eq!(done, [(State::Running, at)], "{dialect} {at}");
                    // Rows and the history change together: there is nothing in between.
                    let rows_only = sql.starts_with("insert") || sql.starts_with("update");
                    if happened && !rows_only {
                        connection.raw().execute_unprepared(sql).await.unwrap();
                    }
                    let ran =
                        upgrade(&connection, std::slice::from_ref(&work), WAIT, &mut Silent).await;
                    assert_eq!(ran.unwrap(), ["1"], "{dialect} {at} {happened}");
                    assert_eq!(value(&connection, "select cast(sum(n) as char) from a").await, "5");
                    assert_eq!(crate::names(&schema(&connection).await), ["a", "b"]);
                    let rows = current(&connection).await.unwrap();
                    assert_eq!(rows[0].state, State::Done);
                });
            }
        }
    }
}

#[test]
fn resumes_on_the_way_down() {
    for dialect in both() {
        for (at, sql) in DOWN.iter().enumerate() {
            for happened in [false, true] {
                let database = Database::fresh(dialect);
                let work = migration(&DOWN);
                block_on(async {
                    let connection = database.connect().await;
                    let up = migration(&UP);
                    upgrade(&connection, &[up], WAIT, &mut Silent).await.unwrap();
                    connection.close().await;
                });
                crash(&database, &work, false, at + 1);
                block_on(async {
                    let connection = database.connect().await;
                    if happened && !sql.starts_with("update") {
                        connection.raw().execute_unprepared(sql).await.unwrap();
                    }
                    let undone =
                        downgrade(&connection, std::slice::from_ref(&work), WAIT, &mut Silent)
                            .await;
                    assert_eq!(undone.unwrap(), ["1"], "{dialect} {at} {happened}");
                    assert_eq!(value(&connection, "select cast(sum(n) as char) from a").await, "3");
                    let schema = schema(&connection).await;
                    assert_eq!(crate::names(&schema), ["a"]);
                    assert_eq!(crate::table(&schema, "a").columns.len(), 2);
                    assert!(current(&connection).await.unwrap().is_empty());
                });
            }
        }
    }
}

/// What others do meanwhile is not taken for the effect of the statement: they insert rows into its
/// table, and change other tables.
#[test]
fn looks_only_at_what_the_statement_names() {
    for dialect in both() {
        let database = Database::fresh(dialect);
        let work = migration(&[
            "create table a (id int auto_increment primary key, n int)",
            "alter table a add column m int",
            "create index by_m on a (m)",
            "rename table a to b",
        ]);
        for before in 2..=4 {
            crash(&database, &work, true, before);
            block_on(async {
                let connection = database.connect().await;
                let elsewhere = format!("create table other{before} (id int)");
                for sql in [elsewhere.as_str(), "insert into a (n) values (1), (2)"] {
                    connection.raw().execute_unprepared(sql).await.unwrap();
                }
                connection.close().await;
            });
        }
        block_on(async {
            let connection = database.connect().await;
            upgrade(&connection, std::slice::from_ref(&work), WAIT, &mut Silent).await.unwrap();
            let schema = schema(&connection).await;
            assert_eq!(crate::names(&schema), ["b", "other2", "other3", "other4"], "{dialect}");
            let table = crate::table(&schema, "b");
            assert_eq!((table.columns.len(), table.indexes.len()), (3, 1), "{dialect}");
            connection.close().await;
        });
    }
}

/// A statement that fails has no effect, and earlier ones keep theirs.
#[test]
fn goes_on_behind_a_statement_that_failed() {
    for dialect in both() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            let broken = migration(&["create table a (id int)", "alter table a add index (no)"]);
            let error = upgrade(&connection, &[broken], WAIT, &mut Silent).await.unwrap_err();
            assert_eq!(error.code(), "A0316");
            let rows = current(&connection).await.unwrap();
            assert_eq!((rows[0].state, rows[0].steps_done), (State::Failed, 1));
            let mended = migration(&["create table a (id int)", "alter table a add index i (id)"]);
            upgrade(&connection, &[mended], WAIT, &mut Silent).await.unwrap();
            assert_eq!(crate::table(&schema(&connection).await, "a").indexes.len(), 1);
        });
    }
}

/// The lock belongs to the database, although the server has one list of names; and it ends
/// with its connection.
#[test]
fn locks() {
    for dialect in both() {
        let (one, two) = (Database::fresh(dialect), Database::fresh(dialect));
        block_on(async {
            let holder = one.connect().await;
            let hold = "select cast(get_lock(concat('autogen:', left(sha2(database(), 256), 32)), \
                        0) as char)";
            assert_eq!(value(&holder, hold).await, "1");
            let id = value(&holder, "select cast(connection_id() as char)").await;
            let wait = Duration::from_millis(300);
            let work = migration(&["create table a (id int)"]);
            let first = one.connect().await;
            let error = upgrade(&first, std::slice::from_ref(&work), wait, &mut Silent).await;
            assert_eq!(error.unwrap_err().code(), "A0313");
            let other = two.connect().await;
            upgrade(&other, std::slice::from_ref(&work), wait, &mut Silent).await.unwrap();
            one.run(&format!("kill {id}")).await;
            upgrade(&first, &[work], WAIT, &mut Silent).await.unwrap();
        });
    }
}

fn table_t() -> Table {
    let mut table = Table::new("t");
    table.columns = vec![
        Column::new("a", ColumnType::int(IntWidth::Regular)),
        Column::new("s", ColumnType::Varchar(Some(20))),
    ];
    table
}

/// All questions in one round, and each rejection separately. Nothing is left behind, and no
/// open transaction is ended.
#[test]
fn settles_expressions() {
    for dialect in both() {
        let database = Database::fresh(dialect);
        block_on(async {
            database
                .run("create table t (a int, s varchar(20), constraint c check (a > 0 and s <> 'x'))")
                .await;
            let connection = database.connect().await;
            let before = schema(&connection).await;
            let question = |role: ExpressionRole, expr: &str| Question {
                table: table_t(),
                role,
                expr: Expr::new(expr),
            };
            let at = |column: &str| column.to_owned();
            let questions = [
                question(ExpressionRole::Check, "((a > 0)) AND s <> 'x'"),
                question(ExpressionRole::Default { column: at("s") }, "UPPER('it''s')"),
                question(ExpressionRole::Generated { column: at("a") }, "a+ 1"),
                question(ExpressionRole::Check, "no_such > 1"),
                question(ExpressionRole::Check, "a > 0); drop table t; --"),
                question(ExpressionRole::IndexExpression, "CONCAT( s )"),
            ];
            let requests = connection.requests();
            let answers =
                normalize(&connection, &Schema::default(), &questions[..3]).await.unwrap();
            assert_eq!(connection.requests() - requests, 1);
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
            let answers = normalize(&connection, &Schema::default(), &questions).await.unwrap();
            let own = crate::table(&before, "t").checks[0].expr.clone();
            assert_eq!(answers[0].as_ref().unwrap(), &own, "{dialect}");
            let text = |at: usize| answers[at].as_ref().unwrap().as_str().to_owned();
            // Each server has its own message for it.
            let word = if dialect == Dialect::Mysql { "upper(" } else { "ucase(" };
            assert!(text(1).to_lowercase().starts_with(word), "{}", text(1));
            assert_eq!(text(2), "`a` + 1");
            assert!(answers[3].as_ref().unwrap_err().contains("no_such"));
            assert!(answers[4].is_err());
            assert_eq!(text(5).to_lowercase(), "concat(`s`)");
            assert_eq!(schema(&connection).await, before);
        });
    }
}

/// Texts are normalized in a database that is dropped afterwards.
#[test]
fn settles_texts() {
    for dialect in both() {
        let database = Database::fresh(dialect);
        block_on(async {
            let sql = "create table t (a int, s varchar(20)); create view v as select a from t; \
                       create trigger tr before insert on t for each row set new.a = 1";
            database.run(sql).await;
            let connection = database.connect().await;
            let found = schema(&connection).await;
            let mut wanted = found.clone();
            let written = |text: &str| text.to_owned();
            if let Some(view) = wanted.views.get_mut(&QName::bare("v")) {
                view.definition = written("create view v as SELECT a FROM t");
            }
            let definition = "CREATE trigger tr before INSERT on t for each row set new.a = 1";
            let trigger = Trigger::new("tr", written(definition));
            wanted.table_mut(&QName::bare("t")).unwrap().triggers = vec![trigger];
            // One that an interrupted process left. It belongs to this database: other tests run at
            // the same time.
            let named =
                "select concat('autogen_normalize_', left(sha2(lower(database()), 256), 16))";
            let stand_in = value(&connection, named).await;
            database.run(&format!("create database {stand_in}")).await;
            let settled = normalize_texts(&connection, &wanted, &wanted).await.unwrap();
            assert_eq!(settled.failure, None, "{dialect}");
            assert!(settled.refused.is_empty(), "{:?}", settled.refused);
            let name = QName::bare("v");
            assert_eq!(settled.schema.views[&name].definition, found.views[&name].definition);
            assert_eq!(
                settled.schema.tables[&QName::bare("t")].triggers,
                found.tables[&QName::bare("t")].triggers
            );
            let left = format!(
                "select cast(count(*) as char) from information_schema.schemata \
                 where schema_name = '{stand_in}'"
            );
            assert_eq!(value(&connection, &left).await, "0");
            assert_eq!(schema(&connection).await, found);

            // An impossible one, and a role without the right.
            if let Some(view) = wanted.views.get_mut(&name) {
                view.definition = written("create view v as select no_such from t");
            }
            let settled = normalize_texts(&connection, &wanted, &wanted).await.unwrap();
            assert_eq!(settled.refused.len(), 1, "{:?}", settled.refused);
        });
    }
}

/// A check that MariaDB stores with its column is kept when the column changes, and is
/// dropped and restored as such.
#[test]
fn checks_at_columns() {
    use autogen_plan::Options;
    use autogen_schema::Declared;
    use autogen_tests::drive::{execute, reached};
    use autogen_tests::laws::planned_from;

    if !wanted(Dialect::Mariadb) {
        return;
    }
    let database = Database::fresh(Dialect::Mariadb);
    block_on(async {
        database.run("create table t (id int primary key, c varchar(10) check (c <> 'x'))").await;
        let connection = database.connect().await;
        let dialect = Dialect::Mariadb;
        let before = dialect.canonicalize(&schema(&connection).await);
        let mut wider = before.clone();
        let t = QName::bare("t");
        wider.table_mut(&t).unwrap().columns[1].data_type = ColumnType::Varchar(Some(20));
        let mut unchecked = wider.clone();
        unchecked.table_mut(&t).unwrap().checks.clear();
        let states = [wider.clone(), unchecked, wider, before];
        for goal in states {
            let now = dialect.canonicalize(&schema(&connection).await);
            let plan =
                planned_from(&now, &Declared::whole(goal.clone()), dialect, &Options::default())
                    .unwrap();
            for step in plan.up.steps() {
                execute(&connection, &step.step.sql).await.unwrap();
            }
            reached(&connection, &Scope::default(), &goal, "the way").await.unwrap();
        }
        let shown = value(
            &connection,
            "select check_clause from information_schema.check_constraints \
                                        where constraint_schema = database() and level = 'Column'",
        );
        assert_eq!(shown.await, "`c` <> 'x'");
    });
}

/// A function that writes to a table without transactions.
const WRITING_FUNCTION: &str = "\
    create table i (x int); insert into i values (1); \
    create table a (id int) engine = myisam; insert into a values (1); \
    create function ff() returns int deterministic modifies sql data \
    begin insert into a values (2); return 1; end";

/// Statements without an effect on the schema, after those that create their tables.
const UNTOLD: [(&str, &str); 13] = [
    ("create table a (id int); create table b (id int)", "rename table a to x, b to a, x to b"),
    (
        "create table a (id int) engine = myisam; insert into a values (1)",
        "update a set id = id + 1",
    ),
    (
        "create table a (id int); create table log (id int) engine = myisam; \
         create trigger t after insert on a for each row insert into log values (new.id)",
        "insert into a values (1)",
    ),
    (
        "create table a (id int) engine = myisam; insert into a values (1); \
         create view v as select id from a",
        "update v set id = id + 1",
    ),
    (
        "create table a (id int); create table log (id int) engine = myisam; \
         create trigger t after insert on a for each row insert into log values (new.id); \
         create view v as select id from a",
        "insert into v values (1)",
    ),
    (
        "create table a (id int) engine = myisam; insert into a values (1)",
        "analyze update a set id = id + 1",
    ),
    (
        "create table a (id int); create procedure p() insert into a values (1)",
        "set statement max_statement_time = 9 for call p()",
    ),
    (WRITING_FUNCTION, "do ff()"),
    (WRITING_FUNCTION, "set @a = FF()"),
    (WRITING_FUNCTION, "select ff()"),
    (WRITING_FUNCTION, "update i set x = ff()"),
    ("create table a (id int); create procedure p() insert into a values (1)", "call p()"),
    (
        "create table a (id int) partition by range (id) (partition p values less than (9)); \
         create table b (id int)",
        "alter table a exchange partition p with table b",
    ),
];

/// Interrupted at a statement whose outcome cannot be determined, the user is asked, and it
/// runs neither twice nor not at all.
#[test]
fn what_leaves_no_trace_is_asked_about() {
    for dialect in both() {
        for (before, sql) in UNTOLD {
            let database = Database::fresh(dialect);
            block_on(database.run(before));
            let work = migration(&[sql, "create table last (id int)"]);
            crash(&database, &work, true, 1);
            block_on(async {
                let connection = database.connect().await;
                let ran =
                    upgrade(&connection, std::slice::from_ref(&work), WAIT, &mut Silent).await;
                let error = ran.unwrap_err();
                assert_eq!(error.code(), "A0326", "{dialect} {sql}: {error}");
                assert!(!crate::names(&schema(&connection).await).contains(&"last".to_owned()));
            });
        }
    }
}

/// Tables that differ show by themselves whether their names were exchanged.
#[test]
fn tables_that_differ_tell_that_they_changed_places() {
    let sql = "rename table a to x, b to a, x to b";
    for dialect in both() {
        for happened in [false, true] {
            let database = Database::fresh(dialect);
            block_on(database.run("create table a (id int); create table b (n bigint)"));
            let work = migration(&[sql, "create table last (id int)"]);
            crash(&database, &work, true, 1);
            block_on(async {
                let connection = database.connect().await;
                if happened {
                    connection.raw().execute_unprepared(sql).await.unwrap();
                }
                let ran =
                    upgrade(&connection, std::slice::from_ref(&work), WAIT, &mut Silent).await;
                assert_eq!(ran.unwrap(), ["1"], "{dialect} {happened}");
                let found = schema(&connection).await;
                assert!(crate::table(&found, "a").column("n").is_some(), "{dialect} {happened}");
            });
        }
    }
}
