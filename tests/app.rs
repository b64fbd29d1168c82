//! An application: its migrations embedded, its models checked.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_tests::{Database, block_on, dialects};
use fixture_demo as _;
use sea_autogen::{
    MigrateError, Migrator, RevisionState, assert_migrated, check, migrations, report,
};
use sea_orm::ConnectionTrait;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static SHOP: Migrator = migrations!("../migrations").wait(Duration::from_secs(60));

fn from_files(files: &[(&str, &str)]) -> Migrator {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    Migrator::from_files(&files.iter().map(owned).collect())
}

#[test]
fn the_shop_opens() {
    if !dialects().contains(&Dialect::Sqlite) {
        eprintln!("left out by AUTOGEN_TEST_DATABASES: sqlite");
        return;
    }
    let database = Database::fresh(Dialect::Sqlite);
    block_on(async {
        let connection = database.connect().await;
        let db = connection.raw();
        let pending = SHOP.pending(db).await.unwrap();
        assert_eq!(pending.len(), 2);
        assert!(report(db).await.unwrap().unwrap().contains("create table customers"));
        let different = check(db).await.unwrap_err();
        assert!(different.to_string().contains("A0527"), "{different}");
        assert_eq!(SHOP.upgrade(db).await.unwrap(), pending);
        assert_eq!(SHOP.upgrade(db).await.unwrap(), Vec::<String>::new());
        assert_eq!(SHOP.pending(db).await.unwrap(), Vec::<String>::new());
        assert_eq!(check(db).await, Ok(()));
        db.execute_unprepared("create index by_hand on customers (id)").await.unwrap();
        let MigrateError::Different(difference) = check(db).await.unwrap_err() else {
            panic!("it is another error")
        };
        assert!(difference.contains("by_hand"), "{difference}");
        connection.close().await;
    });
}

#[test]
fn a_missing_migration_fails_a_test() {
    for dialect in dialects() {
        let database = Database::fresh(dialect);
        let outcome = std::panic::catch_unwind(|| {
            block_on(async {
                let connection = database.connect().await;
                let none = Migrator::embedded(&[]);
                assert_migrated(connection.raw(), &none).await;
            });
        });
        let message = *outcome.unwrap_err().downcast::<String>().unwrap();
        match dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                assert!(message.contains("a migration is missing"), "{message}");
                assert!(message.contains("create table customers"), "{message}");
            }
            // The shop has a partial index.
            Dialect::Mysql | Dialect::Mariadb => assert!(message.contains("[A0443]"), "{message}"),
        }
    }
}

#[test]
fn embedded_files_are_judged_as_those_of_a_folder() {
    let database = Database::fresh(Dialect::Sqlite);
    let heading = |id: &str, parents: &str, dialect: &str| {
        format!("-- revision: {id}\n-- parents: {parents}\n-- dialect: {dialect}\n\n")
    };
    let first = heading("1", "none", "sqlite") + "CREATE TABLE t (id integer);\n";
    let error = |error: MigrateError| error.to_string();
    block_on(async {
        let connection = database.connect().await;
        let db = connection.raw();
        let two = [("1_a.up.sql", &*first), ("2_b.up.sql", &*heading("2", "none", "sqlite"))];
        let found = from_files(&two).upgrade(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0507]"));
        let other = heading("1", "none", "postgres");
        let found = from_files(&[("1_a.up.sql", &other)]).upgrade(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0619]"));
        from_files(&[("1_a.up.sql", &first)]).upgrade(db).await.unwrap();
        let edited = first.replace("id", "number");
        let found = from_files(&[("1_a.up.sql", &edited)]).pending(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0511]"));
        let found = Migrator::embedded(&[]).pending(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0510]"));
        let broken = [("1_a.up.sql", &*first), ("2_b.up.sql", "-- parents: 9\n")];
        let found = from_files(&broken).pending(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0504]"));
        connection.close().await;
    });
}

const UP: [&str; 2] = ["create table a (id integer)", "create table b (id integer)"];

