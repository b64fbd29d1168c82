//! Waiting for the locks of others.

use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::Connection;
use autogen_live::history::RevisionSummary;
use autogen_live::run::{Migration, Progress, StatementGroup, upgrade};
use autogen_tests::{Database, block_on};
use sea_orm::{ConnectionTrait, TransactionTrait};

use crate::wanted;

const WAIT: Duration = Duration::from_secs(5);

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
            let work = Migration {
                revision: RevisionSummary { id: "1".to_owned(), ..RevisionSummary::default() },
                probes: Vec::new(),
                groups: vec![StatementGroup {
                    transaction: true,
                    rebuilds: false,
                    statements: vec!["alter table t add column a integer".to_owned()],
                }],
            };
            let ran = upgrade(&connection, &[work], WAIT, &mut third).await;
            assert_eq!(ran.unwrap(), ["1"], "{dialect}");
            connection.close().await;
        });
        assert!(third.blocked >= 3, "{dialect}: {}", third.blocked);
        reader.join().unwrap();
    }
}
