//! MySQL's column types: read from `COLUMN_TYPE`, written for DDL.
//!
//! Source: MySQL manual, chapter 13 "Data Types"; MariaDB's "Data Types". A model's type
//! means what sea-query 1.0 writes for it.

use autogen_schema::{ColumnType, IntWidth, TextSize};

use super::{Flavor, shapes};
use crate::type_text::{TypeText, normalize};

/// Reads a type from the catalog or a user. Unknown ones become [`ColumnType::Verbatim`], and
/// so do integers with an explicit display width.
pub fn parse(text: &str) -> ColumnType {
    let trimmed = text.trim();
    if let Some(labels) = labels_of(trimmed, "enum") {
        return ColumnType::InlineEnum(labels);
    }
    if let Some(labels) = labels_of(trimmed, "set") {
        return ColumnType::Set(labels);
    }
    scalar(&TypeText::split(trimmed))
        .unwrap_or_else(|| ColumnType::Verbatim(shapes::spelled(normalize(trimmed))))
}

fn scalar(parts: &TypeText) -> Option<ColumnType> {
    if parts.dimensions > 0 || !parts.has_numbers_up_to(2) {
        return None;
    }
    let (name, unsigned) = match parts.name.strip_suffix(" unsigned") {
        Some(name) => (name, true),
        None => (parts.name.as_str(), false),
    };
    if let Some(width) = integer(name) {
        return self::width(width, unsigned, parts);
    }
    if unsigned {
        return None;
    }
    let length = parts.number(0);
    Some(match (name, parts.args.len()) {
        ("bool" | "boolean", 0) => ColumnType::Boolean,
        ("float", 0) => ColumnType::Float,
        ("double" | "double precision" | "real", 0) => ColumnType::Double,
        ("decimal" | "dec" | "numeric" | "fixed", 0..=2) => {
            let scale = parts.number(1).unwrap_or(0);
            ColumnType::Decimal(Some((length.unwrap_or(10), scale)))
        }
        ("char" | "character", 0 | 1) => ColumnType::Char(length.or(Some(1))),
        ("varchar" | "character varying", 1) => ColumnType::Varchar(length),
        ("tinytext", 0) => ColumnType::Text(TextSize::Tiny),
        ("text", 0) => ColumnType::Text(TextSize::Regular),
        ("mediumtext", 0) => ColumnType::Text(TextSize::Medium),
        ("longtext", 0) => ColumnType::Text(TextSize::Long),
        ("binary", 0 | 1) => ColumnType::Binary(length.or(Some(1))),
        ("varbinary", 1) => ColumnType::VarBinary(length),
        ("tinyblob", 0) => ColumnType::Blob(TextSize::Tiny),
        ("blob", 0) => ColumnType::Blob(TextSize::Regular),
        ("mediumblob", 0) => ColumnType::Blob(TextSize::Medium),
        ("longblob", 0) => ColumnType::Blob(TextSize::Long),
        ("bit", 0 | 1) => ColumnType::Bit(length.or(Some(1))),
        ("date", 0) => ColumnType::Date,
        ("time", 0 | 1) => ColumnType::Time { precision: digits(length), tz: false },
        ("datetime", 0 | 1) => ColumnType::DateTime { precision: digits(length) },
        ("timestamp", 0 | 1) => ColumnType::Timestamp { precision: digits(length), tz: false },
        ("year", 0 | 1) if length.is_none_or(|it| it == 4) => ColumnType::Year,
        ("json", 0) => ColumnType::Json,
        ("vector", 1) => ColumnType::Vector(length),
        _ => return None,
    })
}

/// No fractional digits are the default.
fn digits(precision: Option<u32>) -> Option<u32> {
    precision.filter(|digits| *digits > 0)
}

fn integer(name: &str) -> Option<IntWidth> {
    Some(match name {
        "tinyint" => IntWidth::Tiny,
        "smallint" => IntWidth::Small,
        "mediumint" => IntWidth::Medium,
        "int" | "integer" => IntWidth::Regular,
        "bigint" => IntWidth::Big,
        _ => return None,
    })
}

