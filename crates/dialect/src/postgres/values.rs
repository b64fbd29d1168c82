//! The values that rows hold after a plan, as a query says them.

use autogen_schema::{ColumnType, Pair, QName, Schema};

use super::convert::{self, Conversion};
use crate::Dialect::Postgres;
use crate::held::{Held, Kept, is_text};

/// The value of a column under its new type.
pub(crate) fn converted(column: &str, schema: &Schema, types: Pair<&ColumnType>) -> Option<String> {
    let Pair { before, after } = types;
    // A type of the schema may still be to come; its values differ as those before do.
    if after.named().is_some() {
        return Some(column.to_owned());
    }
    match convert::conversion_over(column, schema, types) {
        Conversion::Free | Conversion::FreeInUtc => Some(column.to_owned()),
        Conversion::Assignment if !convert::is_lossy(before, after) => Some(column.to_owned()),
        Conversion::Assignment => Postgres.as_value(column, after),
        Conversion::Using(expr) => Some(expr),
        Conversion::Impossible => None,
    }
}

/// As the column is compared, where the collation is there before the plan.
pub(crate) fn collated(value: Held, kept: &Kept<'_>) -> Option<Held> {
    let Pair { before, after } = kept.column.map(|it| it.collation.as_deref());
    if before == after || !is_text(&kept.column.after.data_type) {
        return Some(value);
    }
    let name = after.unwrap_or("default");
    let is_there = |schema: &Schema| schema.collations.contains_key(&QName::parse(name));
    let comes = is_there(kept.schema.after) && !is_there(kept.schema.before);
    (!comes).then(|| value.in_key(Postgres, Some(name), None))
}
