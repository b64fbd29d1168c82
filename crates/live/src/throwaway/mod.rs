//! Normalizes views, functions, triggers and policies on the server: they are created in a
//! throwaway schema, over tables without rows, read back from the catalog, and rolled back.
//! This locks no tables of others and needs no shadow database, only the right to create a
//! schema.
//!
//! SQLite stores texts unchanged; there, a database in memory finds invalid ones.

mod mysql;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::postgres::collation;
use autogen_dialect::{Dialect, is_one_statement, qualified};
use autogen_plan::Normalized;
use autogen_schema::{
    Column, DeclaredObject, Defined, Policy, QName, Routine, Schema, Table, Trigger, View,
    ViewIndex,
};
use sea_orm::sqlx;

use crate::error::server_words;
use crate::introspect::postgres::{Reading, read_within, set_session};
use crate::normalize::{Batch, MORE};
use crate::session::Session;
use crate::{Connection, LiveError, Scope};

const DIALECT: Dialect = Dialect::Postgres;
const DOING: &str = "asking what the server makes of views and the like";
/// The throwaway schema; those for other schemas have a number after the name.
const STAND_IN: &str = "autogen_normalize";

/// The server's form of the programmable objects of `wanted`, with the texts of `target`,
/// over the existing tables.
///
/// # Errors
/// [`LiveError`] if the connection fails. What the server rejects is part of the result.
pub async fn normalize_texts(
    connection: &Connection,
    wanted: &Schema,
    target: &Schema,
) -> Result<Normalized, LiveError> {
    match connection.dialect() {
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => Ok(sqlite::normalize(wanted, target).await),
        #[cfg(not(feature = "sqlite"))]
        Dialect::Sqlite => Ok(Normalized::default()),
        Dialect::Mysql | Dialect::Mariadb => {
            let mut session = connection.session().await?;
            mysql::normalize(&mut session, wanted, target).await
        }
        Dialect::Postgres => {
            let mut session = connection.session().await?;
            session.run("begin").await.map_err(|error| session.error(DOING, &error))?;
            session.set_unfinished(true);
            let normalized = in_transaction(connection, &mut session, wanted, target).await;
            let ended = session.run("rollback").await;
            session.set_unfinished(ended.is_err());
            normalized
        }
    }
}

async fn in_transaction(
    connection: &Connection,
    session: &mut Session,
    wanted: &Schema,
    target: &Schema,
) -> Result<Normalized, LiveError> {
    let Reading { default_schema, .. } = set_session(session, &Scope::default()).await?;
    let participants = Participants::of(wanted, target);
    let mut made = vec![STAND_IN.to_owned()];
    made.extend(participants.schemas.values().cloned());
    let mut opening: Vec<String> =
        made.iter().map(|name| format!("create schema {}", DIALECT.quote(name))).collect();
    opening.push(format!("set local search_path = {STAND_IN}, {}", DIALECT.quote(&default_schema)));
    match session.run(&opening.join(";\n")).await {
        Ok(()) => {}
        Err(error @ sqlx::Error::Database(_)) => {
            let failure = Some(server_words(&error));
            return Ok(Normalized { failure, ..Normalized::default() });
        }
        Err(error) => return Err(session.error(DOING, &error)),
    }

    let steps = participants.steps(target, &default_schema);
    let mut batch = Batch::begin(session, DOING).await?;
    let everything: Vec<String> = steps.iter().map(Step::statements).collect();
    let whole = steps.iter().all(Step::is_whole);
    let mut refused = BTreeMap::new();
    let mut failure = None;
    if !whole || batch.run(&everything.join("\n;\n")).await?.is_some() {
        (refused, failure) = one_by_one(&mut batch, &steps).await?;
    }
    let mut aliases: BTreeMap<String, String> = participants
        .schemas
        .iter()
        .map(|(real, stand_in)| (stand_in.clone(), real.clone()))
        .collect();
    aliases.insert(default_schema, String::new());
    let schema = read_within(session, connection.version(), &made, aliases).await?;
    // If the prerequisites could not be created, errors of other statements prove nothing.
    if failure.is_some() {
        refused.clear();
    }
    Ok(Normalized { schema, refused, failure })
}

