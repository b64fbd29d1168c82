//! PostgreSQL's column types: read from `format_type`, written for DDL.
//!
//! Source: PostgreSQL manual, chapter 8 "Data Types", table 8.1 for aliases.

use autogen_schema::{ColumnType, IntWidth, QName, TextSize};

use crate::Dialect;
use crate::type_text::{TypeText, normalize};

/// Reads a type from `format_type` or a user. Unknown ones become [`ColumnType::Verbatim`].
pub fn parse(text: &str) -> ColumnType {
    let parts = TypeText::split(text);
    let Some(mut found) = scalar(&parts) else {
        return ColumnType::Verbatim(normalize(text));
    };
    for _ in 0..parts.dimensions.min(1) {
        found = ColumnType::Array(Box::new(found));
    }
    found
}

/// The name of a type as it is written in SQL.
pub(crate) fn named(text: &str) -> QName {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        let last = parts.len() - 1;
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted && parts.len() == 1 => parts.push(String::new()),
            other => parts[last].push(other),
        }
    }
    let name = parts.pop().unwrap_or_default();
    QName::new(parts.pop(), name)
}

fn scalar(parts: &TypeText) -> Option<ColumnType> {
    if let Some(rest) = parts.name.strip_prefix("interval") {
        let fields = rest.trim();
        return Some(ColumnType::Interval {
            fields: (!fields.is_empty()).then(|| fields.to_owned()),
            precision: parts.number(0),
        });
    }
    if !parts.has_numbers_up_to(2) {
        return None;
    }
    let length = parts.number(0);
    Some(match parts.name.as_str() {
        "boolean" | "bool" => ColumnType::Boolean,
        "smallint" | "int2" => ColumnType::int(IntWidth::Small),
        "integer" | "int" | "int4" => ColumnType::int(IntWidth::Regular),
        "bigint" | "int8" => ColumnType::int(IntWidth::Big),
        "real" | "float4" => ColumnType::Float,
        "double precision" | "float8" | "float" => ColumnType::Double,
        "numeric" | "decimal" => {
            ColumnType::Decimal(length.map(|p| (p, parts.number(1).unwrap_or(0))))
        }
        "money" => ColumnType::Money(None),
        // Without a length, `bpchar` accepts any, and has no other name.
        "bpchar" => ColumnType::Char(Some(length?)),
        "character" | "char" => ColumnType::Char(length.or(Some(1))),
        "character varying" | "varchar" => ColumnType::Varchar(length),
        "text" => ColumnType::text(),
        "bytea" => ColumnType::Blob(TextSize::Regular),
        "bit" => ColumnType::Bit(length.or(Some(1))),
        "bit varying" | "varbit" => ColumnType::VarBit(length),
        "date" => ColumnType::Date,
        "time" | "time without time zone" => ColumnType::Time { precision: length, tz: false },
        "timetz" | "time with time zone" => ColumnType::Time { precision: length, tz: true },
        "timestamp" | "timestamp without time zone" => ColumnType::DateTime { precision: length },
        "timestamptz" | "timestamp with time zone" => {
            ColumnType::Timestamp { precision: length, tz: true }
        }
        "json" => ColumnType::Json,
        "jsonb" => ColumnType::JsonBinary,
        "uuid" => ColumnType::Uuid,
        "inet" => ColumnType::Inet,
        "cidr" => ColumnType::Cidr,
        "macaddr" => ColumnType::MacAddr,
        "ltree" => ColumnType::LTree,
        "vector" => ColumnType::Vector(length),
        _ => return None,
    })
}

