//! Connecting: each error has its code, and no message contains a password.

use autogen_dialect::Dialect;
use autogen_live::{Connection, LiveError, Scope, introspect};
use autogen_tests::{Database, block_on};

use crate::wanted;

fn error(url: &str) -> LiveError {
    let error = block_on(Connection::connect(url)).expect_err("it can't be connected to");
    assert!(!error.to_string().contains("s3cret"), "{error}");
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    assert!(!error.hint().is_empty());
    error
}

#[test]
fn bad_urls() {
    for (url, code) in [
        ("", "A0301"),
        ("models.db", "A0301"),
        ("oracle://u:s3cret@h/d", "A0301"),
        ("postgres://u:s3cret@h:notaport/d", "A0301"),
        ("sqlite:", "A0301"),
        ("sqlite:a.db?mode=s", "A0301"),
        ("mysql://u:s3cret@127.0.0.1:1/d", "A0305"),
        ("mariadb://u:s3cret@127.0.0.1:1/d", "A0305"),
        ("mysql://u:s3cret@127.0.0.1:1", "A0301"),
        ("mariadb://u:s3cret@h:notaport/d", "A0301"),
        ("mysql:///d?socket=/no/such/socket", "A0305"),
        ("postgres://u:s3cret@127.0.0.1:1/d", "A0305"),
        ("postgres://u:s3cret@no-such-host.invalid/d", "A0305"),
        ("postgresql:///d?host=/no/such/folder", "A0305"),
    ] {
        assert_eq!(error(url).code(), code, "{url}: {}", error(url));
    }
}

#[test]
fn sqlite_files() {
    if !wanted(Dialect::Sqlite) {
        return;
    }
    let database = Database::fresh(Dialect::Sqlite);
    let folder = database.file().parent().unwrap().to_owned();
    let url = |name: &str| format!("sqlite:{}", folder.join(name).display());

    for missing in [url("missing.db"), format!("{}?mode=rwc", url("missing.db"))] {
        assert_eq!(error(&missing).code(), "A0303");
        assert!(!folder.join("missing.db").exists());
    }
    block_on(async {
        Connection::connect_or_create(&url("missing.db")).await.unwrap().close().await;
    });
    assert!(folder.join("missing.db").exists());

    std::fs::write(folder.join("text.db"), "this is no database, and long enough to be one")
        .unwrap();
    assert_eq!(error(&url("text.db")).code(), "A0306");
    assert_eq!(error(&url("")).code(), "A0306");
    let nowhere = block_on(Connection::connect_or_create(&url("no/folder/x.db")));
    assert_eq!(nowhere.expect_err("no folder").code(), "A0303");
    block_on(async {
        let connection = Connection::connect("sqlite::memory:").await.unwrap();
        assert_eq!(connection.version().major(Dialect::Sqlite), 3);
        let schema = introspect(&connection, &Scope::default()).await.unwrap();
        assert!(schema.tables.is_empty());
    });
}

#[test]
fn postgres_logins() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    let missing = format!("{}_missing", database.url());
    assert_eq!(error(&missing).code(), "A0303");
    let refused = database.url_as("autogen_nobody:s3cret");
    assert_eq!(error(&refused).code(), "A0304");
}

#[test]
fn from_the_applications_connection() {
    for dialect in autogen_tests::dialects() {
        let database = Database::fresh(dialect);
        block_on(async {
            let raw = sea_orm::Database::connect(database.url()).await.unwrap();
            let connection = Connection::from_sea_orm(raw).await.unwrap();
            assert_eq!(connection.dialect(), dialect);
            assert!(connection.version().number > 0);
            introspect(&connection, &Scope::default()).await.unwrap();
        });
    }
}

#[test]
fn schemas_that_are_not_there() {
    if !wanted(Dialect::Postgres) {
        return;
    }
    let database = Database::fresh(Dialect::Postgres);
    block_on(async {
        let connection = database.connect().await;
        let scope = Scope { schemas: vec!["nowhere".into()], ..Scope::default() };
        let error = introspect(&connection, &scope).await.expect_err("no such schema");
        assert_eq!(error.code(), "A0309");
        connection.close().await;
        let url = format!("{}?options=-c%20search_path%3Dnowhere", database.url());
        let connection = Connection::connect(&url).await.unwrap();
        let error = introspect(&connection, &Scope::default()).await.expect_err("no schema");
        assert_eq!(error.code(), "A0310");
        // The session is still usable.
        let scope = Scope { schemas: vec!["public".into()], ..Scope::default() };
        assert_eq!(introspect(&connection, &scope).await.unwrap_err().code(), "A0310");
    });
}