/// Runs what can be run, in rounds: files may be in any order.
async fn one_by_one(
    batch: &mut Batch<'_>,
    steps: &[Step],
) -> Result<(BTreeMap<DeclaredObject, String>, Option<String>), LiveError> {
    let mut open: Vec<&Step> = steps.iter().collect();
    let mut missing: BTreeSet<&QName> = BTreeSet::new();
    loop {
        let before = open.len();
        let mut still = Vec::new();
        let mut reasons = Vec::new();
        missing.clear();
        for step in open {
            // It must not be created on a real table of the same name.
            let floats = step.on.as_ref().is_some_and(|on| missing.contains(on));
            let reason = match floats {
                true => Some("what it is on could not be made".to_owned()),
                false if !step.is_whole() => Some(MORE.to_owned()),
                false => batch.run(&step.statements()).await?,
            };
            if let Some(reason) = reason {
                missing.extend(step.makes.as_ref());
                still.push(step);
                reasons.push(reason);
            }
        }
        if still.len() == before || still.is_empty() {
            let mut refused = BTreeMap::new();
            let mut failure = None;
            for (step, reason) in still.into_iter().zip(reasons) {
                match &step.place {
                    Some(place) => {
                        refused.entry(place.clone()).or_insert(reason);
                    }
                    None => failure = failure.or(Some(reason)),
                }
            }
            return Ok((refused, failure));
        }
        open = still;
    }
}

/// A statement of the run.
struct Step {
    /// The object to normalize; `None` for a prerequisite.
    place: Option<DeclaredObject>,
    /// The table or view that it creates.
    makes: Option<QName>,
    /// The table or view that its object is on.
    on: Option<QName>,
    /// Whether the server checks the bodies of routines, if it matters.
    checked: Option<bool>,
    sql: String,
}

impl Step {
    /// Whether it really is a single statement.
    fn is_whole(&self) -> bool {
        is_one_statement(DIALECT, &self.sql)
    }

    /// The statement, with its setting.
    fn statements(&self) -> String {
        match self.checked {
            None => self.sql.clone(),
            Some(checked) => {
                let checked = if checked { "on" } else { "off" };
                format!("set local check_function_bodies = {checked};\n{}", self.sql)
            }
        }
    }
}

/// The participants: the objects to normalize, and everything that they name.
struct Participants {
    /// The names, in any schema.
    names: BTreeSet<String>,
    /// The other schemas, and their throwaway schemas.
    schemas: BTreeMap<String, String>,
}

impl Participants {
    fn of(wanted: &Schema, target: &Schema) -> Self {
        let mut open: Vec<String> = Vec::new();
        for view in wanted.views.values() {
            open.push(view.name.name.clone());
        }
        open.extend(wanted.routines.iter().map(|it| it.name.name.clone()));
        let hung = |table: &Table| !table.triggers.is_empty() || table.row_security.is_some();
        let tables = wanted.tables.values().filter(|table| hung(table));
        open.extend(tables.map(|table| table.name.name.clone()));
        let known = Known::of(target);
        let mut names = BTreeSet::new();
        while let Some(name) = open.pop() {
            if names.insert(name.clone()) {
                let spoken = known.spoken_by(&name).into_iter();
                open.extend(spoken.filter(|it| known.0.contains_key(it) && !names.contains(it)));
            }
        }
        let namespaces: BTreeSet<String> = known.namespaces(&names);
        let schemas = namespaces
            .into_iter()
            .enumerate()
            .map(|(at, name)| (name, format!("{STAND_IN}_{}", at + 1)))
            .collect();
        Self { names, schemas }
    }

    fn includes(&self, name: &QName) -> bool {
        self.names.contains(&name.name)
    }

    /// A statement with the throwaway schemas in place of the real ones.
    fn put(&self, sql: &str) -> String {
        qualified(DIALECT, sql, |schema| {
            self.schemas.get(schema).map(|name| format!("{}.", DIALECT.quote(name)))
        })
    }

    fn prerequisite(&self, makes: Option<&QName>, sql: &str) -> Step {
        Step { place: None, makes: makes.cloned(), on: None, checked: None, sql: self.put(sql) }
    }

