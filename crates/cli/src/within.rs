//! Statements on a scratch database must not affect anything else: the database is dropped,
//! but roles, other databases and the server's settings are not.

use autogen_dialect::beyond;
use autogen_live::Scratch;
use autogen_live::run::Migration;
use autogen_schema::visible;

use crate::error::Error;

/// Refuses statements with effects outside of the database; `place` is the file and line of a
/// statement.
pub(crate) fn require_within(
    scratch: &Scratch,
    migration: &Migration,
    place: impl Fn(&str) -> String,
) -> Result<(), Error> {
    let dialect = scratch.connection().dialect();
    let statements = migration.groups.iter().flat_map(|group| &group.statements);
    for sql in statements {
        if let Some(what) = beyond(dialect, sql, scratch.name()) {
            return Err(Error::refused(
                "A0663",
                format!(
                    "{}: {} changes more than the scratch database",
                    place(sql),
                    visible(&what)
                ),
                "remove it from the file, and run it by hand on the right server: the scratch \
                 database is dropped, but a change outside of it would remain",
            ));
        }
    }
    Ok(())
}
