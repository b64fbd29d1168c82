//! Runs migrations within the application, and checks whether its database matches its
//! models.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use autogen_live::adopt::{Failure, upgrade_revisions};
use autogen_live::history::{absorb, current};
use autogen_live::revisions::{Mismatch, absorbed, known, pending};
use autogen_live::run::{Settings, Silent};
use autogen_live::{CompareError, Connection, LiveError, Scope, compare, introspect};
use autogen_plan::{Options, PlanError, RevisionError, Revisions, emit};
use autogen_schema::{Declared, Schema};
use sea_orm::DatabaseConnection;

use crate::registry;

/// How long to wait for another running migration.
const WAIT: Duration = Duration::from_secs(600);

/// Why migrations cannot be run, or a database does not match its models.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "named by their types")]
pub enum MigrateError {
    Revisions(RevisionError),
    Mismatch(Mismatch),
    Database(LiveError),
    Models(registry::Error),
    Plan(PlanError),
    /// The database differs from the models: the changes from one to the other.
    Different(String),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revisions(error) => write!(f, "[{}] {error}; {}", error.code(), error.hint()),
            Self::Mismatch(error) => write!(f, "[{}] {error}; {}", error.code(), error.hint()),
            Self::Database(error) => write!(f, "[{}] {error}; {}", error.code(), error.hint()),
            Self::Models(error) => error.fmt(f),
            Self::Plan(error) => write!(f, "[{}] {error}; {}", error.code(), error.hint()),
            Self::Different(report) => {
                write!(f, "[A0527] the database differs from the models:\n{}", report.trim_end())
            }
        }
    }
}

impl std::error::Error for MigrateError {}

macro_rules! from {
    ($($variant:ident($error:ty)),+ $(,)?) => {$(
        impl From<$error> for MigrateError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )+};
}

from! {
    Revisions(RevisionError),
    Mismatch(Mismatch),
    Database(LiveError),
    Models(registry::Error),
    Plan(PlanError),
}

/// The migrations of an application, as [`migrations!`](crate::migrations)
/// embeds them.
///
/// ```
/// # async fn start(db: sea_orm::DatabaseConnection) -> Result<(), sea_autogen::MigrateError> {
/// let migrator = sea_autogen::migrations!("../../migrations");
/// migrator.upgrade(&db).await?;
/// sea_autogen::check(&db).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Migrator(Result<Revisions, RevisionError>);

impl Migrator {
    /// Migrations from names and texts of files. Problems are reported by the first use.
    pub fn embedded(files: &[(&str, &str)]) -> Self {
        let files: BTreeMap<String, String> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Self(Revisions::read(&files))
    }

    /// Applies the migrations that the database lacks, up to the head; returns the revisions that
    /// were run. If several processes do this at once, one runs each revision, and the others
    /// wait and then skip it.
    ///
    /// # Errors
    /// Problems with the migrations, or errors of the database. What ran before stays applied,
    /// and the next call continues from there.
    pub async fn upgrade(&self, db: &DatabaseConnection) -> Result<Vec<String>, MigrateError> {
        let revisions = self.revisions()?;
        let connection = Connection::from_sea_orm(db.clone()).await?;
        let history = current(&connection).await?;
        absorb(&connection, &absorbed(&history, revisions)?, WAIT).await?;
        known(history, revisions)?;
        let (all, settings): (Vec<_>, Settings) = (revisions.iter().collect(), WAIT.into());
        let scope = Scope::default();
        let ran = upgrade_revisions(&connection, &all, &scope, &settings, &mut Silent).await;
        ran.map_err(|error| match error {
            Failure::Mismatch(error) => error.into(),
            Failure::Live(error) => error.into(),
        })
    }

    /// The revisions that the database lacks, parents first. It writes nothing.
    ///
    /// # Errors
    /// As [`Migrator::upgrade`].
    pub async fn pending(&self, db: &DatabaseConnection) -> Result<Vec<String>, MigrateError> {
        let revisions = self.revisions()?;
        let connection = Connection::from_sea_orm(db.clone()).await?;
        let history = known(current(&connection).await?, revisions)?;
        Ok(pending(&history, revisions).into_iter().map(|it| it.id.clone()).collect())
    }

    fn revisions(&self) -> Result<&Revisions, MigrateError> {
        let revisions = self.0.as_ref().map_err(|error| error.clone())?;
        revisions.head()?;
        Ok(revisions)
    }
}

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
    declared.leave_strangers(&schema, &Schema::default());
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