/// An integer without a display width, or with the one that MariaDB prints for every integer;
/// `tinyint(1)` is a boolean for both.
fn width(width: IntWidth, unsigned: bool, parts: &TypeText) -> Option<ColumnType> {
    let implied = match (width, unsigned) {
        (IntWidth::Tiny, false) => 4,
        (IntWidth::Tiny, true) => 3,
        (IntWidth::Small, false) => 6,
        (IntWidth::Small, true) => 5,
        (IntWidth::Medium, false) => 9,
        (IntWidth::Medium, true) => 8,
        (IntWidth::Regular, false) => 11,
        (IntWidth::Regular, true) => 10,
        (IntWidth::Big, _) => 20,
    };
    let plain = ColumnType::Integer { width, unsigned };
    match (parts.args.len(), parts.number::<u32>(0)) {
        (0, _) => Some(plain),
        (1, Some(shown)) if shown == implied => Some(plain),
        (1, Some(1)) if width == IntWidth::Tiny && !unsigned => Some(ColumnType::Boolean),
        _ => None,
    }
}

/// The labels between the parentheses of `enum(..)` or `set(..)`.
fn labels_of(text: &str, word: &str) -> Option<Vec<String>> {
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?.trim_start();
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let mut rest = rest.strip_prefix('(')?.trim_start();
    let mut labels = Vec::new();
    loop {
        let (label, behind) = super::defaults::read_text(rest)?;
        labels.push(label);
        let behind = behind.trim_start();
        if let Some(more) = behind.strip_prefix(',') {
            rest = more.trim_start();
            continue;
        }
        return (behind.trim() == ")").then_some(labels);
    }
}

/// The type as the server stores it: the result of [`parse`] for the output of [`render`].
pub(crate) fn canonical(flavor: Flavor, data_type: &ColumnType) -> ColumnType {
    match data_type {
        ColumnType::Decimal(None) | ColumnType::Money(None) => ColumnType::Decimal(Some((10, 0))),
        ColumnType::Money(Some((precision, scale))) => {
            let scale = i32::try_from(*scale).unwrap_or(i32::MAX);
            ColumnType::Decimal(Some((*precision, scale)))
        }
        ColumnType::Char(length) => ColumnType::Char(length.or(Some(1))),
        ColumnType::Varchar(length) => ColumnType::Varchar(length.or(Some(255))),
        ColumnType::Binary(length) => ColumnType::Binary(length.or(Some(1))),
        ColumnType::VarBinary(length) => ColumnType::VarBinary(length.or(Some(255))),
        ColumnType::Bit(length) | ColumnType::VarBit(length) => ColumnType::Bit(length.or(Some(1))),
        ColumnType::Time { precision, .. } => {
            ColumnType::Time { precision: digits(*precision), tz: false }
        }
        ColumnType::DateTime { precision } => {
            ColumnType::DateTime { precision: digits(*precision) }
        }
        ColumnType::Timestamp { precision, .. } => {
            ColumnType::Timestamp { precision: digits(*precision), tz: false }
        }
        ColumnType::JsonBinary => ColumnType::Json,
        // As in sea-query, on MariaDB too: values are sent in this form.
        ColumnType::Uuid => ColumnType::Binary(Some(16)),
        ColumnType::Inet if flavor == Flavor::Mariadb => ColumnType::Verbatim("inet6".to_owned()),
        ColumnType::Verbatim(text) => parse(text),
        ColumnType::Boolean
        | ColumnType::Integer { .. }
        | ColumnType::Float
        | ColumnType::Double
        | ColumnType::Decimal(_)
        | ColumnType::Text(_)
        | ColumnType::Blob(_)
        | ColumnType::Date
        | ColumnType::Year
        | ColumnType::Interval { .. }
        | ColumnType::Json
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Enum(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_)
        | ColumnType::Domain(_)
        | ColumnType::Array(_) => data_type.clone(),
    }
}

/// Whether the server has no such type.
pub(crate) fn is_missing(data_type: &ColumnType) -> bool {
    match data_type {
        ColumnType::Interval { .. }
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Enum(_)
        | ColumnType::Domain(_)
        | ColumnType::Array(_) => true,
        ColumnType::Boolean
        | ColumnType::Integer { .. }
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
        | ColumnType::Bit(_)
        | ColumnType::VarBit(_)
        | ColumnType::Date
        | ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Year
        | ColumnType::Json
        | ColumnType::JsonBinary
        | ColumnType::Uuid
        | ColumnType::Vector(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_)
        | ColumnType::Verbatim(_) => false,
    }
}

