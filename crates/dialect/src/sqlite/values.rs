//! The values that rows hold after a plan, as a query says them.
//!
//! Sources: <https://sqlite.org/datatype3.html#type_affinity> and, for collations,
//! <https://sqlite.org/datatype3.html#collation>.

use autogen_schema::{ColumnType, Pair};

use super::convert;
use super::types::{Affinity, affinity, render};
use crate::Dialect::Sqlite;
use crate::held::{Held, Kept};

/// The value of a column under its new type.
pub(crate) fn converted(column: &str, types: Pair<&ColumnType>) -> String {
    let value = convert::conversion(column, types.before, types.after);
    match types.map(|it| affinity(&render(it))) {
        Pair { before, after } if before == after => value,
        // Where text that looks like a number is one already, all stay apart.
        Pair { before, after: Affinity::Text } if before != Affinity::Blob => column.to_owned(),
        Pair { .. } => stored(&value, types.after),
    }
}

/// What a column makes of a value by its affinity.
pub(crate) fn stored(value: &str, data_type: &ColumnType) -> String {
    match affinity(&render(data_type)) {
        Affinity::Text => {
            format!("iif(typeof({value}) IN ('integer', 'real'), CAST({value} AS text), {value})")
        }
        // A comparison with a number takes text for one where it looks like one.
        Affinity::Integer | Affinity::Real | Affinity::Numeric => {
            let number = format!("CAST({value} AS numeric)");
            format!("iif({number} = {value}, {number}, {value})")
        }
        Affinity::Blob => value.to_owned(),
    }
}

/// As the column is compared. What is computed has no collation.
pub(crate) fn collated(value: Held, kept: &Kept<'_>) -> Held {
    let Pair { before, after } = kept.column.map(|it| it.collation.as_deref());
    match (&value, after) {
        (Held::There(_), _) if before == after => value,
        (Held::Coming(_), None) => value,
        (_, after) => value.in_key(Sqlite, Some(after.unwrap_or("BINARY")), None),
    }
}
