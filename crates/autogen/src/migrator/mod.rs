//! Runs migrations within the application.

mod check;
mod error;
mod events;
mod status;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use autogen_live::adopt::upgrade_revisions;
use autogen_live::history::{Applied, absorb, current};
use autogen_live::revisions::{absorbed, done, known, pending, ways_down};
use autogen_live::run::{LOCK_TIMEOUT, Settings, downgrade};
use autogen_live::{Connection, Scope};
use autogen_plan::{Revision, RevisionError, Revisions};
use sea_orm::DatabaseConnection;

pub use self::check::{assert_migrated, check, report};
pub use self::error::MigrateError;
use self::events::Events;
pub use self::status::{RevisionState, RevisionStatus};

/// The migrations of an application, as [`migrations!`](crate::migrations) embeds them.
///
/// ```
/// use sea_autogen::Migrator;
///
/// static MIGRATOR: Migrator = sea_autogen::migrations!("../../migrations");
///
/// # async fn start(db: sea_orm::DatabaseConnection) -> Result<(), sea_autogen::MigrateError> {
/// MIGRATOR.upgrade(&db).await?;
/// sea_autogen::check(&db).await?;
/// # Ok(())
/// # }
/// ```
///
/// What it does is told through the crate `tracing`, with the target `sea_autogen`: a revision
/// that begins or ends is INFO, a statement DEBUG, a wait for another session WARN.
#[derive(Debug, Clone)]
pub struct Migrator {
    files: &'static [(&'static str, &'static str)],
    revisions: OnceLock<Result<Revisions, RevisionError>>,
    wait: Duration,
    lock_timeout: Option<Duration>,
    statement_timeout: Option<Duration>,
}

impl Migrator {
    /// Migrations from names and texts of files. Problems are reported by the first use.
    pub const fn embedded(files: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            files,
            revisions: OnceLock::new(),
            wait: Duration::from_secs(600),
            lock_timeout: Some(LOCK_TIMEOUT),
            statement_timeout: None,
        }
    }

    /// The same from files that are only known when the program runs.
    pub fn from_files(files: &BTreeMap<String, String>) -> Self {
        Self { revisions: OnceLock::from(Revisions::read(files)), ..Self::embedded(&[]) }
    }

    /// How long to wait while another process migrates the database; 10 minutes by default.
    #[must_use]
    pub const fn wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// How long a statement waits for locks that other sessions hold, 30 seconds by default;
    /// `None` for the server's own setting. It waits in short turns, between which the others
    /// go on.
    #[must_use]
    pub const fn lock_timeout(mut self, limit: Option<Duration>) -> Self {
        self.lock_timeout = limit;
        self
    }

    /// How long a statement may run; `None`, the default, is no limit.
    #[must_use]
    pub const fn statement_timeout(mut self, limit: Option<Duration>) -> Self {
        self.statement_timeout = limit;
        self
    }

    /// Applies the migrations that the database lacks, up to the head; returns the revisions that
    /// were run. If several processes do this at once, one runs each revision, and the others
    /// wait and then skip it.
    ///
    /// # Errors
    /// Problems with the migrations, or errors of the database. What ran before stays applied,
    /// and the next call continues from there.
    pub async fn upgrade(&self, db: &DatabaseConnection) -> Result<Vec<String>, MigrateError> {
        self.upgrade_to(db, "head").await
    }

    /// The same up to a goal: a revision or the beginning of its id, a label, or `+N` for N
    /// revisions more.
    ///
    /// # Errors
    /// As [`Migrator::upgrade`], and if there is no such revision.
    pub async fn upgrade_to(
        &self,
        db: &DatabaseConnection,
        goal: &str,
    ) -> Result<Vec<String>, MigrateError> {
        let revisions = self.revisions()?;
        let connection = Connection::from_sea_orm(db.clone()).await?;
        let history = settled(&connection, revisions, self.wait).await?;
        let wanted = revisions.up_to(goal, &done(&history))?;
        let (scope, settings) = (Scope::default(), self.settings());
        Ok(upgrade_revisions(&connection, &wanted, &scope, &settings, &mut Events::up()).await?)
    }

    /// Undoes applied migrations, newest first, down to a goal: `-N` for N revisions, `base`
    /// for all, or the revision that stays. Returns the revisions that were undone. It does not
    /// ask: what the migrations added is gone, rows included.
    ///
    /// # Errors
    /// As [`Migrator::upgrade`], and if one of them has no way down: then none is undone.
    pub async fn downgrade(
        &self,
        db: &DatabaseConnection,
        goal: &str,
    ) -> Result<Vec<String>, MigrateError> {
        let revisions = self.revisions()?;
        let connection = Connection::from_sea_orm(db.clone()).await?;
        let history = settled(&connection, revisions, self.wait).await?;
        let rows: BTreeSet<&str> = history.iter().map(|row| row.revision.id.as_str()).collect();
        let applied: Vec<&Revision> =
            revisions.iter().filter(|it| rows.contains(it.id.as_str())).collect();
        let migrations = ways_down(&revisions.back(&applied, goal)?, connection.dialect())?;
        Ok(downgrade(&connection, &migrations, self.settings(), &mut Events::down()).await?)
    }

    /// The revisions that the database lacks, parents first. It writes nothing.
    ///
    /// # Errors
    /// As [`Migrator::upgrade`].
    pub async fn pending(&self, db: &DatabaseConnection) -> Result<Vec<String>, MigrateError> {
        let revisions = self.revisions()?;
        revisions.head()?;
        let connection = Connection::from_sea_orm(db.clone()).await?;
        let history = known(current(&connection).await?, revisions)?;
        Ok(pending(&history, revisions).into_iter().map(|it| it.id.clone()).collect())
    }

    /// All revisions, parents first, with their state in the database. It writes nothing.
    ///
    /// # Errors
    /// As [`Migrator::upgrade`].
    pub async fn status(
        &self,
        db: &DatabaseConnection,
    ) -> Result<Vec<RevisionStatus>, MigrateError> {
        let revisions = self.revisions()?;
        let connection = Connection::from_sea_orm(db.clone()).await?;
        let history = known(current(&connection).await?, revisions)?;
        Ok(revisions.iter().map(|it| RevisionStatus::of(it, &history)).collect())
    }

    fn settings(&self) -> Settings {
        Settings {
            lock_timeout: self.lock_timeout,
            statement_timeout: self.statement_timeout,
            ..self.wait.into()
        }
    }

    fn revisions(&self) -> Result<&Revisions, MigrateError> {
        let read = || {
            let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
            Revisions::read(&self.files.iter().map(owned).collect())
        };
        self.revisions.get_or_init(read).as_ref().map_err(|error| error.clone().into())
    }
}

/// The history in terms of the revisions; replaced ones are recorded as their replacement.
async fn settled(
    connection: &Connection,
    revisions: &Revisions,
    wait: Duration,
) -> Result<Vec<Applied>, MigrateError> {
    let history = current(connection).await?;
    absorb(connection, &absorbed(&history, revisions)?, wait).await?;
    Ok(known(history, revisions)?)
}
