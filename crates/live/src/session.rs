//! One session on a server: all statements go over the same connection, in
//! the simple protocol, so that a statement is one round trip and what it
//! gives back is text.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use autogen_dialect::Dialect;
use sea_orm::sqlx::mysql::MySqlRow;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, MySql, Postgres, Row, Sqlite};
use serde::de::DeserializeOwned;

use crate::LiveError;

/// A session, taken from the connection's pool and given back when dropped.
pub(crate) struct Session {
    pool: Pooled,
    /// What must not survive the session: an open transaction or a lock. A
    /// session that is dropped with it is closed and not given back.
    unfinished: bool,
    /// Whether it was set up as its owner does not expect it.
    spent: bool,
    sent: Arc<AtomicUsize>,
    url: String,
    home: Option<Home>,
}

/// Where a session was at home before any script could change that.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// The current schema.
    pub(crate) schema: String,
    /// The search path, as `set_config` takes it.
    pub(crate) search_path: String,
}

enum Pooled {
    Postgres(PoolConnection<Postgres>),
    Sqlite(PoolConnection<Sqlite>),
    Mysql(PoolConnection<MySql>, Dialect),
}

impl Session {
    pub(crate) fn postgres(
        connection: PoolConnection<Postgres>,
        sent: Arc<AtomicUsize>,
        url: String,
    ) -> Self {
        Self::over(Pooled::Postgres(connection), sent, url)
    }

    pub(crate) fn sqlite(
        connection: PoolConnection<Sqlite>,
        sent: Arc<AtomicUsize>,
        url: String,
    ) -> Self {
        Self::over(Pooled::Sqlite(connection), sent, url)
    }

    /// A session of MySQL or of MariaDB, as the dialect says.
    pub(crate) fn mysql(
        connection: PoolConnection<MySql>,
        dialect: Dialect,
        sent: Arc<AtomicUsize>,
        url: String,
    ) -> Self {
        Self::over(Pooled::Mysql(connection, dialect), sent, url)
    }

