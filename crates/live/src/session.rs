//! A session on a server: all statements use the same connection, in the simple protocol, so
//! that a statement is one round trip and results are text.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use autogen_dialect::Dialect;
use sea_orm::sqlx;
use serde::de::DeserializeOwned;

use crate::LiveError;
use crate::driver::{Pooled, Texts};
use crate::error::{Class, class, server_words};
use crate::side_connection::SideConnection;
use crate::watch::Watch;

/// A session, taken from the connection's pool and returned when dropped.
pub(crate) struct Session {
    pool: Pooled,
    dialect: Dialect,
    /// Whether an open transaction or a lock must not survive the session. If so, the connection
    /// is closed when dropped, and not returned.
    unfinished: bool,
    /// Whether its settings differ from what its owner expects.
    spent: bool,
    sent: Arc<AtomicUsize>,
    url: String,
    home: Option<Home>,
    side: SideConnection,
    /// Whether a direct connection was confirmed, without a pooler.
    direct: Arc<AtomicBool>,
    watch: Watch,
}

/// The properties that a session takes from its connection.
pub(crate) struct Of {
    pub(crate) sent: Arc<AtomicUsize>,
    pub(crate) url: String,
    pub(crate) direct: Arc<AtomicBool>,
    pub(crate) watch: Watch,
}

/// The session's settings before any script could change them.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// The current schema.
    pub(crate) schema: String,
    /// The search path, as an argument of `set_config`.
    pub(crate) search_path: String,
}

impl Session {
    pub(crate) fn new(pool: Pooled, dialect: Dialect, side: SideConnection, of: Of) -> Self {
        let Of { sent, url, direct, watch } = of;
        let (unfinished, spent, home) = (false, false, None);
        Self { pool, dialect, unfinished, spent, sent, url, home, side, direct, watch }
    }

    /// How to open a second connection.
    pub(crate) fn side_connection(&self) -> &SideConnection {
        &self.side
    }

    /// Whether a direct connection was confirmed, without a pooler.
    pub(crate) fn is_direct(&self) -> bool {
        self.direct.load(Ordering::Relaxed)
    }

    /// Notes that it is direct.
    pub(crate) fn found_direct(&self) {
        self.direct.store(true, Ordering::Relaxed);
    }

    /// Sets whether SQLite's statements can be interrupted from outside.
    pub(crate) async fn set_interruptible(&mut self, on: bool) -> Result<(), sqlx::Error> {
        match self.side.flag() {
            Some(flag) => self.pool.set_interruptible(on.then_some(flag)).await,
            None => Ok(()),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn home(&self) -> Option<&Home> {
        self.home.as_ref()
    }

    pub(crate) fn set_home(&mut self, home: Home) {
        self.home = Some(home);
    }

    /// Notes whether the session has an open transaction or a lock.
    pub(crate) fn set_unfinished(&mut self, unfinished: bool) {
        self.unfinished = unfinished;
    }

    /// Notes that the connection's settings were changed: it is closed and not returned.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(crate) fn spend(&mut self) {
        self.spent = true;
    }

    /// Limits how long answers may take.
    pub(crate) fn watch(&mut self, watch: Watch) {
        self.watch = watch;
    }

    /// Limits how long each answer may take, in addition to other limits.
    pub(crate) fn answer_within(&mut self, within: Option<Duration>) {
        self.watch.within(within);
    }

    /// Notes that the server does not answer: nothing more is sent.
    pub(crate) fn give_up(&mut self) {
        self.watch.give_up();
    }

    /// Runs one or more statements and drops their results.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let Self { pool, watch, .. } = self;
        watch.over(pool.affect(sql)).await.map(drop)
    }

    /// The same for a statement that the caller watches; returns the number of rows, if it writes
    /// rows.
    pub(crate) async fn affect(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        self.watch.require_open()?;
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.pool.affect(sql).await
    }

