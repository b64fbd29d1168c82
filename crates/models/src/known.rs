//! The types that sea-query and SeaORM map to column types, by their full paths.

use autogen_schema::{ColumnType, IntWidth};

/// The meaning of a foreign type.
pub(crate) enum Foreign {
    /// A column type.
    Column(ColumnType),
    /// `Vec<T>`.
    Vec,
    /// `Option<T>`, `Box<T>`: the same as `T`.
    Through,
}

const DATE_TIME: ColumnType = ColumnType::DateTime { precision: None };
const STAMP: ColumnType = ColumnType::Timestamp { precision: None, tz: false };
const STAMP_TZ: ColumnType = ColumnType::Timestamp { precision: None, tz: true };
const TIME: ColumnType = ColumnType::Time { precision: None, tz: false };

/// A primitive type, or one of Rust's prelude.
pub(crate) fn primitive(name: &str) -> Option<Foreign> {
    let int = |width| ColumnType::int(width);
    let unsigned = |width| ColumnType::Integer { width, unsigned: true };
    Some(Foreign::Column(match name {
        "bool" => ColumnType::Boolean,
        "i8" => int(IntWidth::Tiny),
        "i16" => int(IntWidth::Small),
        "i32" => int(IntWidth::Regular),
        "i64" => int(IntWidth::Big),
        "u8" => unsigned(IntWidth::Tiny),
        "u16" => unsigned(IntWidth::Small),
        "u32" => unsigned(IntWidth::Regular),
        "u64" => unsigned(IntWidth::Big),
        "f32" => ColumnType::Float,
        "f64" => ColumnType::Double,
        "char" => ColumnType::Char(None),
        "String" | "str" => ColumnType::Varchar(None),
        "Vec" => return Some(Foreign::Vec),
        "Option" => return Some(Foreign::Through),
        _ => return None,
    }))
}

/// The names that `use sea_orm::entity::prelude::*` brings.
fn sea_orm_prelude(name: &str) -> Option<Foreign> {
    Some(Foreign::Column(match name {
        "Json" => ColumnType::Json,
        "Date" | "ChronoDate" | "TimeDate" => ColumnType::Date,
        "Time" | "ChronoTime" | "TimeTime" => TIME,
        "DateTime" | "ChronoDateTime" | "TimeDateTime" => DATE_TIME,
        "DateTimeWithTimeZone"
        | "DateTimeUtc"
        | "DateTimeLocal"
        | "ChronoDateTimeWithTimeZone"
        | "ChronoDateTimeUtc"
        | "ChronoDateTimeLocal"
        | "TimeDateTimeWithTimeZone" => STAMP_TZ,
        "ChronoUnixTimestamp"
        | "ChronoUnixTimestampMillis"
        | "TimeUnixTimestamp"
        | "TimeUnixTimestampMillis" => ColumnType::int(IntWidth::Big),
        "Decimal" | "BigDecimal" => ColumnType::Decimal(None),
        "Uuid" => ColumnType::Uuid,
        "TextUuid" => ColumnType::Varchar(None),
        "PgVector" => ColumnType::Vector(None),
        "IpNetwork" => ColumnType::Inet,
        _ => return None,
    }))
}

/// The crates whose types sea-query knows.
const CRATES: &[&str] = &[
    "chrono",
    "time",
    "jiff",
    "uuid",
    "rust_decimal",
    "bigdecimal",
    "serde_json",
    "ipnetwork",
    "mac_address",
    "pgvector",
];

/// A type by its full path, the crate first.
pub(crate) fn foreign(path: &[String]) -> Option<Foreign> {
    let first = path.first()?.as_str();
    let last = path.last()?.as_str();
    match first {
        "std" | "core" | "alloc" => {
            return match last {
                "String" | "Vec" | "Option" => primitive(last),
                "Cow" => Some(Foreign::Through),
                _ if path.len() == 2 => None,
                _ => primitive(last).filter(|_| path.get(1).is_some_and(|s| s == "primitive")),
            };
        }
        "sea_orm" | "sea_query" | "sqlx" | "sea_orm_migration" => {
            // `sqlx::types::chrono::NaiveDate`, `sea_orm::prelude::chrono::..`
            if let Some(at) = path[1..path.len() - 1]
                .iter()
                .position(|segment| CRATES.contains(&segment.as_str()))
            {
                return foreign(&path[at + 1..]);
            }
            if first == "sqlx" {
                return by_crate_of_sqlx(last);
            }
            if last == "Value" && path.iter().any(|segment| segment == "serde_json") {
                return Some(Foreign::Column(ColumnType::Json));
            }
            return sea_orm_prelude(last).or_else(|| match last {
                "JsonValue" => Some(Foreign::Column(ColumnType::Json)),
                "NaiveDate" | "NaiveTime" | "NaiveDateTime" => in_crate("chrono", path),
                "PrimitiveDateTime" | "OffsetDateTime" => in_crate("time", path),
                "MacAddress" => in_crate("mac_address", path),
                _ => None,
            });
        }
        _ => {}
    }
    in_crate(first, path)
}

fn by_crate_of_sqlx(last: &str) -> Option<Foreign> {
    Some(Foreign::Column(match last {
        "Uuid" => ColumnType::Uuid,
        "Decimal" | "BigDecimal" => ColumnType::Decimal(None),
        "JsonValue" => ColumnType::Json,
        _ => return None,
    }))
}

fn in_crate(name: &str, path: &[String]) -> Option<Foreign> {
    let last = path.last()?.as_str();
    Some(Foreign::Column(match (name, last) {
        ("chrono", "NaiveDate") | ("time" | "jiff", "Date") => ColumnType::Date,
        ("chrono", "NaiveTime") | ("time" | "jiff", "Time") => TIME,
        ("chrono", "NaiveDateTime") | ("time", "PrimitiveDateTime") => DATE_TIME,
        ("jiff", "DateTime") => STAMP,
        ("chrono", "DateTime") | ("time", "OffsetDateTime") | ("jiff", "Timestamp") => STAMP_TZ,
        ("uuid", "Uuid" | "Braced" | "Hyphenated" | "Simple" | "Urn") => ColumnType::Uuid,
        ("rust_decimal", "Decimal") | ("bigdecimal", "BigDecimal") => ColumnType::Decimal(None),
        ("serde_json", "Value") => ColumnType::Json,
        ("ipnetwork", "IpNetwork") => ColumnType::Inet,
        ("mac_address", "MacAddress") => ColumnType::MacAddr,
        ("pgvector", "Vector") => ColumnType::Vector(None),
        _ => return None,
    }))
}

/// Whether a glob import of this foreign path may import this name.
pub(crate) fn glob_brings(path: &[String], name: &str) -> bool {
    match path.first().map(String::as_str) {
        Some("sea_orm") => {
            path.last().is_some_and(|last| last == "prelude") && sea_orm_prelude(name).is_some()
        }
        Some(_) => {
            let mut full = path.to_vec();
            full.push(name.to_owned());
            foreign(&full).is_some() && primitive(name).is_none()
        }
        None => false,
    }
}
