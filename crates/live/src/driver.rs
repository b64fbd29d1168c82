//! The drivers that this build has, one feature for each: a pooled connection of each, and what
//! their rows and their errors have in common.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
#[cfg(feature = "sqlite")]
use std::sync::atomic::Ordering;

use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
#[cfg(feature = "mysql")]
use sea_orm::sqlx::mysql::{MySql, MySqlConnection, MySqlDatabaseError, MySqlRow};
use sea_orm::sqlx::pool::PoolConnection;
#[cfg(feature = "postgres")]
use sea_orm::sqlx::postgres::{PgConnection, PgDatabaseError, PgRow, Postgres};
#[cfg(feature = "sqlite")]
use sea_orm::sqlx::sqlite::{Sqlite, SqliteRow};
use sea_orm::sqlx::{self, AssertSqlSafe, Row as _};

#[cfg(not(any(feature = "postgres", feature = "mysql", feature = "sqlite")))]
compile_error!("no database: turn on one of the features `postgres`, `mysql` and `sqlite`");

/// How many of SQLite's instructions run between two checks of the flag.
#[cfg(feature = "sqlite")]
const LOOK: i32 = 10_000;

/// A connection, taken from its pool.
pub(crate) enum Pooled {
    #[cfg(feature = "postgres")]
    Postgres(PoolConnection<Postgres>),
    #[cfg(feature = "sqlite")]
    Sqlite(PoolConnection<Sqlite>),
    #[cfg(feature = "mysql")]
    Mysql(PoolConnection<MySql>),
}

/// The same code for each driver.
macro_rules! on_each {
    ($pooled:expr, $connection:ident => $body:expr) => {
        match $pooled {
            #[cfg(feature = "postgres")]
            Self::Postgres($connection) => $body,
            #[cfg(feature = "sqlite")]
            Self::Sqlite($connection) => $body,
            #[cfg(feature = "mysql")]
            Self::Mysql($connection) => $body,
        }
    };
}

impl Pooled {
    /// Runs one or more statements; returns the number of rows that they wrote.
    pub(crate) async fn affect(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        Ok(on_each!(self, connection => query.execute(&mut **connection).await?.rows_affected()))
    }

    /// Runs a query, and reads each row.
    pub(crate) async fn read<T>(
        &mut self,
        sql: &str,
        mut read: impl FnMut(&dyn Texts) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, sqlx::Error> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        on_each!(self, connection => {
            gathered(query.fetch(&mut **connection), |row| read(row)).await
        })
    }

    /// Whether a query returns a row. It is prepared: the server accepts only one statement.
    pub(crate) async fn is_found(&mut self, sql: &str) -> Result<bool, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(on_each!(self, connection => {
            let query = sqlx::query(sql).persistent(false);
            query.fetch_optional(&mut **connection).await?.is_some()
        }))
    }

    /// Ends SQLite's statements when the flag is set; without one, they run to their end.
    #[cfg_attr(not(feature = "sqlite"), allow(unused_variables, reason = "nothing to end"))]
    pub(crate) async fn set_interruptible(
        &mut self,
        flag: Option<Arc<AtomicBool>>,
    ) -> Result<(), sqlx::Error> {
        #[cfg(feature = "sqlite")]
        #[allow(irrefutable_let_patterns, reason = "depends on the features")]
        if let Self::Sqlite(connection) = self {
            let mut handle = connection.lock_handle().await?;
            match flag {
                Some(flag) => {
                    handle.set_progress_handler(LOOK, move || !flag.swap(false, Ordering::SeqCst));
                }
                None => handle.remove_progress_handler(),
            }
        }
        Ok(())
    }

    /// Closes the connection when it is dropped, instead of returning it.
    pub(crate) fn close_on_drop(&mut self) {
        on_each!(self, connection => connection.close_on_drop());
    }
}

/// Reads rows as they arrive, so that a large catalog is not in memory twice.
async fn gathered<R, T>(
    mut rows: BoxStream<'_, Result<R, sqlx::Error>>,
    mut read: impl FnMut(&R) -> Result<T, sqlx::Error>,
) -> Result<Vec<T>, sqlx::Error> {
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await? {
        all.push(read(&row)?);
    }
    Ok(all)
}

/// A row whose columns are read as texts.
pub(crate) trait Texts {
    /// All columns.
    fn texts(&self) -> Result<Vec<Option<String>>, sqlx::Error>;
    /// A column without NULLs.
    fn text(&self, at: usize) -> Result<&str, sqlx::Error>;
    /// A column.
    fn cell(&self, at: usize) -> Result<Option<&str>, sqlx::Error>;
    /// A column's bytes.
    fn bytes(&self, at: usize) -> Result<Option<&[u8]>, sqlx::Error>;
}

macro_rules! texts {
    ($row:ty, $get:ident) => {
        impl Texts for $row {
            fn texts(&self) -> Result<Vec<Option<String>>, sqlx::Error> {
                (0..self.len()).map(|at| self.$get(at)).collect()
            }

            fn text(&self, at: usize) -> Result<&str, sqlx::Error> {
                self.$get(at)
            }

            fn cell(&self, at: usize) -> Result<Option<&str>, sqlx::Error> {
                self.$get(at)
            }

            fn bytes(&self, at: usize) -> Result<Option<&[u8]>, sqlx::Error> {
                self.$get(at)
            }
        }
    };
}

#[cfg(feature = "postgres")]
texts!(PgRow, try_get);
#[cfg(feature = "sqlite")]
texts!(SqliteRow, try_get);
// Its simple protocol has no types to check.
#[cfg(feature = "mysql")]
texts!(MySqlRow, try_get_unchecked);

/// A connection without a pool.
pub(crate) trait Plain: Send {
    /// Runs a query; each row is the texts of its columns.
    fn rows(&mut self, sql: String) -> BoxFuture<'_, Rows>;
}

type Rows = Result<Vec<Vec<Option<String>>>, sqlx::Error>;

#[cfg(any(feature = "mysql", feature = "postgres"))]
macro_rules! plain {
    ($connection:ty) => {
        impl Plain for $connection {
            fn rows(&mut self, sql: String) -> BoxFuture<'_, Rows> {
                let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(self);
                Box::pin(gathered(rows, |row| row.texts()))
            }
        }
    };
}

#[cfg(feature = "postgres")]
plain!(PgConnection);
#[cfg(feature = "mysql")]
plain!(MySqlConnection);

/// The number of an error of MySQL or MariaDB.
#[cfg_attr(not(feature = "mysql"), allow(unused_variables, reason = "it has no such errors"))]
pub(crate) fn mysql_number(error: &dyn sqlx::error::DatabaseError) -> Option<u16> {
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return Some(error.number());
    }
    None
}

/// What PostgreSQL says of an error after its message.
#[cfg_attr(not(feature = "postgres"), allow(unused_variables, reason = "it has no such errors"))]
pub(crate) fn details(error: &dyn sqlx::error::DatabaseError) -> [Option<&str>; 2] {
    #[cfg(feature = "postgres")]
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        return [error.detail(), error.hint()];
    }
    [None, None]
}
