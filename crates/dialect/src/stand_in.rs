//! What stands in for values that are gone, where an earlier schema is brought
//! back and a column asks for more than any value: a foreign key wants a row to
//! refer to, a unique key wants values that differ.

use std::collections::BTreeSet;

use autogen_schema::{
    Change, Column, ColumnChange, ColumnType, Expr, Fill, ForeignKey, IndexKey, QName, Schema,
    Table, TableChange,
};

use crate::Dialect;

impl Dialect {
    /// What required columns that come back hold in the rows that are there;
    /// `schema` is what is brought back, by the changes, the renames among them
    /// last. Columns that any value will do for are
    /// not among them.
    pub fn stand_ins(self, schema: &Schema, changes: &[Change]) -> Vec<Fill> {
        let (created, earlier) = (created(changes), before_renames(schema, changes));
        let schema = earlier.as_ref().unwrap_or(schema);
        let stand_in = |change: &Change| {
            let Change::Column(ColumnChange::Add { table, column, .. }) = change else {
                return None;
            };
            let own_value = column.nullable
                || column.default.is_some()
                || column.identity.is_some()
                || column.generated.is_some();
            if own_value || created.contains(table) {
                return None;
            }
            let owner = schema.tables.get(table)?;
            let expr = match parent(owner, column) {
                Some(key) if created.contains(&key.references) => None,
                Some(key) => self.first_parent(key),
                None if is_unique(owner, column) => self.of_key(owner, column, &added(changes)),
                None => None,
            }?;
            Some(Fill { table: table.clone(), column: column.name.clone(), expr: Expr::new(expr) })
        };
        changes.iter().filter_map(stand_in).collect()
    }

    /// The parent that comes first.
    fn first_parent(self, key: &ForeignKey) -> Option<String> {
        let column = self.quote(key.referenced_columns.first()?);
        let parent = self.quote_name(&key.references);
        let first = format!("SELECT {column} FROM {parent} ORDER BY {column} LIMIT 1");
        Some(match self {
            Self::Sqlite | Self::Postgres => format!("({first})"),
            // A statement there can't read the table that it writes to, but for
            // one that stands by itself.
            // Source: <https://dev.mysql.com/doc/refman/8.4/en/update.html>.
            Self::Mysql | Self::Mariadb => format!("(SELECT {column} FROM ({first}) AS parent)"),
        })
    }

    /// The primary key of the row, as a value of the column.
    fn of_key(
        self,
        table: &Table,
        column: &Column,
        added: &BTreeSet<(&QName, &str)>,
    ) -> Option<String> {
        let alone = table.primary_key.iter().find_map(|key| match key.columns.as_slice() {
            [part] => table.column(&part.column),
            _other => None,
        });
        let there = alone.filter(|key| !added.contains(&(&table.name, key.name.as_str())));
        let Some(key) = there else { return self.of_place(table, column) };
        let name = self.quote(&key.name);
        let from_integer = matches!(key.data_type, ColumnType::Integer { .. });
        let text = |it: &ColumnType| {
            matches!(it, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text(_))
        };
        let number = |it: &ColumnType| {
            matches!(
                it,
                ColumnType::Integer { .. }
                    | ColumnType::Decimal(_)
                    | ColumnType::Float
                    | ColumnType::Double
            )
        };
        if key.data_type == column.data_type || from_integer && number(&column.data_type) {
            return Some(name);
        }
        let uuid = matches!(column.data_type, ColumnType::Uuid | ColumnType::Binary(Some(16)));
        match self {
            Self::Postgres | Self::Sqlite if text(&column.data_type) => {
                Some(format!("CAST({name} AS text)"))
            }
            Self::Mysql | Self::Mariadb if text(&column.data_type) => {
                Some(format!("CAST({name} AS char)"))
            }
            Self::Postgres if from_integer && column.data_type == ColumnType::Uuid => {
                Some(format!("CAST(lpad(to_hex({name}), 32, '0') AS uuid)"))
            }
            Self::Sqlite if from_integer && uuid => {
                Some(format!("CAST(printf('%016d', {name}) AS blob)"))
            }
            Self::Mysql | Self::Mariadb if from_integer && uuid => {
                Some(format!("unhex(lpad(hex({name}), 32, '0'))"))
            }
            Self::Mysql | Self::Mariadb if is_integer(column) => Some(self.of_rank(table, key)),
            Self::Sqlite | Self::Postgres | Self::Mysql | Self::Mariadb => {
                self.of_place(table, column)
            }
        }
    }

