//! Waiting for the locks of others.

use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::Connection;
use autogen_live::history::RevisionSummary;
use autogen_live::run::{Migration, Progress, Settings, Silent, StatementGroup, upgrade};
use autogen_tests::{Database, block_on};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};

use crate::wanted;

const WAIT: Duration = Duration::from_secs(5);

fn migration(sql: &str) -> Migration {
    Migration {
        revision: RevisionSummary { id: "1".to_owned(), ..RevisionSummary::default() },
        probes: Vec::new(),
        groups: vec![StatementGroup {
            transaction: true,
            rebuilds: false,
            statements: vec![sql.to_owned()],
        }],
    }
}

/// Ends the wait of a session when a statement has waited three times.
struct Third {
    blocked: usize,
    release: std::sync::mpsc::Sender<()>,
}

impl Progress for Third {
    fn blocked(&mut self, _: Duration) {
        self.blocked += 1;
        if self.blocked == 3 {
            self.release.send(()).unwrap();
        }
    }
}

/// A statement that waits for a reader gives way again and again, and runs when the reader ends.
#[test]
fn a_statement_waits_in_turns() {
    for dialect in [Dialect::Postgres, Dialect::Mysql, Dialect::Mariadb] {
        if !wanted(dialect) {
            continue;
        }
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            connection.raw().execute_unprepared("create table t (id integer)").await.unwrap();
            connection.close().await;
        });
        let url = database.url().to_owned();
        let (release, released) = std::sync::mpsc::channel();
        let (begun, begins) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            block_on(async {
                let connection = Connection::connect(&url).await.unwrap();
                let reading = connection.raw().begin().await.unwrap();
                reading.execute_unprepared("select * from t").await.unwrap();
                begun.send(()).unwrap();
                released.recv().unwrap();
                reading.commit().await.unwrap();
                connection.close().await;
            });
        });
        begins.recv().unwrap();
        let mut third = Third { blocked: 0, release };
        block_on(async {
            let connection = database.connect().await;
            let work = migration("alter table t add column a integer");
            let ran = upgrade(&connection, &[work], WAIT, &mut third).await;
            assert_eq!(ran.unwrap(), ["1"], "{dialect}");
            connection.close().await;
        });
        assert!(third.blocked >= 3, "{dialect}: {}", third.blocked);
        reader.join().unwrap();
    }
}

/// A procedure that waits has done a part of its work, which no transaction holds: it does not
/// run twice.
#[test]
fn a_procedure_waits_once() {
    for dialect in [Dialect::Mysql, Dialect::Mariadb] {
        if !wanted(dialect) {
            continue;
        }
        let database = Database::fresh(dialect);
        block_on(async {
            let (connection, reader) = (database.connect().await, database.connect().await);
            for sql in [
                "create table a (n integer)",
                "create table b (n integer)",
                "create procedure p() begin insert into a values (1); alter table b add m int; end",
            ] {
                connection.raw().execute_unprepared(sql).await.unwrap();
            }
            let reading = reader.raw().begin().await.unwrap();
            reading.execute_unprepared("select * from b").await.unwrap();
            let work = [migration("call p()")];
            let settings =
                Settings { lock_timeout: Some(Duration::from_secs(1)), ..Settings::from(WAIT) };
            let error = upgrade(&connection, &work, settings, &mut Silent).await.unwrap_err();
            assert_eq!(error.code(), "A0322", "{error}");
            reading.rollback().await.unwrap();
            let error = upgrade(&connection, &work, WAIT, &mut Silent).await.unwrap_err();
            assert_eq!(error.code(), "A0326", "{error}");
            let statement = Statement::from_string(
                connection.raw().get_database_backend(),
                "select count(*) from a",
            );
            let row = connection.raw().query_one_raw(statement).await.unwrap().unwrap();
            let rows: i64 = row.try_get_by_index(0).unwrap();
            assert_eq!(rows, 1, "{dialect}");
        });
    }
}
