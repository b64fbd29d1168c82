//! Rows for tables: generated so that no ordinary constraint rejects them, and read back as
//! text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};

use autogen_dialect::Dialect;
use autogen_live::Connection;
use autogen_schema::{Column, ColumnType, Identity, QName, Schema, Table};
use sea_orm::{ConnectionTrait, Statement};

/// How many rows each table gets.
const ROWS: u32 = 3;

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// `INSERT` statements for all tables, referenced tables first. Row `n` references row `n`
/// everywhere, except for optional references to later tables.
pub fn made_up(dialect: Dialect, schema: &Schema) -> Vec<String> {
    let mut statements = Vec::new();
    let mut done: BTreeSet<&QName> = BTreeSet::new();
    while done.len() < schema.tables.len() {
        let open = || {
            schema.tables.values().map(|table| &**table).filter(|table| !done.contains(&table.name))
        };
        let waits = |table: &&Table, required: bool| {
            table.foreign_keys.iter().any(|key| {
                let optional = required && is_optional(table, &key.columns);
                !optional && key.references != table.name && !done.contains(&key.references)
            })
        };
        // In a cycle of required keys the case must provide its own rows.
        let next = open()
            .find(|table| !waits(table, false))
            .or_else(|| open().find(|table| !waits(table, true)))
            .or_else(|| open().next());
        let Some(next) = next else { break };
        done.insert(&next.name);
        statements.extend((1..=ROWS).map(|row| insert(dialect, schema, next, row, &done)));
    }
    statements
}

fn is_optional(table: &Table, columns: &[String]) -> bool {
    columns.iter().all(|name| table.column(name).is_some_and(|column| column.nullable))
}

fn insert(
    dialect: Dialect,
    schema: &Schema,
    table: &Table,
    row: u32,
    done: &BTreeSet<&QName>,
) -> String {
    let later = |column: &str| {
        table.foreign_keys.iter().any(|key| {
            !done.contains(&key.references) && key.columns.iter().any(|name| name == column)
        })
    };
    let columns: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| column.generated.is_none() && !later(&column.name))
        .collect();
    let names: Vec<String> = columns.iter().map(|column| dialect.quote(&column.name)).collect();
    let values: Vec<String> = columns
        .iter()
        .map(|column| {
            let target = referenced(schema, table, &column.name).unwrap_or(column);
            value(dialect, schema, &target.data_type, row)
        })
        .collect();
    let always = columns.iter().any(|it| matches!(it.identity, Some(Identity::Always(_))));
    let overriding = if always { " OVERRIDING SYSTEM VALUE" } else { "" };
    let name = dialect.quote_name(&table.name);
    if names.is_empty() {
        return format!("INSERT INTO {name} DEFAULT VALUES");
    }
    format!("INSERT INTO {name} ({}){overriding} VALUES ({})", names.join(", "), values.join(", "))
}

/// The referenced column of a foreign key.
fn referenced<'s>(schema: &'s Schema, table: &Table, column: &str) -> Option<&'s Column> {
    let key = table.foreign_keys.iter().find(|key| key.columns.iter().any(|it| it == column))?;
    let at = key.columns.iter().position(|it| it == column)?;
    schema.tables.get(&key.references)?.column(key.referenced_columns.get(at)?)
}

fn value(dialect: Dialect, schema: &Schema, data_type: &ColumnType, row: u32) -> String {
    let text = |text: String| dialect.quote_text(&text);
    match data_type {
        ColumnType::Boolean => if row.is_multiple_of(2) { "TRUE" } else { "FALSE" }.to_owned(),
        ColumnType::Integer { .. }
        | ColumnType::Float
        | ColumnType::Double
        | ColumnType::Decimal(_)
        | ColumnType::Money(_)
        | ColumnType::Year => row.to_string(),
        ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text(_)
        | ColumnType::LTree
        | ColumnType::Verbatim(_)
        | ColumnType::Domain(_) => text(row.to_string()),
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => {
            text(format!("{row}{row}"))
        }
        ColumnType::Bit(_) | ColumnType::VarBit(_) => format!("B'{}'", row % 2),
        ColumnType::Date => text(format!("2026-01-0{row}")),
        ColumnType::Time { .. } => text(format!("10:00:0{row}")),
        ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } => {
            text(format!("2026-01-0{row} 10:00:00"))
        }
        ColumnType::Interval { .. } => text(format!("{row} days")),
        ColumnType::Json | ColumnType::JsonBinary => text(format!("{{\"n\": {row}}}")),
        ColumnType::Uuid => text(format!("00000000-0000-0000-0000-00000000000{row}")),
        ColumnType::Inet | ColumnType::Cidr => text(format!("10.0.0.{row}")),
        ColumnType::MacAddr => text(format!("00:00:00:00:00:0{row}")),
        ColumnType::Vector(_) => text("[1]".to_owned()),
        ColumnType::Enum(name) => {
            let values = schema.enums.get(name).map(|it| it.values.clone()).unwrap_or_default();
            text(values.first().cloned().unwrap_or_default())
        }
        ColumnType::InlineEnum(values) | ColumnType::Set(values) => {
            text(values.first().cloned().unwrap_or_default())
        }
        ColumnType::Array(_) => text("{}".to_owned()),
    }
}

/// All values of a table, by column, in the order of the rows' keys.
pub type Contents = BTreeMap<String, Vec<Option<String>>>;

/// Reads the columns of a table as text, sorted by all of them.
pub async fn contents(connection: &Connection, table: &Table) -> Contents {
    let dialect = connection.dialect();
    let key: Vec<String> = table
        .primary_key
        .iter()
        .flat_map(|key| &key.columns)
        .map(|part| dialect.quote(&part.column))
        .collect();
    let text = match dialect {
        Dialect::Sqlite | Dialect::Postgres => "text",
        Dialect::Mysql | Dialect::Mariadb => "char",
    };
    let mut found = Contents::new();
    for column in &table.columns {
        let name = dialect.quote(&column.name);
        let order = if key.is_empty() { name.clone() } else { key.join(", ") };
        let table = dialect.quote_name(&table.name);
        // Each text is different: a prepared statement does not survive a change of the columns
        // that it reads.
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let shape = ["point", "line", "polygon", "multi", "geom"];
        let value = match (&column.data_type, dialect) {
            // A type that it does not cast to text.
            (ColumnType::Verbatim(of), Dialect::Mariadb)
                if shape.iter().any(|it| of.starts_with(it)) =>
            {
                format!("ST_AsText({name})")
            }
            (ColumnType::Vector(_), Dialect::Mysql) => format!("VECTOR_TO_STRING({name})"),
            _other => format!("CAST({name} AS {text})"),
        };
        let sql = format!("SELECT {value} AS v{number} FROM {table} ORDER BY {order}");
        let backend = connection.raw().get_database_backend();
        let rows =
            connection.raw().query_all_raw(Statement::from_string(backend, sql.clone())).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}\nin: {sql}"));
        let values =
            rows.iter().map(|row| row.try_get_by_index::<Option<String>>(0).expect("a text"));
        found.insert(column.name.clone(), values.collect());
    }
    found
}
