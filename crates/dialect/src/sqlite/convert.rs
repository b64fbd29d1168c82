//! How SQLite converts the values of one type to another. SQLite considers only the affinity
//! and never fails; values that SeaORM stores under a declared type need an explicit
//! conversion.
//!
//! A value that is not of its declared type is unchanged: nothing is lost.

use autogen_schema::ColumnType;

use super::types::{Affinity, affinity, render};

/// The kind of values, beyond their affinity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Boolean,
    Number,
    Text,
    Bytes,
    Date,
    Moment,
    TimeOfDay,
    Json,
    Uuid,
}

fn family(data_type: &ColumnType) -> Family {
    match data_type {
        ColumnType::Boolean => Family::Boolean,
        ColumnType::Date => Family::Date,
        ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } => Family::Moment,
        ColumnType::Time { .. } => Family::TimeOfDay,
        ColumnType::Json | ColumnType::JsonBinary => Family::Json,
        ColumnType::Uuid => Family::Uuid,
        ColumnType::Integer { .. }
        | ColumnType::Float
        | ColumnType::Double
        | ColumnType::Decimal(_)
        | ColumnType::Money(_)
        | ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text(_)
        | ColumnType::Binary(_)
        | ColumnType::VarBinary(_)
        | ColumnType::Blob(_)
        | ColumnType::Year
        | ColumnType::Interval { .. }
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Bit(_)
        | ColumnType::VarBit(_)
        | ColumnType::Enum(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_)
        | ColumnType::Array(_)
        | ColumnType::Domain(_)
        | ColumnType::Verbatim(_) => match affinity(&render(data_type)) {
            Affinity::Integer | Affinity::Real | Affinity::Numeric => Family::Number,
            Affinity::Text => Family::Text,
            Affinity::Blob => Family::Bytes,
        },
    }
}

/// The value of a column under its new type; `column` is its quoted name.
///
/// Sources: <https://sqlite.org/lang_datefunc.html>,
/// <https://sqlite.org/lang_corefunc.html#unhex>; SeaORM stores a UUID as 16 bytes, and
/// moments as text that begins with the date.
pub(crate) fn conversion(column: &str, before: &ColumnType, after: &ColumnType) -> String {
    match (family(before), family(after)) {
        (Family::Number, Family::Boolean) => format!("{column} <> 0"),
        (Family::Number, Family::Text) if is_inexact(before) => {
            // As text a number has 15 digits, or the 17 that identify it exactly.
            let text = format!("CAST({column} AS text)");
            format!("iif(CAST({text} AS real) = {column}, {text}, printf('%!.17g', {column}))")
        }
        (Family::Date, Family::Moment) => format!("coalesce(datetime({column}), {column})"),
        (Family::Moment, Family::Date) => format!("coalesce(date({column}), {column})"),
        (Family::Moment, Family::TimeOfDay) => format!("coalesce(time({column}), {column})"),
        (Family::Text, Family::Uuid) => {
            let bytes = format!("unhex({column}, '-')");
            format!("iif(length({bytes}) = 16, {bytes}, {column})")
        }
        (Family::Uuid, Family::Text) => {
            let digits = |from, count| format!("substr(hex({column}), {from}, {count})");
            let groups = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)];
            let text = groups.map(|(from, count)| digits(from, count)).join(" || '-' || ");
            format!("iif(length({column}) = 16, lower({text}), {column})")
        }
        (Family::Bytes, Family::Text) => format!("CAST({column} AS text)"),
        (Family::Text, Family::Bytes) => format!("CAST({column} AS blob)"),
        // Affinity converts whatever converts without loss.
        (
            Family::Boolean
            | Family::Number
            | Family::Text
            | Family::Bytes
            | Family::Date
            | Family::Moment
            | Family::TimeOfDay
            | Family::Json
            | Family::Uuid,
            _,
        ) => column.to_owned(),
    }
}

/// Whether values can be lost, changed, or invalid in the new type.
pub(crate) fn is_lossy(before: &ColumnType, after: &ColumnType) -> bool {
    match (family(before), family(after)) {
        (Family::Boolean, _) | (Family::Date, Family::Moment) => false,
        (Family::Number, Family::Number) => {
            let (before, after) = (affinity(&render(before)), affinity(&render(after)));
            before != after
                && (before == Affinity::Integer || after == Affinity::Integer)
                && after != Affinity::Numeric
        }
        (Family::Text, Family::Text) => shortens(before.length(), after.length()),
        (from, Family::Text) if from != Family::Bytes => {
            after.length().is_some_and(|room| longest(from).is_none_or(|length| length > room))
        }
        (from, to) => from != to && to != Family::Bytes,
    }
}

