//! What rows hold, as probes look at it.

use autogen_schema::{Column, ColumnType, Expr, Pair, Schema, Table};

use crate::{Dialect, ddl, mysql, postgres, sqlite};

/// What the rows of a table hold in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// The values of a column, or of an expression over columns.
    There(String),
    /// What the rows get: in a column that is still to come, or by a change of one.
    Coming(String),
}

/// What an exclusion constraint compares.
#[derive(Debug, Clone)]
pub struct Compared<'a> {
    /// The values.
    pub held: Held,
    /// The collation that it is compared in, if it is named.
    pub collation: Option<&'a str>,
    /// The operator that no two rows may meet.
    pub operator: &'a str,
    /// The type of the values, where it is known: that of a column.
    pub data_type: Option<&'a ColumnType>,
}

/// A column that is there before a plan and after it.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The column.
    pub column: Pair<&'a Column>,
    /// Its table.
    pub table: Pair<&'a Table>,
    /// The schemas.
    pub schema: Pair<&'a Schema>,
    /// The conversion that somebody gave.
    pub using: Option<&'a Expr>,
    /// What rows with NULL get.
    pub fill: Option<&'a str>,
}

impl Held {
    /// The text, whatever it is.
    pub fn text(&self) -> &str {
        match self {
            Self::There(text) | Self::Coming(text) => text,
        }
    }

    /// The same, once something was done to the value.
    fn by(self, done: impl FnOnce(&str) -> String) -> Self {
        Self::Coming(done(self.text()))
    }

    /// As a key takes it that has a collation of its own, or takes the first characters.
    #[must_use]
    pub fn in_key(self, dialect: Dialect, collation: Option<&str>, prefix: Option<u32>) -> Self {
        let held = match prefix {
            Some(length) => self.by(|it| format!("LEFT({it}, {length})")),
            None => self,
        };
        match collation {
            Some(name) => held.by(|it| format!("{it} COLLATE {}", dialect.quote_collation(name))),
            None => held,
        }
    }
}

impl Dialect {
    /// What the rows hold in the column after the plan, where a query can say it: by its
    /// conversion and its fill.
    pub fn kept_value(self, kept: &Kept<'_>) -> Option<Held> {
        let Pair { before, after } = kept.column;
        let name = self.quote(&before.name);
        let value = match kept.using {
            Some(using) => Held::Coming(self.as_stored(&format!("({using})"), &after.data_type)?),
            None if before.data_type == after.data_type => Held::There(name),
            None => self.converted(name, kept)?,
        };
        let fill = kept.fill.filter(|_| before.nullable && !after.nullable);
        let Some(fill) = fill else { return Some(value) };
        let fill = ddl::as_operand(self, fill);
        let fill = match before.data_type == after.data_type && kept.using.is_none() {
            true => fill,
            false => self.as_value(&fill, &after.data_type)?,
        };
        Some(value.by(|it| format!("coalesce({it}, {fill})")))
    }

    /// The same as it is compared after the plan.
    pub fn kept_in_collation(self, kept: &Kept<'_>) -> Option<Held> {
        let value = self.kept_value(kept)?;
        match self {
            Self::Sqlite => Some(sqlite::values::collated(value, kept)),
            Self::Postgres => postgres::values::collated(value, kept),
            Self::Mysql => mysql::values::collated(mysql::Flavor::Mysql, value, kept),
            Self::Mariadb => mysql::values::collated(mysql::Flavor::Mariadb, value, kept),
        }
    }

    fn converted(self, name: String, kept: &Kept<'_>) -> Option<Held> {
        let types = kept.column.map(|it| &it.data_type);
        let Pair { before, after } = types;
        // What is too long or too large is refused.
        let whole = |it: &ColumnType| matches!(it, ColumnType::Integer { .. });
        if is_text(before) && is_text(after) || whole(before) && whole(after) {
            return Some(Held::There(name));
        }
        let value = match self {
            Self::Sqlite => Some(sqlite::values::converted(&name, types)),
            Self::Postgres => postgres::values::converted(&name, kept.schema.after, types),
            Self::Mysql | Self::Mariadb => mysql::values::converted(&name, types),
        }?;
        Some(if value == name { Held::There(name) } else { Held::Coming(value) })
    }

    /// The value that the column has once this is written into it.
    fn as_stored(self, value: &str, data_type: &ColumnType) -> Option<String> {
        match self {
            Self::Sqlite => Some(sqlite::values::stored(value, data_type)),
            Self::Postgres => self.as_value(value, data_type),
            Self::Mysql | Self::Mariadb => mysql::values::cast(value, data_type),
        }
    }
}

/// Whether it is a type of texts that all databases have.
pub(crate) fn is_text(data_type: &ColumnType) -> bool {
    matches!(data_type, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text(_))
}
