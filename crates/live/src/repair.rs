//! Manual corrections of the history, and listing of what was left behind. Every repair is
//! explicitly requested; none runs statements of a migration.

use std::time::Duration;

use autogen_dialect::Dialect;
use autogen_schema::QName;

use crate::history::{self, Applied, State, prefix_hash};
use crate::run::lock::{self, KEY, lock_name};
use crate::run::resume::drop_index;
use crate::run::{Migration, Silent};
use crate::session::Session;
use crate::{Connection, LiveError};

/// What is corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// The changed file is accepted.
    AcceptChecksum,
    /// The statement at which it stopped took effect.
    Done,
    /// The statement at which it stopped did not take effect.
    NotDone,
    /// The rest was done by hand: it is applied, or undone.
    Complete,
    /// It is removed from the history.
    Forget,
}

/// A revision's files.
#[derive(Debug, Clone)]
pub struct Files {
    /// The way up.
    pub up: Migration,
    /// The way down, if there is one.
    pub down: Option<Migration>,
}

/// Corrects the history of a revision; returns its new state. `files` is `None` if they no
/// longer exist. `wait` is how long to wait for another running migration.
///
/// # Errors
/// [`LiveError`] A0307, A0308, A0311, A0313, A0314, A0329, A0330.
pub async fn repair(
    connection: &Connection,
    id: &str,
    repair: Repair,
    files: Option<&Files>,
    wait: Duration,
) -> Result<String, LiveError> {
    let mut session = connection.session().await?;
    let lock = lock::take(&mut session, &wait.into(), &mut Silent).await?;
    let said = repair_row(&mut session, id, repair, files).await;
    let released = lock.release(&mut session).await;
    let said = said?;
    released.map(|()| said)
}

async fn repair_row(
    session: &mut Session,
    id: &str,
    repair: Repair,
    files: Option<&Files>,
) -> Result<String, LiveError> {
    let url = session.url().to_owned();
    let rows = history::read(session, None).await?;
    let Some(row) = rows.iter().find(|row| row.revision.id == id) else {
        return Err(LiveError::NoRow { url, revision: id.to_owned() });
    };
    history::create(session).await?;
    let refuse = |problem: &str| LiveError::NotRepairable {
        url: url.clone(),
        revision: id.to_owned(),
        state: row.state.to_string(),
        problem: problem.to_owned(),
    };
    let finished = row.state == State::Done;
    let reverting = row.state == State::Reverting;
    let file = || {
        let files = files.ok_or_else(|| refuse("it has no file"))?;
        match reverting {
            true => files.down.as_ref().ok_or_else(|| refuse("it has no way down")),
            false => Ok(&files.up),
        }
    };
    match repair {
        Repair::AcceptChecksum => {
            let file = file()?;
            let sets = accepted(session, row, file)
                .ok_or_else(|| refuse("its file has fewer statements than are done"))?;
            set(session, id, &sets).await?;
            Ok("its changed file is accepted".to_owned())
        }
        Repair::Done | Repair::NotDone | Repair::Complete if finished => {
            Err(refuse("it did not stop in the middle"))
        }
        Repair::Done => {
            let file = file()?;
            let (done, total) = (row.steps_done + 1, file.statements().count());
            if row.prefix != prefix_hash(file.statements().take(row.steps_done)) {
                return Err(refuse("the statements that are done were changed in its file"));
            }
            if done >= total {
                return complete(session, row, file, reverting).await;
            }
            let prefix = prefix_hash(file.statements().take(done));
            let prefix = session.dialect().quote_text(&prefix);
            let sets = format!("steps_done = {done}, prefix = {prefix}, pending = null");
            set(session, id, &sets).await?;
            Ok(format!("{done} of its {total} statements are done"))
        }
        Repair::NotDone => {
            set(session, id, "pending = null").await?;
            Ok(format!("statement {} was not done", row.steps_done + 1))
        }
        Repair::Complete => complete(session, row, file()?, reverting).await,
        Repair::Forget => {
            let mut after = rows.iter().filter(|it| it.revision.parents.iter().any(|p| p == id));
            if let Some(after) = after.next() {
                let problem = format!("{} is applied, and comes after it", after.revision.id);
                return Err(refuse(&problem));
            }
            history::forget(session, id).await?;
            Ok("it was removed from the history".to_owned())
        }
    }
}

/// The current checksums of the file and of its finished statements; `None` if it has fewer
/// statements than are finished.
fn accepted(session: &Session, row: &Applied, file: &Migration) -> Option<String> {
    let text = |text: &str| session.dialect().quote_text(text);
    let total = file.statements().count();
    let checksum = text(&file.revision.checksum);
    if row.state == State::Done {
        return Some(format!("checksum = {checksum}"));
    }
    (row.steps_done <= total).then(|| {
        let prefix = text(&prefix_hash(file.statements().take(row.steps_done)));
        format!("checksum = {checksum}, prefix = {prefix}, steps_total = {total}")
    })
}

