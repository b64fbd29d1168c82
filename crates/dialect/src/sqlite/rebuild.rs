//! The rebuild of a table: for what SQLite's `ALTER TABLE` cannot do.
//!
//! Source: <https://sqlite.org/lang_altertable.html#otheralter>, with two corrections found
//! by experiment. Foreign keys are switched off before the transaction (inside it the pragma
//! has no effect, and referencing rows would be deleted). And `legacy_alter_table` is on
//! while the new table takes the name of the old one: otherwise the rename fails on every
//! view and trigger that mentions the table, and rewrites text that must not change.

use std::collections::BTreeSet;

use autogen_schema::{Change, Column, ColumnChange, Defined, Identity, QName, Schema, Table};

use super::{convert, locks, render};
use crate::Dialect::Sqlite;
use crate::ddl;
use crate::names;
use crate::scan::{Lexeme, scan, strip_parentheses};
use crate::step::{Effect, Request, Step, Work};

/// The statements of one rebuild; `schema` is the schema after the changes.
pub(super) fn rebuild(
    request: &Request<'_>,
    schema: &Schema,
    before: &Table,
    after: &Table,
    causes: &[usize],
) -> Vec<Step> {
    let staging = QName::bare(staging_name(schema, &after.name.name));
    let table = Sqlite.quote_name(&after.name);
    let quoted = Sqlite.quote_name(&staging);
    let step = |effect, sql| Step {
        causes: causes.to_vec(),
        foreign_keys_off: true,
        ..Step::new(0, effect, sql)
    };
    let create = render::create_table(&Table { name: staging.clone(), ..after.clone() });
    let copy = copy_rows(request, before, after, &staging);
    let mut steps = vec![step(Effect::NONE, create)];
    steps.push(step(locks::REWRITE, copy).doing(Work::Rebuild));
    let mut statements = Vec::new();
    if is_counted(before) && is_counted(after) {
        statements.extend(keep_counter(&staging.name, &after.name.name));
    }
    statements.push((locks::BRIEF, "PRAGMA legacy_alter_table = ON".to_owned()));
    statements.push((locks::BRIEF, format!("DROP TABLE {table}")));
    statements.push((locks::BRIEF, format!("ALTER TABLE {quoted} RENAME TO {table}")));
    statements.push((locks::BRIEF, "PRAGMA legacy_alter_table = OFF".to_owned()));
    for index in &after.indexes {
        statements.push((locks::SCAN, ddl::create_index(Sqlite, &after.name, index)));
    }
    for trigger in &after.triggers {
        statements.push((locks::BRIEF, trigger.statement().to_owned()));
    }
    steps.extend(statements.into_iter().map(|(effect, sql)| step(effect, sql)));
    steps
}

/// A query for what the rebuild would drop since the plan does not know it: a column, an index or
/// a trigger. Indexes of constraints have no `sql`.
pub(crate) fn undeclared(table: &Table) -> String {
    let name = Sqlite.quote_text(&table.name.name);
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let indexes = table.indexes.iter().filter_map(|index| index.name.text());
    let triggers = table.triggers.iter().map(|trigger| trigger.name.as_str());
    let others: Vec<&str> = indexes.chain(triggers).collect();
    format!(
        "SELECT 1 FROM pragma_table_xinfo({name}) WHERE {} \
         UNION ALL SELECT 1 FROM sqlite_master WHERE tbl_name = {name} COLLATE NOCASE \
         AND type <> 'table' AND sql IS NOT NULL{}",
        none_of(&columns),
        if others.is_empty() { String::new() } else { format!(" AND {}", none_of(&others)) }
    )
}

/// SQLite compares names without regard to case.
fn none_of(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| Sqlite.quote_text(name)).collect();
    format!("name COLLATE NOCASE NOT IN ({})", names.join(", "))
}

fn staging_name(schema: &Schema, table: &str) -> String {
    let mut taken: BTreeSet<String> =
        schema.tables.keys().chain(schema.views.keys()).map(|name| name.name.clone()).collect();
    names::unused(&format!("{table}__new"), usize::MAX, &mut taken)
}

