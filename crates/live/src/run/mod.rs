//! Runs migrations: one process at a time, each group of statements in its own transaction or
//! statement by statement; the history always records the progress.

mod guard;
pub(crate) mod lock;
mod lone;
mod mysql;
pub(crate) mod resume;
mod settings;
mod sqlite;
mod versions;
mod work;

use std::time::Duration;

use autogen_dialect::Dialect;

pub use self::settings::{LOCK_TIMEOUT, Settings, Stop};
pub use self::versions::worn_out;
pub use self::work::{Finished, Migration, Probe, Progress, Silent, StatementGroup};

use self::guard::Turns;
use crate::history::{self, Prefix, Record, State};
use crate::probe::{self, Outcome};
use crate::session::Session;
use crate::watch::Watch;
use crate::{Connection, LiveError};

/// The direction of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Applies migrations in their order; applied ones are skipped, and an interrupted one is
/// resumed. `settings` may be just how long to wait for another running migration. Returns
/// the ids of those that were run.
///
/// # Errors
/// [`LiveError`] A0305 to A0308, A0311, A0313 to A0317, A0319, A0320, A0322 to A0328, A0331.
/// What ran before stays applied.
pub async fn upgrade(
    connection: &Connection,
    migrations: &[Migration],
    settings: impl Into<Settings>,
    progress: &mut dyn Progress,
) -> Result<Vec<String>, LiveError> {
    all(connection, migrations, Direction::Up, settings.into(), progress).await
}

/// Undoes migrations in the given order, newest first; `groups` are the statements of the way
/// down. Returns the ids of those that were undone.
///
/// # Errors
/// As [`upgrade`], and A0318 for a revision that is not applied.
pub async fn downgrade(
    connection: &Connection,
    migrations: &[Migration],
    settings: impl Into<Settings>,
    progress: &mut dyn Progress,
) -> Result<Vec<String>, LiveError> {
    all(connection, migrations, Direction::Down, settings.into(), progress).await
}

async fn all(
    connection: &Connection,
    migrations: &[Migration],
    direction: Direction,
    settings: Settings,
    progress: &mut dyn Progress,
) -> Result<Vec<String>, LiveError> {
    let mut session = connection.session().await?;
    session.watch(Watch::new(settings.stop.clone(), settings.statement_timeout));
    let lock = lock::take(&mut session, &settings, progress).await?;
    let mut ran = Vec::new();
    let mut result = lock::patiently(&mut session, &settings, progress, prepare).await;
    for migration in migrations {
        if result.is_err() {
            break;
        }
        let mut run = Run::new(&mut session, &settings, &lock.number, migration, direction);
        match run.whole(progress).await {
            Ok(true) => ran.push(migration.revision.id.clone()),
            Ok(false) => {}
            Err(error) => result = Err(error),
        }
    }
    let released = lock.release(&mut session).await;
    result?;
    released.map(|()| ran)
}

async fn prepare(session: &mut Session) -> Result<(), LiveError> {
    history::create(session).await
}

/// A migration that is being run.
struct Run<'a> {
    session: &'a mut Session,
    settings: &'a Settings,
    /// The server's number of the session.
    number: &'a str,
    migration: &'a Migration,
    direction: Direction,
    /// How many statements are finished.
    done: usize,
    /// The hash of the statements that were finished at the last record.
    prefix: Prefix,
    total: usize,
    /// Whether the next statement may have been started before.
    resumed: bool,
    /// Whether another process applied it while we waited for the lock.
    passed_over: bool,
    /// Whether the group begins and ends its transaction itself.
    block: bool,
    /// Whether the last statement was rejected because of the transaction.
    refused_inside: bool,
    /// How long the last statement ran or waited that did not get a lock.
    waited: Duration,
    /// The last lock timeout that was set.
    locks: String,
}

impl<'a> Run<'a> {
    fn new(
        session: &'a mut Session,
        settings: &'a Settings,
        number: &'a str,
        migration: &'a Migration,
        direction: Direction,
    ) -> Self {
        Self {
            session,
            settings,
            number,
            migration,
            direction,
            done: 0,
            total: migration.statements().count(),
            prefix: Prefix::default(),
            resumed: false,
            passed_over: false,
            block: false,
            refused_inside: false,
            waited: Duration::ZERO,
            locks: String::new(),
        }
    }

