//! The live crate against real servers.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod charsets;
mod comments;
mod complete;
mod connect;
mod corpora;
mod effects;
mod engine;
mod kinds;
mod mysql;
mod mysql_kinds;
mod mysql_run;
mod normalize;
mod partitions;
mod postgres;
mod postgres_kinds;
mod pulled;
mod rebuild;
mod recreated;
mod row_versions;
mod run;
mod sqlite;
mod turns;

use autogen_dialect::Dialect;
use autogen_live::{Scope, introspect};
use autogen_schema::{QName, Schema, Table};
use autogen_tests::{Database, block_on, dialects};

/// Whether this database is to be tested.
fn wanted(dialect: Dialect) -> bool {
    let wanted = dialects().contains(&dialect);
    if !wanted {
        eprintln!("left out by AUTOGEN_TEST_DATABASES: {dialect}");
    }
    wanted
}

/// Reads an empty database after these statements.
fn read(dialect: Dialect, sql: &str) -> Schema {
    read_scope(dialect, sql, &Scope::default())
}

fn read_scope(dialect: Dialect, sql: &str, scope: &Scope) -> Schema {
    let database = Database::fresh(dialect);
    block_on(async {
        database.run(sql).await;
        let connection = database.connect().await;
        let schema = introspect(&connection, scope).await.expect("it can be read");
        connection.close().await;
        schema
    })
}

fn table<'a>(schema: &'a Schema, name: &str) -> &'a Table {
    schema.tables.get(&QName::parse(name)).unwrap_or_else(|| panic!("no table {name}"))
}

/// The codes and objects that were reported.
fn notes(schema: &Schema) -> Vec<(&str, &str)> {
    schema.unsupported.iter().map(|it| (it.code.as_str(), it.object.as_str())).collect()
}

fn names(schema: &Schema) -> Vec<String> {
    schema.tables.keys().map(ToString::to_string).collect()
}
