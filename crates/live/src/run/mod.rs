//! Running migrations: one deployer at a time, each group of statements in a
//! transaction of its own or alone, and the history says at every moment how
//! far it got.

pub(crate) mod lock;
mod mysql;
mod resume;
mod sqlite;

use std::time::Duration;

use autogen_dialect::Dialect;

use crate::error::{Class, class, server_words};
use crate::history::{self, Record, Revision, State, prefix_hash};
use crate::probe::{self, Outcome};
use crate::session::Session;
use crate::{Connection, LiveError};

/// Statements that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Whether they run in one transaction; else each runs by itself.
    pub transaction: bool,
    /// Whether SQLite tables are rebuilt, which must not delete the rows of
    /// other tables: foreign keys are off meanwhile, and are checked before
    /// the commit. A group that drops a table is always run so.
    pub rebuilds: bool,
    /// The statements, without semicolons.
    pub statements: Vec<String>,
}

/// What is asked before a migration runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What would go wrong.
    pub message: String,
    /// A query that gives a row where it would.
    pub sql: String,
}

/// A migration in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Which one it is.
    pub revision: Revision,
    /// What must not be found.
    pub probes: Vec<Probe>,
    /// What to run.
    pub groups: Vec<Group>,
}

impl Migration {
    fn statements(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(|group| &group.statements).map(String::as_str)
    }
}

/// Who is told how it goes. Every method does nothing by default.
pub trait Progress {
    /// Somebody else is migrating this database; called again and again.
    fn waiting(&mut self, since: Duration) {
        let _ = since;
    }
    /// A migration begins, `done` of its `total` statements having been done
    /// before.
    fn begins(&mut self, revision: &Revision, done: usize, total: usize) {
        let _ = (revision, done, total);
    }
    /// A statement begins; `number` counts from 1.
    fn statement(&mut self, number: usize, total: usize, sql: &str) {
        let _ = (number, total, sql);
    }
    /// A migration has ended well.
    fn ends(&mut self, revision: &Revision) {
        let _ = revision;
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}

/// Which way a migration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Applies migrations in their order; those that are applied already are
/// passed over, and one that was interrupted is resumed. `wait` is how long
/// another deployer may take. Gives the ids of those that were run.
///
/// # Errors
/// [`LiveError`] A0305 to A0308, A0311, A0313 to A0317, A0319, A0320. What ran
/// before stays applied.
pub async fn upgrade(
    connection: &Connection,
    migrations: &[Migration],
    wait: Duration,
    progress: &mut dyn Progress,
) -> Result<Vec<String>, LiveError> {
    all(connection, migrations, Direction::Up, wait, progress).await
}

/// Undoes migrations in the order given, newest first; `groups` is what undoes
/// them. Gives the ids of those that were undone.
///
/// # Errors
/// As [`upgrade`], and A0318 for a revision that is not applied.
pub async fn downgrade(
    connection: &Connection,
    migrations: &[Migration],
    wait: Duration,
    progress: &mut dyn Progress,
) -> Result<Vec<String>, LiveError> {
    all(connection, migrations, Direction::Down, wait, progress).await
}

async fn all(
    connection: &Connection,
    migrations: &[Migration],
    direction: Direction,
    wait: Duration,
    progress: &mut dyn Progress,
) -> Result<Vec<String>, LiveError> {
    let mut session = connection.session().await?;
    let lock = lock::take(&mut session, wait, progress).await?;
    let result = one_by_one(&mut session, migrations, direction, progress).await;
    let released = lock.release(&mut session).await;
    let ran = result?;
    released.map(|()| ran)
}

async fn one_by_one(
    session: &mut Session,
    migrations: &[Migration],
    direction: Direction,
    progress: &mut dyn Progress,
) -> Result<Vec<String>, LiveError> {
    if migrations.is_empty() {
        return Ok(Vec::new());
    }
    history::create(session).await?;
    let mut ran = Vec::new();
    for migration in migrations {
        let mut run = Run::new(session, migration, direction);
        if let Some(done) = run.start().await? {
            run.done = done;
            if done == 0 && !run.resumed {
                run.probe().await?;
            }
            progress.begins(&migration.revision, done, run.total);
            let outcome = run.groups(progress).await;
            let home = run.go_home().await;
            outcome.and(home)?;
            if !run.passed_over {
                progress.ends(&migration.revision);
                ran.push(migration.revision.id.clone());
            }
        }
    }
    Ok(ran)
}

/// One migration under way.
struct Run<'a> {
    session: &'a mut Session,
    migration: &'a Migration,
    direction: Direction,
    /// How many statements are done.
    done: usize,
    total: usize,
    /// Whether the first statement to come may have been begun before.
    resumed: bool,
    /// Whether somebody else did it while we waited for the lock.
    passed_over: bool,
}

