//! What became of a statement that was begun without a transaction when its
//! process ended, or that failed: only the catalog knows.

use autogen_dialect::Dialect;
use autogen_dialect::postgres::concurrently::{self, Concurrently};
use autogen_schema::QName;

use crate::LiveError;
use crate::session::Session;

/// Whether the statement has had its effect. Of an index that was built only
/// in part, what is there is dropped, so that the statement can run again.
pub(super) async fn is_done(session: &mut Session, sql: &str) -> Result<bool, LiveError> {
    match session.dialect() {
        // MySQL's statements are looked after where they run.
        Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => return Ok(false),
        Dialect::Postgres => {}
    }
    match concurrently::parse(sql) {
        None => Ok(false),
        Some(Concurrently::Create { index }) => match valid(session, &index).await? {
            None => Ok(false),
            Some(true) => Ok(true),
            Some(false) => {
                let name = Dialect::Postgres.quote_name(&index);
                let drop = format!("drop index concurrently if exists {name}");
                session.run(&drop).await.map_err(|error| session.error(&drop, &error))?;
                Ok(false)
            }
        },
        Some(Concurrently::Drop { index }) => Ok(valid(session, &index).await?.is_none()),
    }
}

/// Whether the index is valid; `None` where there is none.
async fn valid(session: &mut Session, index: &QName) -> Result<Option<bool>, LiveError> {
    let text = |text: &str| Dialect::Postgres.quote_text(text);
    let schema = index.schema.as_deref().map_or_else(|| "current_schema()".to_owned(), text);
    let sql = format!(
        "select i.indisvalid::text from pg_index i \
         join pg_class c on c.oid = i.indexrelid \
         join pg_namespace n on n.oid = c.relnamespace \
         where n.nspname = {schema} and c.relname = {}",
        text(&index.name)
    );
    let found = session.texts(&sql).await;
    let found = found.map_err(|error| session.error("looking for an index", &error))?;
    Ok(found.first().map(|text| text == "true"))
}
