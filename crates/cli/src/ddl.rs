//! The source `sql:FILE`: statements that create a schema. They are not interpreted: a
//! scratch database runs them, and its schema is read.

use std::path::Path;

use autogen_dialect::Dialect;
use autogen_live::history::RevisionSummary;
use autogen_live::run::{Migration, Settings, Silent, StatementGroup, upgrade};
use autogen_live::{LiveError, Scope, Scratch, introspect};
use autogen_plan::Script;
use autogen_schema::{Declared, Unread};

use crate::error::unknown_dialect;
use crate::error::{Error, exit};
use crate::file;
use crate::loaded::Loaded;
use crate::project::Project;
use crate::timeouts::{on_our_own, require_going_on};
use crate::within::require_within;

/// Runs the file, and reads the resulting schema.
pub(crate) async fn load(project: &Project, path: &Path, scope: Scope) -> Result<Loaded, Error> {
    let text = file::read(path)?;
    // Before anything exists that a signal could leave behind.
    let settings = on_our_own(project.statement_timeout);
    let scratch = scratch(project, path).await?;
    let outcome = match run(&scratch, settings, path, &text).await {
        Ok(unread) => {
            let schema = introspect(scratch.connection(), &scope).await;
            schema.map(|it| (it, unread)).map_err(Error::from)
        }
        Err(error) => Err(error),
    };
    let dialect = scratch.connection().dialect();
    let closed = scratch.close().await;
    let (schema, unread) = outcome?;
    closed?;
    require_going_on("reading the file")?;
    Ok(Loaded {
        declared: Declared { unread, ..Declared::whole(schema) },
        dialect: Some(dialect),
        connection: None,
        scripts: None,
        own: false,
    })
}

/// A scratch database on the server of the given one, which is dropped again; SQLite needs no
/// server.
async fn scratch(project: &Project, path: &Path) -> Result<Scratch, Error> {
    if let Some(url) = &project.database_url {
        return Ok(Scratch::beside(url, &project.reach()).await?);
    }
    let dialect = project.dialect()?.ok_or_else(unknown_dialect)?;
    Scratch::embedded(dialect).await?.ok_or_else(|| {
        Error::usage(
            "A0627",
            format!("reading {} requires a {dialect} server", path.display()),
            "pass --database-url: the statements run on a scratch database on that server, which \
             is dropped afterwards",
        )
    })
}

/// Runs the statements, and returns what the file lists as unread.
async fn run(
    scratch: &Scratch,
    settings: Settings,
    path: &Path,
    text: &str,
) -> Result<Vec<Unread>, Error> {
    let connection = scratch.connection();
    let dialect = connection.dialect();
    let script = parse(path, text, dialect)?;
    let migration = Migration {
        revision: RevisionSummary { id: path.display().to_string(), ..RevisionSummary::default() },
        probes: Vec::new(),
        groups: vec![StatementGroup {
            transaction: false,
            rebuilds: false,
            statements: script.groups.into_iter().flat_map(|group| group.statements).collect(),
        }],
    };
    require_within(scratch, &migration, |sql| format!("{}:{}", path.display(), line(text, sql)))?;
    let ran = upgrade(connection, &[migration], settings, &mut Silent).await;
    ran.map(|_| script.unread).map_err(|error| refused(path, text, error))
}

/// The file, which may also be a migration.
fn parse(path: &Path, text: &str, dialect: Dialect) -> Result<Script, Error> {
    Script::parse(text, dialect).map_err(|error| {
        let message = format!("{}: {error}", path.display());
        Error::usage(error.code(), message, error.hint())
    })
}

/// The line on which a statement begins.
fn line(text: &str, sql: &str) -> usize {
    let first = sql.lines().next().unwrap_or_default();
    text.lines().position(|it| it.contains(first)).map_or(1, |at| at + 1)
}

/// Adds the line of the failed statement.
fn refused(path: &Path, text: &str, error: LiveError) -> Error {
    let LiveError::StatementFailed { statement, reason, .. } = &error else { return error.into() };
    let first = statement.lines().next().unwrap_or_default();
    let line = line(text, statement);
    Error {
        exit: exit::USAGE,
        ..Error::usage(
            "A0660",
            format!("{}:{line}: {reason}\n  in: {first}", path.display()),
            "correct the file: it runs unchanged on an empty database of this family",
        )
    }
}