/// Two revisions, of which the first has a way down.
fn two(dialect: Dialect, second: &str) -> Migrator {
    let head = |id: &str, parents: &str| {
        format!("-- revision: {id}\n-- parents: {parents}\n-- dialect: {dialect}\n\n")
    };
    from_files(&[
        ("1_a.up.sql", &format!("{}{};\n", head("1", "none"), UP[0])),
        ("1_a.down.sql", &format!("{}drop table a;\n", head("1", "none"))),
        ("2_b.up.sql", &format!("{}{second};\n", head("2", "1"))),
        ("2_b.down.sql", &format!("{}drop table b;\n", head("2", "1"))),
    ])
}

#[test]
fn revisions_go_up_and_down_one_by_one() {
    for dialect in dialects() {
        let (database, migrator) = (Database::fresh(dialect), two(dialect, UP[1]));
        block_on(async {
            let connection = database.connect().await;
            let db = connection.raw();
            let states = async || -> Vec<RevisionState> {
                let found = migrator.status(db).await.unwrap();
                assert_eq!(found.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
                found.into_iter().map(|it| it.state).collect()
            };
            let is_applied = |it: &RevisionState| matches!(it, RevisionState::Applied { .. });
            assert_eq!(states().await, [RevisionState::Pending, RevisionState::Pending]);
            assert_eq!(migrator.upgrade_to(db, "+1").await.unwrap(), ["1"]);
            let found = states().await;
            assert!(is_applied(&found[0]) && found[1] == RevisionState::Pending, "{found:?}");
            assert_eq!(migrator.upgrade(db).await.unwrap(), ["2"]);
            assert_eq!(migrator.downgrade(db, "1").await.unwrap(), ["2"]);
            let error = migrator.downgrade(db, "-2").await.unwrap_err().to_string();
            assert!(error.starts_with("[A0617] can't go back 2 steps"), "{error}");
            let error = migrator.upgrade_to(db, "9").await.unwrap_err().to_string();
            assert!(error.starts_with("[A0508]"), "{error}");
            assert_eq!(migrator.downgrade(db, "base").await.unwrap(), ["1"]);
            assert_eq!(states().await, [RevisionState::Pending, RevisionState::Pending]);
            connection.close().await;
        });
    }
}

#[test]
fn a_failure_is_in_the_status() {
    // SQLite and PostgreSQL keep no trace of what they rolled back.
    for dialect in
        [Dialect::Mysql, Dialect::Mariadb].into_iter().filter(|it| dialects().contains(it))
    {
        let (database, migrator) =
            (Database::fresh(dialect), two(dialect, "create table b (id nothing)"));
        block_on(async {
            let connection = database.connect().await;
            let db = connection.raw();
            migrator.upgrade(db).await.unwrap_err();
            let found = migrator.status(db).await.unwrap().pop().unwrap().state;
            let RevisionState::Unfinished { done: 0, total: 1, down: false, because } = found
            else {
                panic!("{found:?}")
            };
            assert!(because.unwrap().contains("nothing"));
            connection.close().await;
        });
    }
}

/// The messages of all events of `sea_autogen`.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

struct Words<'t>(&'t mut String);

impl Visit for Words<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

impl Subscriber for Heard {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sea_autogen"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = format!("{} ", event.metadata().level());
        event.record(&mut Words(&mut text));
        self.0.lock().unwrap().push(text);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn what_it_does_is_told_to_tracing() {
    let database = Database::fresh(Dialect::Sqlite);
    let text = "-- revision: 77\n-- parents: none\n\ncreate table told (id integer);\n";
    let migrator = from_files(&[("77_told.up.sql", text)]);
    let heard = Arc::new(Heard::default());
    // The events of the other tests come here as well.
    tracing::subscriber::set_global_default(Arc::clone(&heard)).unwrap();
    block_on(async {
        let connection = database.connect().await;
        migrator.upgrade(connection.raw()).await.unwrap();
        connection.close().await;
    });
    let heard = heard.0.lock().unwrap();
    let is_told = |words: [&str; 3]| heard.iter().any(|it| words.iter().all(|w| it.contains(w)));
    assert!(is_told(["INFO", "message=revision begins", "revision=\"77\""]), "{heard:?}");
    assert!(is_told(["DEBUG", "message=statement begins", "create table told"]), "{heard:?}");
    assert!(is_told(["DEBUG", "message=statement ended", "took_ms="]), "{heard:?}");
    assert!(is_told(["INFO", "message=revision ended", "revision=\"77\" action=\"apply\""]));
}