    /// All statements, in an order that is mostly right.
    fn steps(&self, target: &Schema, default_schema: &str) -> Vec<Step> {
        let mut steps = Vec::new();
        for extension in target.extensions.values() {
            // No effect if it exists; objects of a new one may be named.
            let name = DIALECT.quote(&extension.name);
            steps.push(self.prerequisite(None, &format!("create extension if not exists {name}")));
        }
        let included = |name: &QName| {
            name.schema.as_ref().is_none_or(|schema| self.schemas.contains_key(schema))
        };
        for item in target.collations.values().filter(|it| included(&it.name)) {
            steps.push(self.prerequisite(None, &collation::create(item)));
        }
        for item in target.enums.values().filter(|it| self.includes(&it.name)) {
            let labels: Vec<String> = item.values.iter().map(|it| DIALECT.quote_text(it)).collect();
            let name = DIALECT.quote_name(&item.name);
            let sql = format!("create type {name} as enum ({})", labels.join(", "));
            steps.push(self.prerequisite(None, &sql));
        }
        for domain in target.domains.values().filter(|it| self.includes(&it.name)) {
            let name = DIALECT.quote_name(&domain.name);
            let base = DIALECT.render_type(&domain.base);
            steps.push(self.prerequisite(None, &format!("create domain {name} as {base}")));
        }
        for sequence in target.sequences.values().filter(|it| self.includes(&it.name)) {
            let sql = format!("create sequence {}", DIALECT.quote_name(&sequence.name));
            steps.push(self.prerequisite(None, &sql));
        }
        for table in target.tables.values().filter(|it| self.includes(&it.name)) {
            steps.push(self.prerequisite(Some(&table.name), &DIALECT.create_table(&bare(table))));
        }
        steps.extend(self.views_and_routines(target, default_schema));
        for view in target.views.values().filter(|it| self.includes(&it.name)) {
            steps.extend(view.indexes.iter().map(|index| self.index(view, index)));
            steps.extend(view.triggers.iter().map(|trigger| self.trigger(&view.name, trigger)));
        }
        for table in target.tables.values().filter(|it| self.includes(&it.name)) {
            steps.extend(table.triggers.iter().map(|trigger| self.trigger(&table.name, trigger)));
            let policies = table.row_security.iter().flat_map(|security| &security.policies);
            steps.extend(policies.map(|policy| self.policy(&table.name, policy)));
        }
        steps
    }

    /// Those that name no others first.
    fn views_and_routines(&self, target: &Schema, default_schema: &str) -> Vec<Step> {
        let mut open: Vec<(String, BTreeSet<String>, Step)> = Vec::new();
        for routine in target.routines.iter().filter(|it| self.includes(&it.name)) {
            let words = DIALECT.words(routine.statement(), true);
            let step = self.routine(routine, default_schema);
            open.push((routine.name.name.clone(), words, step));
        }
        for view in target.views.values().filter(|it| self.includes(&it.name)) {
            let words = DIALECT.words(view.statement(), false);
            open.push((view.name.name.clone(), words, self.view(view)));
        }
        let mut sorted = Vec::new();
        while !open.is_empty() {
            let names: Vec<String> = open.iter().map(|(name, ..)| name.clone()).collect();
            let is_free = |name: &String, words: &BTreeSet<String>| {
                !names.iter().any(|other| other != name && words.contains(other))
            };
            let (free, bound): (Vec<_>, Vec<_>) =
                open.into_iter().partition(|(name, words, _)| is_free(name, words));
            let stuck = free.is_empty();
            sorted.extend(free.into_iter().map(|(_, _, step)| step));
            if stuck {
                sorted.extend(bound.into_iter().map(|(_, _, step)| step));
                break;
            }
            open = bound;
        }
        sorted
    }

    fn view(&self, view: &View) -> Step {
        let name = view.name.clone();
        Step {
            place: Some(DeclaredObject::View(name.clone())),
            makes: Some(name),
            on: None,
            checked: None,
            sql: without_data(view, self.put(view.statement())),
        }
    }

    /// A body that names schemas, or sets its own search path, would not find the throwaway
    /// tables: it is not checked.
    fn routine(&self, routine: &Routine, default_schema: &str) -> Step {
        let words = DIALECT.words(routine.statement(), true);
        let elsewhere = words.contains("search_path")
            || words.contains(default_schema)
            || self.schemas.keys().any(|schema| words.contains(schema));
        Step {
            place: Some(routine.place()),
            makes: None,
            on: None,
            checked: Some(!elsewhere),
            sql: self.put(routine.statement()),
        }
    }

