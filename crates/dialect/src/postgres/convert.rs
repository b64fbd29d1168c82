//! How PostgreSQL converts the values of one type to another.
//!
//! Source: PostgreSQL manual, 10.4 "Value Storage" and `CREATE CAST`: an assignment cast
//! needs no USING, and unlike an explicit one it rejects text that is too long.

use autogen_schema::{ColumnType, IntWidth, Pair, Schema};

use super::types::render;
use crate::Dialect;

/// What a change of type requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// The rows are unchanged.
    Free,
    /// The rows are unchanged if the session's time zone is UTC; in any other one the moments
    /// would shift, and the table would be rewritten.
    FreeInUtc,
    /// `ALTER .. TYPE` converts by itself, and rewrites the table.
    Assignment,
    /// An expression is needed.
    Using(String),
    /// There is no conversion to choose.
    Impossible,
}

/// The groups within which values convert by assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Boolean,
    Integer,
    Number,
    Text,
    Bytes,
    Moment,
    TimeOfDay,
    Interval,
    Json,
    Uuid,
    Network,
    Bits,
    Enum,
    Array,
    Other,
}

pub(super) fn family(data_type: &ColumnType) -> Family {
    match data_type {
        ColumnType::Boolean => Family::Boolean,
        ColumnType::Integer { .. } | ColumnType::Year => Family::Integer,
        ColumnType::Float | ColumnType::Double | ColumnType::Decimal(_) => Family::Number,
        ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_) => Family::Text,
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => Family::Bytes,
        ColumnType::Date | ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } => {
            Family::Moment
        }
        ColumnType::Time { .. } => Family::TimeOfDay,
        ColumnType::Interval { .. } => Family::Interval,
        ColumnType::Json | ColumnType::JsonBinary => Family::Json,
        ColumnType::Uuid => Family::Uuid,
        ColumnType::Inet | ColumnType::Cidr => Family::Network,
        ColumnType::Bit(_) | ColumnType::VarBit(_) => Family::Bits,
        ColumnType::Enum(_) => Family::Enum,
        ColumnType::Array(_) => Family::Array,
        ColumnType::Money(_)
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Domain(_)
        | ColumnType::Verbatim(_) => Family::Other,
    }
}

/// The conversion of one type to another, through domains: an old domain, and a new one
/// without restrictions, are equal to their base types. Source:
/// `ATColumnChangeRequiresRewrite`, and `relfilenode` observed on 15: only a length that a
/// domain may have is checked again.
pub(crate) fn conversion_over(
    column: &str,
    schema: &Schema,
    types: Pair<&ColumnType>,
) -> Conversion {
    let Pair { before, after } = types;
    let (from, to) = (schema.underlying(before, true), schema.underlying(after, false));
    let through = (from, to) != (before, after);
    let measured = from != before && to == after && render(after).contains('(');
    match is_free(from, to) {
        true if through && measured => Conversion::Assignment,
        true if through => Conversion::Free,
        true | false => conversion(column, before, after),
    }
}