    /// Runs a query; each row is the texts of its columns, which must be of type text.
    pub(crate) async fn rows(
        &mut self,
        sql: &str,
    ) -> Result<Vec<Vec<Option<String>>>, sqlx::Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.watch.over(self.pool.read(sql, |row| row.texts())).await
    }

    /// Whether a query returns a row. It is prepared: the server accepts only one statement.
    pub(crate) async fn is_found(&mut self, sql: &str) -> Result<bool, sqlx::Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.watch.over(self.pool.is_found(sql)).await
    }

    /// Runs a query whose rows have one text column without NULLs.
    pub(crate) async fn texts(&mut self, sql: &str) -> Result<Vec<String>, sqlx::Error> {
        self.each(sql, |text| Ok(text.to_owned())).await
    }

    /// Runs a query whose rows have one text column without NULLs, and reads each.
    async fn each<T>(
        &mut self,
        sql: &str,
        read: impl Fn(&str) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, sqlx::Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.watch.over(self.pool.read(sql, |row| read(row.text(0)?))).await
    }

    /// Runs a query, or several at once, on MySQL, and reads each row.
    pub(crate) async fn cells<T>(
        &mut self,
        doing: &str,
        sql: &str,
        mut read: impl FnMut(&Cells<'_>) -> T,
    ) -> Result<Vec<T>, LiveError> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let rows = self.watch.over(self.pool.read(sql, |row| Ok(read(&Cells(row))))).await;
        rows.map_err(|error| LiveError::query(&self.url, doing, &error))
    }

    /// What `SHOW CREATE` says of an object of MySQL; why the server shows none, if it does not.
    pub(crate) async fn shown(&mut self, object: &str) -> Result<String, sqlx::Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let read = |row: &dyn Texts| {
            let cells = Cells(row);
            Ok([cells.lossy(1), cells.lossy(2), cells.lossy(3)].map(Option::unwrap_or_default))
        };
        match self.watch.over(self.pool.read(&format!("SHOW CREATE {object}"), read)).await {
            Ok(rows) => Ok(rows.concat().concat()),
            Err(error @ sqlx::Error::Database(_))
                if matches!(class(&error), Class::Other | Class::NotAllowed) =>
            {
                Ok(server_words(&error))
            }
            Err(error) => Err(error),
        }
    }

    /// Runs a query whose rows have one column of JSON text, and reads each.
    pub(crate) async fn json<T: DeserializeOwned>(
        &mut self,
        doing: &str,
        sql: &str,
    ) -> Result<Vec<T>, LiveError> {
        let read = |text: &str| {
            serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
        };
        self.each(sql, read).await.map_err(|error| match error {
            sqlx::Error::Decode(reason) => LiveError::Catalog {
                url: self.url.clone(),
                doing: doing.to_owned(),
                reason: reason.to_string(),
            },
            error => self.error(doing, &error),
        })
    }

    /// Turns a driver's error into ours.
    pub(crate) fn error(&self, doing: &str, error: &sqlx::Error) -> LiveError {
        LiveError::query(&self.url, doing, error)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.unfinished || self.spent || self.watch.is_given_up() {
            self.pool.close_on_drop();
        }
    }
}

/// A row of MySQL, whose values are all texts in the simple protocol.
pub(crate) struct Cells<'r>(&'r dyn Texts);

impl<'r> Cells<'r> {
    /// A value; `None` for NULL, for invalid UTF-8, and for a missing column.
    pub(crate) fn get(&self, at: usize) -> Option<&'r str> {
        self.0.cell(at).ok().flatten()
    }

    /// A value; empty for NULL.
    pub(crate) fn text(&self, at: usize) -> String {
        self.get(at).unwrap_or_default().to_owned()
    }

    /// A value, owned.
    pub(crate) fn some(&self, at: usize) -> Option<String> {
        self.get(at).map(str::to_owned)
    }

    /// A value in which a mark replaces invalid UTF-8.
    pub(crate) fn lossy(&self, at: usize) -> Option<String> {
        let bytes = self.0.bytes(at).ok().flatten()?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// A number; zero if it is not a number.
    pub(crate) fn number(&self, at: usize) -> u32 {
        self.get(at).and_then(|text| text.parse().ok()).unwrap_or_default()
    }
}
