//! Column types as a closed set, plus the catalog's own text for all others.

use serde::{Deserialize, Serialize};

use crate::QName;

/// Widths of integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntWidth {
    /// 1 byte.
    Tiny,
    /// 2 bytes.
    Small,
    /// 3 bytes (MySQL).
    Medium,
    /// 4 bytes.
    Regular,
    /// 8 bytes.
    Big,
}

/// Sizes of MySQL's text and blob types; other databases have only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// Up to 255 bytes.
    Tiny,
    /// Up to 64 KiB; the only size outside MySQL.
    Regular,
    /// Up to 16 MiB.
    Medium,
    /// Up to 4 GiB.
    Long,
}

/// The type of a column.
///
/// Lengths are in characters for text and in bytes for binary; `precision` of times is the
/// number of fractional digits of the seconds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the variants carry SQL's own words")]
pub enum ColumnType {
    Boolean,
    Integer {
        width: IntWidth,
        #[serde(default, skip_serializing_if = "is_false")]
        unsigned: bool,
    },
    Float,
    Double,
    Decimal(Option<(u32, i32)>),
    Money(Option<(u32, u32)>),
    Char(Option<u32>),
    Varchar(Option<u32>),
    Text(TextSize),
    Binary(Option<u32>),
    VarBinary(Option<u32>),
    Blob(TextSize),
    Bit(Option<u32>),
    VarBit(Option<u32>),
    Date,
    Time {
        precision: Option<u32>,
        tz: bool,
    },
    /// MySQL `datetime`, PostgreSQL `timestamp`.
    DateTime {
        precision: Option<u32>,
    },
    /// MySQL `timestamp`, PostgreSQL `timestamp` or `timestamptz`.
    Timestamp {
        precision: Option<u32>,
        tz: bool,
    },
    Year,
    Interval {
        fields: Option<String>,
        precision: Option<u32>,
    },
    Json,
    JsonBinary,
    Uuid,
    Inet,
    Cidr,
    MacAddr,
    LTree,
    Vector(Option<u32>),
    /// A named enum type. Models always use this, with the labels in
    /// [`Schema::enums`](crate::Schema); so does PostgreSQL.
    Enum(QName),
    /// MySQL's inline `ENUM(..)`.
    InlineEnum(Vec<String>),
    /// MySQL's `SET(..)`.
    Set(Vec<String>),
    Domain(QName),
    Array(Box<ColumnType>),
    /// Any other type, as the database prints it.
    Verbatim(String),
}

impl ColumnType {
    /// A signed integer.
    pub const fn int(width: IntWidth) -> Self {
        Self::Integer { width, unsigned: false }
    }

    /// Text of the regular size.
    pub const fn text() -> Self {
        Self::Text(TextSize::Regular)
    }

    /// The length of a text type, in characters.
    pub fn length(&self) -> Option<u32> {
        if let Self::Char(length) | Self::Varchar(length) = self { *length } else { None }
    }

    /// The type of an array's elements.
    pub fn element(&self) -> Option<&Self> {
        if let Self::Array(element) = self { Some(element) } else { None }
    }

    /// The enum that this type, or its array elements, refers to.
    pub fn enum_name(&self) -> Option<&QName> {
        if let Self::Enum(name) = self.innermost() { Some(name) } else { None }
    }

    /// The enum or domain that this type, or its array elements, refers to.
    pub fn named(&self) -> Option<&QName> {
        if let Self::Enum(name) | Self::Domain(name) = self.innermost() { Some(name) } else { None }
    }

    /// The table or view that the type's name may refer to: in PostgreSQL each of them is also a
    /// row type.
    pub fn of_rows(&self) -> Option<QName> {
        let Self::Verbatim(text) = self.innermost() else { return None };
        Some(QName::parse(&text.trim_end_matches("[]").replace('"', "")))
    }

    /// The type itself, or the type of its array elements.
    fn innermost(&self) -> &Self {
        if let Self::Array(element) = self { element.innermost() } else { self }
    }

    /// Removes the name of the default schema from the names of types.
    pub(crate) fn rebase(&mut self, default: &str) {
        if let Self::Array(element) = self {
            element.rebase(default);
        } else if let Self::Enum(name) | Self::Domain(name) = self {
            name.schema.take_if(|schema| schema == default);
        }
    }

    /// The same type after an enum or domain was renamed.
    pub(crate) fn rename_type(&mut self, before: &QName, after: &QName) {
        if let Self::Array(element) = self {
            element.rename_type(before, after);
        } else if let Self::Enum(name) | Self::Domain(name) = self
            && name == before
        {
            *name = after.clone();
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
