//! Facts that differ between databases, each answered by the database's own folder.

use autogen_schema::{
    Column, ColumnType, Default, Expr, Identity, Index, Pair, Partition, Partitioning, QName,
    Schema, Table, TableOptions,
};

use crate::holds::{Holds, usual};
use crate::mysql::{self, Flavor};
use crate::{Dialect, ddl, postgres, sqlite};

impl Dialect {
    pub(crate) fn settle_identity(self, identity: Identity) -> Identity {
        match self {
            Self::Sqlite => sqlite::canonical::settle_identity(identity),
            Self::Postgres => postgres::canonical::settle_identity(identity),
            Self::Mysql | Self::Mariadb => mysql::canonical::settle_identity(identity),
        }
    }

    /// The new character set of a text column, if it may lack characters of the current one. For
    /// tables that declare none, the databases' default collations decide.
    pub fn narrowed_charset(
        self,
        column: Pair<&Column>,
        options: Pair<&TableOptions>,
        databases: Pair<Option<&str>>,
    ) -> Option<String> {
        match self {
            Self::Sqlite | Self::Postgres => None,
            Self::Mysql | Self::Mariadb => {
                mysql::charsets::narrowed(column, options, databases).map(str::to_owned)
            }
        }
    }

    /// Whether a change of type can lose or change values.
    pub fn is_lossy(self, before: &ColumnType, after: &ColumnType) -> bool {
        match self {
            Self::Sqlite => sqlite::convert::is_lossy(before, after),
            Self::Postgres => postgres::convert::is_lossy(before, after),
            Self::Mysql | Self::Mariadb => mysql::convert::is_lossy(before, after),
        }
    }

    /// The table that results from detaching a partition of `table`.
    pub fn detached(self, table: &Table, partition: &Partition) -> Table {
        match self {
            Self::Postgres => postgres::detach::detached(table, partition),
            Self::Sqlite | Self::Mysql | Self::Mariadb => Table::new(partition.name.clone()),
        }
    }

    /// Whether two partitions with the same partition key are known to overlap.
    pub fn bounds_overlap(self, by: &str, one: &str, other: &str) -> bool {
        match self {
            Self::Postgres => postgres::bounds::overlap(by, one, other),
            Self::Mysql | Self::Mariadb => !one.is_empty() && one == other,
            Self::Sqlite => false,
        }
    }

