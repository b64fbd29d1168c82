//! How MySQL and MariaDB convert the values of one type to another: the rule for each pair.
//!
//! `MODIFY` converts by itself. In a strict session it fails on values that are invalid or do
//! not fit. The rules here cover what it changes without an error: fractional digits, the
//! time of a date, an enum that becomes its number.

use autogen_schema::{ColumnType, IntWidth, TextSize};

use super::{Flavor, shapes};
use crate::Dialect;

/// How one type is converted to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// `MODIFY` does it.
    Direct,
    /// The values are computed, in bytes that can hold both forms: their number, the expression,
    /// and the condition for rows that still have the old form.
    ThroughBytes { room: u32, expr: String, pending: String },
    /// The values have no meaning in the other type.
    Impossible,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Boolean,
    Integer,
    Number,
    Text,
    Label,
    Bytes,
    Bits,
    Date,
    Moment,
    TimeOfDay,
    Year,
    Json,
    Other,
}

fn family(data_type: &ColumnType) -> Family {
    match data_type {
        ColumnType::Boolean => Family::Boolean,
        ColumnType::Integer { .. } => Family::Integer,
        ColumnType::Float | ColumnType::Double | ColumnType::Decimal(_) | ColumnType::Money(_) => {
            Family::Number
        }
        ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text(_) => Family::Text,
        ColumnType::InlineEnum(_) | ColumnType::Set(_) => Family::Label,
        ColumnType::Binary(_)
        | ColumnType::VarBinary(_)
        | ColumnType::Blob(_)
        | ColumnType::Uuid => Family::Bytes,
        ColumnType::Bit(_) | ColumnType::VarBit(_) => Family::Bits,
        ColumnType::Date => Family::Date,
        ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } => Family::Moment,
        ColumnType::Time { .. } => Family::TimeOfDay,
        ColumnType::Year => Family::Year,
        ColumnType::Json | ColumnType::JsonBinary => Family::Json,
        ColumnType::Interval { .. }
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Enum(_)
        | ColumnType::Domain(_)
        | ColumnType::Array(_)
        | ColumnType::Verbatim(_) => Family::Other,
    }
}

/// A UUID in SeaORM's storage.
const UUID: ColumnType = ColumnType::Binary(Some(16));

/// The conversion of one type to another; `column` is its quoted name.
pub(crate) fn conversion(column: &str, before: &ColumnType, after: &ColumnType) -> Conversion {
    if is_uuid_text(before) && *after == UUID {
        return Conversion::ThroughBytes {
            room: before.length().unwrap_or(255),
            expr: format!("UNHEX(REPLACE({column}, '-', ''))"),
            pending: format!("LENGTH({column}) > 16"),
        };
    }
    if *before == UUID && is_uuid_text(after) {
        let hex = format!("LOWER(HEX({column}))");
        let parts = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]
            .map(|(start, length)| format!("SUBSTR({hex}, {start}, {length})"));
        return Conversion::ThroughBytes {
            room: after.length().unwrap_or(36),
            expr: format!("CONCAT_WS('-', {})", parts.join(", ")),
            pending: format!("LENGTH({column}) = 16"),
        };
    }
    let numeric = |it: Family| {
        matches!(it, Family::Boolean | Family::Integer | Family::Number | Family::Bits)
    };
    match (family(before), family(after)) {
        (from, to) if from == to => Conversion::Direct,
        (from, to) if numeric(from) && numeric(to) => Conversion::Direct,
        (Family::Bits, Family::Text) | (Family::Text, Family::Bits) => Conversion::Impossible,
        (Family::Bytes, Family::Text) if *before == UUID => Conversion::Impossible,
        (Family::Other, _) | (_, Family::Other | Family::Text) | (Family::Text, _) => {
            Conversion::Direct
        }
        (Family::Date | Family::Moment, Family::Date | Family::Moment)
        | (Family::Moment, Family::TimeOfDay)
        | (Family::Integer, Family::Year)
        | (Family::Year, Family::Integer)
        | (Family::Bytes, Family::Label)
        | (Family::Json | Family::Label, Family::Bytes) => Conversion::Direct,
        (
            Family::Boolean
            | Family::Integer
            | Family::Number
            | Family::Label
            | Family::Bytes
            | Family::Bits
            | Family::Date
            | Family::Moment
            | Family::TimeOfDay
            | Family::Year
            | Family::Json,
            _,
        ) => Conversion::Impossible,
    }
}