async fn complete(
    session: &mut Session,
    row: &Applied,
    file: &Migration,
    reverting: bool,
) -> Result<String, LiveError> {
    let id = &row.revision.id;
    if reverting {
        history::forget(session, id).await?;
        return Ok("it is undone".to_owned());
    }
    let dialect = session.dialect();
    let total = file.statements().count();
    let prefix = dialect.quote_text(&prefix_hash(file.statements()));
    let (state, now) = (dialect.quote_text(State::Done.word()), history::now(dialect));
    let checksum = dialect.quote_text(&file.revision.checksum);
    let sets = format!(
        "state = {state}, steps_done = {total}, steps_total = {total}, prefix = {prefix}, \
         checksum = {checksum}, finished_at = {now}, failure = null, pending = null"
    );
    set(session, id, &sets).await?;
    Ok("it is applied".to_owned())
}

async fn set(session: &mut Session, id: &str, sets: &str) -> Result<(), LiveError> {
    let table = history::table(session);
    let id = session.dialect().quote_text(id);
    history::write(session, &format!("update {table} set {sets} where revision = {id}")).await
}

/// The session that is migrating the database, described; `None` if there is none, and on
/// SQLite, which locks the file.
///
/// # Errors
/// [`LiveError`] A0311.
pub async fn deployer(connection: &Connection) -> Result<Option<String>, LiveError> {
    let mut session = connection.session().await?;
    let doing = "looking who migrates";
    let sql = match session.dialect() {
        Dialect::Postgres => format!(
            "select format('session %s of %s%s', a.pid, a.usename, \
                    coalesce(' at ' || host(a.client_addr), '')) \
             from pg_locks l join pg_stat_activity a on a.pid = l.pid \
             where l.locktype = 'advisory' and l.granted and l.objsubid = 1 \
                   and l.database = (select oid from pg_database \
                                     where datname = current_database()) \
                   and l.classid::bigint = {} and l.objid::bigint = {}",
            KEY >> 32,
            KEY & 0xffff_ffff
        ),
        Dialect::Mysql | Dialect::Mariadb => {
            let found = session.texts("select coalesce(database(), '')").await;
            let found = found.map_err(|error| session.error(doing, &error))?;
            let name = lock_name(found.first().map_or("", String::as_str));
            format!(
                "select concat('session ', is_used_lock('{name}')) from dual \
                 where is_used_lock('{name}') is not null"
            )
        }
        Dialect::Sqlite => return Ok(None),
    };
    let found = session.texts(&sql).await.map_err(|error| session.error(doing, &error))?;
    Ok(found.into_iter().next())
}

/// Invalid indexes that were left behind: PostgreSQL maintains them and never uses them.
///
/// # Errors
/// [`LiveError`] A0311.
pub async fn invalid_indexes(connection: &Connection) -> Result<Vec<QName>, LiveError> {
    let mut session = connection.session().await?;
    invalid(&mut session).await
}

async fn invalid(session: &mut Session) -> Result<Vec<QName>, LiveError> {
    match session.dialect() {
        Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => return Ok(Vec::new()),
        Dialect::Postgres => {}
    }
    // An index that is being built is not left behind; neither is one of a partitioned table
    // that waits for its partitions.
    let sql = "select n.nspname::text, c.relname::text from pg_index i \
               join pg_class c on c.oid = i.indexrelid \
               join pg_namespace n on n.oid = c.relnamespace \
               where not i.indisvalid and c.relkind = 'i' \
                     and n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema') \
                     and not exists (select from pg_stat_progress_create_index p \
                                     where p.index_relid = i.indexrelid) \
               order by 1, 2";
    let rows = session.rows(sql).await;
    let rows = rows.map_err(|error| session.error("looking for indexes", &error))?;
    let names = rows.into_iter().filter_map(|row| {
        let mut columns = row.into_iter().flatten();
        Some(QName::new(Some(columns.next()?), columns.next()?))
    });
    Ok(names.collect())
}

/// Drops them; returns their names.
///
/// # Errors
/// [`LiveError`] A0307, A0308, A0311, A0313.
pub async fn drop_invalid_indexes(
    connection: &Connection,
    wait: Duration,
) -> Result<Vec<QName>, LiveError> {
    let mut session = connection.session().await?;
    let lock = lock::take(&mut session, &wait.into(), &mut Silent).await?;
    let dropped = drop_all(&mut session).await;
    let released = lock.release(&mut session).await;
    let dropped = dropped?;
    released.map(|()| dropped)
}

async fn drop_all(session: &mut Session) -> Result<Vec<QName>, LiveError> {
    let names = invalid(session).await?;
    for name in &names {
        drop_index(session, name).await?;
    }
    Ok(names)
}
