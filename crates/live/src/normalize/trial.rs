//! Asks the server whether it accepts new expressions, before a file with them is written: in
//! temporary tables, which nobody else sees and a rollback removes.
//!
//! A table that can't be made there (a type comes with the same plan, the role may not create
//! temporary tables) says nothing about its expressions: they are left to the run.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Dialect, ExpressionRole, Question, is_one_statement};
use autogen_schema::{QName, Schema};
use sea_orm::sqlx;

use super::{Batch, mysql, one_expression, preparations, statement, temporary_tables};
use crate::error::server_words;
use crate::session::Session;
use crate::{Connection, LiveError};

const DOING: &str = "asking whether the server accepts new expressions";

/// Why the server rejects an expression, by the position of its question.
pub(crate) type Rejected = BTreeMap<usize, String>;

/// Asks about all of them; `schema` is the schema after the plan, whose enums they can use.
///
/// # Errors
/// [`LiveError`] if the connection fails.
pub(crate) async fn rejected(
    connection: &Connection,
    schema: &Schema,
    questions: &[Question],
) -> Result<Rejected, LiveError> {
    if questions.is_empty() {
        return Ok(Rejected::new());
    }
    let dialect = connection.dialect();
    let mut rejected = Rejected::new();
    for (at, question) in questions.iter().enumerate() {
        if let Err(reason) = one_expression(dialect, &question.expr) {
            rejected.insert(at, reason);
        }
    }
    let mut session = connection.session().await?;
    let trial = Trial { schema, questions, tables: temporary_tables(questions), rejected };
    match dialect {
        Dialect::Sqlite => trial.rolled_back(&mut session, Trial::sqlite).await,
        Dialect::Postgres => trial.rolled_back(&mut session, Trial::postgres).await,
        Dialect::Mysql | Dialect::Mariadb => trial.mysql(&mut session).await,
    }
}

struct Trial<'a> {
    schema: &'a Schema,
    questions: &'a [Question],
    /// The temporary table of each table.
    tables: BTreeMap<QName, String>,
    rejected: Rejected,
}

