//! What each database does, asked of its own folder.

use autogen_schema::{
    Column, ColumnType, Default, Expr, Identity, Index, Pair, Partition, Partitioning, QName,
    Table, TableOptions,
};

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

    /// The character set that a column of text gets, where that may not have all
    /// characters of the one it has. The databases' own collations say it of tables
    /// that say none.
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

    /// Whether values can get lost or changed by a change of type.
    pub fn is_lossy(self, before: &ColumnType, after: &ColumnType) -> bool {
        match self {
            Self::Sqlite => sqlite::convert::is_lossy(before, after),
            Self::Postgres => postgres::convert::is_lossy(before, after),
            Self::Mysql | Self::Mariadb => mysql::convert::is_lossy(before, after),
        }
    }

    /// The table that a partition of `table` is once it is detached.
    pub fn detached(self, table: &Table, partition: &Partition) -> Table {
        match self {
            Self::Postgres => postgres::detach::detached(table, partition),
            Self::Sqlite | Self::Mysql | Self::Mariadb => Table::new(partition.name.clone()),
        }
    }

    /// Whether two partitions that are divided by the same are known to overlap.
    pub fn bounds_overlap(self, by: &str, one: &str, other: &str) -> bool {
        match self {
            Self::Postgres => postgres::bounds::overlap(by, one, other),
            Self::Mysql | Self::Mariadb => !one.is_empty() && one == other,
            Self::Sqlite => false,
        }
    }

    /// Whether a partition key that is spelled in another way is another one;
    /// else the server may have spelled it anew.
    pub fn partition_key_is_exact(self, by: &str) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => by.matches('(').count() <= 1,
            Self::Mysql | Self::Mariadb => mysql::partition::is_exact(by),
        }
    }

    /// Whether each row has a partition to go to.
    pub fn holds_all_rows(self, partitioning: &Partitioning) -> bool {
        let default = |it: &Partition| it.bound == "DEFAULT";
        match self {
            Self::Postgres | Self::Sqlite => partitioning.partitions.iter().any(default),
            Self::Mysql | Self::Mariadb => mysql::partition::holds_all(partitioning),
        }
    }

    /// Whether the partitions of a table are arranged so that a row may lose its place:
    /// where partitions are tables, they go with their rows.
    pub fn narrows_partitions(self, partitioning: Pair<&Partitioning>) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => false,
            Self::Mysql | Self::Mariadb => {
                mysql::partition::narrows(partitioning.before, partitioning.after)
            }
        }
    }

    /// The sequence that a serial column gets, where a name of its own is not said.
    pub fn serial_sequence(self, table: &QName, column: &str) -> QName {
        match self {
            Self::Sqlite | Self::Postgres | Self::Mysql | Self::Mariadb => {
                postgres::sequence::chosen_name(table, column)
            }
        }
    }

    /// The extensions that have to be there before this one.
    pub fn extension_needs(self, name: &str) -> &'static [&'static str] {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => &[],
            Self::Postgres => postgres::extensions::needs(name),
        }
    }

    /// Whether an index becomes another by other storage parameters alone, without
    /// being built anew.
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

    /// Whether `actual` reads and writes what a Rust type stands for without
    /// loss, when that type alone would mean `inferred`.
    pub fn satisfies(self, inferred: &ColumnType, actual: &ColumnType) -> bool {
        match self {
            Self::Sqlite => sqlite::types::satisfies(inferred, actual),
            Self::Postgres => postgres::types::satisfies(inferred, actual),
            Self::Mysql => mysql::types::satisfies(Flavor::Mysql, inferred, actual),
            Self::Mariadb => mysql::types::satisfies(Flavor::Mariadb, inferred, actual),
        }
    }

    /// The statement that creates a table, without what comes behind it.
    pub fn create_table(self, table: &Table) -> String {
        match self {
            Self::Sqlite => sqlite::render::create_table(table),
            Self::Postgres => postgres::render::create_table(table),
            Self::Mysql => mysql::render::create_table(Flavor::Mysql, table),
            Self::Mariadb => mysql::render::create_table(Flavor::Mariadb, table),
        }
    }

    /// Whether the database has nothing that this type could be.
    pub fn lacks_type(self, data_type: &ColumnType) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => false,
            Self::Mysql | Self::Mariadb => mysql::types::is_missing(data_type),
        }
    }

    /// A type as it stands in DDL.
    pub fn render_type(self, data_type: &ColumnType) -> String {
        match self {
            Self::Sqlite => sqlite::types::render(data_type),
            Self::Postgres => postgres::types::render(data_type),
            Self::Mysql | Self::Mariadb => mysql::types::render(data_type),
        }
    }

    /// A collation's name, quoted. A dot in it is part of the name
    /// (`en_US.utf8`); one in another schema is written with its quotes, as
    /// the introspector does (`"schema"."name"`).
    pub(crate) fn quote_collation(self, name: &str) -> String {
        match self {
            Self::Postgres if name.starts_with('"') => name.to_owned(),
            Self::Postgres | Self::Sqlite => self.quote(name),
            Self::Mysql | Self::Mariadb => mysql::render::word(name),
        }
    }

    /// A default as it stands in DDL.
    pub fn default_text(self, default: &Default) -> String {
        ddl::default(self, default)
    }

    /// An expression after `DEFAULT`: SQLite and MySQL require parentheses around
    /// all but their keywords, PostgreSQL around some operators.
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
