//! The values that rows hold after a plan, as a query says them.
//!
//! Source: MySQL manual, 14.10 "Cast Functions and Operators".

use autogen_schema::{Column, ColumnType, Pair, Schema, Table};

use super::convert::{self, Conversion};
use super::{Flavor, charsets, types};
use crate::held::{Held, Kept};

/// The value of a column under its new type, where a query can say it.
pub(crate) fn converted(column: &str, types: Pair<&ColumnType>) -> Option<String> {
    let Pair { before, after } = types;
    let labels = |it: &ColumnType| matches!(it, ColumnType::InlineEnum(_) | ColumnType::Set(_));
    // What does not fit is refused, and what fits stays apart. Bytes have no collation.
    let apart = labels(before) || labels(after) || !convert::is_lossy(before, after);
    match convert::conversion(column, before, after) {
        Conversion::ThroughBytes { expr, .. } => Some(expr),
        Conversion::Direct if apart && !is_bytes(after) => Some(column.to_owned()),
        Conversion::Direct => cast(column, after),
        Conversion::Impossible => None,
    }
}

fn is_bytes(data_type: &ColumnType) -> bool {
    matches!(data_type, ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_))
}

/// A value in a type that `CAST` knows.
pub(crate) fn cast(value: &str, data_type: &ColumnType) -> Option<String> {
    let to = |name: String| Some(format!("CAST({value} AS {name})"));
    let fraction =
        |name: &str, precision: Option<u32>| format!("{name}({})", precision.unwrap_or(0));
    match data_type {
        ColumnType::Boolean | ColumnType::Integer { unsigned: false, .. } | ColumnType::Year => {
            to("SIGNED".to_owned())
        }
        ColumnType::Integer { .. } | ColumnType::Bit(_) => to("UNSIGNED".to_owned()),
        ColumnType::Decimal(Some((precision, scale))) => {
            to(format!("DECIMAL({precision},{scale})"))
        }
        ColumnType::Double => Some(format!("{value} + 0e0")),
        ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_) => to("CHAR".to_owned()),
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => {
            to("BINARY".to_owned())
        }
        ColumnType::Date => to("DATE".to_owned()),
        ColumnType::DateTime { precision } | ColumnType::Timestamp { precision, .. } => {
            to(fraction("DATETIME", *precision))
        }
        ColumnType::Time { precision, .. } => to(fraction("TIME", *precision)),
        ColumnType::Float
        | ColumnType::Decimal(None)
        | ColumnType::Money(_)
        | ColumnType::VarBit(_)
        | ColumnType::Interval { .. }
        | ColumnType::Json
        | ColumnType::JsonBinary
        | ColumnType::Uuid
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Enum(_)
        | ColumnType::Domain(_)
        | ColumnType::Array(_)
        | ColumnType::Verbatim(_) => None,
    }
}

/// As the column is compared, where its collation is known.
pub(crate) fn collated(flavor: Flavor, value: Held, kept: &Kept<'_>) -> Option<Held> {
    let Pair { before: column, after: new } = kept.column;
    let spoken = types::has_charset(&column.data_type) || is_bytes(&column.data_type);
    if !types::has_charset(&new.data_type) || !(spoken || kept.using.is_some()) {
        return Some(value);
    }
    let said = |column: &Column, table: &Table, schema: &Schema| {
        let own = column.collation.clone().or(column.charset.clone());
        let own = own.or(table.options.collation.clone()).or(table.options.charset.clone());
        own.or_else(|| schema.collation.0.clone())
    };
    let before = said(column, kept.table.before, kept.schema.before);
    let after = said(new, kept.table.after, kept.schema.after);
    if before == after && types::has_charset(&column.data_type) {
        return Some(value);
    }
    let after = after?;
    // It is a collation, or a character set that means one.
    let (charset, collation) = match charsets::default_collation(flavor, &after) {
        Some(collation) => (after.as_str(), collation),
        None => (charsets::charset_of(&after), after.as_str()),
    };
    let text = value.text();
    Some(Held::Coming(format!("CONVERT({text} USING {charset}) COLLATE {collation}")))
}