impl Trial<'_> {
    /// Runs in a transaction that is rolled back.
    async fn rolled_back(
        mut self,
        session: &mut Session,
        ask: impl AsyncFnOnce(&mut Self, &mut Session) -> Result<(), LiveError>,
    ) -> Result<Rejected, LiveError> {
        session.run("begin").await.map_err(|error| session.error(DOING, &error))?;
        session.set_unfinished(true);
        let asked = ask(&mut self, session).await;
        let ended = session.run("rollback").await;
        session.set_unfinished(ended.is_err());
        asked.map(|()| self.rejected)
    }

    /// The questions that are one expression, by their tables.
    fn open(&self) -> BTreeMap<&QName, Vec<usize>> {
        let mut open: BTreeMap<&QName, Vec<usize>> = BTreeMap::new();
        for (at, question) in self.questions.iter().enumerate() {
            if !self.rejected.contains_key(&at) {
                open.entry(&question.table.name).or_default().push(at);
            }
        }
        open
    }

    /// Names are found as the migration will find them: by the session's own search path.
    async fn postgres(&mut self, session: &mut Session) -> Result<(), LiveError> {
        let path = "select set_config('search_path', 'pg_temp, ' || \
                    current_setting('search_path'), true)";
        session.run(path).await.map_err(|error| session.error(DOING, &error))?;
        let mut batch = Batch::begin(session, DOING).await?;
        let questions = self.questions;
        let whole = |sql: &str| is_one_statement(Dialect::Postgres, sql);
        let mut prepared = preparations(self.schema, questions, &self.tables);
        prepared.retain(|(_, sql)| whole(sql));
        let refused = run_all(&mut batch, prepared.iter().map(|(_, sql)| sql.as_str())).await?;
        let made: BTreeSet<&QName> = prepared
            .iter()
            .enumerate()
            .filter(|(at, _)| !refused.contains_key(at))
            .filter_map(|(_, (name, _))| *name)
            .collect();
        let open = self.open().into_iter().filter(|(name, _)| made.contains(name));
        let asked = open.flat_map(|(_, asked)| asked);
        let statements: Vec<(usize, String)> = asked
            .filter_map(|at| Some((at, statement(at, questions.get(at)?, &self.tables).ok()?)))
            .filter(|(_, sql)| whole(sql))
            .collect();
        let refused = run_all(&mut batch, statements.iter().map(|(_, sql)| sql.as_str())).await?;
        let places = statements.iter().enumerate();
        let found = places.filter_map(|(place, (at, _))| Some((*at, refused.get(&place)?.clone())));
        self.rejected.extend(found);
        Ok(())
    }

    /// SQLite resolves the names of a query when it is explained, without running it.
    async fn sqlite(&mut self, session: &mut Session) -> Result<(), LiveError> {
        let quote = |name: &str| Dialect::Sqlite.quote(name);
        let mut found = Vec::new();
        for (name, asked) in self.open() {
            let questions = asked.iter().filter_map(|at| Some((*at, self.questions.get(*at)?)));
            let questions: Vec<(usize, &Question)> = questions.collect();
            let (Some((_, first)), Some(table)) = (questions.first(), self.tables.get(name)) else {
                continue;
            };
            let columns: Vec<String> =
                first.table.columns.iter().map(|it| quote(&it.name)).collect();
            let (table, columns) = (quote(table), columns.join(", "));
            let created =
                answer(session, &format!("create temp table {table} ({columns})")).await?;
            if created.is_some() {
                continue;
            }
            for (at, question) in questions {
                let sql = format!("explain select ({}\n) from temp.{table}", question.expr);
                if let Some(reason) = answer(session, &sql).await? {
                    found.push((at, reason));
                }
            }
        }
        self.rejected.extend(found);
        Ok(())
    }

    /// Temporary tables end no transaction; they are dropped one by one.
    async fn mysql(mut self, session: &mut Session) -> Result<Rejected, LiveError> {
        session.set_unfinished(true);
        let mut found = Vec::new();
        for (name, asked) in self.open() {
            let first = asked.first().and_then(|at| self.questions.get(*at));
            let (Some(first), Some(temporary)) = (first, self.tables.get(name)) else { continue };
            if refused(session, self.questions, temporary, &asked).await?.is_none() {
                continue;
            }
            // A table that is refused by itself says nothing.
            let plain =
                Question { expr: "1 = 1".into(), role: ExpressionRole::Check, ..first.clone() };
            if refused(session, &[plain], temporary, &[0]).await?.is_some() {
                continue;
            }
            for at in asked {
                if let Some(reason) = refused(session, self.questions, temporary, &[at]).await? {
                    found.push((at, reason));
                }
            }
        }
        self.rejected.extend(found);
        session.set_unfinished(false);
        Ok(self.rejected)
    }
}

/// Runs statements together, or else one by one; why the server rejects some, by their position.
async fn run_all<'s>(
    batch: &mut Batch<'_>,
    statements: impl Iterator<Item = &'s str>,
) -> Result<Rejected, LiveError> {
    let statements: Vec<&str> = statements.collect();
    let mut rejected = Rejected::new();
    if statements.is_empty() || batch.run(&statements.join("\n;\n")).await?.is_none() {
        return Ok(rejected);
    }
    for (at, sql) in statements.iter().enumerate() {
        if let Some(reason) = batch.run(sql).await? {
            rejected.insert(at, reason);
        }
    }
    Ok(rejected)
}

/// Why MySQL refuses a table with these questions.
async fn refused(
    session: &mut Session,
    questions: &[Question],
    temporary: &str,
    asked: &[usize],
) -> Result<Option<String>, LiveError> {
    let dialect = session.dialect();
    let create = mysql::create_table(dialect, questions, temporary, asked);
    if !is_one_statement(dialect, &create) {
        return Ok(None);
    }
    let reason = answer(session, &create).await?;
    answer(session, &mysql::drop_table(dialect, temporary)).await?;
    Ok(reason)
}

/// Runs a statement; `None`, or why the server rejects it.
async fn answer(session: &mut Session, sql: &str) -> Result<Option<String>, LiveError> {
    match session.run(sql).await {
        Ok(()) => Ok(None),
        Err(error @ sqlx::Error::Database(_)) => Ok(Some(server_words(&error))),
        Err(error) => Err(session.error(DOING, &error)),
    }
}
