//! Running migrations, their history, and interruptions.

use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::history::{Applied, RevisionSummary, State, current, mark};
use autogen_live::run::{
    Migration, Progress, Settings, Silent, StatementGroup, Stop, downgrade, upgrade,
};
use autogen_live::{Connection, LiveError, Scope, introspect};
use autogen_tests::{Database, block_on, dialects};
use sea_orm::{ConnectionTrait, Statement};

use crate::wanted;

const WAIT: Duration = Duration::from_secs(5);

fn revision(id: &str) -> RevisionSummary {
    RevisionSummary {
        id: id.into(),
        parents: vec!["before".into()],
        description: "it's described".into(),
        checksum: format!("sum of {id}"),
    }
}

fn migration(id: &str, groups: &[(bool, &[&str])]) -> Migration {
    let groups = groups
        .iter()
        .map(|(transaction, statements)| StatementGroup {
            transaction: *transaction,
            rebuilds: false,
            statements: statements.iter().map(|sql| (*sql).to_owned()).collect(),
        })
        .collect();
    Migration { revision: revision(id), probes: Vec::new(), groups }
}

async fn up(connection: &Connection, migration: &Migration) -> Result<Vec<String>, LiveError> {
    upgrade(connection, std::slice::from_ref(migration), WAIT, &mut Silent).await
}

async fn tables(connection: &Connection) -> Vec<String> {
    let schema = introspect(connection, &Scope::default()).await.unwrap();
    schema.tables.keys().map(ToString::to_string).collect()
}

async fn count(connection: &Connection, sql: &str) -> i64 {
    let backend = connection.raw().get_database_backend();
    let row = connection.raw().query_one_raw(Statement::from_string(backend, sql)).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

fn states(rows: &[Applied]) -> Vec<(&str, State, usize, usize)> {
    rows.iter()
        .map(|row| (row.revision.id.as_str(), row.state, row.steps_done, row.steps_total))
        .collect()
}

#[test]
fn up_and_down() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            assert!(current(&connection).await.unwrap().is_empty());
            assert!(tables(&connection).await.is_empty());
            let read_only = "select count(*) from ";
            let catalog = match dialect {
                Dialect::Sqlite => "sqlite_master",
                Dialect::Postgres => "pg_class where relname = 'autogen_history'",
                Dialect::Mysql | Dialect::Mariadb => {
                    "information_schema.tables where table_schema = database()"
                }
            };
            let before = count(&connection, &format!("{read_only}{catalog}")).await;
            assert_eq!(before, 0, "reading creates nothing");

            let first =
                migration("1", &[(true, &["create table a (id int)", "create table b (id int)"])]);
            let second =
                migration("2", &[(true, &["create table c (id int)"]), (false, &["drop table a"])]);
            let ran =
                upgrade(&connection, &[first.clone(), second.clone()], WAIT, &mut Silent).await;
            assert_eq!(ran.unwrap(), ["1", "2"]);
            assert_eq!(tables(&connection).await, ["b", "c"]);
            let rows = current(&connection).await.unwrap();
            assert_eq!(states(&rows), [("1", State::Done, 2, 2), ("2", State::Done, 2, 2)]);
            assert_eq!(rows[0].revision, first.revision);
            assert!(rows[0].started_at.ends_with('Z') && rows[0].finished_at.is_some());

            // Again: nothing to do.
            let again = upgrade(&connection, &[first.clone(), second], WAIT, &mut Silent).await;
            assert!(again.unwrap().is_empty());

            let down =
                migration("2", &[(false, &["create table a (id int)"]), (true, &["drop table c"])]);
            let undone =
                downgrade(&connection, std::slice::from_ref(&down), WAIT, &mut Silent).await;
            assert_eq!(undone.unwrap(), ["2"]);
            assert_eq!(tables(&connection).await, ["a", "b"]);
            assert_eq!(states(&current(&connection).await.unwrap()), [("1", State::Done, 2, 2)]);
            let error = downgrade(&connection, &[down], WAIT, &mut Silent).await.unwrap_err();
            assert_eq!(error.code(), "A0318");

            let mut changed = first;
            changed.revision.checksum = "another".into();
            assert_eq!(up(&connection, &changed).await.unwrap_err().code(), "A0315");
        });
    }
}

