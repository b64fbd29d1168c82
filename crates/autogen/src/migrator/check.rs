//! Whether a database matches the models of the program.

use std::collections::BTreeSet;

use autogen_live::{CompareError, Connection, Scope, compare, introspect};
use autogen_plan::{Options, emit};
use autogen_schema::{Declared, Schema};
use sea_orm::DatabaseConnection;

use super::{MigrateError, Migrator};
use crate::registry;

/// Requires that a database matches the models of this program.
///
/// The models are those that derive [`Autogen`](crate::Autogen) and that the program uses; a
/// table that none of them names is not a difference. It reads the catalog and writes
/// nothing.
///
/// # Errors
/// [`MigrateError::Different`] if it does not match; and errors of reading the database, or
/// of the models.
pub async fn check(db: &DatabaseConnection) -> Result<(), MigrateError> {
    report(db).await?.map_or(Ok(()), |report| Err(MigrateError::Different(report)))
}

/// The differences between a database and the models of this program, as text; `None` if
/// there are none. [`check`] turns it into an error.
///
/// # Errors
/// If the database cannot be read, or the models have errors.
pub async fn report(db: &DatabaseConnection) -> Result<Option<String>, MigrateError> {
    let connection = Connection::from_sea_orm(db.clone()).await?;
    let mut declared = registry::models()?;
    let expected = declared.namespaces();
    let schema = introspect(&connection, &Scope { expected, ..Scope::default() }).await?;
    prepare(&mut declared, &connection).await?;
    // A program does not know which tables its models named before.
    declared.leave_unknown(&schema, &Schema::default());
    let dialect = connection.dialect();
    let options = Options::default();
    let found = compare(dialect, &schema, &declared, &options, Some(&connection)).await;
    let found = found.map_err(|error| match error {
        CompareError::Plan(error) => MigrateError::from(error),
        CompareError::Live(error) => error.into(),
    })?;
    Ok((!found.is_empty()).then(|| emit::text(&found)))
}

/// Brings models into the form of their database.
async fn prepare(declared: &mut Declared, connection: &Connection) -> Result<(), MigrateError> {
    let dialect = connection.dialect();
    declared.choose(dialect.name());
    if let Some(default) = connection.default_schema().await? {
        declared.rebase(&default);
    }
    dialect.canonicalize_tables(declared);
    declared.visited = declared.namespaces().into_iter().collect::<BTreeSet<_>>();
    Ok(())
}

/// For tests: applies the migrations to an empty database, and requires that it then matches
/// the models.
///
/// # Panics
/// If a migration fails, or one is missing; the message contains the difference.
#[allow(clippy::panic, reason = "it is for tests")]
pub async fn assert_migrated(db: &DatabaseConnection, migrator: &Migrator) {
    if let Err(error) = migrator.upgrade(db).await {
        panic!("a migration fails: {error}");
    }
    match check(db).await {
        Ok(()) => {}
        Err(MigrateError::Different(report)) => {
            panic!("a migration is missing, `autogen diff` writes it:\n{report}")
        }
        Err(error) => panic!("the database can't be compared: {error}"),
    }
}
