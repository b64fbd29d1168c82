//! The values that a column holds, from which a Rust type follows.

use autogen_schema::{ColumnType, IntWidth, QName};

/// The values of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named by the values")]
pub enum Holds {
    Boolean,
    Integer {
        width: IntWidth,
        unsigned: bool,
    },
    Float,
    Double,
    Decimal,
    Text,
    Bytes,
    Date,
    Time,
    /// A date and a time of day, in no time zone.
    DateTime,
    /// A moment, the same in every time zone.
    Instant,
    Json,
    Uuid,
    Enum(QName),
    /// One of these labels.
    Labels(Vec<String>),
    List(Box<Holds>),
    /// Values that no Rust type of SeaORM holds: they are read as text and written from it, by a
    /// cast.
    Cast,
}

/// What a type holds everywhere, unless a database says otherwise.
pub(crate) fn usual(data_type: &ColumnType) -> Holds {
    match data_type {
        ColumnType::Boolean => Holds::Boolean,
        ColumnType::Integer { width, unsigned } => {
            Holds::Integer { width: *width, unsigned: *unsigned }
        }
        ColumnType::Float => Holds::Float,
        ColumnType::Double => Holds::Double,
        ColumnType::Decimal(_) | ColumnType::Money(_) => Holds::Decimal,
        ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text(_)
        | ColumnType::Set(_)
        | ColumnType::Interval { .. }
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Domain(_)
        | ColumnType::Verbatim(_) => Holds::Text,
        ColumnType::Binary(_)
        | ColumnType::VarBinary(_)
        | ColumnType::Blob(_)
        | ColumnType::Bit(_)
        | ColumnType::VarBit(_)
        | ColumnType::Vector(_) => Holds::Bytes,
        ColumnType::Date => Holds::Date,
        ColumnType::Time { .. } => Holds::Time,
        ColumnType::DateTime { .. } | ColumnType::Timestamp { tz: false, .. } => Holds::DateTime,
        ColumnType::Timestamp { tz: true, .. } => Holds::Instant,
        ColumnType::Year => Holds::Integer { width: IntWidth::Small, unsigned: true },
        ColumnType::Json | ColumnType::JsonBinary => Holds::Json,
        ColumnType::Uuid => Holds::Uuid,
        ColumnType::Enum(name) => Holds::Enum(name.clone()),
        ColumnType::InlineEnum(labels) => Holds::Labels(labels.clone()),
        ColumnType::Array(element) => Holds::List(Box::new(usual(element))),
    }
}
