//! Normalizes views, routines and triggers on MySQL and MariaDB: in a throwaway database,
//! with copies of the tables without rows, which is dropped afterwards. DDL commits here, so
//! nothing can be rolled back: an interrupted run leaves that database behind, and the next
//! run drops it. This needs the right to create a database of this name.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Dialect, is_closed, is_one_statement, qualified};
use autogen_plan::Normalized;
use autogen_schema::{
    DeclaredObject, Defined, ForeignKey, QName, Routine, RoutineKind, Schema, Table,
};
use sea_orm::sqlx;
use sha2::{Digest, Sha256};

use super::{DOING, STAND_IN};
use crate::error::server_words;
use crate::introspect::{self, mysql::read};
use crate::normalize::MORE;
use crate::session::Session;
use crate::{LiveError, Scope};

/// How long another process may normalize at the same time, in seconds.
const PATIENCE: u32 = 60;

/// A statement of the run.
struct Step {
    /// The object to normalize; `None` for a prerequisite.
    place: Option<DeclaredObject>,
    sql: String,
}

pub(super) async fn normalize(
    session: &mut Session,
    wanted: &Schema,
    target: &Schema,
) -> Result<Normalized, LiveError> {
    let fail = |session: &Session, error: &sqlx::Error| session.error(DOING, error);
    let found = session.texts("select database()").await.map_err(|e| fail(session, &e))?;
    let database = found.into_iter().next().unwrap_or_default();
    let hash = Sha256::digest(database.to_lowercase());
    let digits: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let stand_in = format!("{STAND_IN}_{digits}");
    // One process at a time: the name is fixed, so that a database that was left behind is
    // found.
    session.set_unfinished(true);
    let sql = format!("select coalesce(get_lock('{stand_in}', {PATIENCE}), 0)");
    let got = session.texts(&sql).await.map_err(|e| fail(session, &e))?;
    if got.first().is_none_or(|text| text != "1") {
        let failure = Some("another process holds the scratch schema, and does not end".to_owned());
        return Ok(Normalized { failure, ..Normalized::default() });
    }
    let normalized = in_database(session, &database, &stand_in, wanted, target).await;
    let dialect = session.dialect();
    let end = format!(
        "use {}; drop database if exists {stand_in}; do release_lock('{stand_in}')",
        dialect.quote(&database)
    );
    let ended = session.run(&end).await;
    session.set_unfinished(ended.is_err());
    let normalized = normalized?;
    match ended {
        // Without the right to create it there is none to drop.
        Err(sqlx::Error::Database(_)) if normalized.failure.is_some() => Ok(normalized),
        Err(error) => Err(fail(session, &error)),
        Ok(()) => Ok(normalized),
    }
}

async fn in_database(
    session: &mut Session,
    database: &str,
    stand_in: &str,
    wanted: &Schema,
    target: &Schema,
) -> Result<Normalized, LiveError> {
    let dialect = session.dialect();
    // With the same defaults, which apply to columns without a collation.
    let sql = "select default_character_set_name, default_collation_name \
               from information_schema.schemata where schema_name = database()";
    let defaults = session.rows(sql).await.map_err(|error| session.error(DOING, &error))?;
    let mut defaults = defaults.into_iter().flatten().flatten();
    let charset = defaults.next().unwrap_or_else(|| "utf8mb4".to_owned());
    let collation = defaults.next().map(|it| format!(" collate {it}")).unwrap_or_default();
    let opening = format!(
        "drop database if exists {stand_in}; \
         create database {stand_in} character set {charset}{collation}; use {stand_in}"
    );
    match session.run(&opening).await {
        Ok(()) => {}
        Err(error @ sqlx::Error::Database(_)) => {
            let failure = Some(server_words(&error));
            return Ok(Normalized { failure, ..Normalized::default() });
        }
        Err(error) => return Err(session.error(DOING, &error)),
    }
    let steps = steps(dialect, wanted, target, database, stand_in);
    let included: BTreeSet<DeclaredObject> =
        steps.iter().filter_map(|step| step.place.clone()).collect();
    let (refused, failure) = rounds(session, steps).await?;
    let mut schema = read(session, Some(stand_in), &Scope::default()).await?;
    introspect::settle(&mut schema);
    let refused = awakened(dialect, target, &included, &mut schema, refused);
    let refused = if failure.is_some() { BTreeMap::new() } else { refused };
    Ok(Normalized { schema, refused, failure })
}

/// Gives events, which were created disabled, their desired state. An accepted event that is
/// missing has already ended.
fn awakened(
    dialect: Dialect,
    target: &Schema,
    included: &BTreeSet<DeclaredObject>,
    schema: &mut Schema,
    mut refused: BTreeMap<DeclaredObject, String>,
) -> BTreeMap<DeclaredObject, String> {
    let is_included =
        |it: &&Routine| it.kind == RoutineKind::Event && included.contains(&it.place());
    for wanted in target.routines.iter().filter(is_included) {
        match schema.routines.iter_mut().find(|it| it.key() == wanted.key()) {
            Some(made) => {
                let text = dialect.awake(&made.definition, wanted.statement());
                made.define(text, None);
            }
            None => {
                let reason = "the server drops it at once: its time is over, and it has no ON \
                              COMPLETION PRESERVE";
                refused.entry(wanted.place()).or_insert_with(|| reason.to_owned());
            }
        }
    }
    refused
}

