//! SeaORM's own history, which is only read.

use autogen_dialect::Dialect;

use crate::history::{Applied, RevisionSummary, State};
use crate::{Connection, LiveError};

/// The migrations in SeaORM's table, in the order in which they ran; none if there is no such
/// table. Their checksums are empty: SeaORM stores none.
///
/// # Errors
/// [`LiveError`] A0311.
pub async fn applied(connection: &Connection, table: &str) -> Result<Vec<Applied>, LiveError> {
    let mut session = connection.session().await?;
    let dialect = session.dialect();
    let name = dialect.quote_text(table);
    let there = match dialect {
        Dialect::Postgres => format!(
            "select c.relname::text from pg_class c \
             join pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = current_schema() and c.relname = {name}"
        ),
        Dialect::Sqlite => format!("select name from sqlite_master where name = {name}"),
        Dialect::Mysql | Dialect::Mariadb => format!(
            "select table_name from information_schema.tables \
             where table_schema = database() and table_name = {name}"
        ),
    };
    let doing = "reading SeaORM's history";
    let found = session.texts(&there).await;
    if found.map_err(|error| session.error(doing, &error))?.is_empty() {
        return Ok(Vec::new());
    }
    let time = match dialect {
        Dialect::Postgres => {
            "to_char(to_timestamp(applied_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        }
        Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%SZ', applied_at, 'unixepoch')",
        Dialect::Mysql | Dialect::Mariadb => {
            "date_format(from_unixtime(applied_at), '%Y-%m-%dT%TZ')"
        }
    };
    let table = dialect.quote(table);
    let sql = format!("select version, {time} from {table} order by applied_at, version");
    let rows = session.rows(&sql).await;
    let rows = rows.map_err(|error| session.error(doing, &error))?;
    let applied = rows.into_iter().filter_map(|row| {
        let mut columns = row.into_iter();
        let (id, time) = (columns.next().flatten()?, columns.next().flatten());
        Some(Applied {
            revision: RevisionSummary { id, ..RevisionSummary::default() },
            state: State::Done,
            steps_done: 0,
            steps_total: 0,
            started_at: time.clone().unwrap_or_default(),
            finished_at: time,
            prefix: String::new(),
            applied_by: None,
            failure: None,
        })
    });
    Ok(applied.collect())
}