    fn over(pool: Pooled, sent: Arc<AtomicUsize>, url: String) -> Self {
        Self { pool, unfinished: false, spent: false, sent, url, home: None }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.pool {
            Pooled::Postgres(_) => Dialect::Postgres,
            Pooled::Sqlite(_) => Dialect::Sqlite,
            Pooled::Mysql(_, dialect) => dialect,
        }
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

    /// Says that the session holds something, or no longer does.
    pub(crate) fn set_unfinished(&mut self, unfinished: bool) {
        self.unfinished = unfinished;
    }

    /// Says that the connection is not as its owner has it: it is closed and
    /// not given back.
    pub(crate) fn spend(&mut self) {
        self.spent = true;
    }

    /// Runs one or more statements and drops what they give.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match &mut self.pool {
            Pooled::Postgres(connection) => query.execute(&mut **connection).await.map(drop),
            Pooled::Sqlite(connection) => query.execute(&mut **connection).await.map(drop),
            Pooled::Mysql(connection, _) => query.execute(&mut **connection).await.map(drop),
        }
    }

    /// Runs a query; each row as its columns' texts. All columns must be of
    /// type text.
    pub(crate) async fn rows(
        &mut self,
        sql: &str,
    ) -> Result<Vec<Vec<Option<String>>>, sqlx::Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match &mut self.pool {
            Pooled::Postgres(connection) => {
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(|row| (0..row.len()).map(|at| row.try_get(at)).collect()).collect()
            }
            Pooled::Sqlite(connection) => {
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(|row| (0..row.len()).map(|at| row.try_get(at)).collect()).collect()
            }
            Pooled::Mysql(connection, _) => {
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(texts).collect()
            }
        }
    }

    /// Runs a query whose rows have one text column without NULLs.
    pub(crate) async fn texts(&mut self, sql: &str) -> Result<Vec<String>, sqlx::Error> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match &mut self.pool {
            Pooled::Postgres(connection) => {
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(|row| row.try_get(0)).collect()
            }
            Pooled::Sqlite(connection) => {
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(|row| row.try_get(0)).collect()
            }
            Pooled::Mysql(connection, _) => {
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(|row| row.try_get_unchecked(0)).collect()
            }
        }
    }

    /// Runs a query, or several at once, on MySQL, and reads each row.
    pub(crate) async fn cells<T>(
        &mut self,
        doing: &str,
        sql: &str,
        mut read: impl FnMut(&Cells<'_>) -> T,
    ) -> Result<Vec<T>, LiveError> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let Pooled::Mysql(connection, _) = &mut self.pool else { return Ok(Vec::new()) };
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let rows = query.fetch_all(&mut **connection).await;
        let rows = rows.map_err(|error| LiveError::query(&self.url, doing, &error))?;
        Ok(rows.iter().map(|row| read(&Cells(row))).collect())
    }

    /// Runs a query whose rows have one column of JSON text, and reads each.
    pub(crate) async fn json<T: DeserializeOwned>(
        &mut self,
        doing: &str,
        sql: &str,
    ) -> Result<Vec<T>, LiveError> {
        let catalog = |url: &str, error: serde_json::Error| LiveError::Catalog {
            url: url.to_owned(),
            doing: doing.to_owned(),
            reason: error.to_string(),
        };
        self.sent.fetch_add(1, Ordering::Relaxed);
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let failed = |error: sqlx::Error| LiveError::query(&self.url, doing, &error);
        match &mut self.pool {
            Pooled::Postgres(connection) => {
                let rows = query.fetch_all(&mut **connection).await.map_err(failed)?;
                let mut read = Vec::with_capacity(rows.len());
                for row in &rows {
                    let text: &str = row.try_get(0).map_err(failed)?;
                    read.push(serde_json::from_str(text).map_err(|e| catalog(&self.url, e))?);
                }
                Ok(read)
            }
            Pooled::Sqlite(connection) => {
                let rows = query.fetch_all(&mut **connection).await.map_err(failed)?;
                let mut read = Vec::with_capacity(rows.len());
                for row in &rows {
                    let text: &str = row.try_get(0).map_err(failed)?;
                    read.push(serde_json::from_str(text).map_err(|e| catalog(&self.url, e))?);
                }
                Ok(read)
            }
            Pooled::Mysql(connection, _) => {
                let rows = query.fetch_all(&mut **connection).await.map_err(failed)?;
                let mut read = Vec::with_capacity(rows.len());
                for row in &rows {
                    let text: &str = row.try_get_unchecked(0).map_err(failed)?;
                    read.push(serde_json::from_str(text).map_err(|e| catalog(&self.url, e))?);
                }
                Ok(read)
            }
        }
    }

    /// Turns a driver's error into ours.
    pub(crate) fn error(&self, doing: &str, error: &sqlx::Error) -> LiveError {
        LiveError::query(&self.url, doing, error)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.unfinished || self.spent {
            match &mut self.pool {
                Pooled::Postgres(connection) => connection.close_on_drop(),
                Pooled::Sqlite(connection) => connection.close_on_drop(),
                Pooled::Mysql(connection, _) => connection.close_on_drop(),
            }
        }
    }
}

/// A row of MySQL's, whose values are texts whatever their types: the simple
/// protocol knows no others.
pub(crate) struct Cells<'r>(&'r MySqlRow);

impl<'r> Cells<'r> {
    /// A value; `None` for NULL, for what is no UTF-8, and for a column that is
    /// not there.
    pub(crate) fn get(&self, at: usize) -> Option<&'r str> {
        self.0.try_get_unchecked::<Option<&'r str>, _>(at).ok().flatten()
    }

    /// A value that NULL stands in for.
    pub(crate) fn text(&self, at: usize) -> String {
        self.get(at).unwrap_or_default().to_owned()
    }

    /// A value, owned.
    pub(crate) fn some(&self, at: usize) -> Option<String> {
        self.get(at).map(str::to_owned)
    }

    /// A number; zero where it is none.
    pub(crate) fn number(&self, at: usize) -> u32 {
        self.get(at).and_then(|text| text.parse().ok()).unwrap_or_default()
    }
}

fn texts(row: &MySqlRow) -> Result<Vec<Option<String>>, sqlx::Error> {
    (0..row.len()).map(|at| row.try_get_unchecked(at)).collect()
}