    /// Whether differently spelled partition keys are different keys; otherwise the server may
    /// have rewritten one.
    pub fn partition_key_is_exact(self, by: &str) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => by.matches('(').count() <= 1,
            Self::Mysql | Self::Mariadb => mysql::partition::is_exact(by),
        }
    }

    /// Whether there is a partition for every row.
    pub fn holds_all_rows(self, partitioning: &Partitioning) -> bool {
        let default = |it: &Partition| it.bound == "DEFAULT";
        match self {
            Self::Postgres | Self::Sqlite => partitioning.partitions.iter().any(default),
            Self::Mysql | Self::Mariadb => mysql::partition::holds_all(partitioning),
        }
    }

    /// Whether a row may have no partition after a change of the partitioning. Where partitions
    /// are tables, they are dropped with their rows instead.
    pub fn narrows_partitions(self, partitioning: Pair<&Partitioning>) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => false,
            Self::Mysql | Self::Mariadb => {
                mysql::partition::narrows(partitioning.before, partitioning.after)
            }
        }
    }

    /// The default name of a serial column's sequence.
    pub fn serial_sequence(self, table: &QName, column: &str) -> QName {
        match self {
            Self::Sqlite | Self::Postgres | Self::Mysql | Self::Mariadb => {
                postgres::sequence::chosen_name(table, column)
            }
        }
    }

    /// Whether the database itself numbers the rows in this column, without a declaration.
    pub fn numbers_rows(self, table: &Table, column: &str) -> bool {
        let Some((key, column)) = table.primary_key.as_ref().zip(table.column(column)) else {
            return false;
        };
        match self {
            Self::Sqlite => sqlite::canonical::is_rowid(column, &key.columns, &table.options),
            Self::Postgres | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// The extensions that must be installed before this one.
    pub fn extension_needs(self, name: &str) -> &'static [&'static str] {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => &[],
            Self::Postgres => postgres::extensions::needs(name),
        }
    }

    /// Whether two indexes differ only in storage parameters that can be changed without
    /// rebuilding.
    pub fn tunes_index(self, table: Pair<&Table>, before: &Index, after: &Index) -> bool {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => false,
            Self::Postgres => postgres::index::is_tunable(table, before, after),
        }
    }

    /// The longest name, in bytes, if there is a limit.
    pub fn max_name(self) -> Option<usize> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(postgres::MAX_NAME),
            Self::Mysql | Self::Mariadb => Some(mysql::MAX_NAME),
        }
    }

    /// Whether a column of type `actual` stores a Rust type without loss, whose default column
    /// type is `inferred`.
    pub fn satisfies(self, inferred: &ColumnType, actual: &ColumnType) -> bool {
        match self {
            Self::Sqlite => sqlite::types::satisfies(inferred, actual),
            Self::Postgres => postgres::types::satisfies(inferred, actual),
            Self::Mysql => mysql::types::satisfies(Flavor::Mysql, inferred, actual),
            Self::Mariadb => mysql::types::satisfies(Flavor::Mariadb, inferred, actual),
        }
    }

    /// Whether an integer primary key is numbered without being declared so. Source:
    /// <https://sqlite.org/autoinc.html>, "ROWID".
    pub fn numbers_keys(self) -> bool {
        match self {
            Self::Sqlite => true,
            Self::Postgres | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether two types differ only in a length that the database ignores, and that SeaORM's
    /// generator of entities writes wrongly: SQLite's `blob(n)`.
    pub fn stores_alike(self, declared: &ColumnType, existing: &ColumnType) -> bool {
        match self {
            Self::Sqlite => sqlite::types::are_blobs(declared, existing),
            Self::Postgres | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether a foreign key can reference these columns. Sources: PostgreSQL manual, 5.4.5; SQLite,
    /// "Required and Suggested Database Indexes" of foreign keys; MySQL manual, 15.1.20.5: InnoDB
    /// accepts any index that begins with them, with the primary key at its end.
    pub fn can_be_referenced(self, parent: &Table, columns: &[String]) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => parent.unique_keys().iter().any(|(_, key)| {
                key.len() == columns.len() && columns.iter().all(|name| key.contains(&name))
            }),
            Self::Mysql | Self::Mariadb => mysql::implied::can_be_referenced(parent, columns),
        }
    }

    /// The statement that creates a table, without the statements after it.
    pub fn create_table(self, table: &Table) -> String {
        match self {
            Self::Sqlite => sqlite::render::create_table(table),
            Self::Postgres => postgres::render::create_table(table),
            Self::Mysql => mysql::render::create_table(Flavor::Mysql, table),
            Self::Mariadb => mysql::render::create_table(Flavor::Mariadb, table),
        }
    }

    /// Whether the database has no such type.
    pub fn lacks_type(self, data_type: &ColumnType) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => false,
            Self::Mysql | Self::Mariadb => mysql::types::is_missing(data_type),
        }
    }

    /// The values of a column of this type; the schema has the domains.
    pub fn holds(self, data_type: &ColumnType, schema: &Schema) -> Holds {
        let data_type = schema.underlying(data_type, true);
        if let ColumnType::Array(element) = data_type {
            return Holds::List(Box::new(self.holds(element, schema)));
        }
        let own = match self {
            Self::Sqlite => sqlite::holds::own(data_type),
            Self::Postgres => postgres::holds::own(data_type),
            Self::Mysql | Self::Mariadb => mysql::holds::own(data_type),
        };
        own.unwrap_or_else(|| usual(data_type))
    }

    /// Whether a column of this type keeps its numbers in two forms, of which sqlx reads one.
    pub fn mixes_numbers(self, data_type: &ColumnType) -> bool {
        match self {
            Self::Sqlite => sqlite::holds::mixes_numbers(data_type),
            Self::Postgres | Self::Mysql | Self::Mariadb => false,
        }
    }

    /// A type in DDL.
    pub fn render_type(self, data_type: &ColumnType) -> String {
        match self {
            Self::Sqlite => sqlite::types::render(data_type),
            Self::Postgres => postgres::types::render(data_type),
            Self::Mysql | Self::Mariadb => mysql::types::render(data_type),
        }
    }

    /// A quoted collation name. A dot is part of the name (`en_US.utf8`); the introspector writes
    /// a collation of another schema with quotes (`"schema"."name"`).
    pub(crate) fn quote_collation(self, name: &str) -> String {
        match self {
            Self::Postgres if name.starts_with('"') => name.to_owned(),
            Self::Postgres | Self::Sqlite => self.quote(name),
            Self::Mysql | Self::Mariadb => mysql::render::word(name),
        }
    }

    /// A default in DDL.
    pub fn default_text(self, default: &Default) -> String {
        ddl::default(self, default)
    }

    /// An expression after `DEFAULT`: SQLite and MySQL require parentheses around all but their
    /// keywords, PostgreSQL around some operators.
    pub(crate) fn default_expression(self, expr: &Expr) -> String {
        let keywords = ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"];
        match self {
            Self::Sqlite if !keywords.contains(&expr.as_str()) => format!("({expr})"),
            Self::Sqlite => expr.to_string(),
            Self::Postgres => postgres::defaults::render(expr),
            Self::Mysql | Self::Mariadb => mysql::defaults::render(expr),
        }
    }
}
