//! Values that differ from row to row: made of the row's key, or of its place.

use autogen_schema::{Column, ColumnType, Table};

use super::referred::as_own;
use super::{Back, Rows, is_integer};
use crate::Dialect;
use crate::sqlite::types::{Affinity, affinity};

/// Rows by the number that they have in the answer.
const COUNTED: &str = "row_number() OVER ()";

impl Dialect {
    /// The primary key of the row, or what is there of it, as a value of the column.
    pub(super) fn of_key(
        self,
        back: &Back<'_>,
        table: &Table,
        column: &Column,
        added: &[&Column],
    ) -> Option<String> {
        let parts = table.primary_key.iter().flat_map(|key| &key.columns);
        let there: Vec<&Column> = parts
            .filter(|part| added.iter().all(|it| it.name != part.column))
            .filter_map(|part| table.column(&part.column))
            .collect();
        if let [key] = there.as_slice() {
            let name = self.quote(&key.name);
            if key.data_type == column.data_type {
                return Some(name);
            }
            if is_integer(key) {
                return self.of_number(&name, column);
            }
            if is_text(column) {
                return Some(self.as_text(&name));
            }
        }
        self.of_number(&self.of_place(back, table, &there)?, column)
    }

    /// A whole number as a value of the column, another one for each.
    fn of_number(self, number: &str, column: &Column) -> Option<String> {
        let is_uuid = matches!(column.data_type, ColumnType::Uuid | ColumnType::Binary(Some(16)));
        match self {
            _any if is_number(column) => Some(number.to_owned()),
            _any if is_text(column) => Some(self.as_text(number)),
            _any if is_moment(column) => Some(self.of_second(number, column)),
            Self::Postgres if column.data_type == ColumnType::Uuid => {
                Some(format!("CAST(lpad(to_hex({number}), 32, '0') AS uuid)"))
            }
            Self::Sqlite if is_uuid => Some(format!("CAST(printf('%016d', {number}) AS blob)")),
            Self::Mysql | Self::Mariadb if is_uuid => {
                Some(format!("unhex(lpad(hex({number}), 32, '0'))"))
            }
            Self::Sqlite => match affinity(&self.render_type(&column.data_type)) {
                Affinity::Integer | Affinity::Real | Affinity::Numeric => Some(number.to_owned()),
                Affinity::Text => Some(self.as_text(number)),
                Affinity::Blob => Some(format!("CAST({} AS blob)", self.as_text(number))),
            },
            Self::Postgres if is_bytes(column) => {
                Some(format!("convert_to({}, 'UTF8')", self.as_text(number)))
            }
            Self::Mysql | Self::Mariadb if is_bytes(column) => Some(self.as_text(number)),
            Self::Postgres | Self::Mysql | Self::Mariadb => None,
        }
    }

    fn as_text(self, value: &str) -> String {
        let text = match self {
            Self::Sqlite | Self::Postgres => "text",
            Self::Mysql | Self::Mariadb => "char",
        };
        format!("CAST({value} AS {text})")
    }

    /// As many days or seconds after a first one as the number says.
    fn of_second(self, number: &str, column: &Column) -> String {
        let day = column.data_type == ColumnType::Date;
        match self {
            Self::Sqlite if day => format!("date('1970-01-01', {number} || ' days')"),
            Self::Sqlite => format!("datetime('1970-01-01', {number} || ' seconds')"),
            Self::Postgres if day => format!("date '1970-01-01' + CAST({number} AS integer)"),
            Self::Postgres => format!("timestamp '1970-01-01' + {number} * interval '1 second'"),
            Self::Mysql | Self::Mariadb if day => format!("'1970-01-01' + INTERVAL {number} DAY"),
            Self::Mysql | Self::Mariadb => format!("'1970-01-02' + INTERVAL {number} SECOND"),
        }
    }

    /// Where the row stands: its number where a rebuild writes one after the other,
    /// its page and its place there, or its rank by what is there of its key.
    /// Source: <https://www.postgresql.org/docs/15/ddl-system-columns.html>.
    fn of_place(self, back: &Back<'_>, table: &Table, key: &[&Column]) -> Option<String> {
        match self {
            _any if back.rows == Rows::Coming => Some(COUNTED.to_owned()),
            Self::Sqlite => Some(COUNTED.to_owned()),
            Self::Postgres if table.partitioning.is_some() => None,
            Self::Postgres => {
                let place = "(CAST(CAST(ctid AS text) AS point))";
                Some(format!("CAST({place}[0] * 65536 + {place}[1] AS bigint)"))
            }
            Self::Mysql | Self::Mariadb if key.is_empty() => None,
            Self::Mysql | Self::Mariadb => Some(self.of_rank(table, key)),
        }
    }

    /// The rank of the row by its key. The table that counts is made once, and
    /// so may read the one that is written to.
    fn of_rank(self, table: &Table, key: &[&Column]) -> String {
        let table = self.quote_name(&table.name);
        let parts: Vec<String> = key.iter().map(|it| self.quote(&it.name)).collect();
        let (named, same) = as_own(&table, &parts);
        let order = parts.join(", ");
        format!(
            "(SELECT ranked.place FROM (SELECT {named}, row_number() OVER (ORDER BY {order}) AS \
             place FROM {table}) AS ranked WHERE {same})"
        )
    }
}

fn is_text(column: &Column) -> bool {
    matches!(column.data_type, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text(_))
}

fn is_bytes(column: &Column) -> bool {
    matches!(
        column.data_type,
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_)
    )
}

fn is_number(column: &Column) -> bool {
    let inexact =
        matches!(column.data_type, ColumnType::Decimal(_) | ColumnType::Float | ColumnType::Double);
    inexact || is_integer(column)
}

fn is_moment(column: &Column) -> bool {
    matches!(
        column.data_type,
        ColumnType::Date | ColumnType::DateTime { .. } | ColumnType::Timestamp { .. }
    )
}