/// Whether the rows are unchanged, and whether there is a conversion.
pub(crate) fn how(before: &ColumnType, after: &ColumnType) -> (bool, bool) {
    let free = match (before, after) {
        (ColumnType::InlineEnum(from), ColumnType::InlineEnum(to))
        | (ColumnType::Set(from), ColumnType::Set(to)) => to.starts_with(from),
        (from, to) => from == to,
    };
    (free, conversion("value", before, after) != Conversion::Impossible)
}

/// Whether a text can hold a UUID with its dashes.
fn is_uuid_text(data_type: &ColumnType) -> bool {
    matches!(data_type, ColumnType::Text(_))
        || data_type.length().is_some_and(|length| (36..=255).contains(&length))
}

/// Whether values can be lost, changed, or invalid in the new type.
pub(crate) fn is_lossy(before: &ColumnType, after: &ColumnType) -> bool {
    if before == after || (*before == UUID && is_uuid_text(after)) {
        return false;
    }
    if let (ColumnType::InlineEnum(from), ColumnType::InlineEnum(to))
    | (ColumnType::Set(from), ColumnType::Set(to)) = (before, after)
    {
        return from.iter().any(|label| !to.contains(label));
    }
    if let (Some(from), Some(to)) = (range(before), range(after)) {
        let truth = *after == ColumnType::Boolean && *before != ColumnType::Boolean;
        return truth || to.0 > from.0 || to.1 < from.1;
    }
    match (family(before), family(after)) {
        (_, Family::Number) if exact(before).is_some() => !holds(after, before),
        (_, Family::Text | Family::Bytes) if shows_text(before) => !fits(before, after),
        (Family::Bytes, Family::Bytes) => !fits(before, after),
        (Family::Moment, Family::Moment) => {
            let narrower = |it: &ColumnType| matches!(it, ColumnType::Timestamp { .. });
            fraction(after) < fraction(before) || (narrower(after) && !narrower(before))
        }
        (Family::TimeOfDay, Family::TimeOfDay) => fraction(after) < fraction(before),
        (Family::Date, Family::Moment) => matches!(after, ColumnType::Timestamp { .. }),
        (Family::Json, Family::Json) | (Family::Other, Family::Other) => false,
        _other => true,
    }
}

/// The smallest and the largest integer.
fn range(data_type: &ColumnType) -> Option<(i128, i128)> {
    if *data_type == ColumnType::Boolean {
        return Some((0, 1));
    }
    if *data_type == ColumnType::Year {
        return Some((0, 2155));
    }
    if let ColumnType::Bit(size) = data_type {
        return Some((0, (1_i128 << size.unwrap_or(1).min(64)) - 1));
    }
    let ColumnType::Integer { width, unsigned } = data_type else { return None };
    let bits = match width {
        IntWidth::Tiny => 8,
        IntWidth::Small => 16,
        IntWidth::Medium => 24,
        IntWidth::Regular => 32,
        IntWidth::Big => 64,
    };
    Some(match unsigned {
        true => (0, (1_i128 << bits) - 1),
        false => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
    })
}

/// The maximum number of digits before and after the point.
fn exact(data_type: &ColumnType) -> Option<(i64, i64)> {
    if let ColumnType::Decimal(Some((precision, scale))) = data_type {
        return Some((i64::from(*precision) - i64::from(*scale), i64::from(*scale)));
    }
    let (_, most) = range(data_type)?;
    Some((i64::try_from(most.to_string().len()).unwrap_or(i64::MAX), 0))
}

/// Whether a floating-point type represents every exact number of a type.
fn holds(after: &ColumnType, before: &ColumnType) -> bool {
    let Some((whole, scale)) = exact(before) else { return false };
    if let ColumnType::Decimal(Some((precision, kept))) = after {
        return i64::from(*precision) - i64::from(*kept) >= whole && i64::from(*kept) >= scale;
    }
    // Numbers of that many digits have distinct representations.
    let most = if *after == ColumnType::Float { 6 } else { 15 };
    scale == 0 && whole <= most
}

