//! Runs that are killed at each of their statements, and continue.

use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_live::Connection;
use autogen_live::run::{Migration, Progress, Silent, downgrade, upgrade};
use sea_orm::ConnectionTrait;

use crate::{Database, block_on};

/// How long the lock of a killed run may block the next.
const WAIT: Duration = Duration::from_secs(5);

/// What the runner does in a transaction with its own record: there is nothing between the
/// statement and its record.
const WITH_ROWS: [&str; 5] = ["insert", "update", "delete", "replace", "set"];

/// Ends the process's part before a statement.
struct Crash(usize);

impl Progress for Crash {
    fn statement(&mut self, number: usize, _: usize, _: &str) {
        if number == self.0 {
            // As a panic, without output.
            std::panic::resume_unwind(Box::new("crash"));
        }
    }
}

/// Kills the run before each of its statements in turn; each run continues the last one, and
/// the final one completes. With `behind`, the statement was executed each time, and not
/// recorded.
///
/// # Errors
/// The runner's errors, and a run that is not killed where it should be.
pub async fn killed_everywhere(
    database: &Database,
    work: &Migration,
    up: bool,
    behind: bool,
) -> Result<(), String> {
    let statements: Vec<&String> = work.groups.iter().flat_map(|it| &it.statements).collect();
    for (at, sql) in statements.into_iter().enumerate() {
        killed(database, work, up, at + 1)?;
        let word = sql.split_whitespace().next().unwrap_or_default().to_lowercase();
        if behind && !WITH_ROWS.contains(&word.as_str()) {
            let connection = database.connect().await;
            let ran = connection.raw().execute_unprepared(sql).await;
            ran.map_err(|error| format!("by hand: {error}\nin: {sql}"))?;
            connection.close().await;
        }
    }
    let connection = database.connect().await;
    let ran = go(&connection, work, up, &mut Silent).await;
    connection.close().await;
    ran.map_err(|error| format!("killed {}: {error}", if behind { "behind" } else { "before" }))
}

async fn go(
    connection: &Connection,
    work: &Migration,
    up: bool,
    progress: &mut dyn Progress,
) -> Result<(), String> {
    let work = std::slice::from_ref(work);
    let ran = match up {
        true => upgrade(connection, work, WAIT, progress).await,
        false => downgrade(connection, work, WAIT, progress).await,
    };
    ran.map(drop).map_err(|error| error.to_string())
}

fn killed(database: &Database, work: &Migration, up: bool, before: usize) -> Result<(), String> {
    let (url, work) = (database.url().to_owned(), work.clone());
    let run = std::thread::spawn(move || {
        block_on(async {
            let connection = Connection::connect(&url).await.expect("the server is there");
            go(&connection, &work, up, &mut Crash(before)).await
        })
    });
    match run.join() {
        Err(_) => Ok(()),
        Ok(Ok(())) => Err(format!("it was not killed before statement {before}")),
        Ok(Err(error)) => Err(format!("on the way to statement {before}: {error}")),
    }
}

/// Whether a run on this database can be interrupted between statements: where DDL commits.
pub fn comes_apart(dialect: Dialect, work: &Migration) -> bool {
    let count: usize = work.groups.iter().map(|it| it.statements.len()).sum();
    count > 1 && matches!(dialect, Dialect::Mysql | Dialect::Mariadb)
}
