//! The values of MySQL's types, as sqlx reads them.

use autogen_schema::{ColumnType, IntWidth};

use super::types::shown_width;
use crate::holds::Holds;
use crate::type_text::TypeText;

/// Words that begin the names of spatial types.
const SHAPES: [&str; 7] =
    ["geometry", "point", "linestring", "polygon", "multi", "geomcollection", "vector"];

/// What a type holds here, if it is not the usual.
pub(crate) fn own(data_type: &ColumnType) -> Option<Holds> {
    if let ColumnType::Timestamp { .. } = data_type {
        return Some(Holds::Instant);
    }
    if let ColumnType::Bit(Some(1)) = data_type {
        return Some(Holds::Boolean);
    }
    if let Some((width, unsigned)) = shown_width(data_type) {
        return Some(Holds::Integer { width, unsigned });
    }
    let ColumnType::Verbatim(text) = data_type else { return None };
    let parts = TypeText::split(text);
    let word = parts.name.split(' ').next().unwrap_or_default();
    Some(match word {
        "float" => Holds::Float,
        "double" | "real" => Holds::Double,
        "decimal" | "dec" | "numeric" | "fixed" => Holds::Decimal,
        "year" => Holds::Integer { width: IntWidth::Small, unsigned: true },
        _ if SHAPES.iter().any(|shape| word.starts_with(shape)) => Holds::Bytes,
        _ => return None,
    })
}
