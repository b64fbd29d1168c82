//! How MySQL and MariaDB bring the values of one type into another: the rule
//! for each pair.
//!
//! `MODIFY` converts by itself. In a strict session it fails over values that
//! are none of the new type or do not fit; what it changes without a word
//! (digits behind the point, the time of a day, an enum that becomes its
//! number) is what the rules here are about.

use autogen_schema::{Column, ColumnType, IntWidth, TextSize};

use super::Flavor;
use crate::Dialect;

/// The way from one type to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// `MODIFY` does it.
    Direct,
    /// The values are computed, over bytes that hold both forms: how many, the
    /// expression, and what tells the rows that still have the form before.
    ThroughBytes { room: u32, expr: String, pending: String },
    /// The values mean nothing in the other type.
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

/// A UUID as SeaORM keeps it.
const UUID: ColumnType = ColumnType::Binary(Some(16));

/// The way from one type to the other; `column` is its quoted name.
pub(crate) fn conversion(column: &str, before: &ColumnType, after: &ColumnType) -> Conversion {
    if is_uuid_text(before) && *after == UUID {
        return Conversion::ThroughBytes {
            room: before.length().unwrap_or(36),
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
        (Family::Other, _) | (_, Family::Other | Family::Text) | (Family::Text, _) => {
            Conversion::Direct
        }
        (Family::Date | Family::Moment, Family::Date | Family::Moment)
        | (Family::Moment, Family::TimeOfDay)
        | (Family::Integer, Family::Year)
        | (Family::Year, Family::Integer)
        | (Family::Bytes, Family::Json | Family::Label)
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

/// Whether the rows stay as they are, and whether there is a way at all.
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
    data_type.length().is_some_and(|length| (36..=255).contains(&length))
}

/// Whether values can get lost, changed, or be none of the new type.
pub(crate) fn is_lossy(before: &ColumnType, after: &ColumnType) -> bool {
    if before == after || (*before == UUID && is_uuid_text(after)) {
        return false;
    }
    if let (Some(before), Some(after)) = (range(before), range(after)) {
        return after.0 > before.0 || after.1 < before.1 || (after.2 && !before.2);
    }
    if let (Some(before), Some(after)) = (digits(before), digits(after)) {
        return after.0 < before.0 || after.1 < before.1;
    }
    if let (ColumnType::InlineEnum(from), ColumnType::InlineEnum(to))
    | (ColumnType::Set(from), ColumnType::Set(to)) = (before, after)
    {
        return from.iter().any(|label| !to.contains(label));
    }
    match (family(before), family(after)) {
        (Family::Boolean | Family::Integer, Family::Number) => digits(after).is_some(),
        (from, Family::Text) if from != Family::Bytes => {
            longest(before).is_none_or(|length| length > room(after).unwrap_or(u64::MAX))
        }
        (Family::Bytes, Family::Bytes) => {
            longest(before).is_none_or(|length| length > room(after).unwrap_or(u64::MAX))
        }
        (Family::Moment, Family::Moment) => {
            let kind = std::mem::discriminant(before) == std::mem::discriminant(after);
            !kind || fraction(after) < fraction(before)
        }
        (Family::TimeOfDay, Family::TimeOfDay) => fraction(after) < fraction(before),
        (Family::Date, Family::Moment) => matches!(after, ColumnType::Timestamp { .. }),
        (Family::Json, Family::Json) | (Family::Other, Family::Other) => false,
        _other => true,
    }
}

/// The least and the largest number of an integer, and whether it is a boolean.
fn range(data_type: &ColumnType) -> Option<(i128, i128, bool)> {
    if *data_type == ColumnType::Boolean {
        return Some((0, 1, true));
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
        true => (0, (1_i128 << bits) - 1, false),
        false => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1, false),
    })
}

/// The digits before and behind the point of an exact number.
fn digits(data_type: &ColumnType) -> Option<(i64, i64)> {
    if let ColumnType::Decimal(Some((precision, scale))) = data_type {
        return Some((i64::from(*precision) - i64::from(*scale), i64::from(*scale)));
    }
    let (_, most, _) = range(data_type)?;
    Some((i64::try_from(most.to_string().len()).unwrap_or(i64::MAX), 0))
}

fn fraction(data_type: &ColumnType) -> u32 {
    match data_type {
        ColumnType::DateTime { precision }
        | ColumnType::Timestamp { precision, .. }
        | ColumnType::Time { precision, .. } => precision.unwrap_or(0),
        _other => 0,
    }
}

/// How much text or how many bytes a type takes for certain: characters where
/// it counts them, else bytes by the widest character.
fn room(data_type: &ColumnType) -> Option<u64> {
    let sized = |size: &TextSize| match size {
        TextSize::Tiny => 255,
        TextSize::Regular => 65_535,
        TextSize::Medium => 16_777_215,
        TextSize::Long => u64::from(u32::MAX),
    };
    match data_type {
        ColumnType::Char(length)
        | ColumnType::Varchar(length)
        | ColumnType::Binary(length)
        | ColumnType::VarBinary(length) => length.map(u64::from),
        ColumnType::Text(size) => Some(sized(size) / 4),
        ColumnType::Blob(size) => Some(sized(size)),
        _other => None,
    }
}

/// How long the text of any value can be.
fn longest(data_type: &ColumnType) -> Option<u64> {
    match data_type {
        ColumnType::Boolean => Some(1),
        ColumnType::Integer { .. } => {
            let (least, most, _) = range(data_type)?;
            let length = least.to_string().len().max(most.to_string().len());
            u64::try_from(length).ok()
        }
        ColumnType::Decimal(Some((precision, _))) => Some(u64::from(*precision) + 2),
        ColumnType::Date => Some(10),
        ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } => Some(26),
        ColumnType::Time { .. } => Some(17),
        ColumnType::Year => Some(4),
        ColumnType::InlineEnum(labels) => {
            let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
            u64::try_from(longest).ok()
        }
        ColumnType::Text(_) => room(data_type).map(|characters| characters * 4),
        _other => room(data_type),
    }
}

