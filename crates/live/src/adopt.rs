//! Revisions that record manual changes: a database that already has the change only records
//! them.

use std::collections::BTreeSet;

use autogen_plan::Revision;
use autogen_schema::{QName, Schema};

use crate::history::{self, Absorbed, current};
use crate::revisions::{Mismatch, migration, read, row};
use crate::run::{Progress, Settings, upgrade};
use crate::{Connection, LiveError, Scope, introspect};

/// How many missing tables are named.
const SHOWN: usize = 5;

/// Why revisions cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "named by their types")]
pub enum Failure {
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    #[error(transparent)]
    Live(#[from] LiveError),
}

/// The fingerprint of a schema's tables, ignoring the order of columns: databases append new
/// ones. Without tables, that of the whole schema.
pub fn print(connection: &Connection, schema: &Schema, tables: &BTreeSet<String>) -> String {
    let mut schema = connection.dialect().canonicalize(schema);
    schema.unsupported.clear();
    schema.reform_tables(|table| table.columns.sort_by(|a, b| a.name.cmp(&b.name)));
    if tables.is_empty() {
        return schema.fingerprint();
    }
    let wanted = |name: &QName| tables.contains(&name.to_string());
    let tables = schema.tables.into_iter().filter(|(name, _)| wanted(name)).collect();
    Schema { tables, ..Schema::default() }.fingerprint()
}

/// Refuses to create tables that a database without a history has already.
fn require_empty(
    connection: &Connection,
    revision: &Revision,
    found: &Schema,
    tables: &BTreeSet<String>,
) -> Result<(), LiveError> {
    let existing: BTreeSet<String> = found.tables.keys().map(ToString::to_string).collect();
    if tables.is_disjoint(&existing) {
        return Ok(());
    }
    let missing: Vec<&str> = tables.difference(&existing).map(String::as_str).take(SHOWN).collect();
    let problem = match missing.is_empty() {
        true => "their columns, keys or indexes differ".to_owned(),
        false => format!("it lacks {}", missing.join(", ")),
    };
    let (url, revision) = (connection.url().to_owned(), revision.id.clone());
    Err(LiveError::NotTheBaseline { url, revision, problem })
}

/// Applies revisions in their order, as [`upgrade`] does; a revision of a manual change that
/// the database already has is only recorded.
///
/// # Errors
/// As [`upgrade`], if a file is for another database, and A0332 if the first one is a baseline
/// and the database has some of its tables, but another schema.
pub async fn upgrade_revisions(
    connection: &Connection,
    revisions: &[&Revision],
    scope: &Scope,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<Vec<String>, Failure> {
    let dialect = connection.dialect();
    let mut ran = Vec::new();
    let mut chunk = Vec::new();
    for revision in revisions {
        let script = read(revision, &revision.up, dialect)?;
        if let Some(adopted) = &script.adopted {
            // The empty run would create the history before anything is known.
            if !chunk.is_empty() {
                ran.extend(upgrade(connection, &chunk, settings.clone(), progress).await?);
                chunk.clear();
            }
            let rows = current(connection).await?;
            let begun = rows.iter().any(|row| row.revision.id == revision.id);
            if !begun {
                let named = adopted.tables.iter().filter_map(|it| QName::parse(it).schema);
                let mut scope = scope.clone();
                scope.expected.extend(named);
                let found = introspect(connection, &scope).await?;
                if print(connection, &found, &adopted.tables) == adopted.fingerprint {
                    let by = Absorbed { by: row(revision), ids: Vec::new() };
                    history::absorb(connection, &[by], settings.wait).await?;
                    ran.push(revision.id.clone());
                    continue;
                }
                if rows.is_empty() && revision.parents.is_empty() {
                    require_empty(connection, revision, &found, &adopted.tables)?;
                }
            }
        }
        chunk.push(migration(revision, &revision.up, dialect)?);
    }
    ran.extend(upgrade(connection, &chunk, settings.clone(), progress).await?);
    Ok(ran)
}