fn fraction(data_type: &ColumnType) -> u32 {
    if let ColumnType::DateTime { precision }
    | ColumnType::Timestamp { precision, .. }
    | ColumnType::Time { precision, .. } = data_type
    {
        return precision.unwrap_or(0);
    }
    0
}

fn bytes_of(size: TextSize) -> u64 {
    match size {
        TextSize::Tiny => 255,
        TextSize::Regular => 65_535,
        TextSize::Medium => 16_777_215,
        TextSize::Long => u64::from(u32::MAX),
    }
}

/// Whether every value has a known text form.
fn shows_text(data_type: &ColumnType) -> bool {
    match family(data_type) {
        Family::Bytes | Family::Bits | Family::Other => false,
        Family::Number => *data_type != ColumnType::Float,
        Family::Boolean
        | Family::Integer
        | Family::Text
        | Family::Label
        | Family::Date
        | Family::Moment
        | Family::TimeOfDay
        | Family::Year
        | Family::Json => true,
    }
}

/// The maximum length of values, in characters and in bytes.
fn longest(data_type: &ColumnType) -> Option<(u64, u64)> {
    let plain = |length: u64| Some((length, length));
    let wide = |length: u64| Some((length, length * 4));
    match data_type {
        ColumnType::Char(length) | ColumnType::Varchar(length) => {
            length.map(u64::from).and_then(wide)
        }
        ColumnType::Text(size) | ColumnType::Blob(size) => plain(bytes_of(*size)),
        ColumnType::Binary(length) | ColumnType::VarBinary(length) => {
            length.map(u64::from).and_then(plain)
        }
        ColumnType::Json => plain(bytes_of(TextSize::Long)),
        ColumnType::Double => plain(24),
        ColumnType::Decimal(Some((precision, _))) => plain(u64::from(*precision) + 2),
        ColumnType::Date => plain(10),
        ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } => plain(26),
        ColumnType::Time { .. } => plain(17),
        ColumnType::Year => plain(4),
        ColumnType::InlineEnum(labels) => {
            wide(labels.iter().map(|label| length_of(label)).max().unwrap_or(0))
        }
        ColumnType::Set(labels) => wide(labels.iter().map(|label| length_of(label) + 1).sum()),
        ColumnType::Boolean
        | ColumnType::Integer { .. }
        | ColumnType::Float
        | ColumnType::Decimal(None)
        | ColumnType::Money(_)
        | ColumnType::Bit(_)
        | ColumnType::VarBit(_)
        | ColumnType::Interval { .. }
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
        | ColumnType::Verbatim(_) => {
            let (least, most) = range(data_type)?;
            plain(length_of(&least.to_string()).max(length_of(&most.to_string())))
        }
    }
}