/// Whether foreign keys from or to a column survive its change. Both ends must
/// be of one type, and text of one collation; MySQL minds no longer text, and
/// MariaDB no column that begins to count.
///
/// Source: tried on MySQL 9.7 and MariaDB 10.11, with `foreign_key_checks` on.
pub(crate) fn keeps_references(flavor: Flavor, before: &Column, after: &Column) -> bool {
    let spelled = before.charset == after.charset && before.collation == after.collation;
    let typed = match (&before.data_type, &after.data_type) {
        (ColumnType::Varchar(Some(from)), ColumnType::Varchar(Some(to))) if from <= to => {
            from == to || flavor == Flavor::Mysql
        }
        (from, to) => from == to,
    };
    let counted = before.identity == after.identity || flavor == Flavor::Mariadb;
    spelled && typed && counted && before.generated == after.generated
}

/// A condition that holds for values which the conversion would change, or
/// over which it would fail.
pub(crate) fn misfit(column: &str, before: &ColumnType, after: &ColumnType) -> Option<String> {
    let labels = |labels: &[String]| {
        let labels: Vec<String> =
            labels.iter().map(|label| Dialect::Mysql.quote_text(label)).collect();
        labels.join(", ")
    };
    if *after == UUID && is_uuid_text(before) {
        let hex = "[0-9a-fA-F]";
        return Some(format!("{column} NOT REGEXP '^{hex}{{8}}-?({hex}{{4}}-?){{3}}{hex}{{12}}$'"));
    }
    if let (ColumnType::Set(from), ColumnType::Set(to)) = (before, after) {
        let gone = from.iter().filter(|label| !to.contains(label));
        let found: Vec<String> = gone
            .map(|label| format!("FIND_IN_SET({}, {column}) > 0", Dialect::Mysql.quote_text(label)))
            .collect();
        return (!found.is_empty()).then(|| found.join(" OR "));
    }
    if let ColumnType::InlineEnum(to) = after {
        return Some(format!("CAST({column} AS char) NOT IN ({})", labels(to)));
    }
    match (family(before), family(after)) {
        (_, Family::Boolean) if family(before) != Family::Text => {
            Some(format!("{column} NOT IN (0, 1)"))
        }
        (Family::Text, Family::Boolean | Family::Integer) => {
            Some(format!("{column} NOT REGEXP '^ *[-+]?[0-9]+ *$'"))
        }
        (Family::Text, Family::Number) => Some(format!(
            "{column} NOT REGEXP '^ *[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)? *$'"
        )),
        (Family::Boolean | Family::Integer | Family::Number, Family::Integer) => {
            let (least, most, _) = range(after)?;
            let outside = format!("{column} NOT BETWEEN {least} AND {most}");
            let whole = family(before) != Family::Number;
            Some(if whole { outside } else { format!("{column} <> ROUND({column}) OR {outside}") })
        }
        (Family::Integer | Family::Number, Family::Number) => {
            let (whole, scale) = digits(after)?;
            let zeros = "0".repeat(usize::try_from(whole).unwrap_or_default());
            Some(format!("{column} <> ROUND({column}, {scale}) OR ABS({column}) >= 1{zeros}"))
        }
        (Family::Text | Family::Json, Family::Text) => {
            after.length().map(|length| format!("CHAR_LENGTH({column}) > {length}"))
        }
        (Family::Bytes, Family::Bytes) => {
            room(after).map(|room| format!("LENGTH({column}) > {room}"))
        }
        (Family::Bytes | Family::Other, Family::Text) => None,
        (_, Family::Text) => {
            after.length().map(|length| format!("CHAR_LENGTH({column}) > {length}"))
        }
        (Family::Text, Family::Date | Family::Moment | Family::TimeOfDay) => {
            let target = match family(after) {
                Family::Date => "date",
                Family::TimeOfDay => "time",
                _other => "datetime",
            };
            Some(format!("CAST({column} AS {target}) IS NULL AND {column} IS NOT NULL"))
        }
        (Family::Text, Family::Json) => Some(format!("NOT JSON_VALID({column})")),
        (Family::Moment, Family::Date) => Some(format!("TIME({column}) <> '00:00:00'")),
        (Family::Moment, Family::Moment) | (Family::TimeOfDay, Family::TimeOfDay)
            if fraction(after) < fraction(before) =>
        {
            let unit = 10_u32.pow(6_u32.saturating_sub(fraction(after)));
            Some(format!("MICROSECOND({column}) % {unit} <> 0"))
        }
        (
            Family::Boolean
            | Family::Integer
            | Family::Number
            | Family::Text
            | Family::Label
            | Family::Bytes
            | Family::Bits
            | Family::Date
            | Family::Moment
            | Family::TimeOfDay
            | Family::Year
            | Family::Json
            | Family::Other,
            _,
        ) => None,
    }
}

/// A value for a required column whose values are gone, as an SQL expression.
pub(crate) fn neutral(flavor: Flavor, data_type: &ColumnType) -> Option<String> {
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
        Family::Other => return None,
    };
    let large = matches!(data_type, ColumnType::Text(_) | ColumnType::Blob(_) | ColumnType::Json);
    Some(if large && flavor == Flavor::Mysql { format!("({value})") } else { value.to_owned() })
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
