//! The values of SQLite's columns: its words say little, the affinity decides.

use autogen_schema::{ColumnType, IntWidth};

use super::types::{Affinity, affinity, render};
use crate::holds::Holds;

/// Every integer may have 64 bits.
const INTEGER: Holds = Holds::Integer { width: IntWidth::Big, unsigned: false };

/// What a type holds here, if it is not the usual.
pub(crate) fn own(data_type: &ColumnType) -> Option<Holds> {
    if let ColumnType::Integer { width: IntWidth::Regular | IntWidth::Big, .. } = data_type {
        return Some(INTEGER);
    }
    let ColumnType::Verbatim(_) = data_type else { return None };
    let text = render(data_type);
    let has = |word: &str| text.contains(word);
    if has("bool") {
        return Some(Holds::Boolean);
    }
    if has("datetime") || has("timestamp") {
        return Some(Holds::DateTime);
    }
    Some(match affinity(&text) {
        Affinity::Integer => INTEGER,
        Affinity::Text => Holds::Text,
        Affinity::Blob => Holds::Bytes,
        Affinity::Real => Holds::Double,
        Affinity::Numeric if text == "date" => Holds::Date,
        Affinity::Numeric if text == "time" => Holds::Time,
        Affinity::Numeric if has("dec") || has("numeric") => Holds::Decimal,
        Affinity::Numeric => Holds::Double,
    })
}

/// Whether a column keeps whole numbers as integers and others as floats.
///
/// Source: <https://sqlite.org/datatype3.html#type_affinity>.
pub(crate) fn mixes_numbers(data_type: &ColumnType) -> bool {
    let number = matches!(own(data_type), Some(Holds::Decimal | Holds::Double));
    number && affinity(&render(data_type)) == Affinity::Numeric
}