/// The conversion of one type to another; `column` is its quoted name.
pub(crate) fn conversion(column: &str, before: &ColumnType, after: &ColumnType) -> Conversion {
    if is_free(before, after) {
        return Conversion::Free;
    }
    if let (Some(from), Some(to)) = (zoned(before), zoned(after))
        && from.0 != to.0
    {
        return match from.1 == to.1 {
            true => Conversion::FreeInUtc,
            false => Conversion::Using(format!("{column} AT TIME ZONE 'UTC'")),
        };
    }
    let has_zone = |it: &ColumnType| zoned(it).is_some_and(|(zone, _)| zone);
    if *before == ColumnType::Date && has_zone(after) {
        return Conversion::Using(format!("{column}::timestamp AT TIME ZONE 'UTC'"));
    }
    if has_zone(before) && *after == ColumnType::Date {
        return Conversion::Using(format!("({column} AT TIME ZONE 'UTC')::date"));
    }
    if let (ColumnType::Array(before), ColumnType::Array(after)) = (before, after)
        && matches!(conversion(column, before, after), Conversion::Free | Conversion::Assignment)
    {
        return Conversion::Assignment;
    }
    let target = render(after);
    let cast = || Conversion::Using(format!("{column}::{target}"));
    match (family(before), family(after)) {
        (Family::Integer | Family::Number, Family::Integer | Family::Number) => {
            Conversion::Assignment
        }
        (from, to)
            if from == to && !matches!(from, Family::Enum | Family::Other | Family::Array) =>
        {
            Conversion::Assignment
        }
        (Family::Array, Family::Array) => cast(),
        (Family::Bytes, Family::Text) => {
            Conversion::Using(format!("convert_from({column}, 'UTF8')"))
        }
        (Family::Text, Family::Bytes) => Conversion::Using(format!("convert_to({column}, 'UTF8')")),
        (Family::Enum, Family::Enum) => Conversion::Using(format!("{column}::text::{target}")),
        (Family::Boolean, Family::Integer) if *after == ColumnType::int(IntWidth::Regular) => {
            cast()
        }
        (Family::Boolean, Family::Integer) => {
            Conversion::Using(format!("{column}::integer::{target}"))
        }
        (Family::Integer, Family::Boolean) => Conversion::Using(format!("{column} <> 0")),
        (Family::Text, Family::Array) => Conversion::Impossible,
        (Family::Array, _) | (_, Family::Array) => Conversion::Impossible,
        (Family::Text, _) => cast(),
        (_, Family::Text) => Conversion::Assignment,
        // A date has no time of day.
        (Family::Moment, Family::TimeOfDay) if *before == ColumnType::Date => {
            Conversion::Impossible
        }
        (Family::Moment, Family::TimeOfDay) => cast(),
        // Only jsonb has such casts, and they round.
        (Family::Json, Family::Boolean | Family::Integer | Family::Number) => {
            Conversion::Using(format!("({column} #>> '{{}}')::{target}"))
        }
        // There are no casts between them.
        (Family::Other, Family::Other) if is_range(before) && is_range(after) => {
            Conversion::Using(format!("{column}::text::{target}"))
        }
        (Family::Other, _) | (_, Family::Other) if is_cast_missing(before, after) => {
            Conversion::Impossible
        }
        (Family::Other, _) | (_, Family::Other) => cast(),
        (
            Family::Boolean
            | Family::Integer
            | Family::Number
            | Family::Bytes
            | Family::Moment
            | Family::TimeOfDay
            | Family::Interval
            | Family::Json
            | Family::Uuid
            | Family::Network
            | Family::Bits
            | Family::Enum,
            _,
        ) => Conversion::Impossible,
    }
}

/// The casts of those built-in types that have few; text is converted to and from any.
///
/// Source: `pg_cast` of PostgreSQL 15.
#[rustfmt::skip]
const CASTS: [(&str, &str); 32] = [
    ("money", "numeric"), ("numeric", "money"), ("integer", "money"), ("bigint", "money"),
    ("xid8", "xid"), ("smallint", "oid"), ("integer", "oid"), ("bigint", "oid"),
    ("oid", "integer"), ("oid", "bigint"), ("point", "box"), ("lseg", "point"),
    ("path", "polygon"), ("box", "point"), ("box", "lseg"), ("box", "polygon"),
    ("box", "circle"), ("polygon", "point"), ("polygon", "path"), ("polygon", "box"),
    ("polygon", "circle"), ("circle", "point"), ("circle", "box"), ("circle", "polygon"),
    ("macaddr", "macaddr8"), ("macaddr8", "macaddr"),
    ("int4range", "int4multirange"), ("int8range", "int8multirange"),
    ("numrange", "nummultirange"), ("daterange", "datemultirange"),
    ("tsrange", "tsmultirange"), ("tstzrange", "tstzmultirange"),
];

/// Whether the server has no cast between two types of its own. Types of extensions may
/// bring some.
fn is_cast_missing(before: &ColumnType, after: &ColumnType) -> bool {
    let known = |data_type: &ColumnType| {
        let ColumnType::Verbatim(name) = data_type else { return is_own(data_type) };
        let extended = matches!(name.as_str(), "hstore" | "citext" | "name" | "\"char\"");
        !extended && !name.as_str().ends_with("[]") && verbatim_placeholder(name.as_str()).is_some()
    };
    let bare = |data_type: &ColumnType| {
        let text = render(data_type);
        text.split('(').next().unwrap_or_default().to_owned()
    };
    let (from, to) = (bare(before), bare(after));
    let listed = CASTS.iter().any(|(before, after)| *before == from && *after == to);
    known(before) && known(after) && !listed
}

