//! The history table: how it is found and created.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;

use super::{HISTORY_TABLE, ask, check_format, write};
use crate::LiveError;
use crate::session::{Home, Session};

/// Columns that earlier builds did not have: texts, which may be missing.
pub(super) const LATER: [&str; 3] = ["pending", "applied_by", "failure"];

/// Creates the table if it is missing, and upgrades one of an earlier build; refuses a newer
/// one.
pub(crate) async fn create(session: &mut Session) -> Result<(), LiveError> {
    let found = columns(session).await?;
    if found.is_empty() {
        let sql = definition(&table(session), Words::of(session.dialect()));
        return write(session, &sql).await;
    }
    check_format(session).await?;
    let text = Words::of(session.dialect()).text;
    for column in LATER.iter().filter(|column| !found.contains(**column)) {
        let sql = format!("alter table {} add column {column} {text}", table(session));
        write(session, &sql).await?;
    }
    Ok(())
}

/// The types of the columns, and the clauses after them.
pub(super) struct Words {
    key: &'static str,
    text: &'static str,
    time: &'static str,
    options: &'static str,
}

impl Words {
    pub(super) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Postgres => {
                Self { key: "text", text: "text", time: "timestamp with time zone", options: "" }
            }
            Dialect::Sqlite => Self { key: "text", text: "text", time: "text", options: "" },
            // A key needs a length, and a collation that does not depend on the server's defaults.
            Dialect::Mysql | Dialect::Mariadb => Self {
                key: "varchar(255)",
                text: "longtext",
                time: "datetime(3)",
                options: " engine = InnoDB default character set utf8mb4 collate utf8mb4_bin",
            },
        }
    }
}

/// The statement that creates the table.
pub(super) fn definition(table: &str, words: Words) -> String {
    let Words { key, text, time, options } = words;
    let later: Vec<String> = LATER.iter().map(|column| format!(", {column} {text}")).collect();
    format!(
        "create table if not exists {table} (revision {key} not null primary key, \
         parents {text} not null, description {text} not null, checksum {text} not null, \
         dialect {text} not null, format integer not null, state {text} not null, \
         steps_done integer not null, steps_total integer not null, prefix {text} not null, \
         started_at {time} not null, finished_at {time}{}){options}",
        later.concat()
    )
}

/// The columns of the table; none if it is missing.
pub(super) async fn columns(session: &mut Session) -> Result<BTreeSet<String>, LiveError> {
    let sql = match session.dialect() {
        Dialect::Postgres => {
            find_home(session).await?;
            format!(
                "select a.attname::text from pg_attribute a \
                 join pg_class c on c.oid = a.attrelid \
                 join pg_namespace n on n.oid = c.relnamespace \
                 where n.nspname = current_schema() and c.relname = '{HISTORY_TABLE}' \
                 and a.attnum > 0 and not a.attisdropped"
            )
        }
        Dialect::Sqlite => format!("select name from pragma_table_info('{HISTORY_TABLE}')"),
        Dialect::Mysql | Dialect::Mariadb => {
            find_database(session).await?;
            format!(
                "select column_name from information_schema.columns \
                 where table_schema = database() and table_name = '{HISTORY_TABLE}'"
            )
        }
    };
    Ok(ask(session, &sql).await?.into_iter().flatten().flatten().collect())
}

/// Notes the schema of the history: scripts may change the search path, as dumps do, and the
/// history must not follow.
async fn find_home(session: &mut Session) -> Result<(), LiveError> {
    let sql = "select current_schema()::text, current_setting('search_path')";
    let mut columns = ask(session, sql).await?.into_iter().flatten();
    let (schema, search_path) = (columns.next().flatten(), columns.next().flatten());
    let Some(schema) = schema.filter(|it| !is_of_the_server(it)) else {
        return Err(LiveError::NoCurrentSchema { url: session.url().to_owned() });
    };
    session.set_home(Home { schema, search_path: search_path.unwrap_or_default() });
    Ok(())
}

/// Whether a schema is one of PostgreSQL's own, which cannot hold the table.
fn is_of_the_server(schema: &str) -> bool {
    schema.starts_with("pg_") || schema == "information_schema"
}

/// The same on MySQL: scripts may use another database.
async fn find_database(session: &mut Session) -> Result<(), LiveError> {
    let found = ask(session, "select database()").await?;
    let Some(schema) = found.into_iter().flatten().flatten().next() else {
        return Err(LiveError::NoCurrentSchema { url: session.url().to_owned() });
    };
    session.set_home(Home { schema, search_path: String::new() });
    Ok(())
}

/// The history table, with its schema if that is known.
pub(crate) fn table(session: &Session) -> String {
    match session.home() {
        Some(home) => {
            let schema = session.dialect().quote(&home.schema);
            format!("{schema}.{HISTORY_TABLE}")
        }
        None => HISTORY_TABLE.to_owned(),
    }
}
