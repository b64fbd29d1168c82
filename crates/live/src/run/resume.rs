//! The outcome of a statement that was started without a transaction and was interrupted or
//! failed: only the catalog shows it.

use autogen_dialect::postgres::concurrently::Concurrently;
use autogen_dialect::{Alone, Dialect, Reindexed};
use autogen_schema::QName;

use crate::LiveError;
use crate::session::Session;

/// Its outcome.
pub(super) enum Fate {
    /// It can run.
    Open,
    /// It took effect.
    Done,
    /// This statement completes it.
    Goes(String),
    /// It cannot be determined.
    Untold,
}

/// Determines the outcome of the next statement; `begun` is whether the history records its
/// start. A partly built index is dropped, so that the statement can run again.
pub(super) async fn fate(
    session: &mut Session,
    kind: &Alone,
    begun: bool,
) -> Result<Fate, LiveError> {
    Ok(match kind {
        Alone::Again => Fate::Open,
        Alone::Reindex(what) => {
            for index in left_behind(session, what).await? {
                drop_index(session, &index).await?;
            }
            Fate::Open
        }
        Alone::Untold => {
            if begun {
                Fate::Untold
            } else {
                Fate::Open
            }
        }
        Alone::Index(Concurrently::Create { index }) => match valid(session, index).await? {
            None => Fate::Open,
            Some(true) => Fate::Done,
            Some(false) => {
                drop_index(session, index).await?;
                Fate::Open
            }
        },
        Alone::Index(Concurrently::Drop { index }) => match valid(session, index).await? {
            None => Fate::Done,
            Some(_) => Fate::Open,
        },
        Alone::Detach { table, partition } => match attached(session, table, partition).await? {
            None => Fate::Done,
            Some(false) => Fate::Open,
            Some(true) => {
                let name = |name: &QName| Dialect::Postgres.quote_name(name);
                let (table, partition) = (name(table), name(partition));
                Fate::Goes(format!("alter table {table} detach partition {partition} finalize"))
            }
        },
    })
}

/// The indexes that an interrupted REINDEX CONCURRENTLY left behind. While it runs, indexes
/// of its table are not listed.
///
/// Source: PostgreSQL manual, REINDEX, "Rebuilding Indexes Concurrently".
async fn left_behind(session: &mut Session, of: &Reindexed) -> Result<Vec<QName>, LiveError> {
    let named = |name: &QName| {
        let name = Dialect::Postgres.quote_name(name);
        format!("to_regclass({})", Dialect::Postgres.quote_text(&name))
    };
    let condition = match of {
        Reindexed::Index(index) => format!(
            "and i.indrelid = (select o.indrelid from pg_index o where o.indexrelid = {})",
            named(index)
        ),
        Reindexed::Table(table) => format!("and i.indrelid = {}", named(table)),
        Reindexed::All => String::new(),
    };
    let sql = format!(
        "select n.nspname::text, c.relname::text from pg_index i \
         join pg_class c on c.oid = i.indexrelid \
         join pg_namespace n on n.oid = c.relnamespace \
         where not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$' \
               and n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema') \
               and not exists (select from pg_stat_progress_create_index p \
                               where p.relid = i.indrelid) {condition} order by 1, 2"
    );
    let rows = session.rows(&sql).await;
    let rows = rows.map_err(|error| session.error("looking for indexes left behind", &error))?;
    let name = |row: Vec<Option<String>>| {
        let mut columns = row.into_iter().flatten();
        Some(QName::new(Some(columns.next()?), columns.next()?))
    };
    Ok(rows.into_iter().filter_map(name).collect())
}

/// Drops an index without waiting for other sessions.
pub(crate) async fn drop_index(session: &mut Session, index: &QName) -> Result<(), LiveError> {
    let name = Dialect::Postgres.quote_name(index);
    let drop = format!("drop index concurrently if exists {name}");
    session.run(&drop).await.map_err(|error| session.error(&drop, &error))
}

/// The schema of a name, as an expression.
fn schema_of(name: &QName) -> String {
    let text = |text: &str| Dialect::Postgres.quote_text(text);
    name.schema.as_deref().map_or_else(|| "current_schema()".to_owned(), text)
}

/// Whether the index is valid; `None` if there is none.
async fn valid(session: &mut Session, index: &QName) -> Result<Option<bool>, LiveError> {
    let sql = format!(
        "select i.indisvalid::text from pg_index i \
         join pg_class c on c.oid = i.indexrelid \
         join pg_namespace n on n.oid = c.relnamespace \
         where n.nspname = {} and c.relname = {}",
        schema_of(index),
        Dialect::Postgres.quote_text(&index.name)
    );
    let found = session.texts(&sql).await;
    let found = found.map_err(|error| session.error("looking for an index", &error))?;
    Ok(found.first().map(|text| text == "true"))
}

/// Whether the partition is being detached; `None` if it is no longer a partition.
async fn attached(
    session: &mut Session,
    table: &QName,
    partition: &QName,
) -> Result<Option<bool>, LiveError> {
    let class = |name: &QName| {
        let own = Dialect::Postgres.quote_text(&name.name);
        format!(
            "(select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace \
              where n.nspname = {} and c.relname = {own})",
            schema_of(name)
        )
    };
    let sql = format!(
        "select inhdetachpending::text from pg_inherits where inhparent = {} and inhrelid = {}",
        class(table),
        class(partition)
    );
    let found = session.texts(&sql).await;
    let found = found.map_err(|error| session.error("looking for a partition", &error))?;
    Ok(found.first().map(|text| text == "true"))
}