/// The databases that roll back DDL.
fn transactional() -> Vec<Dialect> {
    let takes_back = |dialect: &Dialect| match dialect {
        Dialect::Sqlite | Dialect::Postgres => true,
        Dialect::Mysql | Dialect::Mariadb => false,
    };
    dialects().into_iter().filter(takes_back).collect()
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    for dialect in transactional() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            let broken =
                migration("1", &[(true, &["create table a (id int)", "create tabel b (id int)"])]);
            let error = up(&connection, &broken).await.unwrap_err();
            assert_eq!(error.code(), "A0316");
            let words = error.to_string();
            assert!(words.contains("statement 2 of 2") && words.contains("tabel"), "{words}");
            assert!(tables(&connection).await.is_empty());
            assert!(current(&connection).await.unwrap().is_empty());
            // The corrected file is a different one, and runs from the beginning.
            let mut mended =
                migration("1", &[(true, &["create table a (id int)", "create table b (id int)"])]);
            mended.revision.checksum = "mended".into();
            up(&connection, &mended).await.unwrap();
            assert_eq!(tables(&connection).await, ["a", "b"]);
        });
    }
}

#[test]
fn goes_on_where_it_stopped() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            let groups: &[(bool, &[&str])] = &[
                (true, &["create table a (id int)"]),
                (false, &["create table b (id int)", "create tabel c (id int)"]),
                (true, &["create table d (id int)"]),
            ];
            let broken = migration("1", groups);
            assert_eq!(up(&connection, &broken).await.unwrap_err().code(), "A0316");
            assert_eq!(tables(&connection).await, ["a", "b"]);
            let rows = current(&connection).await.unwrap();
            assert_eq!(states(&rows), [("1", State::Failed, 2, 4)]);

            let down = migration("1", &[(true, &["drop table a"])]);
            let error = downgrade(&connection, &[down], WAIT, &mut Silent).await.unwrap_err();
            assert_eq!(error.code(), "A0319");

            // Finished statements must be unchanged.
            let mut other = broken.clone();
            other.revision.checksum = "other".into();
            other.groups[0].statements[0] = "create table z (id int)".into();
            assert_eq!(up(&connection, &other).await.unwrap_err().code(), "A0315");

            // Unfinished ones may be corrected.
            let mut mended = broken;
            mended.revision.checksum = "mended".into();
            mended.groups[1].statements[1] = "create table c (id int)".into();
            up(&connection, &mended).await.unwrap();
            assert_eq!(tables(&connection).await, ["a", "b", "c", "d"]);
            let rows = current(&connection).await.unwrap();
            assert_eq!(states(&rows), [("1", State::Done, 4, 4)]);
            assert_eq!(rows[0].revision.checksum, "mended");
        });
    }
}

/// A process that is killed leaves a row that says `running`.
#[test]
fn resumes_after_a_crash() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            let groups: &[(bool, &[&str])] =
                &[(false, &["create table a (id int)", "create table b (id int)"])];
            let cut = migration("1", groups);
            /// Ends the run by a panic before the second statement.
            struct Crash;
            impl Progress for Crash {
                fn statement(&mut self, number: usize, _: usize, _: &str) {
                    assert!(number != 2, "crash");
                }
            }
            let url = database.url().to_owned();
            let migrations = [cut.clone()];
            let crashed = std::thread::spawn(move || {
                block_on(async {
                    let connection = Connection::connect(&url).await.unwrap();
                    let _ = upgrade(&connection, &migrations, WAIT, &mut Crash).await;
                });
            });
            assert!(crashed.join().is_err());
            let rows = current(&connection).await.unwrap();
            assert_eq!(states(&rows), [("1", State::Running, 1, 2)]);
            up(&connection, &cut).await.unwrap();
            assert_eq!(tables(&connection).await, ["a", "b"]);
            assert_eq!(states(&current(&connection).await.unwrap()), [("1", State::Done, 2, 2)]);
        });
    }
}

