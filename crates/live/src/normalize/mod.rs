//! Normalizes expressions on the server: it parses a model's expressions in temporary tables
//! that a rollback removes, and prints them as in its catalog. This needs no shadow database,
//! and only the right to create temporary tables.

mod mysql;
pub(crate) mod trial;

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::postgres::types;
use autogen_dialect::{
    Answer, Dialect, ExpressionRole, Question, is_closed, is_one_statement, strip_parentheses,
};
use autogen_schema::{Expr, QName, Schema, Table};
use sea_orm::sqlx;

use crate::error::server_words;
use crate::introspect::postgres::{Reading, expr, set_session};
use crate::session::Session;
use crate::{Connection, LiveError, Scope};

const DIALECT: Dialect = Dialect::Postgres;
const READ_BACK: &str = include_str!("normalize.sql");
/// The prefix of our objects' names, before the question's number.
const PREFIX: &str = "autogen_q";

/// Sends all questions in one round and returns the answers in order, in the spelling of
/// [`introspect`](crate::introspect). The enums of `schema`, as they will be, can be used by
/// the questions.
///
/// SQLite stores texts unchanged, so nothing is sent there.
///
/// # Errors
/// [`LiveError`] if the connection fails. A rejected expression is an [`Answer`].
pub async fn normalize(
    connection: &Connection,
    schema: &Schema,
    questions: &[Question],
) -> Result<Vec<Answer>, LiveError> {
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    match connection.dialect() {
        Dialect::Sqlite => Ok(questions
            .iter()
            .map(|question| {
                let text = strip_parentheses(Dialect::Sqlite, question.expr.as_str());
                Ok(Expr::new(text))
            })
            .collect()),
        Dialect::Mysql | Dialect::Mariadb => {
            let mut session = connection.session().await?;
            mysql::ask(&mut session, questions).await
        }
        Dialect::Postgres => {
            let mut session = connection.session().await?;
            ask_postgres(&mut session, schema, questions).await
        }
    }
}

async fn ask_postgres(
    session: &mut Session,
    schema: &Schema,
    questions: &[Question],
) -> Result<Vec<Answer>, LiveError> {
    let doing = "asking how the server writes expressions";
    session.run("begin").await.map_err(|error| session.error(doing, &error))?;
    session.set_unfinished(true);
    let answers = in_transaction(session, schema, questions, doing).await;
    let ended = session.run("rollback").await;
    session.set_unfinished(ended.is_err());
    answers
}

async fn in_transaction(
    session: &mut Session,
    schema: &Schema,
    questions: &[Question],
    doing: &str,
) -> Result<Vec<Answer>, LiveError> {
    let Reading { default_schema, .. } = set_session(session, &Scope::default()).await?;
    // Our tables and types go before those that are there.
    let path = format!("set local search_path = pg_temp, {}", DIALECT.quote(&default_schema));
    session.run(&path).await.map_err(|error| session.error(doing, &error))?;

    let tables = temporary_tables(questions);
    let mut refusals: BTreeMap<usize, String> = BTreeMap::new();
    let mut batch = Batch::begin(session, doing).await?;
    let mut missing: BTreeMap<&QName, String> = BTreeMap::new();
    let mut preparations = preparations(schema, questions, &tables);
    preparations.retain(|(name, sql)| {
        let whole = is_one_statement(DIALECT, sql);
        if let (false, Some(name)) = (whole, name) {
            missing.insert(name, MORE.to_owned());
        }
        whole
    });
    let statements: Vec<(usize, String)> = questions
        .iter()
        .enumerate()
        .filter_map(|(at, question)| match statement(at, question, &tables) {
            Ok(sql) if !is_one_statement(DIALECT, &sql) => {
                refusals.insert(at, MORE.to_owned());
                None
            }
            Ok(sql) => Some((at, sql)),
            Err(reason) => {
                refusals.insert(at, reason);
                None
            }
        })
        .collect();

    let mut everything: Vec<&str> = preparations.iter().map(|(_, sql)| sql.as_str()).collect();
    everything.extend(statements.iter().map(|(_, sql)| sql.as_str()));
    if !missing.is_empty() || batch.run(&everything.join("\n;\n")).await?.is_some() {
        // Something is rejected: find out what, one by one.
        for (name, sql) in &preparations {
            if let (Some(reason), Some(name)) = (batch.run(sql).await?, name) {
                missing.insert(name, reason);
            }
        }
        for (at, sql) in &statements {
            if let Some(reason) = missing.get(&questions[*at].table.name) {
                refusals.insert(*at, reason.clone());
            } else if let Some(reason) = batch.run(sql).await? {
                refusals.insert(*at, reason);
            }
        }
    }
    let found: Vec<(String, String)> = session.json(doing, READ_BACK).await?;
    let mut texts: BTreeMap<usize, String> = found
        .into_iter()
        .filter_map(|(name, text)| Some((name.strip_prefix(PREFIX)?.parse().ok()?, text)))
        .collect();
    Ok(questions
        .iter()
        .enumerate()
        .map(|(at, question)| match (texts.remove(&at), refusals.remove(&at)) {
            (Some(text), _) => Ok(cleaned(&text, &question.role)),
            (None, Some(reason)) => Err(reason),
            (None, None) => Err("the server gives no answer".to_owned()),
        })
        .collect())
}

/// Runs statements so that a rejected one leaves no trace.
pub(crate) struct Batch<'a> {
    session: &'a mut Session,
    doing: &'a str,
}

