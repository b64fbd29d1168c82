//! Reads the schema of a database, in a fixed number of catalog queries.

pub(crate) mod mysql;
pub(crate) mod postgres;
mod sqlite;

use autogen_dialect::Dialect;
use autogen_schema::{Schema, Unsupported};

use crate::session::Session;
use crate::{Connection, LiveError, Scope, ServerVersion};

/// Reads the schema, as the catalog has it and not yet canonical. It needs at most ten
/// catalog queries and only the right to connect, and changes nothing.
///
/// What the data model cannot represent is in [`Schema::unsupported`], with a code `U01..`.
///
/// # Errors
/// [`LiveError`] A0305 to A0312.
pub async fn introspect(connection: &Connection, scope: &Scope) -> Result<Schema, LiveError> {
    let mut session = connection.session().await?;
    read(&mut session, connection.version(), scope).await
}

/// Reads the schema in a session.
pub(crate) async fn read(
    session: &mut Session,
    version: &ServerVersion,
    scope: &Scope,
) -> Result<Schema, LiveError> {
    let mut schema = match session.dialect() {
        Dialect::Postgres => postgres::read(session, version, scope).await?,
        Dialect::Sqlite => sqlite::read(session, scope).await?,
        Dialect::Mysql | Dialect::Mariadb => mysql::read(session, None, scope).await?,
    };
    settle(&mut schema);
    Ok(schema)
}

/// Sorts what has no order.
pub(crate) fn settle(schema: &mut Schema) {
    schema.reform_tables(autogen_schema::Table::sort);
    schema.routines.sort();
    schema.unsupported.sort();
    schema.unsupported.dedup();
}

/// A note on something that is left alone.
pub(crate) fn note(code: &str, object: String, message: &str) -> Unsupported {
    Unsupported { code: code.to_owned(), object, message: message.to_owned() }
}