impl<'a> Run<'a> {
    fn new(session: &'a mut Session, migration: &'a Migration, direction: Direction) -> Self {
        let total = migration.statements().count();
        Self { session, migration, direction, done: 0, total, resumed: false, passed_over: false }
    }

    /// How many statements are done before we begin, or `None` where nothing
    /// is left to do.
    async fn start(&mut self) -> Result<Option<usize>, LiveError> {
        let wanted = &self.migration.revision;
        let row = history::read(self.session, Some(&wanted.id)).await?.pop();
        let Some(row) = row else {
            return match self.direction {
                Direction::Up => Ok(Some(0)),
                Direction::Down => {
                    let url = self.session.url().to_owned();
                    Err(LiveError::NotApplied { url, revision: wanted.id.clone() })
                }
            };
        };
        let resumes = match (self.direction, row.state) {
            (Direction::Up, State::Done) => {
                if row.revision.checksum != wanted.checksum {
                    return Err(self.changed(&row));
                }
                return Ok(None);
            }
            (Direction::Down, State::Done) => return Ok(Some(0)),
            (Direction::Up, State::Running | State::Failed)
            | (Direction::Down, State::Reverting) => true,
            (Direction::Up, State::Reverting)
            | (Direction::Down, State::Running | State::Failed) => false,
        };
        if !resumes {
            return Err(LiveError::Unfinished {
                url: self.session.url().to_owned(),
                revision: wanted.id.clone(),
                state: format!("{} at {} of {}", row.state, row.steps_done, row.steps_total),
            });
        }
        if row.steps_done > self.total || self.prefix(row.steps_done) != row.prefix {
            return Err(self.changed(&row));
        }
        self.resumed = true;
        Ok(Some(row.steps_done))
    }

    /// Asks the probes, before the first statement.
    async fn probe(&mut self) -> Result<(), LiveError> {
        let mut findings = Vec::new();
        for probe in &self.migration.probes {
            match probe::ask(self.session, &probe.sql).await? {
                Outcome::Clear | Outcome::Unknown => {}
                Outcome::Found(None) => findings.push(format!("\n  {}", probe.message)),
                Outcome::Found(Some(words)) => {
                    findings.push(format!("\n  {} ({words})", probe.message));
                }
            }
        }
        if findings.is_empty() {
            return Ok(());
        }
        let revision = self.migration.revision.id.clone();
        Err(LiveError::RowsInTheWay { revision, findings: findings.concat() })
    }

    fn changed(&self, row: &history::Applied) -> LiveError {
        LiveError::ChecksumChanged {
            url: self.session.url().to_owned(),
            revision: row.revision.id.clone(),
            state: match row.state {
                State::Done => "applied".to_owned(),
                State::Running | State::Failed | State::Reverting => {
                    format!("left at statement {} of {}", row.steps_done, row.steps_total)
                }
            },
            applied: row.revision.checksum.clone(),
            file: self.migration.revision.checksum.clone(),
        }
    }

    fn prefix(&self, done: usize) -> String {
        prefix_hash(self.migration.statements().take(done))
    }

    async fn groups(&mut self, progress: &mut dyn Progress) -> Result<(), LiveError> {
        let mut end = 0;
        for group in &self.migration.groups {
            let start = end;
            end += group.statements.len();
            if self.done >= end {
                continue;
            }
            self.go_home().await?;
            let dialect = self.session.dialect();
            if matches!(dialect, Dialect::Mysql | Dialect::Mariadb) {
                self.mysql_group(group, start, progress).await?;
            } else if group.transaction {
                // The history moves with the transaction, so that it is done
                // as a whole or not at all.
                self.in_transaction(group, progress).await?;
            } else {
                self.alone(group, start, progress).await?;
            }
        }
        if self.total == 0 {
            self.record(false).await?;
        }
        Ok(())
    }

    /// Sets the search path, or the database, that a script may have changed.
    async fn go_home(&mut self) -> Result<(), LiveError> {
        let Some(home) = self.session.home() else { return Ok(()) };
        let dialect = self.session.dialect();
        let sql = match dialect {
            Dialect::Postgres | Dialect::Sqlite => {
                let path = dialect.quote_text(&home.search_path);
                format!("select set_config('search_path', {path}, false)")
            }
            Dialect::Mysql | Dialect::Mariadb => format!("use {}", dialect.quote(&home.schema)),
        };
        self.command(&sql).await
    }