/// Whether a type stores a Rust type without loss.
pub(crate) fn satisfies(flavor: Flavor, inferred: &ColumnType, actual: &ColumnType) -> bool {
    let (inferred, actual) = (canonical(flavor, inferred), canonical(flavor, actual));
    if inferred == actual {
        return true;
    }
    let text = |it: &ColumnType| {
        matches!(
            it,
            ColumnType::Char(_)
                | ColumnType::Varchar(_)
                | ColumnType::Text(_)
                | ColumnType::InlineEnum(_)
                | ColumnType::Set(_)
        )
    };
    let bytes = |it: &ColumnType| {
        matches!(it, ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_))
    };
    let moment =
        |it: &ColumnType| matches!(it, ColumnType::DateTime { .. } | ColumnType::Timestamp { .. });
    let named = |names: &[&str]| matches!(&actual, ColumnType::Verbatim(name) if names.iter().any(|it| name.starts_with(it)));
    // A label that the column lacks could not be written; their order is open.
    if let (ColumnType::InlineEnum(inferred), ColumnType::InlineEnum(actual)) = (&inferred, &actual)
    {
        return inferred.len() == actual.len() && inferred.iter().all(|it| actual.contains(it));
    }
    if text(&inferred) {
        return text(&actual) || named(&["inet", "uuid"]);
    }
    if bytes(&inferred) {
        // A UUID has sixteen bytes.
        let uuid = inferred == ColumnType::Binary(Some(16)) && named(&["uuid"]);
        return bytes(&actual) || uuid;
    }
    if let ColumnType::Integer { width, unsigned } = &inferred {
        // No Rust type is a `mediumint` or a `year`.
        let medium = ColumnType::Integer { width: IntWidth::Medium, unsigned: *unsigned };
        let years = matches!(width, IntWidth::Small | IntWidth::Regular);
        return shown_width(&actual) == Some((*width, *unsigned))
            || (*width == IntWidth::Regular && actual == medium)
            || (years && actual == ColumnType::Year)
            || (*width == IntWidth::Tiny && actual == ColumnType::Boolean);
    }
    let decimal = |it: &ColumnType| matches!(it, ColumnType::Decimal(_));
    let time = |it: &ColumnType| matches!(it, ColumnType::Time { .. });
    (moment(&inferred) && moment(&actual))
        || (decimal(&inferred) && (decimal(&actual) || named(&["decimal"])))
        || (time(&inferred) && time(&actual))
        || (inferred == ColumnType::Boolean
            && (actual == ColumnType::int(IntWidth::Tiny) || named(&["tinyint"])))
        || (inferred == ColumnType::Float && named(&["float"]))
        || (inferred == ColumnType::Double && named(&["double"]))
}

/// The integer type of an explicit display width.
pub(crate) fn shown_width(data_type: &ColumnType) -> Option<(IntWidth, bool)> {
    let ColumnType::Verbatim(text) = data_type else { return None };
    let parts = TypeText::split(text);
    let name = parts.name.strip_suffix(" zerofill").unwrap_or(&parts.name);
    match name.strip_suffix(" unsigned") {
        Some(name) => Some((integer(name)?, true)),
        None => Some((integer(name)?, false)),
    }
}

/// Writes a type for DDL.
pub fn render(data_type: &ColumnType) -> String {
    match data_type {
        ColumnType::Boolean => "tinyint(1)".to_owned(),
        ColumnType::Integer { width, unsigned } => {
            let name = match width {
                IntWidth::Tiny => "tinyint",
                IntWidth::Small => "smallint",
                IntWidth::Medium => "mediumint",
                IntWidth::Regular => "int",
                IntWidth::Big => "bigint",
            };
            if *unsigned { format!("{name} unsigned") } else { name.to_owned() }
        }
        ColumnType::Float => "float".to_owned(),
        ColumnType::Double => "double".to_owned(),
        ColumnType::Decimal(size) => {
            let (precision, scale) = size.unwrap_or((10, 0));
            format!("decimal({precision},{scale})")
        }
        ColumnType::Money(size) => {
            let (precision, scale) = size.unwrap_or((10, 0));
            format!("decimal({precision},{scale})")
        }
        ColumnType::Char(length) => format!("char({})", length.unwrap_or(1)),
        ColumnType::Varchar(length) => format!("varchar({})", length.unwrap_or(255)),
        ColumnType::Text(size) => sized(*size, "text"),
        ColumnType::Binary(length) => format!("binary({})", length.unwrap_or(1)),
        ColumnType::VarBinary(length) => format!("varbinary({})", length.unwrap_or(255)),
        ColumnType::Blob(size) => sized(*size, "blob"),
        ColumnType::Bit(length) | ColumnType::VarBit(length) => {
            format!("bit({})", length.unwrap_or(1))
        }
        ColumnType::Date => "date".to_owned(),
        ColumnType::Time { precision, .. } => precise("time", *precision),
        ColumnType::DateTime { precision } => precise("datetime", *precision),
        ColumnType::Timestamp { precision, .. } => precise("timestamp", *precision),
        ColumnType::Year => "year".to_owned(),
        ColumnType::Json | ColumnType::JsonBinary => "json".to_owned(),
        ColumnType::Uuid => "binary(16)".to_owned(),
        ColumnType::Inet => "inet6".to_owned(),
        ColumnType::Vector(Some(size)) => format!("vector({size})"),
        ColumnType::Vector(None) => "vector".to_owned(),
        ColumnType::InlineEnum(labels) => listed("enum", labels),
        ColumnType::Set(labels) => listed("set", labels),
        ColumnType::Verbatim(text) => text.clone(),
        // These are refused before they are written.
        ColumnType::Interval { .. } => "interval".to_owned(),
        ColumnType::Cidr => "cidr".to_owned(),
        ColumnType::MacAddr => "macaddr".to_owned(),
        ColumnType::LTree => "ltree".to_owned(),
        ColumnType::Enum(name) | ColumnType::Domain(name) => crate::Dialect::Mysql.quote_name(name),
        ColumnType::Array(element) => format!("{}[]", render(element)),
    }
}