    fn id(&self) -> &'a str {
        &self.migration.revision.id
    }

    /// Runs everything that is not finished; returns whether anything was run.
    async fn whole(&mut self, progress: &mut dyn Progress) -> Result<bool, LiveError> {
        if self.settings.stop.is_asked() {
            return Err(self.stopped(false));
        }
        let settings = self.settings;
        let id = self.id();
        let read = async |session: &mut Session| history::read(session, Some(id)).await;
        let row = lock::patiently(self.session, settings, progress, read).await?.pop();
        let Some(done) = self.begin_at(row)? else { return Ok(false) };
        self.done = done;
        if done == 0 && !self.resumed {
            self.probe().await?;
        }
        self.require_versions().await?;
        progress.begins(&self.migration.revision, done, self.total);
        let outcome = self.groups(progress).await;
        let home = self.go_home().await;
        outcome.and(home)?;
        if !self.passed_over {
            progress.ends(&self.migration.revision);
        }
        Ok(!self.passed_over)
    }

    /// How many statements are finished before we begin, or `None` if nothing is left to do.
    async fn start(&mut self) -> Result<Option<usize>, LiveError> {
        let row = history::read(self.session, Some(self.id())).await?.pop();
        self.begin_at(row)
    }

    fn begin_at(&mut self, row: Option<history::Applied>) -> Result<Option<usize>, LiveError> {
        let wanted = &self.migration.revision;
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

    /// Runs the probes, before the first statement.
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
        let down = matches!(self.direction, Direction::Down);
        Err(LiveError::RowsInTheWay { revision, findings: findings.concat(), down })
    }

    /// Checks that MySQL still accepts the instant changes.
    async fn require_versions(&mut self) -> Result<(), LiveError> {
        let open = self.migration.statements().skip(self.done);
        match versions::ask(self.session, open).await? {
            Some(tables) => Err(self.worn_out("before its first statement", tables)),
            None => Ok(()),
        }
    }

    fn worn_out(&self, place: &str, tables: String) -> LiveError {
        let (url, revision) = (self.session.url().to_owned(), self.id());
        LiveError::WornOut { url, place: format!("revision {revision}, {place}"), tables }
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

    /// The hash of the first statements; known ones are not read again.
    fn prefix(&mut self, done: usize) -> String {
        if done < self.prefix.len {
            self.prefix = Prefix::default();
        }
        let more = self.migration.statements().take(done).skip(self.prefix.len);
        more.for_each(|it| self.prefix.push(it));
        self.prefix.hash()
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
                // The history is updated in the same transaction, so that both happen or neither.
                self.in_transaction(group, progress).await?;
            } else {
                self.alone(group, start, progress).await?;
            }
        }
        if self.total == 0 {
            self.record(None).await?;
        }
        Ok(())
    }

    /// Restores the search path, or the database, that a script may have changed.
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
        group: &StatementGroup,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        let before = self.done;
        let mut turns = Turns::new(self.settings.lock_timeout);
        loop {
            self.set_turn(&turns).await?;
            let outcome = match self.session.dialect() {
                Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => {
                    self.server_transaction(group, progress).await
                }
                Dialect::Sqlite => self.sqlite_transaction(group, progress).await,
            };
            let Err(error) = outcome else { return Ok(()) };
            self.done = before;
            let Err(error) = self.another_turn(&mut turns, error, progress).await else {
                continue;
            };
            if (before > 0 || self.resumed) && !self.refused_inside {
                self.note_failure(&error).await;
            }
            return Err(error);
        }
    }

    async fn server_transaction(
        &mut self,
        group: &StatementGroup,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        self.command("begin").await?;
        let outcome = self.statements(group, progress).await;
        let outcome = match outcome {
            Ok(()) => self.command("commit").await,
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            // The original error matters, not one of the rollback.
            let _ = self.session.run("rollback").await;
        }
        outcome
    }

    /// Runs the statements of a group, and updates the history.
    async fn statements(
        &mut self,
        group: &StatementGroup,
        progress: &mut dyn Progress,
    ) -> Result<(), LiveError> {
        for sql in &group.statements {
            if let Some(word) = transaction_word(sql) {
                if self.block {
                    self.done += 1;
                    continue;
                }
                let reason = format!(
                    "{word} is not allowed here: the statements already run in a \
                             transaction"
                );
                return Err(self.failed(sql, reason));
            }
            self.statement(sql, progress).await?;
        }
        self.record(None).await
    }

    /// The error of the next statement.
    fn failed(&self, sql: &str, reason: String) -> LiveError {
        LiveError::StatementFailed {
            revision: self.migration.revision.id.clone(),
            number: self.done + 1,
            total: self.total,
            statement: shortened(sql),
            reason,
            down: matches!(self.direction, Direction::Down),
        }
    }

    /// Records the progress. With the last statement the migration is applied, or undone and
    /// removed.
    async fn record(&mut self, failure: Option<String>) -> Result<(), LiveError> {
        let failed = failure.is_some();
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
        let (done, total) = (self.done, self.total);
        let record = Record { revision, state, done, total, prefix, failure };
        record.write(self.session).await
    }

    /// Records the failure. The original error matters more than one of recording it.
    async fn note_failure(&mut self, error: &LiveError) {
        let _ = self.record(Some(error.to_string())).await;
    }

    async fn command(&mut self, sql: &str) -> Result<(), LiveError> {
        let doing = "running a migration";
        self.session.run(sql).await.map_err(|error| self.session.error(doing, &error))
    }
}

/// The word with which a statement begins or ends a transaction: it would end our own, with
/// its statements half done.
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
