//! What the rows of a column that stays hold after a plan.

use autogen_schema::{ColumnType, Pair};

use crate::held::{Held, Kept, is_text};
use crate::{Dialect, ddl, mysql, postgres, sqlite};

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