fn length_of(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

/// Whether every value fits into a text or into bytes. A fixed number of bytes is padded with
/// zeros, which changes shorter values.
fn fits(before: &ColumnType, after: &ColumnType) -> bool {
    let Some((characters, bytes)) = longest(before) else { return false };
    if let ColumnType::Text(size) | ColumnType::Blob(size) = after {
        return bytes <= bytes_of(*size);
    }
    if let ColumnType::VarBinary(room) = after {
        return room.is_some_and(|room| bytes <= u64::from(room));
    }
    after.length().is_some_and(|room| characters <= u64::from(room))
}

/// A condition for values that the conversion would change, or on which it would fail.
pub(crate) fn misfit(column: &str, before: &ColumnType, after: &ColumnType) -> Option<String> {
    if *after == UUID && is_uuid_text(before) {
        let hex = "[0-9a-fA-F]";
        return Some(format!("{column} NOT REGEXP '^{hex}{{8}}-?({hex}{{4}}-?){{3}}{hex}{{12}}$'"));
    }
    if let ColumnType::InlineEnum(labels) = after {
        let labels: Vec<String> =
            labels.iter().map(|label| Dialect::Mysql.quote_text(label)).collect();
        return Some(format!("CAST({column} AS char) NOT IN ({})", labels.join(", ")));
    }
    if let (ColumnType::Set(from), ColumnType::Set(to)) = (before, after) {
        let gone = from.iter().filter(|label| !to.contains(label));
        let found: Vec<String> = gone
            .map(|label| format!("FIND_IN_SET({}, {column}) > 0", Dialect::Mysql.quote_text(label)))
            .collect();
        return (!found.is_empty()).then(|| found.join(" OR "));
    }
    if let ColumnType::Set(labels) = after {
        return Some(none_of_set(column, labels));
    }
    let (from, to) = (family(before), family(after));
    match to {
        Family::Boolean if from == Family::Text => {
            Some(format!("{column} NOT REGEXP '^ *[01] *$'"))
        }
        Family::Boolean => Some(format!("{column} NOT IN (0, 1)")),
        Family::Integer | Family::Bits | Family::Year => whole_misfit(column, before, after),
        Family::Number => number_misfit(column, before, after),
        Family::Text if from == Family::Bytes || from == Family::Other => None,
        Family::Text => text_misfit(column, before, after),
        Family::Bytes if from == Family::Other => None,
        Family::Bytes => bytes_misfit(column, after),
        Family::Date | Family::Moment | Family::TimeOfDay => time_misfit(column, before, after),
        Family::Json if from == Family::Text => Some(format!("NOT JSON_VALID({column})")),
        Family::Json | Family::Label | Family::Other => None,
    }
}

/// Texts that are not a list of these labels: a list has as many parts as labels found in it.
fn none_of_set(column: &str, labels: &[String]) -> String {
    let text = format!("CAST({column} AS char)");
    let found: Vec<String> = labels
        .iter()
        .map(|label| format!("(FIND_IN_SET({}, {text}) > 0)", Dialect::Mysql.quote_text(label)))
        .collect();
    let parts = format!("LENGTH({text}) - LENGTH(REPLACE({text}, ',', '')) + 1");
    format!("{text} <> '' AND {parts} <> {}", found.join(" + "))
}

fn whole_misfit(column: &str, before: &ColumnType, after: &ColumnType) -> Option<String> {
    if family(before) == Family::Text {
        return Some(format!("{column} NOT REGEXP '^ *[-+]?[0-9]+ *$'"));
    }
    let (least, most) = range(after)?;
    let outside = match *after == ColumnType::Year {
        true => format!("{column} <> 0 AND {column} NOT BETWEEN 1901 AND 2155"),
        false => format!("{column} NOT BETWEEN {least} AND {most}"),
    };
    let whole = range(before).is_some();
    Some(if whole { outside } else { format!("{column} <> ROUND({column}) OR {outside}") })
}

fn number_misfit(column: &str, before: &ColumnType, after: &ColumnType) -> Option<String> {
    if family(before) == Family::Text {
        let number = "([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?";
        return Some(format!("{column} NOT REGEXP '^ *[-+]?{number} *$'"));
    }
    if let ColumnType::Decimal(Some((precision, scale))) = after {
        let whole = i64::from(*precision) - i64::from(*scale);
        let zeros = "0".repeat(usize::try_from(whole).unwrap_or_default());
        return Some(format!("{column} <> ROUND({column}, {scale}) OR ABS({column}) >= 1{zeros}"));
    }
    Some(match *after == ColumnType::Float {
        true => format!("ABS({column}) > 3.4e38 OR CAST({column} AS float) <> {column}"),
        // Compared as exact numbers: otherwise both would be compared as doubles.
        false => format!("CAST({column} + 0e0 AS decimal(65, 30)) <> {column}"),
    })
}

fn text_misfit(column: &str, before: &ColumnType, after: &ColumnType) -> Option<String> {
    let long = if let ColumnType::Text(size) = after {
        format!("LENGTH(CONVERT({column} USING utf8mb4)) > {}", bytes_of(*size))
    } else {
        format!("CHAR_LENGTH({column}) > {}", after.length()?)
    };
    // A float prints fewer digits than it has.
    let float = *before == ColumnType::Float;
    Some(match float {
        true => format!("{long} OR CAST(CAST({column} AS char) AS float) <> {column}"),
        false => long,
    })
}

fn bytes_misfit(column: &str, after: &ColumnType) -> Option<String> {
    if let ColumnType::Binary(room) = after {
        return Some(format!("LENGTH({column}) <> {}", room.unwrap_or(1)));
    }
    if let ColumnType::Blob(size) = after {
        return Some(format!("LENGTH({column}) > {}", bytes_of(*size)));
    }
    let ColumnType::VarBinary(Some(room)) = after else { return None };
    Some(format!("LENGTH({column}) > {room}"))
}

fn time_misfit(column: &str, before: &ColumnType, after: &ColumnType) -> Option<String> {
    let timestamp = matches!(after, ColumnType::Timestamp { .. });
    let outside = format!("{column} NOT BETWEEN '1970-01-02' AND '2038-01-18'");
    let unit = 10_u32.pow(6_u32.saturating_sub(fraction(after)));
    let digits = format!("MICROSECOND({column}) % {unit} <> 0");
    match (family(before), family(after)) {
        (Family::Text, to) => {
            let target = if to == Family::Date {
                "date"
            } else if to == Family::TimeOfDay {
                "time(6)"
            } else {
                "datetime(6)"
            };
            let none = format!("CAST({column} AS {target}) IS NULL AND {column} IS NOT NULL");
            let cast = format!("CAST({column} AS {target})");
            Some(match timestamp {
                true => format!("{none} OR {cast} NOT BETWEEN '1970-01-02' AND '2038-01-18'"),
                false => none,
            })
        }
        (Family::Moment, Family::Date) => Some(format!("{column} <> CAST({column} AS date)")),
        // The date is lost, of every value.
        (Family::Moment, Family::TimeOfDay) => Some(format!("{column} IS NOT NULL")),
        (Family::Date, Family::Moment) if timestamp => Some(outside),
        (Family::Moment, Family::Moment) if timestamp => {
            let fewer = fraction(after) < fraction(before);
            Some(if fewer { format!("{outside} OR {digits}") } else { outside })
        }
        (Family::Moment, Family::Moment) | (Family::TimeOfDay, Family::TimeOfDay) => Some(digits),
        _other => None,
    }
}

/// A value for a required column whose values are lost, as an SQL expression.
pub(crate) fn placeholder(flavor: Flavor, data_type: &ColumnType) -> Option<String> {
    let value = match family(data_type) {
        Family::Boolean | Family::Integer | Family::Number | Family::Bits => "0",
        Family::Text | Family::Bytes => "''",
        Family::Date => "'1970-01-02'",
        Family::Moment => "'1970-01-02 00:00:00'",
        Family::TimeOfDay => "'00:00:00'",
        Family::Year => "1970",
        Family::Json => "'{}'",
        Family::Label => {
            let (ColumnType::InlineEnum(labels) | ColumnType::Set(labels)) = data_type else {
                return None;
            };
            return labels.first().map(|label| Dialect::Mysql.quote_text(label));
        }
        Family::Other => return other_placeholder(data_type),
    };
    let large = super::types::is_large(data_type);
    Some(if large && flavor == Flavor::Mysql { format!("({value})") } else { value.to_owned() })
}

/// Source: MySQL manual, 13.3.5, The VECTOR Type; MariaDB knowledge base, "INET4",
/// "INET6" and "UUID Data Type".
fn other_placeholder(data_type: &ColumnType) -> Option<String> {
    if let ColumnType::Vector(length) = data_type {
        return Some(zeros(length.unwrap_or(2048)));
    }
    let ColumnType::Verbatim(text) = data_type else { return None };
    match text.as_str() {
        "inet4" => Some("'0.0.0.0'".to_owned()),
        "inet6" => Some("'::'".to_owned()),
        "uuid" => Some("'00000000-0000-0000-0000-000000000000'".to_owned()),
        other => shapes::placeholder(other),
    }
}

fn zeros(length: u32) -> String {
    let zeros = vec!["0"; usize::try_from(length).unwrap_or_default()];
    format!("(STRING_TO_VECTOR('[{}]'))", zeros.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_numbers() {
        let (long, short) = (ColumnType::Varchar(Some(100)), ColumnType::Varchar(Some(5)));
        assert!(is_lossy(&long, &short));
        assert!(!is_lossy(&short, &long));
        assert!(!is_lossy(&long, &ColumnType::text()));
        let (int, big) = (ColumnType::int(IntWidth::Regular), ColumnType::int(IntWidth::Big));
        assert!(!is_lossy(&int, &big));
        assert!(is_lossy(&big, &int));
        let unsigned = ColumnType::Integer { width: IntWidth::Regular, unsigned: true };
        assert_eq!(
            misfit("`c`", &int, &unsigned).as_deref(),
            Some("`c` NOT BETWEEN 0 AND 4294967295")
        );
        assert_eq!(conversion("`c`", &int, &ColumnType::Date), Conversion::Impossible);
    }
}
