//! SQLite's DDL.

use autogen_schema::{Column, Constraint, GeneratedStorage, Identity, KeyPart, PrimaryKey, Table};

use super::types;
use crate::Dialect::Sqlite;
use crate::ddl;

/// A column in `CREATE TABLE` and after `ADD COLUMN`.
pub(crate) fn column(column: &Column) -> String {
    let mut sql = Sqlite.quote(&column.name);
    let data_type = types::render(&column.data_type);
    if !data_type.is_empty() {
        sql.push_str(&format!(" {data_type}"));
    }
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default {
        sql.push_str(&format!(" DEFAULT {}", ddl::default(Sqlite, default)));
    }
    if let Some(collation) = &column.collation {
        sql.push_str(&format!(" COLLATE {}", Sqlite.quote_collation(collation)));
    }
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            GeneratedStorage::Stored => "STORED",
            GeneratedStorage::Virtual => "VIRTUAL",
        };
        sql.push_str(&format!(" GENERATED ALWAYS AS ({}) {storage}", generated.expr));
    }
    sql
}

/// The primary key of a single column is declared with the column: only there it can be
/// AUTOINCREMENT.
fn inline_key<'t>(table: &'t Table, column: &Column) -> Option<&'t PrimaryKey> {
    let key = table.primary_key.as_ref()?;
    (key.columns == [KeyPart::new(&column.name)]).then_some(key)
}

fn column_with_key(table: &Table, it: &Column) -> String {
    let sql = column(it);
    let Some(key) = inline_key(table, it) else { return sql };
    let name = key.name.text().map(|name| format!(" CONSTRAINT {}", Sqlite.quote(name)));
    let counter = match &it.identity {
        Some(Identity::AutoIncrement) => " AUTOINCREMENT",
        Some(
            Identity::Auto | Identity::Always(_) | Identity::ByDefault(_) | Identity::Serial(_),
        )
        | None => "",
    };
    let conflict = ddl::on_conflict(key.on_conflict);
    format!("{sql}{} PRIMARY KEY{conflict}{counter}", name.unwrap_or_default())
}

/// A whole `CREATE TABLE` statement.
pub(crate) fn create_table(table: &Table) -> String {
    let mut lines: Vec<String> =
        table.columns.iter().map(|column| column_with_key(table, column)).collect();
    let inline = table.columns.iter().any(|column| inline_key(table, column).is_some());
    let constraints = table
        .constraints()
        .into_iter()
        .filter(|it| !(inline && matches!(it, Constraint::PrimaryKey(_))));
    lines.extend(constraints.map(|constraint| ddl::constraint(Sqlite, &constraint)));
    let mut options = Vec::new();
    if table.options.strict {
        options.push("STRICT");
    }
    if table.options.without_rowid {
        options.push("WITHOUT ROWID");
    }
    let options =
        if options.is_empty() { String::new() } else { format!(" {}", options.join(", ")) };
    let name = Sqlite.quote_name(&table.name);
    format!("CREATE TABLE {name} (\n    {}\n){options}", lines.join(",\n    "))
}

/// The words by which a statement that writes rows of the table fails over a conflict,
/// where a key of it would delete or skip rows instead.
///
/// Source: <https://sqlite.org/lang_conflict.html>: what a statement says comes before
/// what a constraint says.
pub(super) fn or_abort(table: &Table) -> &'static str {
    let key = table.primary_key.iter().map(|it| it.on_conflict);
    let mut all = key.chain(table.uniques.iter().map(|it| it.on_conflict));
    if all.any(|it| it.is_some()) { "OR ABORT " } else { "" }
}