/// Whether a type that is not written as the catalog has it is one of the server's own.
fn is_own(data_type: &ColumnType) -> bool {
    let extended = matches!(data_type, ColumnType::LTree | ColumnType::Vector(_));
    !extended && !matches!(data_type, ColumnType::Domain(_) | ColumnType::Enum(_))
}

/// The changes that do not touch rows. Source: observed on PostgreSQL 12, 15 and 18 by
/// `relfilenode`.
fn is_free(before: &ColumnType, after: &ColumnType) -> bool {
    match (before, after) {
        (ColumnType::Varchar(_), ColumnType::Text(_) | ColumnType::Varchar(None))
        | (ColumnType::Text(_), ColumnType::Varchar(None)) => true,
        (ColumnType::Varchar(Some(before)), ColumnType::Varchar(Some(after))) => before <= after,
        (ColumnType::Decimal(Some(_)), ColumnType::Decimal(None)) => true,
        (ColumnType::Decimal(Some(before)), ColumnType::Decimal(Some(after))) => {
            before.0 <= after.0 && before.1 == after.1
        }
        (before, after) => before == after,
    }
}

/// Whether a type of moments has a time zone, and its precision.
pub(super) fn zoned(data_type: &ColumnType) -> Option<(bool, u32)> {
    if let ColumnType::Timestamp { precision, tz } = data_type {
        return Some((*tz, precision.unwrap_or(6)));
    }
    let ColumnType::DateTime { precision } = data_type else { return None };
    Some((false, precision.unwrap_or(6)))
}

/// The maximum number of characters of a value's text.
fn longest(data_type: &ColumnType) -> Option<u32> {
    if let ColumnType::Integer { width, .. } = data_type {
        return Some(match width {
            IntWidth::Tiny | IntWidth::Small => 6,
            IntWidth::Medium | IntWidth::Regular => 11,
            IntWidth::Big => 20,
        });
    }
    let fixed = [(ColumnType::Boolean, 5), (ColumnType::Uuid, 36)];
    fixed.iter().find(|(it, _)| it == data_type).map(|(_, length)| *length)
}

/// Whether the rows are unchanged, and whether there is a conversion.
pub(crate) fn how(before: &ColumnType, after: &ColumnType) -> (bool, bool) {
    match conversion("value", before, after) {
        Conversion::Free | Conversion::FreeInUtc => (true, true),
        Conversion::Assignment | Conversion::Using(_) => (false, true),
        Conversion::Impossible => (false, false),
    }
}

/// Whether values can be lost or changed by the conversion.
pub(crate) fn is_lossy(before: &ColumnType, after: &ColumnType) -> bool {
    if is_free(before, after) {
        return false;
    }
    if let (ColumnType::Array(before), ColumnType::Array(after)) = (before, after) {
        return is_lossy(before, after);
    }
    if let (Some(before), Some(after)) = (digits(before), digits(after)) {
        return after.0 < before.0 || after.1 < before.1;
    }
    if let (Some(from), Some(to)) = (zoned(before), zoned(after)) {
        return to.1 < from.1;
    }
    if let Some(shorter) = loses_digits(before, after) {
        return shorter;
    }
    if let Some(inexact) = loses_in_float(before, after) {
        return inexact;
    }
    match (family(before), family(after)) {
        (Family::Text, Family::Text) => true,
        (Family::Json, Family::Json) => matches!(before, ColumnType::Json),
        (from, Family::Text) => {
            let fits = |room| longest(before).is_some_and(|length| length <= room);
            from == Family::Bytes || after.length().is_some_and(|room| !fits(room))
        }
        (Family::Integer | Family::Boolean, Family::Number | Family::Integer) => false,
        (Family::Moment, Family::Moment) => {
            *before != ColumnType::Date || matches!(after, ColumnType::Date)
        }
        _other => true,
    }
}