    async fn in_transaction(
        &mut self,
        group: &Group,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let before = self.done;
        let outcome = match self.session.dialect() {
            Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => {
                self.server_transaction(group, progress).await
            }
            Dialect::Sqlite => self.sqlite_transaction(group, progress).await,
        };
        if outcome.is_err() {
            self.done = before;
            if before > 0 {
                self.note_failure().await;
            }
        }
        outcome
    }

    async fn server_transaction(
        &mut self,
        group: &Group,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        self.command("begin").await?;
        let outcome = self.statements(group, progress).await;
        let outcome = match outcome {
            Ok(()) => self.command("commit").await,
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            // The error that led here matters, not one of rolling back.
            let _ = self.session.run("rollback").await;
        }
        outcome
    }

    /// The statements of a group, and what the history says after them.
    async fn statements(
        &mut self,
        group: &Group,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        for sql in &group.statements {
            if let Some(word) = transaction_word(sql) {
                let reason =
                    format!("{word} can't stand here: the statements run in a transaction already");
                return Err(self.failed(sql, reason));
            }
            self.statement(sql, progress).await?;
        }
        self.record(false).await
    }

    async fn statement(&mut self, sql: &str, progress: &mut dyn Progress) -> Result<(), LiveError> {
        progress.statement(self.done + 1, self.total, sql);
        match self.session.run(sql).await {
            Ok(()) => {
                self.done += 1;
                Ok(())
            }
            Err(error) if class(&error) == Class::ReadOnly => {
                Err(self.session.error("running a migration", &error))
            }
            Err(error) => Err(self.failed(sql, server_words(&error))),
        }
    }

    /// The error of the statement that is next.
    fn failed(&self, sql: &str, reason: String) -> LiveError {
        LiveError::StatementFailed {
            revision: self.migration.revision.id.clone(),
            number: self.done + 1,
            total: self.total,
            statement: shortened(sql),
            reason,
        }
    }

    /// Statements that each run by themselves.
    async fn alone(
        &mut self,
        group: &Group,
        start: usize,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        for sql in &group.statements[self.done - start..] {
            if self.done == 0 {
                self.record(false).await?;
            }
            let resumed = std::mem::take(&mut self.resumed);
            if resumed && resume::is_done(self.session, sql).await? {
                self.done += 1;
            } else if let Err(error) = self.statement(sql, progress).await {
                self.note_failure().await;
                return Err(error);
            }
            self.record(false).await?;
        }
        Ok(())
    }

    /// Writes how far we are. With the last statement the migration is done,
    /// or undone and forgotten.
    async fn record(&mut self, failed: bool) -> Result<(), LiveError> {
        let complete = self.done == self.total && !failed;
        let state = match self.direction {
            Direction::Up if complete => State::Done,
            Direction::Up if failed => State::Failed,
            Direction::Up => State::Running,
            Direction::Down if complete => {
                return history::forget(self.session, &self.migration.revision.id).await;
            }
            Direction::Down => State::Reverting,
        };
        let prefix = self.prefix(self.done);
        let revision = &self.migration.revision;
        let record = Record { revision, state, done: self.done, total: self.total, prefix };
        record.write(self.session).await
    }

    /// Says in the history that it failed. The error that led here matters
    /// more than one of writing this down.
    async fn note_failure(&mut self) {
        let _ = self.record(true).await;
    }

    async fn command(&mut self, sql: &str) -> Result<(), LiveError> {
        let doing = "running a migration";
        self.session.run(sql).await.map_err(|error| self.session.error(doing, &error))
    }
}

/// The word by which a statement begins or ends a transaction: our own would
/// be over, and its statements half done.
fn transaction_word(sql: &str) -> Option<&str> {
    let word = sql.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    let words = ["begin", "start", "commit", "end", "rollback", "abort"];
    let savepoint = word.eq_ignore_ascii_case("rollback")
        && sql.split_whitespace().any(|it| it.eq_ignore_ascii_case("to"));
    let found = words.iter().any(|it| word.eq_ignore_ascii_case(it));
    (found && !savepoint).then_some(word)
}

/// The beginning of a statement, for a message.
fn shortened(sql: &str) -> String {
    const MOST: usize = 600;
    match sql.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} ..", &sql[..end]),
        None => sql.to_owned(),
    }
}