/// Runs what can be run, in rounds: files may be in any order.
async fn rounds(
    session: &mut Session,
    steps: Vec<Step>,
) -> Result<(BTreeMap<DeclaredObject, String>, Option<String>), LiveError> {
    let mut open = steps;
    loop {
        let before = open.len();
        let mut still = Vec::new();
        for step in open {
            // Only the server knows for certain where the blocks of a routine end.
            let whole = match step.place {
                None | Some(DeclaredObject::View(_)) => {
                    is_one_statement(session.dialect(), &step.sql)
                }
                Some(_) => is_closed(session.dialect(), &step.sql),
            };
            if !whole {
                still.push((step, MORE.to_owned()));
                continue;
            }
            match session.run(&step.sql).await {
                Ok(()) => {}
                Err(error @ sqlx::Error::Database(_)) => still.push((step, server_words(&error))),
                Err(error) => return Err(session.error(DOING, &error)),
            }
        }
        if still.len() == before || still.is_empty() {
            let mut refused = BTreeMap::new();
            let mut failure = None;
            for (step, reason) in still {
                match step.place {
                    Some(place) => {
                        refused.entry(place).or_insert(reason);
                    }
                    None => failure = failure.or(Some(reason)),
                }
            }
            return Ok((refused, failure));
        }
        open = still.into_iter().map(|(step, _)| step).collect();
    }
}

/// All statements: the tables that texts may name, then the objects to normalize and their
/// dependencies.
fn steps(
    dialect: Dialect,
    wanted: &Schema,
    target: &Schema,
    database: &str,
    stand_in: &str,
) -> Vec<Step> {
    let put = |sql: &str| {
        qualified(dialect, sql, |schema| {
            (schema == database).then(|| format!("{}.", dialect.quote(stand_in)))
        })
    };
    let words = spoken(dialect, wanted, target);
    let includes = |name: &QName| words.contains(&dialect.mentioned_as(&name.name));
    let mut steps = Vec::new();
    for table in target.tables.values().filter(|table| includes(&table.name)) {
        steps.push(Step { place: None, sql: dialect.create_table(&bare(table)) });
    }
    for routine in target.routines.iter().filter(|it| includes(&it.name)) {
        let sql = put(&dialect.at_rest(routine.statement()));
        steps.push(Step { place: Some(routine.place()), sql });
    }
    for view in target.views.values().filter(|it| includes(&it.name)) {
        let place = DeclaredObject::View(view.name.clone());
        steps.push(Step { place: Some(place), sql: put(view.statement()) });
    }
    for table in target.tables.values().filter(|table| includes(&table.name)) {
        for trigger in &table.triggers {
            let (on, name) = (table.name.clone(), trigger.name.clone());
            let place = DeclaredObject::Trigger { on, name };
            steps.push(Step { place: Some(place), sql: put(trigger.statement()) });
        }
    }
    steps
}

/// The names of the objects to normalize, and of everything that they name.
fn spoken(dialect: Dialect, wanted: &Schema, target: &Schema) -> BTreeSet<String> {
    let spelled = |name: &QName| dialect.mentioned_as(&name.name);
    let mut open: Vec<String> = Vec::new();
    open.extend(wanted.views.keys().map(spelled));
    open.extend(wanted.routines.iter().map(|it| spelled(&it.name)));
    let hung = wanted.tables.values().filter(|table| !table.triggers.is_empty());
    open.extend(hung.map(|table| spelled(&table.name)));
    let mut texts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for view in target.views.values() {
        texts.entry(spelled(&view.name)).or_default().push(view.statement());
    }
    for routine in &target.routines {
        texts.entry(spelled(&routine.name)).or_default().push(routine.statement());
    }
    for table in target.tables.values() {
        let of = texts.entry(spelled(&table.name)).or_default();
        of.extend(table.triggers.iter().map(Defined::statement));
    }
    let mut names = BTreeSet::new();
    while let Some(name) = open.pop() {
        let said = texts.get(&name).into_iter().flatten();
        let said: BTreeSet<String> = said.flat_map(|text| dialect.words(text, true)).collect();
        if names.insert(name) {
            open.extend(
                said.into_iter().filter(|it| texts.contains_key(it) && !names.contains(it)),
            );
        }
    }
    names
}

/// A table's columns, and the keys that queries can depend on.
fn bare(table: &Table) -> Table {
    let mut bare = super::bare(table);
    bare.foreign_keys = Vec::<ForeignKey>::new();
    bare.options.collation.clone_from(&table.options.collation);
    for (column, own) in bare.columns.iter_mut().zip(&table.columns) {
        column.charset.clone_from(&own.charset);
    }
    bare
}