fn is_counted(table: &Table) -> bool {
    table.columns.iter().any(|column| column.identity == Some(Identity::AutoIncrement))
}

/// The counter of AUTOINCREMENT is in a table of its own. The new table has a row there only
/// if it has rows, hence the DELETE first.
fn keep_counter(staging: &str, table: &str) -> [(Effect, String); 2] {
    let staging = Sqlite.quote_text(staging);
    let table = Sqlite.quote_text(table);
    [
        (locks::BRIEF, format!("DELETE FROM sqlite_sequence WHERE name = {staging}")),
        (
            locks::BRIEF,
            format!(
                "INSERT INTO sqlite_sequence (name, seq) \
                 SELECT {staging}, seq FROM sqlite_sequence WHERE name = {table}"
            ),
        ),
    ]
}

fn copy_rows(request: &Request<'_>, before: &Table, after: &Table, staging: &QName) -> String {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for column in after.columns.iter().filter(|column| column.generated.is_none()) {
        let value = match before.column(&column.name) {
            Some(source) => Some(carried(request, &after.name, source, column)),
            None => filled(request, &after.name, column),
        };
        if let Some(value) = value {
            columns.push(Sqlite.quote(&column.name));
            values.push(value);
        }
    }
    let table = Sqlite.quote_name(&after.name);
    let staging = Sqlite.quote_name(staging);
    if columns.is_empty()
        && let Some(first) = after.columns.iter().find(|column| column.generated.is_none())
    {
        // No column is kept: the rows are, with the values of their defaults.
        columns.push(Sqlite.quote(&first.name));
        values
            .push(first.default.as_ref().map_or("NULL".to_owned(), |it| ddl::default(Sqlite, it)));
    }
    format!(
        "INSERT {}INTO {staging} ({})\nSELECT {}\nFROM {table}",
        render::or_abort(after),
        columns.join(", "),
        values.join(", ")
    )
}

/// The value of an existing column.
fn carried(request: &Request<'_>, table: &QName, before: &Column, after: &Column) -> String {
    let name = Sqlite.quote(&after.name);
    let using = request
        .usings
        .iter()
        .find(|it| !request.restoring && it.table == *table && it.column == after.name);
    let relabelled = || {
        let labels = request.changes.iter().find_map(|change| {
            let Change::Column(ColumnChange::Relabel { table: of, column, labels }) = change else {
                return None;
            };
            (of == table && *column == after.name).then_some(labels)
        });
        labels.map_or(name.clone(), |labels| ddl::relabelled(Sqlite, before, labels))
    };
    let value = match using {
        Some(using) => format!("({})", using.expr),
        None => convert::conversion(&relabelled(), &before.data_type, &after.data_type),
    };
    if !before.nullable || after.nullable {
        return value;
    }
    let default = after.default.as_ref().map(|default| ddl::default(Sqlite, default));
    match fill(request, table, after).or(default) {
        Some(fallback) => format!("coalesce({value}, {fallback})"),
        None => value,
    }
}

/// The value of a new column; `None` for its default.
fn filled(request: &Request<'_>, table: &QName, column: &Column) -> Option<String> {
    // An auto-increment column also numbers the restored rows.
    let restored = (request.restoring && column.needs_value()).then_some(&column.data_type);
    let placeholder = || restored.map(|it| convert::placeholder(it).to_owned());
    fill(request, table, column).or_else(placeholder)
}

fn fill(request: &Request<'_>, table: &QName, column: &Column) -> Option<String> {
    let given = request.fills.iter().find(|it| it.table == *table && it.column == column.name);
    given.map(|it| match it.expr.as_str() {
        value if is_plain(value) => value.to_owned(),
        other => format!("({})", strip_parentheses(Sqlite, other)),
    })
}

/// Whether it is one word, or a number with its sign.
fn is_plain(expr: &str) -> bool {
    let words: Vec<_> = scan(Sqlite, expr).filter(|it| it.is_code()).collect();
    match words.as_slice() {
        [_] => true,
        [sign, number] => sign.is_symbol("-") && number.lexeme == Lexeme::Number,
        _other => false,
    }
}