    /// The rank of the row by its key. The table that counts is made once, and
    /// so may read the one that is written to.
    fn of_rank(self, table: &Table, key: &Column) -> String {
        let (table, key) = (self.quote_name(&table.name), self.quote(&key.name));
        format!(
            "(SELECT place FROM (SELECT {key} AS own, row_number() OVER (ORDER BY {key}) AS place \
             FROM {table}) AS ranked WHERE ranked.own = {table}.{key})"
        )
    }

    /// Where the row stands: its number where a rebuild writes one after the
    /// other, or its page and its place there.
    /// Source: <https://www.postgresql.org/docs/15/ddl-system-columns.html>.
    fn of_place(self, table: &Table, column: &Column) -> Option<String> {
        let integer = is_integer(column);
        match self {
            Self::Sqlite if integer => Some("row_number() OVER ()".to_owned()),
            Self::Postgres if integer && table.partitioning.is_none() => {
                let place = "(CAST(CAST(ctid AS text) AS point))";
                Some(format!("{place}[0] * 65536 + {place}[1]"))
            }
            Self::Sqlite | Self::Postgres | Self::Mysql | Self::Mariadb => None,
        }
    }
}

fn is_integer(column: &Column) -> bool {
    matches!(column.data_type, ColumnType::Integer { .. })
}

/// The foreign key that is this column alone.
fn parent<'a>(table: &'a Table, column: &Column) -> Option<&'a ForeignKey> {
    table.foreign_keys.iter().find(|key| *key.columns == [column.name.clone()])
}

/// Whether no two rows may be alike in what the column is part of.
fn is_unique(table: &Table, column: &Column) -> bool {
    let name = &column.name;
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let uniques = table.uniques.iter().flat_map(|unique| &unique.columns);
    let indexes = table.indexes.iter().filter(|index| index.unique).flat_map(|index| &index.parts);
    key.chain(uniques).any(|part| part.column == *name)
        || indexes.into_iter().any(|part| match &part.key {
            IndexKey::Column(column) => column == name,
            IndexKey::Expression(expr) => expr.mentions(name),
        })
}

/// Tables that the changes make: they are empty.
fn created<'a>(changes: &'a [Change]) -> BTreeSet<&'a QName> {
    let name = |change: &'a Change| match change {
        Change::Table(TableChange::Create(table)) => Some(&table.name),
        _other => None,
    };
    changes.iter().filter_map(name).collect()
}

/// The schema in the names that it has before the renames, which come last on
/// a way back. `None` where there are none.
fn before_renames(schema: &Schema, changes: &[Change]) -> Option<Schema> {
    let renames = changes.iter().rev().filter(|change| {
        matches!(
            change,
            Change::Table(TableChange::Rename(_)) | Change::Column(ColumnChange::Rename { .. })
        )
    });
    let mut earlier = None;
    for rename in renames {
        let schema = earlier.get_or_insert_with(|| schema.clone());
        // What does not fit is found where the changes are carried out.
        let _ = rename.inverse().apply(schema);
    }
    earlier
}

fn added<'a>(changes: &'a [Change]) -> BTreeSet<(&'a QName, &'a str)> {
    let name = |change: &'a Change| match change {
        Change::Column(ColumnChange::Add { table, column, .. }) => {
            Some((table, column.name.as_str()))
        }
        _other => None,
    };
    changes.iter().filter_map(name).collect()
}