impl<'a> Batch<'a> {
    /// The savepoint is a separate request: if a request has a syntax error, none of its
    /// statements runs.
    pub(crate) async fn begin(session: &'a mut Session, doing: &'a str) -> Result<Self, LiveError> {
        let begun = session.run("savepoint autogen").await;
        begun.map_err(|error| session.error(doing, &error))?;
        Ok(Self { session, doing })
    }

    /// `None`, or why the server rejects it.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<Option<String>, LiveError> {
        let kept = format!("{sql}\n;\nrelease savepoint autogen;\nsavepoint autogen");
        match self.session.run(&kept).await {
            Ok(()) => Ok(None),
            Err(error @ sqlx::Error::Database(_)) => {
                let back = self.session.run("rollback to savepoint autogen").await;
                back.map_err(|error| self.session.error(self.doing, &error))?;
                Ok(Some(server_words(&error)))
            }
            Err(error) => Err(self.session.error(self.doing, &error)),
        }
    }
}

/// The temporary table for each table: with the same name if that is free, so that
/// expressions can name their table.
fn temporary_tables(questions: &[Question]) -> BTreeMap<QName, String> {
    let mut tables: BTreeMap<QName, String> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for question in questions {
        let name = &question.table.name;
        if !tables.contains_key(name) {
            let free = taken.insert(name.name.clone());
            let own = if free { name.name.clone() } else { format!("{PREFIX}t{}", tables.len()) };
            tables.insert(name.clone(), own);
        }
    }
    tables
}

/// Creates the enums, then the tables; each with the table that needs it.
fn preparations<'a>(
    schema: &Schema,
    questions: &'a [Question],
    tables: &BTreeMap<QName, String>,
) -> Vec<(Option<&'a QName>, String)> {
    let mut made = Vec::new();
    for item in schema.enums.values().filter(|item| item.name.schema.is_none()) {
        let labels: Vec<String> = item.values.iter().map(|it| DIALECT.quote_text(it)).collect();
        let name = DIALECT.quote(&item.name.name);
        let sql = format!("create type pg_temp.{name} as enum ({})", labels.join(", "));
        made.push((None, sql));
    }
    for domain in schema.domains.values().filter(|domain| domain.name.schema.is_none()) {
        let (name, base) = (DIALECT.quote(&domain.name.name), types::render(&domain.base));
        made.push((None, format!("create domain pg_temp.{name} as {base}")));
    }
    let mut seen = BTreeSet::new();
    for question in questions {
        let table = &question.table;
        if let Some(temporary) = tables.get(&table.name)
            && seen.insert(&table.name)
        {
            made.push((Some(&table.name), create_table(table, temporary)));
        }
    }
    made
}

fn create_table(table: &Table, temporary: &str) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            format!("{} {}", DIALECT.quote(&column.name), types::render(&column.data_type))
        })
        .collect();
    format!("create temporary table {} ({})", DIALECT.quote(temporary), columns.join(", "))
}

/// The statement that makes the server store the expression.
fn statement(
    at: usize,
    question: &Question,
    tables: &BTreeMap<QName, String>,
) -> Result<String, String> {
    let table = tables.get(&question.table.name).ok_or("the table has no columns")?;
    let table = DIALECT.quote(table);
    let expr = one_expression(DIALECT, &question.expr)?;
    let name = format!("{PREFIX}{at}");
    let data_type = |column: &str| {
        let column = question.table.column(column);
        column
            .map(|column| types::render(&column.data_type))
            .ok_or_else(|| format!("the table {} has no such column", question.table.name))
    };
    Ok(match &question.role {
        ExpressionRole::Default { column } => {
            let data_type = data_type(column)?;
            format!(
                "alter table {table} add column {name} {data_type}, \
                 alter column {name} set default {expr}"
            )
        }
        ExpressionRole::Generated { column } => {
            let data_type = data_type(column)?;
            format!(
                "alter table {table} add column {name} {data_type} \
                 generated always as ({expr}) stored"
            )
        }
        ExpressionRole::Check => {
            format!("alter table {table} add constraint {name} check ({expr})")
        }
        // An index would need an operator class for an unknown type.
        ExpressionRole::IndexExpression => {
            format!("alter table {table} add constraint {name} check (({expr}) is not null)")
        }
        ExpressionRole::IndexPredicate => {
            format!("create index {name} on {table} ((1)) where {expr}")
        }
    })
}

/// Why a text is not sent to the server.
pub(crate) const MORE: &str = "it is more than one statement, or a quote in it is not closed";

/// Rejects a text that is more than one expression: it would be run.
fn one_expression(dialect: Dialect, expr: &Expr) -> Result<&str, String> {
    let text = expr.as_str();
    let mut depth = 0_i64;
    for symbol in autogen_dialect::symbols(dialect, text) {
        match symbol {
            '(' => depth += 1,
            ')' => depth -= 1,
            ';' => return Err("a semicolon can't stand in an expression".to_owned()),
            _ => {}
        }
        if depth < 0 {
            break;
        }
    }
    if depth != 0 {
        return Err("its parentheses don't match".to_owned());
    }
    if !is_closed(dialect, text) {
        return Err("a quote or a comment in it is not closed".to_owned());
    }
    Ok(text)
}

/// The expression in the introspector's form.
fn cleaned(text: &str, role: &ExpressionRole) -> Expr {
    let text = expr(text);
    match role {
        ExpressionRole::IndexExpression => {
            expr(text.as_str().strip_suffix(" IS NOT NULL").unwrap_or(text.as_str()))
        }
        ExpressionRole::Default { .. }
        | ExpressionRole::Check
        | ExpressionRole::Generated { .. }
        | ExpressionRole::IndexPredicate => text,
    }
}
