//! The values of a required column that is restored, in existing rows: its default, NULL, the
//! placeholder value of its type, or the row's own key. Where none of these is certain to be
//! valid, the value is left open for the reviewer.

use std::collections::BTreeSet;

use autogen_schema::{
    Change, Column, ColumnType, Constraint, Default, Expr, Fill, Index, IndexKey, IndexPart,
    KeyPart, QName, Schema, Table,
};

use crate::step::before_renames;
use crate::{Dialect, mysql, postgres, sqlite};

/// NULL; for a required column it marks a value that is left open.
pub const NULL: &str = "NULL";

/// The number of characters of the longest integer.
const DIGITS: u32 = 20;

impl Dialect {
    /// The values of columns that these changes restore, where neither the column's default nor
    /// the placeholder value is certain to be valid. `schema` is the restored schema; the renames
    /// among the changes come last.
    pub fn backfills(self, schema: &Schema, changes: &[Change]) -> Vec<Fill> {
        let earlier = before_renames(schema, changes);
        let schema = earlier.as_ref().unwrap_or(schema);
        let created: BTreeSet<&QName> =
            changes.iter().filter_map(Change::created_table).map(|it| &it.name).collect();
        let fill = |change: &Change| {
            let (name, column) = change.added_column()?;
            let table = schema.tables.get(name).filter(|_| !created.contains(name))?;
            let expr = self.backfill(&Back { schema, changes, table }, column)?;
            Some(Fill { table: name.clone(), column: column.name.clone(), expr: Expr::new(expr) })
        };
        changes.iter().filter_map(fill).collect()
    }

    /// The placeholder value of a type, such as 0, '', or false.
    pub fn placeholder(self, schema: &Schema, data_type: &ColumnType) -> Option<String> {
        match self {
            Self::Sqlite => Some(sqlite::convert::placeholder(data_type).to_owned()),
            Self::Postgres => postgres::convert::placeholder_in(schema, data_type),
            Self::Mysql => mysql::convert::placeholder(mysql::Flavor::Mysql, data_type),
            Self::Mariadb => mysql::convert::placeholder(mysql::Flavor::Mariadb, data_type),
        }
    }

    fn backfill(self, back: &Back<'_>, column: &Column) -> Option<String> {
        let unique = back.unique_keys(column).contains(&true);
        let own_value = match &column.default {
            // It is computed for each row.
            Some(Default::Expression(_)) => true,
            // All rows would have the same value.
            Some(Default::Literal(_)) => !unique,
            None => column.nullable || column.identity.is_some() || column.generated.is_some(),
        };
        if own_value {
            return None;
        }
        let null = || NULL.to_owned();
        if column.nullable || back.is_bound(column) {
            return Some(null());
        }
        if unique {
            return Some(self.own_key(back, column).unwrap_or_else(null));
        }
        self.placeholder(back.schema, &column.data_type).is_none().then(null)
    }

    /// The row's primary key as a value of the column.
    fn own_key(self, back: &Back<'_>, column: &Column) -> Option<String> {
        let key = back.key()?;
        let name = self.quote(&key.name);
        if key.data_type == column.data_type && key.collation == column.collation {
            return Some(name);
        }
        let ColumnType::Integer { width, unsigned } = key.data_type else { return None };
        if let ColumnType::Integer { width: wider, unsigned: other } = column.data_type {
            return (width <= wider && unsigned == other).then_some(name);
        }
        holds_digits(&column.data_type).then(|| self.as_text(&name))
    }

    fn as_text(self, value: &str) -> String {
        match self {
            Self::Sqlite | Self::Postgres => format!("CAST({value} AS text)"),
            Self::Mysql | Self::Mariadb => format!("CAST({value} AS char)"),
        }
    }
}

/// A table with restored columns.
struct Back<'a> {
    schema: &'a Schema,
    changes: &'a [Change],
    table: &'a Table,
}

impl Back<'_> {
    /// For each unique key that uses the column, whether the column is the whole key.
    fn unique_keys(&self, column: &Column) -> Vec<bool> {
        let is = |part: &KeyPart| part.column == column.name;
        let keys = self.table.primary_key.iter().map(|it| &it.columns);
        let keys = keys.chain(self.table.uniques.iter().map(|it| &it.columns));
        let keys = keys.filter(|parts| parts.iter().any(is));
        let keys = keys.map(|parts| matches!(parts.as_slice(), [part] if part.prefix.is_none()));
        let name = &column.name;
        let uses = |it: &&Index| it.unique && it.uses(name) && !it.include.contains(name);
        keys.chain(self.table.indexes.iter().filter(uses).map(is_one_column)).collect()
    }

    /// Whether its values must satisfy more than uniqueness.
    fn is_bound(&self, column: &Column) -> bool {
        let limits = |it: &Constraint| match it {
            Constraint::PrimaryKey(_) | Constraint::Unique(_) => false,
            Constraint::ForeignKey(_) | Constraint::Check(_) | Constraint::Exclusion(_) => {
                it.uses(&column.name)
            }
        };
        self.table.constraints().iter().any(limits)
            || self.is_referenced(column)
            || self.unique_keys(column).contains(&false)
            || self.is_checked(&column.data_type)
    }

    /// Whether foreign keys reference it: a new value would break the references.
    fn is_referenced(&self, column: &Column) -> bool {
        let mut keys = self.schema.tables.values().flat_map(|it| &it.foreign_keys);
        keys.any(|key| {
            key.references == self.table.name && key.referenced_columns.contains(&column.name)
        })
    }

    /// Whether the type itself has checks.
    fn is_checked(&self, data_type: &ColumnType) -> bool {
        let ColumnType::Domain(name) = data_type else { return false };
        let domain = self.schema.domains.get(name);
        domain.is_some_and(|it| !it.checks.is_empty() || self.is_checked(&it.base))
    }

    /// The primary key of the existing rows, if it is a single column.
    fn key(&self) -> Option<&Column> {
        let [part] = self.table.primary_key.as_ref()?.columns.as_slice() else { return None };
        let changed = |change: &Change| {
            let added = change.added_column().map(|(table, column)| (table, &column.name));
            let altered = change.altered_column().map(|(table, it)| (table, &it.after.name));
            added.or(altered) == Some((&self.table.name, &part.column))
        };
        let column = self.table.column(&part.column)?;
        (!self.changes.iter().any(changed)).then_some(column)
    }
}

fn holds_digits(data_type: &ColumnType) -> bool {
    if let ColumnType::Varchar(Some(length)) = data_type {
        return *length >= DIGITS;
    }
    matches!(data_type, ColumnType::Varchar(None) | ColumnType::Text(_))
}

fn is_one_column(index: &Index) -> bool {
    let plain = |part: &IndexPart| matches!(part.key, IndexKey::Column(_)) && part.prefix.is_none();
    index.predicate.is_none() && matches!(index.parts.as_slice(), [part] if plain(part))
}

#[cfg(test)]
mod tests;