/// The type as PostgreSQL stores it: the result of [`parse`] for the output of [`render`].
pub(crate) fn canonical(data_type: &ColumnType) -> ColumnType {
    match data_type {
        ColumnType::Integer { width, unsigned } => ColumnType::int(match (width, unsigned) {
            (IntWidth::Tiny, _) | (IntWidth::Small, false) => IntWidth::Small,
            (IntWidth::Small, true) | (IntWidth::Medium, _) | (IntWidth::Regular, false) => {
                IntWidth::Regular
            }
            (IntWidth::Regular, true) | (IntWidth::Big, _) => IntWidth::Big,
        }),
        ColumnType::Char(length) => ColumnType::Char(length.or(Some(1))),
        ColumnType::Text(_) => ColumnType::text(),
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => {
            ColumnType::Blob(TextSize::Regular)
        }
        ColumnType::Bit(length) => ColumnType::Bit(length.or(Some(1))),
        ColumnType::Money(_) => ColumnType::Money(None),
        ColumnType::DateTime { precision } | ColumnType::Timestamp { precision, tz: false } => {
            ColumnType::DateTime { precision: *precision }
        }
        ColumnType::Year => ColumnType::int(IntWidth::Small),
        ColumnType::Interval { fields, precision } => ColumnType::Interval {
            fields: fields.as_ref().map(|fields| fields.to_lowercase()),
            precision: *precision,
        },
        ColumnType::InlineEnum(_) | ColumnType::Set(_) => ColumnType::text(),
        ColumnType::Array(element) => {
            let element = canonical(element);
            // PostgreSQL does not distinguish int[][] from int[].
            if element.element().is_some() { element } else { ColumnType::Array(Box::new(element)) }
        }
        ColumnType::Verbatim(text) => parse(text),
        ColumnType::Boolean
        | ColumnType::Float
        | ColumnType::Double
        | ColumnType::Decimal(_)
        | ColumnType::Varchar(_)
        | ColumnType::VarBit(_)
        | ColumnType::Date
        | ColumnType::Time { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Json
        | ColumnType::JsonBinary
        | ColumnType::Uuid
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Enum(_)
        | ColumnType::Domain(_) => data_type.clone(),
    }
}

/// Whether a type stores a Rust type without loss.
pub(crate) fn satisfies(inferred: &ColumnType, actual: &ColumnType) -> bool {
    let (inferred, actual) = (canonical(inferred), canonical(actual));
    if inferred == actual {
        return true;
    }
    if let (Some(inferred), Some(actual)) = (inferred.element(), actual.element()) {
        return satisfies(inferred, actual);
    }
    let text = |it: &ColumnType| {
        matches!(it, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text(_))
    };
    let json = |it: &ColumnType| matches!(it, ColumnType::Json | ColumnType::JsonBinary);
    let named = |names: &[&str]| matches!(&actual, ColumnType::Verbatim(name) if names.contains(&name.as_str()));
    if text(&inferred) {
        // Addresses and paths are read and written as text by `select_as` and `save_as`.
        let cast = matches!(
            actual,
            ColumnType::Inet | ColumnType::Cidr | ColumnType::MacAddr | ColumnType::LTree
        );
        return text(&actual) || cast || named(&["citext", "name", "bpchar"]);
    }
    if inferred == ColumnType::Inet && actual == ColumnType::Cidr {
        return true;
    }
    (json(&inferred) && json(&actual)) || without_precision(&actual) == inferred
}

/// The type without precision, as Rust types have none.
pub(super) fn without_precision(data_type: &ColumnType) -> ColumnType {
    if let ColumnType::Decimal(_) = data_type {
        return ColumnType::Decimal(None);
    }
    if let ColumnType::DateTime { .. } = data_type {
        return ColumnType::DateTime { precision: None };
    }
    if let ColumnType::Timestamp { tz, .. } = data_type {
        return ColumnType::Timestamp { precision: None, tz: *tz };
    }
    if let ColumnType::Time { tz, .. } = data_type {
        return ColumnType::Time { precision: None, tz: *tz };
    }
    data_type.clone()
}

/// Writes a type for DDL.
pub fn render(data_type: &ColumnType) -> String {
    match canonical(data_type) {
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Integer { width, .. } => match width {
            IntWidth::Tiny | IntWidth::Small => "smallint",
            IntWidth::Medium | IntWidth::Regular => "integer",
            IntWidth::Big => "bigint",
        }
        .to_owned(),
        ColumnType::Float => "real".to_owned(),
        ColumnType::Double => "double precision".to_owned(),
        ColumnType::Decimal(None) => "numeric".to_owned(),
        ColumnType::Decimal(Some((precision, scale))) => format!("numeric({precision}, {scale})"),
        ColumnType::Money(_) => "money".to_owned(),
        ColumnType::Char(length) => sized("character", length),
        ColumnType::Varchar(length) => sized("varchar", length),
        ColumnType::Text(_) | ColumnType::InlineEnum(_) | ColumnType::Set(_) => "text".to_owned(),
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => {
            "bytea".to_owned()
        }
        ColumnType::Bit(length) => sized("bit", length),
        ColumnType::VarBit(length) => sized("bit varying", length),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Time { precision, tz } => zoned("time", precision, tz),
        ColumnType::DateTime { precision } => sized("timestamp", precision),
        ColumnType::Timestamp { precision, tz } => zoned("timestamp", precision, tz),
        ColumnType::Year => "smallint".to_owned(),
        ColumnType::Interval { fields, precision } => {
            let fields = fields.map(|fields| format!(" {fields}")).unwrap_or_default();
            sized(&format!("interval{fields}"), precision)
        }
        ColumnType::Json => "json".to_owned(),
        ColumnType::JsonBinary => "jsonb".to_owned(),
        ColumnType::Uuid => "uuid".to_owned(),
        ColumnType::Inet => "inet".to_owned(),
        ColumnType::Cidr => "cidr".to_owned(),
        ColumnType::MacAddr => "macaddr".to_owned(),
        ColumnType::LTree => "ltree".to_owned(),
        ColumnType::Vector(size) => sized("vector", size),
        ColumnType::Enum(name) | ColumnType::Domain(name) => Dialect::Postgres.quote_name(&name),
        ColumnType::Array(element) => format!("{}[]", render(&element)),
        ColumnType::Verbatim(text) => text,
    }
}

fn sized(name: &str, size: Option<u32>) -> String {
    match size {
        Some(size) => format!("{name}({size})"),
        None => name.to_owned(),
    }
}

fn zoned(name: &str, precision: Option<u32>, tz: bool) -> String {
    let zone = if tz { " with time zone" } else { "" };
    format!("{}{zone}", sized(name, precision))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_format_type_writes() {
        for (text, expected) in [
            ("character varying(50)", ColumnType::Varchar(Some(50))),
            ("numeric(10,2)", ColumnType::Decimal(Some((10, 2)))),
            ("timestamp(3) with time zone", ColumnType::Timestamp { precision: Some(3), tz: true }),
            ("integer[]", ColumnType::Array(Box::new(ColumnType::int(IntWidth::Regular)))),
            (
                "interval day to second(3)",
                ColumnType::Interval { fields: Some("day to second".into()), precision: Some(3) },
            ),
            ("CITEXT", ColumnType::Verbatim("citext".into())),
            ("geometry(Point,4326)", ColumnType::Verbatim("geometry(point,4326)".into())),
        ] {
            assert_eq!(parse(text), expected, "{text}");
            assert_eq!(parse(&render(&expected)), expected, "{text}");
        }
    }
}