/// A condition for values that the conversion would change, or cannot convert: for the latter
/// the condition itself fails, with an error of class 22.
pub(crate) fn misfit(column: &str, before: &ColumnType, after: &ColumnType) -> Option<String> {
    let converted = match conversion(column, before, after) {
        Conversion::Free | Conversion::FreeInUtc | Conversion::Impossible => return None,
        Conversion::Assignment => format!("{column}::{}", render(after)),
        Conversion::Using(expr) => expr,
    };
    match (family(before), family(after)) {
        // Any type converts to text, and explicitly from it.
        (Family::Other, _) | (_, Family::Other) => {
            let back = format!("({converted})::text::{}", render(before));
            Some(format!("({back})::text IS DISTINCT FROM {column}::text"))
        }
        (Family::Text, to) if to != Family::Text => {
            Some(format!("({converted}) IS NULL AND {column} IS NOT NULL"))
        }
        (Family::Json | Family::Bytes, _) => {
            Some(format!("({converted}) IS NULL AND {column} IS NOT NULL"))
        }
        // The date is lost, whatever it is.
        (Family::Moment, Family::TimeOfDay) => Some(format!("{column} IS NOT NULL")),
        (_, Family::Boolean) => {
            let back = render(before);
            Some(format!("({converted})::integer::{back} IS DISTINCT FROM {column}"))
        }
        (
            Family::Boolean
            | Family::Integer
            | Family::Number
            | Family::Text
            | Family::Moment
            | Family::TimeOfDay
            | Family::Interval
            | Family::Uuid
            | Family::Network
            | Family::Bits
            | Family::Enum
            | Family::Array,
            _,
        ) => Some(format!("({converted})::{} IS DISTINCT FROM {column}", render(before))),
    }
}

/// Whether a floating-point number has too few digits: 24 or 53 binary ones, in which 6 or 15
/// decimal ones survive a round trip.
fn loses_in_float(before: &ColumnType, after: &ColumnType) -> Option<bool> {
    let (width, digits) = match *after == ColumnType::Float {
        true => (IntWidth::Small, 6),
        false if *after == ColumnType::Double => (IntWidth::Regular, 15),
        false => return None,
    };
    if let ColumnType::Integer { width: own, .. } = before {
        return Some(*own > width);
    }
    let ColumnType::Decimal(Some((own, _))) = before else { return None };
    Some(*own > digits)
}

/// Whether a time of the same kind keeps fewer fractional digits.
fn loses_digits(before: &ColumnType, after: &ColumnType) -> Option<bool> {
    let most = |digits: &Option<u32>| digits.unwrap_or(6);
    let fewer = |before, after| Some(most(after) < most(before));
    if let (ColumnType::DateTime { precision: a }, ColumnType::DateTime { precision: b }) =
        (before, after)
    {
        return fewer(a, b);
    }
    if let (
        ColumnType::Timestamp { precision: a, tz: true },
        ColumnType::Timestamp { precision: b, tz: true },
    ) = (before, after)
    {
        return fewer(a, b);
    }
    if let (ColumnType::Time { precision: a, tz: x }, ColumnType::Time { precision: b, tz: y }) =
        (before, after)
    {
        return fewer(a, b).map(|it| it || (*x && !y));
    }
    if let (
        ColumnType::Interval { fields, precision: a },
        ColumnType::Interval { fields: wanted, precision: b },
    ) = (before, after)
    {
        return fewer(a, b).map(|it| it || (wanted.is_some() && fields != wanted));
    }
    None
}

/// The digits before and after the point of an exact number.
fn digits(data_type: &ColumnType) -> Option<(i64, i64)> {
    if let ColumnType::Integer { width, .. } = data_type {
        return Some(match width {
            IntWidth::Tiny | IntWidth::Small => (5, 0),
            IntWidth::Medium | IntWidth::Regular => (10, 0),
            IntWidth::Big => (19, 0),
        });
    }
    let ColumnType::Decimal(size) = data_type else { return None };
    let any = i64::from(i32::MAX);
    let size =
        size.map(|(precision, scale)| (i64::from(precision) - i64::from(scale), i64::from(scale)));
    Some(size.unwrap_or((any, any)))
}

/// A value of a type, possibly a type of the schema, as an SQL expression.
pub(crate) fn placeholder_in(schema: &Schema, data_type: &ColumnType) -> Option<String> {
    match data_type.named() {
        None => placeholder(data_type),
        // For an array of a named type, an empty array.
        Some(_) if matches!(data_type, ColumnType::Array(_)) => placeholder(data_type),
        Some(name) => match (schema.enums.get(name), schema.domains.get(name)) {
            (Some(labels), _) => labels.values.first().map(|it| Dialect::Postgres.quote_text(it)),
            (None, Some(domain)) => placeholder_in(schema, &domain.base),
            (None, None) => None,
        },
    }
}