fn sized(size: TextSize, word: &str) -> String {
    match size {
        TextSize::Tiny => format!("tiny{word}"),
        TextSize::Regular => word.to_owned(),
        TextSize::Medium => format!("medium{word}"),
        TextSize::Long => format!("long{word}"),
    }
}

fn precise(name: &str, precision: Option<u32>) -> String {
    match digits(precision) {
        Some(digits) => format!("{name}({digits})"),
        None => name.to_owned(),
    }
}

fn listed(word: &str, labels: &[String]) -> String {
    let labels: Vec<String> =
        labels.iter().map(|label| crate::Dialect::Mysql.quote_text(label)).collect();
    format!("{word}({})", labels.join(","))
}

/// Types whose default must be an expression, even if it is a constant. Source: MySQL manual,
/// 13.6.
pub(crate) fn is_large(data_type: &ColumnType) -> bool {
    matches!(data_type, ColumnType::Text(_) | ColumnType::Blob(_) | ColumnType::Json)
}

/// Types whose implicit first value is invalid on a strict server, so that the server checks
/// whether there are rows.
pub(crate) fn begins_with_nothing(data_type: &ColumnType) -> bool {
    matches!(data_type, ColumnType::Date | ColumnType::DateTime { .. })
        || matches!(data_type, ColumnType::Verbatim(text) if shapes::is_shape(text))
}

/// Whether values are text in some character set.
pub(crate) fn has_charset(data_type: &ColumnType) -> bool {
    match data_type {
        ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_) => true,
        ColumnType::Boolean
        | ColumnType::Integer { .. }
        | ColumnType::Float
        | ColumnType::Double
        | ColumnType::Decimal(_)
        | ColumnType::Money(_)
        | ColumnType::Binary(_)
        | ColumnType::VarBinary(_)
        | ColumnType::Blob(_)
        | ColumnType::Bit(_)
        | ColumnType::VarBit(_)
        | ColumnType::Date
        | ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Year
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
        | ColumnType::Verbatim(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_catalog_writes() {
        for (text, expected) in [
            ("int(11)", ColumnType::int(IntWidth::Regular)),
            ("bigint unsigned", ColumnType::Integer { width: IntWidth::Big, unsigned: true }),
            ("tinyint(1)", ColumnType::Boolean),
            ("int(5) unsigned zerofill", ColumnType::Verbatim("int(5) unsigned zerofill".into())),
            ("tinyint(1) unsigned", ColumnType::Verbatim("tinyint(1) unsigned".into())),
            ("decimal(12,4)", ColumnType::Decimal(Some((12, 4)))),
            ("datetime(6)", ColumnType::DateTime { precision: Some(6) }),
            ("year(4)", ColumnType::Year),
            ("enum('a','it''s','b\\\\c')", {
                ColumnType::InlineEnum(vec!["a".into(), "it's".into(), "b\\c".into()])
            }),
            ("SET('P', 'q')", ColumnType::Set(vec!["P".into(), "q".into()])),
            ("point", ColumnType::Verbatim("point".into())),
        ] {
            assert_eq!(parse(text), expected, "{text}");
            assert_eq!(canonical(Flavor::Mysql, &expected), expected, "{text}");
        }
    }
}
