//! The values of PostgreSQL's types that sqlx has no Rust type for.

use autogen_schema::ColumnType;

use crate::holds::Holds;

/// Types that are sent as text.
const TEXT: [&str; 3] = ["citext", "name", "bpchar"];

/// What a type holds here, if it is not the usual.
pub(crate) fn own(data_type: &ColumnType) -> Option<Holds> {
    let cast = match data_type {
        ColumnType::Money(_)
        | ColumnType::Bit(_)
        | ColumnType::VarBit(_)
        | ColumnType::Interval { .. }
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Time { tz: true, .. }
        | ColumnType::Domain(_) => true,
        ColumnType::Verbatim(text) => !TEXT.contains(&text.as_str()),
        ColumnType::Boolean
        | ColumnType::Integer { .. }
        | ColumnType::Float
        | ColumnType::Double
        | ColumnType::Decimal(_)
        | ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text(_)
        | ColumnType::Binary(_)
        | ColumnType::VarBinary(_)
        | ColumnType::Blob(_)
        | ColumnType::Date
        | ColumnType::Time { tz: false, .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Year
        | ColumnType::Json
        | ColumnType::JsonBinary
        | ColumnType::Uuid
        | ColumnType::Enum(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_)
        | ColumnType::Array(_) => false,
    };
    cast.then_some(Holds::Cast)
}