/// A partly built index is detected and built again.
#[test]
fn looks_after_unfinished_indexes() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    block_on(async {
        database.run("create table t (a int); insert into t values (1), (1)").await;
        let connection = database.connect().await;
        let build = "create unique index concurrently u on t (a)";
        let work = migration("1", &[(false, &["create index concurrently i on t (a)", build])]);
        assert_eq!(up(&connection, &work).await.unwrap_err().code(), "A0316");
        let invalid = "select count(*) from pg_index where not indisvalid";
        assert_eq!(count(&connection, invalid).await, 1);
        database.run("delete from t").await;
        up(&connection, &work).await.unwrap();
        assert_eq!(count(&connection, invalid).await, 0);
        let schema = introspect(&connection, &Scope::default()).await.unwrap();
        assert_eq!(schema.tables.values().next().unwrap().indexes.len(), 2);

        // Built, and killed before that was recorded.
        database.run("update autogen_history set state = 'running', steps_done = 1").await;
        let mut rows = current(&connection).await.unwrap();
        assert_eq!(rows.pop().unwrap().state, State::Running);
        let first_only = "update autogen_history set prefix = (select encode(sha256(\
            convert_to('create index concurrently i on t (a)', 'UTF8') || '\\x00'), 'hex'))";
        database.run(first_only).await;
        up(&connection, &work).await.unwrap();
        assert_eq!(states(&current(&connection).await.unwrap()), [("1", State::Done, 2, 2)]);
    });
}

#[test]
fn rebuilds_keep_child_rows() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let database = Database::fresh(Dialect::Sqlite);
    block_on(async {
        database
            .run(
                "create table p (id integer primary key, a text);
                 create table c (id integer primary key, p int references p (id) on delete cascade);
                 insert into p values (1, 'x'), (2, 'y'); insert into c values (1, 1), (2, 2);",
            )
            .await;
        let connection = database.connect().await;
        let rebuild = migration(
            "1",
            &[(
                true,
                &[
                    "create table autogen_new (id integer primary key, a text not null)",
                    "insert into autogen_new select id, a from p",
                    "drop table p",
                    "alter table autogen_new rename to p",
                ],
            )],
        );
        up(&connection, &rebuild).await.unwrap();
        assert_eq!(count(&connection, "select count(*) from c").await, 2);
        assert_eq!(count(&connection, "select foreign_keys from pragma_foreign_keys").await, 1);

        let lossy = migration(
            "2",
            &[(
                true,
                &[
                    "create table autogen_new (id integer primary key)",
                    "insert into autogen_new select id from p where id > 1",
                    "drop table p",
                    "alter table autogen_new rename to p",
                ],
            )],
        );
        let error = up(&connection, &lossy).await.unwrap_err();
        assert_eq!(error.code(), "A0317");
        assert!(error.to_string().contains("row 1 (key 0) of c refers to no p"), "{error}");
        assert_eq!(count(&connection, "select count(*) from p").await, 2);
        assert_eq!(count(&connection, "select foreign_keys from pragma_foreign_keys").await, 1);
        assert_eq!(current(&connection).await.unwrap().len(), 1);

        // Rows that had no referenced row before are not this migration's fault.
        database.run("pragma foreign_keys = off; insert into c values (9, 99)").await;
        let mut again = rebuild;
        again.revision = revision("3");
        up(&connection, &again).await.unwrap();
    });
}

#[test]
fn stamps() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            mark(&connection, &[revision("1"), revision("2")], Duration::ZERO).await.unwrap();
            assert_eq!(current(&connection).await.unwrap().len(), 2);
            mark(&connection, &[revision("2"), revision("3")], Duration::ZERO).await.unwrap();
            let rows = current(&connection).await.unwrap();
            let mut ids: Vec<&str> = rows.iter().map(|row| row.revision.id.as_str()).collect();
            ids.sort_unstable();
            assert_eq!(ids, ["2", "3"]);
            assert!(rows.iter().all(|row| row.state == State::Done));
            mark(&connection, &[], Duration::ZERO).await.unwrap();
            assert!(current(&connection).await.unwrap().is_empty());
            mark(&connection, &[revision("o'1")], Duration::ZERO).await.unwrap();
            assert!(up(&connection, &migration("o'1", &[])).await.unwrap().is_empty());
        });
    }
}

