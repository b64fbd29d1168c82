//! Tables and columns as builders of sea-query.

use autogen_schema::{
    Column, ColumnType, Default, Identity, Index, IndexKey, IntWidth, KeyPart, Literal, Name,
    SequenceOptions, Table, TextSize,
};
use sea_query::{ColumnDef, IndexCreateStatement};

use super::{Builder, Statement, bare, call, foreign_key, is_plain, literal};
use crate::Dialect;

/// A table as it is created.
pub(super) fn create(dialect: Dialect, table: &Table) -> Option<(Builder, Statement)> {
    if !is_plain(table) {
        return None;
    }
    let name = bare(&table.name)?;
    let mut statement = sea_query::Table::create();
    let mut lines = vec!["Table::create()".to_owned(), call("table", name)];
    statement.table(name.to_owned());
    let alone = table.primary_key.as_ref().filter(|it| it.columns.len() == 1);
    let inline = |column: &Column| {
        column.identity == Some(Identity::AutoIncrement)
            && dialect.counts_at_the_column()
            && alone.is_some_and(|key| key.columns.iter().any(|it| it.column == column.name))
    };
    for given in &table.columns {
        let (mut built, code) = column(dialect, given, inline(given))?;
        statement.col(&mut built);
        lines.push(format!(".col({code})"));
    }
    if let Some(key) = &table.primary_key
        && !table.columns.iter().any(inline)
    {
        // If keys have no names, none is written.
        let name = Some(&key.name).filter(|_| dialect.names_primary_keys());
        let (mut built, code) = parts(name, &key.columns)?;
        statement.primary_key(&mut built);
        lines.push(format!(".primary_key({code})"));
    }
    for unique in &table.uniques {
        let (mut built, code) = parts(Some(&unique.name), &unique.columns)?;
        statement.index(built.unique());
        lines.push(format!(".index({code}.unique())"));
    }
    // If indexes are part of the table, keys have no names either.
    for index in table.indexes.iter().filter(|_| !dialect.names_primary_keys()) {
        let (mut built, mut code) = index_within(index)?;
        statement.index(&mut built);
        code = format!(".index({code})");
        lines.push(code);
    }
    for key in &table.foreign_keys {
        let (mut built, code) = foreign_key(&table.name, key)?;
        statement.foreign_key(&mut built);
        lines.push(".foreign_key(".to_owned());
        for (at, line) in code.iter().enumerate() {
            let comma = if at + 1 == code.len() { "," } else { "" };
            lines.push(format!("{}{line}{comma}", "    ".repeat(if at == 0 { 1 } else { 2 })));
        }
        lines.push(")".to_owned());
    }
    Some((Builder { method: "create_table", lines }, Statement::CreateTable(statement)))
}

fn index_within(index: &Index) -> Option<(IndexCreateStatement, String)> {
    let columns = index.parts.iter().map(|part| match &part.key {
        IndexKey::Column(name) if !part.descending && part.prefix.is_none() => {
            Some(KeyPart::new(name))
        }
        IndexKey::Column(_) | IndexKey::Expression(_) => None,
    });
    let (mut built, mut code) =
        parts(Some(&index.name), &columns.collect::<Option<Vec<KeyPart>>>()?)?;
    if index.unique {
        built.unique();
        code.push_str(".unique()");
    }
    Some((built, code))
}

fn parts(name: Option<&Name>, columns: &[KeyPart]) -> Option<(IndexCreateStatement, String)> {
    let mut statement = sea_query::Index::create();
    let mut code = "Index::create()".to_owned();
    if let Some(name) = name.and_then(Name::text) {
        statement.name(name);
        code.push_str(&call("name", name));
    }
    for part in columns {
        if part.descending || part.collation.is_some() || part.prefix.is_some() {
            return None;
        }
        statement.col(part.column.clone());
        code.push_str(&call("col", &part.column));
    }
    Some((statement, code))
}

