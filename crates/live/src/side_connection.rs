//! A second connection next to a session while its statement runs: to cancel it, and to read
//! its progress. Servers need a second connection for that, SQLite a flag that its statements
//! check.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::sqlx;
#[cfg(any(feature = "mysql", feature = "postgres"))]
use sea_orm::sqlx::ConnectOptions as _;
#[cfg(feature = "mysql")]
use sea_orm::sqlx::mysql::MySqlConnectOptions;
#[cfg(feature = "postgres")]
use sea_orm::sqlx::postgres::PgConnectOptions;

use crate::driver::Plain;

/// How to reach the server from outside of a session.
#[derive(Debug, Clone)]
pub(crate) enum SideConnection {
    #[cfg(feature = "postgres")]
    Postgres(Arc<PgConnectOptions>),
    #[cfg(feature = "mysql")]
    Mysql(Arc<MySqlConnectOptions>),
    /// SQLite: the flag that ends the statement.
    #[cfg(feature = "sqlite")]
    Sqlite(Arc<AtomicBool>),
}

/// A second connection, to MySQL or PostgreSQL.
pub(crate) struct Second {
    connection: Box<dyn Plain>,
    is_mysql: bool,
}

/// The progress of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// What the server says it is doing.
    pub name: String,
    /// How much of it is done.
    pub done: u64,
    /// The total; zero if unknown.
    pub total: u64,
}

impl SideConnection {
    /// Opens a second connection; SQLite has none.
    pub(crate) async fn connect(&self) -> Result<Option<Second>, sqlx::Error> {
        Ok(match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(options) => {
                Some(Second { connection: Box::new(options.connect().await?), is_mysql: false })
            }
            #[cfg(feature = "mysql")]
            Self::Mysql(options) => {
                Some(Second { connection: Box::new(options.connect().await?), is_mysql: true })
            }
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => None,
        })
    }

    /// The flag that ends a statement of SQLite.
    pub(crate) fn flag(&self) -> Option<Arc<AtomicBool>> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => None,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(flag) => Some(Arc::clone(flag)),
        }
    }

    /// Cancels the statement that the session runs, if any; the session itself continues.
    /// `number` is the server's number of the session.
    pub(crate) async fn cancel(&self, number: &str) -> Result<(), sqlx::Error> {
        if let Some(flag) = self.flag() {
            flag.store(true, Ordering::SeqCst);
        }
        let Some(mut second) = self.connect().await? else { return Ok(()) };
        let sql = match second.is_mysql {
            true => format!("kill query {number}"),
            false => format!("select pg_cancel_backend({number})::text"),
        };
        second.rows(&sql).await.map(drop)
    }
}

impl Second {
    /// Runs a query; each row is the texts of its columns.
    pub(crate) async fn rows(
        &mut self,
        sql: &str,
    ) -> Result<Vec<Vec<Option<String>>>, sqlx::Error> {
        self.connection.rows(sql.to_owned()).await
    }

    /// Cancels the statement of a session of MySQL if it waits for a table; `None` if it does not.
    pub(crate) async fn cancel_waiting(&mut self, number: &str) -> Option<()> {
        if !self.is_mysql {
            return None;
        }
        let sql = format!(
            "select state from information_schema.processlist where id = {number} and state = \
             'Waiting for table metadata lock'"
        );
        self.rows(&sql).await.ok().filter(|rows| !rows.is_empty())?;
        self.rows(&format!("kill query {number}")).await.ok().map(drop)
    }

    /// The progress of a session's statement, if the server reports it: building indexes,
    /// clustering, vacuuming and copying on PostgreSQL.
    ///
    /// Source: PostgreSQL manual, "Progress Reporting".
    pub(crate) async fn phase(&mut self, number: &str) -> Option<Phase> {
        let sql = match self.is_mysql {
            // MySQL reports it in the performance schema, whose stages are off by default.
            true => return None,
            false => format!(
                "select phase, greatest(tuples_done, 0)::text, greatest(tuples_total, 0)::text \
                 from pg_stat_progress_create_index where pid = {number} and tuples_total > 0 \
                 union all \
                 select phase, blocks_done::text, blocks_total::text \
                 from pg_stat_progress_create_index where pid = {number} and tuples_total = 0 \
                 union all \
                 select phase, heap_blks_scanned::text, heap_blks_total::text \
                 from pg_stat_progress_cluster where pid = {number} \
                 union all \
                 select phase, heap_blks_scanned::text, heap_blks_total::text \
                 from pg_stat_progress_vacuum where pid = {number}"
            ),
        };
        let row = self.rows(&sql).await.ok()?.into_iter().next()?;
        let mut columns = row.into_iter().flatten();
        let name = columns.next()?;
        let mut number = || columns.next().and_then(|it| it.parse().ok()).unwrap_or_default();
        Some(Phase { name, done: number(), total: number() })
    }

    /// Sessions with old open transactions, which may hold the awaited lock; the oldest first.
    pub(crate) async fn open_transactions(&mut self, number: &str) -> Vec<String> {
        let sql = match self.is_mysql {
            false => format!(
                "select format('session %s of %s%s, open for %s s, %s', pid, usename, \
                        case when application_name <> '' then ' (' || application_name || ')' \
                             else '' end, \
                        floor(extract(epoch from now() - xact_start)), state) \
                 from pg_stat_activity \
                 where datname = current_database() and pid not in ({number}, pg_backend_pid()) \
                       and xact_start is not null and backend_type = 'client backend' \
                 order by xact_start, pid limit 3"
            ),
            true => format!(
                "select concat('session ', trx_mysql_thread_id, ', open for ', \
                        timestampdiff(second, trx_started, now()), ' s') \
                 from information_schema.innodb_trx where trx_mysql_thread_id <> {number} \
                 order by trx_started, trx_mysql_thread_id limit 3"
            ),
        };
        let rows = self.rows(&sql).await.unwrap_or_default();
        rows.into_iter().flatten().flatten().collect()
    }
}