#[test]
fn a_newer_history_is_refused() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            mark(&connection, &[revision("1")], Duration::ZERO).await.unwrap();
            database.run("update autogen_history set format = 2").await;
            assert_eq!(current(&connection).await.unwrap_err().code(), "A0314");
            let work = migration("2", &[(true, &["create table a (id int)"])]);
            assert_eq!(up(&connection, &work).await.unwrap_err().code(), "A0314");
            assert_eq!(mark(&connection, &[], Duration::ZERO).await.unwrap_err().code(), "A0314");
            assert!(tables(&connection).await.is_empty());
        });
    }
}

/// Columns of later versions are read as empty, and created by the next write.
#[test]
fn the_history_of_an_earlier_build() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            mark(&connection, &[revision("1")], Duration::ZERO).await.unwrap();
            for column in ["pending", "applied_by", "failure"] {
                database.run(&format!("alter table autogen_history drop column {column}")).await;
            }
            let read = current(&connection).await.unwrap();
            assert_eq!(read.iter().map(|it| it.revision.id.as_str()).collect::<Vec<_>>(), ["1"]);
            assert_eq!((&read[0].applied_by, &read[0].failure), (&None, &None));
            let work =
                migration("2", &[(false, &["create table a (id int)", "drop table nothing"])]);
            up(&connection, &work).await.unwrap_err();
            let failure = current(&connection).await.unwrap().pop().unwrap().failure;
            let told = failure.as_deref().is_some_and(|it| it.contains("nothing"));
            assert!(told, "{dialect}: {failure:?}");
        });
    }
}

/// Two processes at once: one works, the other finds it done.
#[test]
fn one_deployer_at_a_time() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        let work =
            migration("1", &[(true, &["create table a (id int)", "create table b (id int)"])]);
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (url, work) = (database.url().to_owned(), work.clone());
                std::thread::spawn(move || {
                    block_on(async {
                        let connection = Connection::connect(&url).await.unwrap();
                        up(&connection, &work).await.map(|ran| ran.len())
                    })
                })
            })
            .collect();
        let ran: Vec<_> = threads.into_iter().map(|it| it.join().unwrap()).collect();
        assert!(ran.iter().all(Result::is_ok), "{ran:?}");
        assert_eq!(ran.into_iter().flatten().sum::<usize>(), 1, "{dialect}");
    }
}

/// The wait for a process that never ends is limited.
#[test]
fn a_held_lock_is_reported() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let holder = database.connect().await;
            let hold = match dialect {
                Dialect::Postgres => "select pg_advisory_lock(27432215686636910)",
                Dialect::Sqlite => "begin immediate",
                Dialect::Mysql | Dialect::Mariadb => {
                    "do get_lock(concat('autogen:', left(sha2(database(), 256), 32)), 0)"
                }
            };
            holder.raw().execute_unprepared(hold).await.unwrap();
            let connection = database.connect().await;
            let work = migration("1", &[(true, &["create table a (id int)"])]);
            let wait = Duration::from_millis(300);
            let error = upgrade(&connection, &[work], wait, &mut Silent).await.unwrap_err();
            assert_eq!(error.code(), "A0313", "{error}");
        });
    }
}

#[test]
fn read_only_databases() {
    if wanted(Dialect::Postgres) {
        let database = Database::fresh(Dialect::Postgres);
        block_on(async {
            let url = format!("{}?options=-c%20default_transaction_read_only%3Don", database.url());
            let connection = Connection::connect(&url).await.unwrap();
            let work = migration("1", &[(true, &["create table a (id int)"])]);
            assert_eq!(up(&connection, &work).await.unwrap_err().code(), "A0307");
            assert!(introspect(&connection, &Scope::default()).await.is_ok());
        });
    }
    if wanted(Dialect::Sqlite) {
        let database = Database::fresh(Dialect::Sqlite);
        block_on(async {
            database.run("create table t (a int)").await;
            let url = format!("{}?mode=ro", database.url());
            let connection = Connection::connect(&url).await.unwrap();
            let work = migration("1", &[(true, &["create table a (id int)"])]);
            assert_eq!(up(&connection, &work).await.unwrap_err().code(), "A0307");
            assert_eq!(tables(&connection).await, ["t"]);
        });
    }
}

