//! What other migration runners use: SeaORM's names, and sea-query's builders for the
//! statements that they can express exactly.
//!
//! Each builder is made in two forms: as Rust code for the user's file, and as the statement
//! itself. The statement is rendered for the database, and the Rust code is used only if the
//! result is the intended statement.

mod foreign;
mod same;
mod table;

use autogen_schema::{
    Change, ColumnChange, Constraint, ConstraintChange, FkAction, ForeignKey, Index, IndexChange,
    IndexKey, QName, Table, TableChange,
};
use sea_query::{
    ForeignKeyAction, ForeignKeyCreateStatement, IndexCreateStatement, IndexOrder,
    MysqlQueryBuilder, PostgresQueryBuilder, SqliteQueryBuilder,
};

use crate::Dialect;

/// A call of SeaORM's `SchemaManager`: the method, and the lines of its argument, a builder
/// and its method calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Builder {
    /// The method, as `create_table`.
    pub method: &'static str,
    /// The lines of the argument.
    pub lines: Vec<String>,
}

/// A built statement, to be rendered.
enum Statement {
    CreateTable(sea_query::TableCreateStatement),
    DropTable(sea_query::TableDropStatement),
    RenameTable(sea_query::TableRenameStatement),
    AlterTable(sea_query::TableAlterStatement),
    CreateIndex(IndexCreateStatement),
    DropIndex(sea_query::IndexDropStatement),
    CreateForeignKey(ForeignKeyCreateStatement),
    DropForeignKey(sea_query::ForeignKeyDropStatement),
}

macro_rules! rendered {
    ($statement:expr, $builder:expr) => {
        match $statement {
            Statement::CreateTable(it) => it.to_string($builder),
            Statement::DropTable(it) => it.to_string($builder),
            Statement::RenameTable(it) => it.to_string($builder),
            Statement::AlterTable(it) => it.to_string($builder),
            Statement::CreateIndex(it) => it.to_string($builder),
            Statement::DropIndex(it) => it.to_string($builder),
            Statement::CreateForeignKey(it) => it.to_string($builder),
            Statement::DropForeignKey(it) => it.to_string($builder),
        }
    };
}

impl Dialect {
    /// The builder for a statement that is the whole of a change; `None` if no builder expresses
    /// it exactly.
    pub fn builder(self, change: &Change, sql: &str) -> Option<Builder> {
        let (builder, statement) = built(self, change)?;
        let text = match self {
            Self::Postgres => rendered!(statement, PostgresQueryBuilder),
            Self::Sqlite => rendered!(statement, SqliteQueryBuilder),
            Self::Mysql | Self::Mariadb => rendered!(statement, MysqlQueryBuilder),
        };
        same::same(self, &text, sql).then_some(builder)
    }

    /// Whether constraints can be added to existing tables.
    fn alters_constraints(self) -> bool {
        match self {
            Self::Postgres | Self::Mysql | Self::Mariadb => true,
            Self::Sqlite => false,
        }
    }
}

/// Only calls of sea-query that cannot panic.
fn built(dialect: Dialect, change: &Change) -> Option<(Builder, Statement)> {
    match change {
        Change::Table(change) => of_table(dialect, change),
        Change::Column(change) => column(dialect, change),
        Change::Index(change) => of_index(change),
        Change::Constraint(change) if dialect.alters_constraints() => constraint(change),
        Change::Constraint(_)
        | Change::Namespace(_)
        | Change::Extension(_)
        | Change::Collation(_)
        | Change::Enum(_)
        | Change::Domain(_)
        | Change::Sequence(_)
        | Change::Partition(_)
        | Change::Statistics(_)
        | Change::Grant(_)
        | Change::View(_)
        | Change::Routine(_)
        | Change::Trigger(_)
        | Change::Policy(_) => None,
    }
}

fn of_table(dialect: Dialect, change: &TableChange) -> Option<(Builder, Statement)> {
    match change {
        TableChange::Create(table) => table::create(dialect, table),
        TableChange::Drop(table) => {
            let name = bare(&table.name)?;
            let statement = sea_query::Table::drop().table(name.to_owned()).take();
            let lines = vec!["Table::drop()".to_owned(), call("table", name)];
            Some((Builder { method: "drop_table", lines }, Statement::DropTable(statement)))
        }
        TableChange::Rename(names) => {
            let (before, after) = (bare(&names.before)?, bare(&names.after)?);
            let statement =
                sea_query::Table::rename().table(before.to_owned(), after.to_owned()).take();
            let lines = vec![
                "Table::rename()".to_owned(),
                format!(".table({}, {})", literal(before), literal(after)),
            ];
            Some((Builder { method: "rename_table", lines }, Statement::RenameTable(statement)))
        }
        TableChange::Comment { .. } | TableChange::Options { .. } | TableChange::Reorder { .. } => {
            None
        }
    }
}

fn of_index(change: &IndexChange) -> Option<(Builder, Statement)> {
    match change {
        IndexChange::Create { table, index } => create_index(table, index),
        IndexChange::Drop { table, index } => {
            let (table, name) = (bare(table)?, index.name.text()?);
            let statement = sea_query::Index::drop().name(name).table(table.to_owned()).to_owned();
            let lines = vec!["Index::drop()".to_owned(), call("name", name), call("table", table)];
            Some((Builder { method: "drop_index", lines }, Statement::DropIndex(statement)))
        }
        IndexChange::Rename { .. } | IndexChange::Comment { .. } | IndexChange::Tune { .. } => None,
    }
}

