//! Whether MySQL still accepts statements with `ALGORITHM=INSTANT`: after a number of them
//! for one table it rejects them, until the table is rebuilt.

use autogen_dialect::Dialect;
use autogen_dialect::mysql::Flavor;
use autogen_dialect::mysql::caps::caps;
use autogen_dialect::mysql::versions::{Spending, altered_table, file_name, rebuild, spent};
use autogen_schema::QName;
use sea_orm::sqlx;

use crate::connection::version;
use crate::driver::mysql_number;
use crate::error::server_words;
use crate::session::Session;
use crate::{Connection, LiveError};

const DOING: &str = "looking how often columns were added and dropped at once";

/// MySQL's `ER_INNODB_MAX_ROW_VERSION`.
const TOO_MANY: u16 = 4092;

/// `ER_ALTER_OPERATION_NOT_SUPPORTED`: after a full-text index was dropped, whose hidden
/// column the catalog does not show.
const NOT_AT_ONCE: u16 = 1845;

/// The tables for which the statements exceed the limit of instant column changes, and what
/// to do, a line each. Nothing if the role may not read the counters: then the server reports
/// it during the run.
///
/// # Errors
/// [`LiveError`] if the connection fails.
pub async fn worn_out(
    connection: &Connection,
    statements: &[&str],
) -> Result<Option<String>, LiveError> {
    let mut session = connection.session().await?;
    ask(&mut session, statements.iter().copied()).await
}

/// The same in an existing session.
pub(super) async fn ask<'a>(
    session: &mut Session,
    statements: impl Iterator<Item = &'a str>,
) -> Result<Option<String>, LiveError> {
    let Dialect::Mysql = session.dialect() else { return Ok(None) };
    let wanted = spent(statements);
    if wanted.is_empty() {
        return Ok(None);
    }
    let home = session.texts("select database()").await;
    let home = home.map_err(|error| session.error(DOING, &error))?.pop().unwrap_or_default();
    let place = |table: &QName| {
        let schema = table.schema.as_deref().unwrap_or(&home);
        Some(format!("{}/{}", file_name(schema)?, file_name(&table.name)?))
    };
    let names: Vec<(String, &QName, &Spending)> = wanted
        .iter()
        .filter_map(|(table, spending)| Some((place(table)?, table, spending)))
        .collect();
    let there = counted(session, names.iter().map(|(name, _, _)| name.as_str())).await?;
    if there.is_empty() {
        return Ok(None);
    }
    let Some(limit) = limit(session).await? else { return Ok(None) };
    let mut lines = String::new();
    for (name, table, spending) in names {
        // A partitioned table has a number for each partition.
        let of_table = |(at, _): &&(String, u32)| {
            at.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with("#p#"))
        };
        let spent = there.iter().filter(of_table).map(|(_, count)| *count).max().unwrap_or(0);
        if spent.saturating_add(spending.most()) <= limit {
            continue;
        }
        let computed = virtual_columns(session, &home, table).await?;
        let more = spending.exact(|name| computed.iter().any(|it| it.eq_ignore_ascii_case(name)));
        if spent.saturating_add(more) > limit {
            lines.push_str(&line(table, &format!("{spent} of {limit} are used up")));
        }
    }
    Ok((!lines.is_empty()).then_some(lines))
}

/// The server's own rejection in the same words.
pub(super) fn refused(sql: &str, error: &sqlx::Error) -> Option<String> {
    let sqlx::Error::Database(database) = error else { return None };
    let number = mysql_number(&**database)?;
    let at_once = || !spent(std::iter::once(sql)).is_empty();
    let worn = number == TOO_MANY || number == NOT_AT_ONCE && at_once();
    let table = altered_table(sql).filter(|_| worn)?;
    Some(line(&table, &server_words(error)))
}

fn line(table: &QName, why: &str) -> String {
    format!("\n  {table}: {why}; {};", rebuild(table))
}

/// The relevant counters, by InnoDB's names.
async fn counted(
    session: &mut Session,
    names: impl Iterator<Item = &str>,
) -> Result<Vec<(String, u32)>, LiveError> {
    let mut conditions = Vec::new();
    for name in names {
        let name = Dialect::Mysql.quote_text(name);
        conditions.push(format!(
            "name = {name} or left(name, char_length({name}) + 3) = concat({name}, '#p#')"
        ));
    }
    if conditions.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select name, total_row_versions from information_schema.innodb_tables \
         where total_row_versions > 0 and ({})",
        conditions.join(" or ")
    );
    match session.cells(DOING, &sql, |row| (row.text(0), row.number(1))).await {
        Ok(found) => Ok(found),
        // It needs the privilege PROCESS, and the column exists since 8.0.29.
        Err(LiveError::NotAllowed { .. } | LiveError::Query { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

async fn limit(session: &mut Session) -> Result<Option<u32>, LiveError> {
    let version = version::of_mysql(session).await;
    let (_, version) = version.map_err(|error| session.error(DOING, &error))?;
    Ok(caps(Flavor::Mysql, Some(version.number)).row_versions)
}

async fn virtual_columns(
    session: &mut Session,
    home: &str,
    table: &QName,
) -> Result<Vec<String>, LiveError> {
    let quote = |text: &str| Dialect::Mysql.quote_text(text);
    let sql = format!(
        "select column_name from information_schema.columns where table_schema = {} and \
         table_name = {} and extra like '%VIRTUAL GENERATED%'",
        quote(table.schema.as_deref().unwrap_or(home)),
        quote(&table.name)
    );
    session.texts(&sql).await.map_err(|error| session.error(DOING, &error))
}