/// Whether values may have a fraction.
fn is_inexact(data_type: &ColumnType) -> bool {
    matches!(affinity(&render(data_type)), Affinity::Real | Affinity::Numeric)
}

/// The maximum number of characters of a value's text, as SQLite or SeaORM write it.
fn longest(family: Family) -> Option<u32> {
    match family {
        Family::Boolean => Some(5),
        // A sign, 17 digits, a point, and `e-308`.
        Family::Number => Some(24),
        Family::Date => Some(10),
        // `+262142-12-31 23:59:59.999999999 +00:00`.
        Family::Moment => Some(39),
        Family::TimeOfDay => Some(18),
        Family::Uuid => Some(36),
        Family::Text | Family::Bytes | Family::Json => None,
    }
}

fn shortens(before: Option<u32>, after: Option<u32>) -> bool {
    match (before, after) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(before), Some(after)) => after < before,
    }
}

/// A condition for values that are invalid in the new type, or lose something.
pub(crate) fn misfit(column: &str, before: &ColumnType, after: &ColumnType) -> Option<String> {
    let (from, to) = (family(before), family(after));
    let any = || format!("{column} IS NOT NULL");
    let written = matches!(
        from,
        Family::Text | Family::Json | Family::Date | Family::Moment | Family::TimeOfDay
    );
    if from == to && to != Family::Text && to != Family::Number {
        return None;
    }
    match to {
        Family::Bytes => None,
        Family::Number if from == Family::Boolean => None,
        // A real number is exact for integers up to 2^53.
        Family::Number if from == Family::Number && !is_inexact(before) => Some(format!(
            "typeof({column}) = 'integer' AND CAST(CAST({column} AS real) AS integer) <> {column}"
        )),
        Family::Number if from == Family::Number => {
            Some(format!("typeof({column}) = 'real' AND {column} <> CAST({column} AS integer)"))
        }
        Family::Number if written => Some(format!(
            "typeof({column}) = 'text' AND \
             (trim({column}) = '' OR trim({column}) GLOB '*[^-+.0-9eE]*')"
        )),
        Family::Boolean if from == Family::Number => Some(format!("{column} NOT IN (0, 1)")),
        Family::Boolean if from == Family::Text => {
            Some(format!("trim({column}) NOT IN ('0', '1')"))
        }
        Family::Number | Family::Boolean => Some(any()),
        // The bytes are unchanged; whether they are text cannot be determined.
        Family::Text if from == Family::Bytes => None,
        Family::Text => {
            let text = conversion(column, before, after);
            after.length().map(|length| format!("length({text}) > {length}"))
        }
        Family::Date if from == Family::Moment => {
            Some(format!("coalesce(time({column}), '') <> '00:00:00'"))
        }
        Family::Date if from == Family::Text => Some(format!("date({column}) IS NOT {column}")),
        Family::Moment if from == Family::Text => {
            Some(format!("{column} IS NOT NULL AND datetime({column}) IS NULL"))
        }
        Family::TimeOfDay if from == Family::Text => {
            Some(format!("{column} IS NOT NULL AND time({column}) IS NULL"))
        }
        Family::Date | Family::Moment | Family::TimeOfDay => Some(any()),
        Family::Json => Some(format!("NOT json_valid({column})")),
        Family::Uuid if from == Family::Text => {
            Some(format!("typeof({column}) = 'text' AND length(unhex({column}, '-')) IS NOT 16"))
        }
        Family::Uuid if from == Family::Bytes => Some(format!("length({column}) <> 16")),
        Family::Uuid => Some(any()),
    }
}

/// A value for a required column whose values are lost, as an SQL expression.
pub(crate) fn placeholder(data_type: &ColumnType) -> &'static str {
    match affinity(&render(data_type)) {
        Affinity::Integer | Affinity::Real | Affinity::Numeric => "0",
        Affinity::Text => "''",
        Affinity::Blob => "x''",
    }
}