fn column(dialect: Dialect, change: &ColumnChange) -> Option<(Builder, Statement)> {
    let alter = |table: &QName| {
        let name = bare(table)?;
        let statement = sea_query::Table::alter().table(name.to_owned()).take();
        Some((statement, vec!["Table::alter()".to_owned(), call("table", name)]))
    };
    let (statement, lines) = match change {
        ColumnChange::Add { table, column, .. } => {
            let (mut statement, mut lines) = alter(table)?;
            let (mut column, code) = table::column(dialect, column, false)?;
            statement.add_column(&mut column);
            lines.push(format!(".add_column({code})"));
            (statement, lines)
        }
        ColumnChange::Drop { table, column, .. } => {
            let (mut statement, mut lines) = alter(table)?;
            statement.drop_column(column.name.clone());
            lines.push(call("drop_column", &column.name));
            (statement, lines)
        }
        ColumnChange::Rename { table, name } => {
            let (mut statement, mut lines) = alter(table)?;
            statement.rename_column(name.before.clone(), name.after.clone());
            let (before, after) = (literal(&name.before), literal(&name.after));
            lines.push(format!(".rename_column({before}, {after})"));
            (statement, lines)
        }
        ColumnChange::Alter { .. }
        | ColumnChange::RenameLabel { .. }
        | ColumnChange::Relabel { .. } => return None,
    };
    Some((Builder { method: "alter_table", lines }, Statement::AlterTable(statement)))
}

fn create_index(table: &QName, index: &Index) -> Option<(Builder, Statement)> {
    let mut statement = sea_query::Index::create();
    let mut lines = vec!["Index::create()".to_owned()];
    let (table, name) = (bare(table)?, index.name.text()?);
    statement.name(name).table(table.to_owned());
    lines.extend([call("name", name), call("table", table)]);
    for part in &index.parts {
        let IndexKey::Column(column) = &part.key else { return None };
        if part.descending {
            statement.col((column.clone(), IndexOrder::Desc));
            lines.push(format!(".col(({}, IndexOrder::Desc))", literal(column)));
        } else {
            statement.col(column.clone());
            lines.push(call("col", column));
        }
    }
    if index.unique {
        statement.unique();
        lines.push(".unique()".to_owned());
    }
    Some((Builder { method: "create_index", lines }, Statement::CreateIndex(statement)))
}

fn constraint(change: &ConstraintChange) -> Option<(Builder, Statement)> {
    match change {
        ConstraintChange::Add { table, constraint: Constraint::ForeignKey(key) } => {
            let (statement, lines) = foreign_key(table, key)?;
            let statement = Statement::CreateForeignKey(statement);
            Some((Builder { method: "create_foreign_key", lines }, statement))
        }
        ConstraintChange::Drop { table, constraint: Constraint::ForeignKey(key) } => {
            let (table, name) = (bare(table)?, key.name.text()?);
            let statement =
                sea_query::ForeignKey::drop().name(name).table(table.to_owned()).to_owned();
            let lines =
                vec!["ForeignKey::drop()".to_owned(), call("name", name), call("table", table)];
            let statement = Statement::DropForeignKey(statement);
            Some((Builder { method: "drop_foreign_key", lines }, statement))
        }
        ConstraintChange::Add { .. }
        | ConstraintChange::Drop { .. }
        | ConstraintChange::Rename { .. }
        | ConstraintChange::Comment { .. } => None,
    }
}

/// A foreign key of a table.
fn foreign_key(
    table: &QName,
    key: &ForeignKey,
) -> Option<(ForeignKeyCreateStatement, Vec<String>)> {
    let mut statement = sea_query::ForeignKey::create();
    let mut lines = vec!["ForeignKey::create()".to_owned()];
    let (name, table, other) = (key.name.text()?, bare(table)?, bare(&key.references)?);
    statement.name(name).from_tbl(table.to_owned()).to_tbl(other.to_owned());
    lines.extend([call("name", name), call("from_tbl", table)]);
    for column in &key.columns {
        statement.from_col(column.clone());
        lines.push(call("from_col", column));
    }
    lines.push(call("to_tbl", other));
    for column in &key.referenced_columns {
        statement.to_col(column.clone());
        lines.push(call("to_col", column));
    }
    if let Some((action, word)) = action(key.on_delete) {
        statement.on_delete(action);
        lines.push(format!(".on_delete(ForeignKeyAction::{word})"));
    }
    if let Some((action, word)) = action(key.on_update) {
        statement.on_update(action);
        lines.push(format!(".on_update(ForeignKeyAction::{word})"));
    }
    Some((statement, lines))
}

fn action(action: FkAction) -> Option<(ForeignKeyAction, &'static str)> {
    match action {
        FkAction::NoAction => None,
        FkAction::Restrict => Some((ForeignKeyAction::Restrict, "Restrict")),
        FkAction::Cascade => Some((ForeignKeyAction::Cascade, "Cascade")),
        FkAction::SetNull => Some((ForeignKeyAction::SetNull, "SetNull")),
        FkAction::SetDefault => Some((ForeignKeyAction::SetDefault, "SetDefault")),
    }
}

/// The name of a table in the default schema.
fn bare(name: &QName) -> Option<&str> {
    name.schema.is_none().then_some(name.name.as_str())
}

fn call(method: &str, text: &str) -> String {
    format!(".{method}({})", literal(text))
}

fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// A table without anything that builders cannot express in any database.
fn is_plain(table: &Table) -> bool {
    table.checks.is_empty() && table.exclusions.is_empty() && table.partitioning.is_none()
}
