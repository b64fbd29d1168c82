//! SQLite's declared types. SQLite itself considers only the affinity; the words are kept,
//! and new ones are those of sea-query.

use autogen_schema::{ColumnType, IntWidth, TextSize};

use crate::type_text::{TypeText, normalize};

/// Reads a declared type. Words that sea-query would not write become
/// [`ColumnType::Verbatim`]: for example `bigint`, since only `integer` makes a rowid alias.
pub fn parse(declared: &str) -> ColumnType {
    let parts = TypeText::split(declared);
    if parts.dimensions > 0 || !parts.has_numbers_up_to(2) {
        return ColumnType::Verbatim(normalize(declared));
    }
    let length = parts.number(0);
    match (parts.name.as_str(), parts.args.len()) {
        ("char", 0 | 1) => ColumnType::Char(length),
        ("varchar", 0 | 1) => ColumnType::Varchar(length),
        ("text", 0) => ColumnType::text(),
        ("tinyint", 0) => ColumnType::int(IntWidth::Tiny),
        ("smallint", 0) => ColumnType::int(IntWidth::Small),
        ("integer", 0) => ColumnType::int(IntWidth::Regular),
        ("float", 0) => ColumnType::Float,
        ("double", 0) => ColumnType::Double,
        ("real_decimal", 0) => ColumnType::Decimal(None),
        ("real", 2) => ColumnType::Decimal(length.map(|p| (p, parts.number(1).unwrap_or(0)))),
        ("real_money", 0) => ColumnType::Money(None),
        ("real_money", 2) => ColumnType::Money(length.map(|p| (p, parts.number(1).unwrap_or(0)))),
        ("datetime_text", 0) => ColumnType::DateTime { precision: None },
        ("timestamp_text", 0) => ColumnType::Timestamp { precision: None, tz: false },
        ("timestamp_with_timezone_text", 0) => ColumnType::Timestamp { precision: None, tz: true },
        ("time_text", 0) => ColumnType::Time { precision: None, tz: false },
        ("date_text", 0) => ColumnType::Date,
        ("blob", 0) => ColumnType::Blob(TextSize::Regular),
        ("blob", 1) => ColumnType::Binary(length),
        ("varbinary_blob", 0 | 1) => ColumnType::VarBinary(length),
        ("boolean", 0) => ColumnType::Boolean,
        ("json_text", 0) => ColumnType::Json,
        ("jsonb_text", 0) => ColumnType::JsonBinary,
        ("uuid_text", 0) => ColumnType::Uuid,
        _ => ColumnType::Verbatim(normalize(declared)),
    }
}

/// The type as SQLite stores it: the result of [`parse`] for the output of [`render`].
pub(crate) fn canonical(data_type: &ColumnType) -> ColumnType {
    parse(&render(data_type))
}

/// The type in a STRICT table, which allows only five words.
///
/// Source: <https://sqlite.org/stricttables.html>.
pub(crate) fn strict(data_type: &ColumnType) -> ColumnType {
    let word = match affinity(&render(data_type)) {
        Affinity::Integer => "integer",
        Affinity::Text => "text",
        Affinity::Blob if render(data_type) == "any" => "any",
        Affinity::Blob => "blob",
        Affinity::Real => "real",
        Affinity::Numeric if *data_type == ColumnType::Boolean => "integer",
        Affinity::Numeric => "real",
    };
    if render(data_type) == "int" {
        return parse("int");
    }
    parse(word)
}

/// How SQLite stores what goes into a column.
///
/// Source: <https://sqlite.org/datatype3.html#determination_of_column_affinity>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

