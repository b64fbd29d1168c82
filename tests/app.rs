//! An application: its migrations embedded, its models checked.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::sync::LazyLock;

use autogen_dialect::Dialect;
use autogen_tests::{Database, block_on, dialects};
use fixture_demo as _;
use sea_autogen::{MigrateError, Migrator, assert_migrated, check, migrations, report};
use sea_orm::ConnectionTrait;

static SHOP: LazyLock<Migrator> = LazyLock::new(|| migrations!("../migrations"));

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
        let found = Migrator::embedded(&two).upgrade(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0507]"));
        let other = heading("1", "none", "postgres");
        let found = Migrator::embedded(&[("1_a.up.sql", &other)]).upgrade(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0619]"));
        Migrator::embedded(&[("1_a.up.sql", &first)]).upgrade(db).await.unwrap();
        let edited = first.replace("id", "number");
        let found = Migrator::embedded(&[("1_a.up.sql", &edited)]).pending(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0511]"));
        let found = Migrator::embedded(&[]).pending(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0510]"));
        let broken = [("1_a.up.sql", &*first), ("2_b.up.sql", "-- parents: 9\n")];
        let found = Migrator::embedded(&broken).pending(db).await.map_err(error);
        assert!(found.unwrap_err().starts_with("[A0504]"));
        connection.close().await;
    });
}
