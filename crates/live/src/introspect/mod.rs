//! Reading a schema out of a database, in a fixed number of catalog queries.

pub(crate) mod postgres;
mod sqlite;

use autogen_dialect::Dialect;
use autogen_schema::{Schema, Unsupported};

use crate::{Connection, LiveError, Scope};

/// Reads the schema, as the catalog has it and not yet canonical. It takes at
/// most ten catalog queries, needs no right but that to connect, and changes
/// nothing.
///
/// What the catalog holds and the data model can't say stands in
/// [`Schema::unsupported`], with a code `U01..`.
///
/// # Errors
/// [`LiveError`] A0305 to A0312.
pub async fn introspect(connection: &Connection, scope: &Scope) -> Result<Schema, LiveError> {
    let mut session = connection.session().await?;
    let mut schema = match connection.dialect() {
        Dialect::Postgres => postgres::read(&mut session, connection.version(), scope).await?,
        Dialect::Sqlite => sqlite::read(&mut session, scope).await?,
    };
    schema.reform_tables(autogen_schema::Table::sort);
    schema.routines.sort();
    schema.unsupported.sort();
    schema.unsupported.dedup();
    Ok(schema)
}

/// A note on something that stays as it is.
pub(crate) fn note(code: &str, object: String, message: &str) -> Unsupported {
    Unsupported { code: code.to_owned(), object, message: message.to_owned() }
}