/// The affinity of a declared type, by the manual's rules, in their order.
pub(crate) fn affinity(declared: &str) -> Affinity {
    let upper = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    if has(&["INT"]) {
        Affinity::Integer
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        Affinity::Text
    } else if has(&["BLOB"]) || upper.is_empty() || upper == "ANY" {
        Affinity::Blob
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// Whether a declared type can store a Rust type: in SQLite, the affinity decides.
pub(crate) fn satisfies(inferred: &ColumnType, actual: &ColumnType) -> bool {
    let (wanted, found) = (affinity(&render(inferred)), affinity(&render(actual)));
    match wanted {
        Affinity::Integer => matches!(found, Affinity::Integer | Affinity::Numeric),
        Affinity::Numeric => {
            matches!(found, Affinity::Integer | Affinity::Numeric | Affinity::Real)
        }
        Affinity::Real => matches!(found, Affinity::Real | Affinity::Numeric),
        // Dates are text in SQLite, under type names that often have numeric affinity (`datetime`,
        // `timestamp`), which stores them unchanged.
        Affinity::Text => {
            found == Affinity::Text
                || (found == Affinity::Numeric
                    && !matches!(inferred, ColumnType::Varchar(_) | ColumnType::Text(_)))
        }
        Affinity::Blob => found == Affinity::Blob,
    }
}

/// Whether columns of both types store blobs unchanged; their lengths have no effect.
pub(crate) fn are_blobs(left: &ColumnType, right: &ColumnType) -> bool {
    [left, right].into_iter().all(|it| affinity(&render(it)) == Affinity::Blob)
}

/// Writes a type for DDL, in the words that sea-query 1.0 uses.
pub fn render(data_type: &ColumnType) -> String {
    match data_type {
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Integer { width, .. } => match width {
            IntWidth::Tiny => "tinyint",
            IntWidth::Small => "smallint",
            IntWidth::Medium | IntWidth::Regular | IntWidth::Big => "integer",
        }
        .to_owned(),
        ColumnType::Float => "float".to_owned(),
        ColumnType::Double => "double".to_owned(),
        ColumnType::Decimal(None) => "real_decimal".to_owned(),
        ColumnType::Decimal(Some((precision, scale))) => format!("real({precision}, {scale})"),
        ColumnType::Money(None) => "real_money".to_owned(),
        ColumnType::Money(Some((precision, scale))) => format!("real_money({precision}, {scale})"),
        ColumnType::Char(length) => sized("char", *length),
        ColumnType::Varchar(length) => sized("varchar", *length),
        ColumnType::Text(_) | ColumnType::Array(_) => "text".to_owned(),
        ColumnType::Binary(length) => sized("blob", *length),
        ColumnType::VarBinary(length) => sized("varbinary_blob", *length),
        ColumnType::Blob(_) | ColumnType::Vector(_) => "blob".to_owned(),
        ColumnType::Bit(_) | ColumnType::VarBit(_) | ColumnType::Year => "integer".to_owned(),
        ColumnType::Date => "date_text".to_owned(),
        ColumnType::Time { .. } => "time_text".to_owned(),
        ColumnType::DateTime { .. } => "datetime_text".to_owned(),
        ColumnType::Timestamp { tz: false, .. } => "timestamp_text".to_owned(),
        ColumnType::Timestamp { tz: true, .. } => "timestamp_with_timezone_text".to_owned(),
        ColumnType::Interval { .. }
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Domain(_) => "text".to_owned(),
        ColumnType::Json => "json_text".to_owned(),
        ColumnType::JsonBinary => "jsonb_text".to_owned(),
        ColumnType::Uuid => "uuid_text".to_owned(),
        ColumnType::Enum(_) | ColumnType::InlineEnum(_) | ColumnType::Set(_) => {
            "enum_text".to_owned()
        }
        ColumnType::Verbatim(text) => normalize(text),
    }
}

fn sized(name: &str, size: Option<u32>) -> String {
    match size {
        Some(size) => format!("{name}({size})"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_is_stable() {
        for text in ["VARCHAR(50)", "real(10, 2)", "bigint", "NVARCHAR(160)", "", "enum_text"] {
            let read = parse(text);
            assert_eq!(canonical(&read), read, "{text}");
        }
        assert_eq!(canonical(&ColumnType::int(IntWidth::Big)), ColumnType::int(IntWidth::Regular));
    }
}