/// A dump empties the search path; neither the history nor the following migrations are
/// affected.
#[test]
fn scripts_that_change_the_session() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    block_on(async {
        let connection = database.connect().await;
        let dump = migration(
            "1",
            &[(
                true,
                &["select set_config('search_path', '', false)", "create table public.a (id int)"],
            )],
        );
        let alone = migration(
            "2",
            &[(false, &["set search_path to pg_catalog", "create table public.b (id int)"])],
        );
        let next = migration("3", &[(true, &["create table c (id int)"])]);
        upgrade(&connection, &[dump, alone, next], WAIT, &mut Silent).await.unwrap();
        assert_eq!(tables(&connection).await, ["a", "b", "c"]);
        assert_eq!(current(&connection).await.unwrap().len(), 3);
    });
}

#[test]
fn a_transaction_can_not_be_ended_from_inside() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let connection = database.connect().await;
            let work = migration("1", &[(true, &["create table a (id int)", "COMMIT", "oops"])]);
            let error = up(&connection, &work).await.unwrap_err();
            assert_eq!(error.code(), "A0316");
            assert!(error.to_string().contains("COMMIT is not allowed here"), "{error}");
            assert!(tables(&connection).await.is_empty());
        });
    }
}

/// The remains of an interrupted index rebuild are dropped by the next run.
#[test]
fn looks_after_indexes_that_were_to_be_built_anew() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    block_on(async {
        database.run("create table t (a int); create index i on t (a)").await;
        database.run("create table other (a int); create index o_ccnew on other (a)").await;
        // Somebody else's, which is kept.
        database
            .run("update pg_index set indisvalid = false where indexrelid = 'o_ccnew'::regclass")
            .await;
        let holder = database.connect().await;
        holder.raw().execute_unprepared("begin; lock table t in row share mode").await.unwrap();
        let connection = database.connect().await;
        let work = migration("1", &[(false, &["reindex index concurrently i"])]);
        let settings = Settings {
            statement_timeout: Some(Duration::from_secs(1)),
            ..Settings::from(Duration::from_secs(5))
        };
        let one = std::slice::from_ref(&work);
        let stopped = upgrade(&connection, one, settings, &mut Silent).await;
        let stopped = stopped.unwrap_err();
        assert_eq!(stopped.code(), "A0323");
        assert!(stopped.hint().contains("`_ccnew`"), "{}", stopped.hint());
        let left = "select count(*) from pg_class where relname like 'i\\_cc%'";
        assert_eq!(count(&connection, left).await, 1);
        holder.raw().execute_unprepared("rollback").await.unwrap();
        up(&connection, &work).await.unwrap();
        assert_eq!(count(&connection, left).await, 0);
        let other = "select count(*) from pg_class where relname = 'o_ccnew'";
        assert_eq!(count(&connection, other).await, 1);
    });
}

/// Stopped by a signal, it also reports what is left behind.
#[test]
fn tells_that_an_index_may_be_left() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    block_on(async {
        database.run("create table t (a int); create index i on t (a)").await;
        let holder = database.connect().await;
        holder.raw().execute_unprepared("begin; lock table t in row share mode").await.unwrap();
        let connection = database.connect().await;
        let work = migration("1", &[(false, &["reindex index concurrently i"])]);
        let stop = Stop::default();
        let settings = Settings { stop: stop.clone(), ..Settings::from(WAIT) };
        let later = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stop.ask();
        };
        let mut silent = Silent;
        let one = std::slice::from_ref(&work);
        let (stopped, ()) = tokio::join!(upgrade(&connection, one, settings, &mut silent), later);
        let stopped = stopped.unwrap_err();
        assert_eq!(stopped.code(), "A0324", "{stopped}");
        assert!(stopped.hint().contains("`_ccnew`"), "{}", stopped.hint());
        holder.raw().execute_unprepared("rollback").await.unwrap();
    });
}
