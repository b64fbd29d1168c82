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

    /// The questions that are one expression, of tables that can be made.
    fn open(&self, missing: &BTreeSet<&QName>) -> Vec<(usize, &Question)> {
        let all = self.questions.iter().enumerate();
        all.filter(|(at, question)| {
            !self.rejected.contains_key(at) && !missing.contains(&question.table.name)
        })
        .collect()
    }

    /// Names are found as the migration will find them: by the session's own search path.
    async fn postgres(&mut self, session: &mut Session) -> Result<(), LiveError> {
        let path = "select set_config('search_path', 'pg_temp, ' || \
                    current_setting('search_path'), true)";
        session.run(path).await.map_err(|error| session.error(DOING, &error))?;
        let mut batch = Batch::begin(session, DOING).await?;
        let questions = self.questions;
        let mut missing = BTreeSet::new();
        for (name, sql) in preparations(self.schema, questions, &self.tables) {
            let made =
                is_one_statement(Dialect::Postgres, &sql) && batch.run(&sql).await?.is_none();
            if let (false, Some(name)) = (made, name) {
                missing.insert(name);
            }
        }
        let mut statements = Vec::new();
        for (at, question) in self.open(&missing) {
            match statement(at, question, &self.tables) {
                Ok(sql) if is_one_statement(Dialect::Postgres, &sql) => statements.push((at, sql)),
                Ok(_) | Err(_) => {}
            }
        }
        let all: Vec<&str> = statements.iter().map(|(_, sql)| sql.as_str()).collect();
        if statements.is_empty() || batch.run(&all.join("\n;\n")).await?.is_none() {
            return Ok(());
        }
        for (at, sql) in &statements {
            if let Some(reason) = batch.run(sql).await? {
                self.rejected.insert(*at, reason);
            }
        }
        Ok(())
    }

    /// SQLite resolves the names of a query when it is explained, without running it.
    async fn sqlite(&mut self, session: &mut Session) -> Result<(), LiveError> {
        let mut missing = BTreeSet::new();
        let quote = |name: &str| Dialect::Sqlite.quote(name);
        for (name, temporary) in &self.tables {
            let Some(question) = self.questions.iter().find(|it| it.table.name == *name) else {
                continue;
            };
            let columns: Vec<String> =
                question.table.columns.iter().map(|it| quote(&it.name)).collect();
            let (table, columns) = (quote(temporary), columns.join(", "));
            let sql = format!("create temp table {table} ({columns})");
            if answer(session, &sql).await?.is_some() {
                missing.insert(name);
            }
        }
        let mut found = Vec::new();
        for (at, question) in self.open(&missing) {
            let Some(table) = self.tables.get(&question.table.name) else { continue };
            let sql = format!("explain select ({}\n) from temp.{}", question.expr, quote(table));
            if let Some(reason) = answer(session, &sql).await? {
                found.push((at, reason));
            }
        }
        self.rejected.extend(found);
        Ok(())
    }

    /// Temporary tables end no transaction; they are dropped one by one.
    async fn mysql(mut self, session: &mut Session) -> Result<Rejected, LiveError> {
        session.set_unfinished(true);
        for (name, temporary) in self.tables.clone() {
            let open = self.open(&BTreeSet::new()).into_iter();
            let asked: Vec<usize> =
                open.filter(|(_, it)| it.table.name == name).map(|(at, _)| at).collect();
            if refused(session, self.questions, &temporary, &asked).await?.is_none() {
                continue;
            }
            let Some(first) = asked.first().and_then(|at| self.questions.get(*at)) else {
                continue;
            };
            // A table that is refused by itself says nothing.
            let plain =
                Question { expr: "1 = 1".into(), role: ExpressionRole::Check, ..first.clone() };
            if refused(session, &[plain], &temporary, &[0]).await?.is_some() {
                continue;
            }
            for at in asked {
                if let Some(reason) = refused(session, self.questions, &temporary, &[at]).await? {
                    self.rejected.insert(at, reason);
                }
            }
        }
        session.set_unfinished(false);
        Ok(self.rejected)
    }
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