    fn index(&self, view: &View, index: &ViewIndex) -> Step {
        Step {
            place: Some(DeclaredObject::Other("index", format!("{}.{}", view.name, index.name))),
            makes: None,
            on: Some(view.name.clone()),
            checked: None,
            sql: self.put(index.statement()),
        }
    }

    fn trigger(&self, on: &QName, trigger: &Trigger) -> Step {
        Step {
            place: Some(DeclaredObject::Trigger { on: on.clone(), name: trigger.name.clone() }),
            makes: None,
            on: Some(on.clone()),
            checked: None,
            sql: self.put(trigger.statement()),
        }
    }

    fn policy(&self, table: &QName, policy: &Policy) -> Step {
        Step {
            place: Some(DeclaredObject::Policy { table: table.clone(), name: policy.name.clone() }),
            makes: None,
            on: Some(table.clone()),
            checked: None,
            sql: self.put(policy.statement()),
        }
    }
}

/// For each name, the texts under it, and its schemas.
struct Known<'s>(BTreeMap<String, Vec<(&'s QName, String)>>);

impl<'s> Known<'s> {
    fn of(target: &'s Schema) -> Self {
        let mut map: BTreeMap<String, Vec<(&QName, String)>> = BTreeMap::new();
        let mut add = |name: &'s QName, text: String| {
            map.entry(name.name.clone()).or_default().push((name, text));
        };
        target.enums.keys().for_each(|name| add(name, String::new()));
        target.domains.keys().for_each(|name| add(name, String::new()));
        target.sequences.keys().for_each(|name| add(name, String::new()));
        for view in target.views.values() {
            let hung = view.triggers.iter().map(Defined::statement).collect::<Vec<_>>();
            add(&view.name, format!("{}\n{}", view.statement(), hung.join("\n")));
        }
        target.routines.iter().for_each(|it| add(&it.name, it.statement().to_owned()));
        for table in target.tables.values() {
            let policies = table.row_security.iter().flat_map(|it| &it.policies);
            let mut texts: Vec<String> = Vec::new();
            texts.extend(table.triggers.iter().map(|it| it.statement().to_owned()));
            texts.extend(policies.map(|it| it.statement().to_owned()));
            texts.extend(table.columns.iter().map(|it| DIALECT.render_type(&it.data_type)));
            add(&table.name, texts.join("\n"));
        }
        Self(map)
    }

    fn spoken_by(&self, name: &str) -> BTreeSet<String> {
        let texts = self.0.get(name).into_iter().flatten();
        texts.flat_map(|(_, text)| DIALECT.words(text, true)).collect()
    }

    fn namespaces(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        let found = names.iter().filter_map(|name| self.0.get(name)).flatten();
        found.filter_map(|(name, _)| name.schema.clone()).collect()
    }
}

/// A table's columns, and the keys that queries can depend on.
fn bare(table: &Table) -> Table {
    let mut bare = Table::new(table.name.clone());
    bare.columns = table
        .columns
        .iter()
        .map(|it| {
            let mut column = Column::new(it.name.clone(), it.data_type.clone());
            column.nullable = it.nullable;
            column.collation.clone_from(&it.collation);
            column
        })
        .collect();
    bare.primary_key.clone_from(&table.primary_key);
    bare.uniques.clone_from(&table.uniques);
    bare
}

/// A materialized view need not be filled; a plain one is unchanged.
fn without_data(view: &View, sql: String) -> String {
    match view.kind {
        autogen_schema::ViewKind::Plain => sql,
        autogen_schema::ViewKind::Materialized => {
            let words: Vec<String> =
                sql.split_whitespace().rev().take(3).map(str::to_ascii_uppercase).collect();
            let said = matches!(
                words.iter().map(String::as_str).collect::<Vec<_>>()[..],
                ["DATA", "WITH", ..] | ["DATA", "NO", "WITH"]
            );
            if said { sql } else { format!("{sql}\nwith no data") }
        }
    }
}