/// A column; `key` means that it is the whole primary key.
pub(super) fn column(dialect: Dialect, column: &Column, key: bool) -> Option<(ColumnDef, String)> {
    let mut built = ColumnDef::new(column.name.clone());
    let mut code = format!("ColumnDef::new({})", literal(&column.name));
    let kind = kind(&mut built, &column.data_type);
    let kind = kind.unwrap_or_else(|| {
        let text = dialect.render_type(&column.data_type);
        built.custom(text.clone());
        format!(".custom({})", literal(&text))
    });
    code.push_str(&kind);
    if !column.nullable {
        built.not_null();
        code.push_str(".not_null()");
    }
    match &column.default {
        None => {}
        Some(Default::Literal(value)) => code.push_str(&default(&mut built, value)?),
        // Builders put parentheses around expressions, which makes it another default in some
        // databases.
        Some(Default::Expression(expr)) => {
            let text = format!("DEFAULT {}", expr.0);
            built.extra(text.clone());
            code.push_str(&format!(".extra({})", literal(&text)));
        }
    }
    match &column.identity {
        None => {}
        Some(Identity::AutoIncrement) => {
            if key {
                built.primary_key();
                code.push_str(".primary_key()");
            }
            built.auto_increment();
            code.push_str(".auto_increment()");
        }
        // The meaning of `auto_increment` in PostgreSQL depends on the features of sea-query.
        Some(Identity::ByDefault(options)) if **options == SequenceOptions::default() => {
            let text = "GENERATED BY DEFAULT AS IDENTITY";
            built.extra(text);
            code.push_str(&format!(".extra({})", literal(text)));
        }
        Some(_) => return None,
    }
    Some((built, code))
}

/// The types that have a builder method.
fn kind(built: &mut ColumnDef, data_type: &ColumnType) -> Option<String> {
    let mut plain = |apply: fn(&mut ColumnDef) -> &mut ColumnDef, name: &str| {
        apply(built);
        Some(format!(".{name}()"))
    };
    match data_type {
        ColumnType::Boolean => plain(ColumnDef::boolean, "boolean"),
        ColumnType::Integer { width: IntWidth::Small, unsigned: false } => {
            plain(ColumnDef::small_integer, "small_integer")
        }
        ColumnType::Integer { width: IntWidth::Regular, unsigned: false } => {
            plain(ColumnDef::integer, "integer")
        }
        ColumnType::Integer { width: IntWidth::Big, unsigned: false } => {
            plain(ColumnDef::big_integer, "big_integer")
        }
        ColumnType::Float => plain(ColumnDef::float, "float"),
        ColumnType::Double => plain(ColumnDef::double, "double"),
        ColumnType::Varchar(None) => plain(ColumnDef::string, "string"),
        ColumnType::Varchar(Some(length)) => {
            built.string_len(*length);
            Some(format!(".string_len({length})"))
        }
        ColumnType::Char(Some(length)) => {
            built.char_len(*length);
            Some(format!(".char_len({length})"))
        }
        ColumnType::Text(TextSize::Regular) => plain(ColumnDef::text, "text"),
        ColumnType::Date => plain(ColumnDef::date, "date"),
        ColumnType::Timestamp { precision: None, tz: true } => {
            plain(ColumnDef::timestamp_with_time_zone, "timestamp_with_time_zone")
        }
        ColumnType::Json => plain(ColumnDef::json, "json"),
        ColumnType::JsonBinary => plain(ColumnDef::json_binary, "json_binary"),
        ColumnType::Uuid => plain(ColumnDef::uuid, "uuid"),
        ColumnType::Integer { .. }
        | ColumnType::Decimal(_)
        | ColumnType::Money(_)
        | ColumnType::Char(None)
        | ColumnType::Text(_)
        | ColumnType::Binary(_)
        | ColumnType::VarBinary(_)
        | ColumnType::Blob(_)
        | ColumnType::Bit(_)
        | ColumnType::VarBit(_)
        | ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Year
        | ColumnType::Interval { .. }
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Enum(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_)
        | ColumnType::Domain(_)
        | ColumnType::Array(_)
        | ColumnType::Verbatim(_) => None,
    }
}

fn default(built: &mut ColumnDef, value: &Literal) -> Option<String> {
    match value {
        Literal::Bool(value) => {
            built.default(*value);
            Some(format!(".default({value})"))
        }
        Literal::Number(text) => {
            let value: i32 = text.parse().ok()?;
            built.default(value);
            Some(format!(".default({value})"))
        }
        Literal::Text(text) => {
            built.default(text.clone());
            Some(format!(".default({})", literal(text)))
        }
        Literal::Null | Literal::Bytes(_) => None,
    }
}