/// A value for a required column whose values are lost, as an SQL expression.
fn placeholder(data_type: &ColumnType) -> Option<String> {
    let value = match family(data_type) {
        Family::Boolean => "FALSE",
        Family::Integer | Family::Number => "0",
        Family::Text | Family::Bytes => "''",
        Family::Moment => "'1970-01-01'",
        Family::TimeOfDay => "'00:00'",
        Family::Interval => "'0'",
        Family::Json | Family::Array => "'{}'",
        Family::Uuid => "'00000000-0000-0000-0000-000000000000'",
        Family::Network => "'0.0.0.0'",
        Family::Bits => return Some(zeros(data_type)),
        Family::Enum => return None,
        Family::Other => return other_placeholder(data_type),
    };
    Some(value.to_owned())
}

fn zeros(data_type: &ColumnType) -> String {
    let length = if let ColumnType::Bit(length) = data_type { length.unwrap_or(1) } else { 0 };
    format!("B'{}'", "0".repeat(usize::try_from(length).unwrap_or_default()))
}

fn other_placeholder(data_type: &ColumnType) -> Option<String> {
    if let ColumnType::Verbatim(name) = data_type {
        return verbatim_placeholder(name.as_str()).map(str::to_owned);
    }
    let money = matches!(data_type, ColumnType::Money(_)).then_some("0");
    let address = matches!(data_type, ColumnType::MacAddr).then_some("'00:00:00:00:00:00'");
    let path = matches!(data_type, ColumnType::LTree).then_some("''");
    let plain = money.or(address).or(path).map(str::to_owned);
    plain.or_else(|| {
        let ColumnType::Vector(length) = data_type else { return None };
        let zeros = vec!["0"; usize::try_from(length.unwrap_or(1)).unwrap_or_default()];
        Some(format!("'[{}]'", zeros.join(",")))
    })
}

/// Whether the type is a built-in range.
pub(crate) fn is_range(data_type: &ColumnType) -> bool {
    matches!(data_type, ColumnType::Verbatim(name) if verbatim_placeholder(name.as_str()) == Some("'empty'"))
}

/// Source: <https://www.postgresql.org/docs/15/rangetypes.html> and the input
/// forms of each type there.
fn verbatim_placeholder(name: &str) -> Option<&'static str> {
    Some(match name {
        "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange" => "'empty'",
        "int4multirange" | "int8multirange" | "nummultirange" | "tsmultirange"
        | "tstzmultirange" | "datemultirange" => "'{}'",
        "tsvector" | "tsquery" | "hstore" | "citext" | "xml" | "name" => "''",
        "point" => "'(0,0)'",
        "line" => "'{1,0,0}'",
        "lseg" | "box" => "'(0,0),(0,0)'",
        "path" | "polygon" => "'((0,0))'",
        "circle" => "'<(0,0),0>'",
        "macaddr8" => "'00:00:00:00:00:00:00:00'",
        "jsonpath" => "'$'",
        "pg_lsn" => "'0/0'",
        "pg_snapshot" | "txid_snapshot" => "'1:1:'",
        "oid" | "xid" | "xid8" | "cid" => "'0'",
        "tid" => "'(0,0)'",
        "\"char\"" => "''",
        array if array.ends_with("[]") => "'{}'",
        _other => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_cut_in_silence() {
        let long = ColumnType::Varchar(Some(100));
        let short = ColumnType::Varchar(Some(5));
        assert_eq!(conversion("c", &long, &short), Conversion::Assignment);
        assert!(is_lossy(&long, &short));
        assert_eq!(conversion("c", &short, &long), Conversion::Free);
    }

    #[test]
    fn only_types_of_extensions_may_have_casts_that_are_not_known() {
        let named = |name: &str| ColumnType::Verbatim(name.into());
        let bits = ColumnType::Bit(Some(4));
        let way = |before: &ColumnType, after: &ColumnType| conversion("c", before, after);
        assert_eq!(way(&bits, &named("int4range")), Conversion::Impossible);
        assert_eq!(way(&ColumnType::Money(None), &ColumnType::Uuid), Conversion::Impossible);
        assert_eq!(way(&named("box"), &named("circle")), Conversion::Using("c::circle".into()));
        assert_eq!(way(&bits, &named("citext")), Conversion::Using("c::citext".into()));
    }

    #[test]
    fn text_to_number_needs_using() {
        assert_eq!(
            conversion("\"c\"", &ColumnType::text(), &ColumnType::int(IntWidth::Regular)),
            Conversion::Using("\"c\"::integer".into())
        );
    }
}
