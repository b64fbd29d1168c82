//! MySQL's DDL.

use autogen_schema::{
    Check, Column, ColumnType, Constraint, Default, GeneratedStorage, Identity, Index, IndexKey,
    Literal, Partitioning, Shown, ShownKind, ShownPart, Table,
};

use super::{Flavor, charsets, partition, sequence, shown, types};
use crate::Dialect::Mysql;
use crate::ddl;

/// A name of a character set, collation or engine: bare where it is a word.
pub(crate) fn word(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty();
    if plain { name.to_owned() } else { Mysql.quote(name) }
}

/// A complete column, in `CREATE TABLE`, and after `ADD COLUMN` and `MODIFY COLUMN`: anything
/// omitted there is lost.
pub(crate) fn column(flavor: Flavor, column: &Column) -> String {
    let mut sql = format!("{} {}", Mysql.quote(&column.name), types::render(&column.data_type));
    sql.push_str(&charset(column.charset.as_deref(), column.collation.as_deref()));
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            GeneratedStorage::Stored => "STORED",
            GeneratedStorage::Virtual => "VIRTUAL",
        };
        sql.push_str(&format!(" GENERATED ALWAYS AS ({}) {storage}", generated.expr));
    }
    // MariaDB allows neither word after a generated column.
    let bare = column.generated.is_some() && flavor == Flavor::Mariadb;
    let timestamp = matches!(column.data_type, ColumnType::Timestamp { .. });
    if !column.nullable && !bare {
        sql.push_str(" NOT NULL");
    } else if timestamp && !bare {
        // Older servers default to NOT NULL here.
        sql.push_str(" NULL");
    }
    if let Some(default) = &column.default {
        sql.push_str(&format!(" DEFAULT {}", self::default(flavor, &column.data_type, default)));
    }
    if let Some(expr) = &column.on_update {
        sql.push_str(&format!(" ON UPDATE {expr}"));
    }
    if column.identity == Some(Identity::AutoIncrement) {
        sql.push_str(" AUTO_INCREMENT");
    }
    if column.invisible {
        sql.push_str(" INVISIBLE");
    }
    if let Some(comment) = &column.comment {
        sql.push_str(&format!(" COMMENT {}", Mysql.quote_text(comment)));
    }
    sql
}

/// For these types, MySQL accepts a constant only as an expression.
pub(crate) fn default(flavor: Flavor, data_type: &ColumnType, default: &Default) -> String {
    if let Default::Expression(expr) = default
        && let Some(counts) = sequence::rendered(expr)
    {
        return counts;
    }
    let text = ddl::default(Mysql, default);
    let constant = matches!(default, Default::Literal(it) if *it != Literal::Null);
    let large = matches!(
        data_type,
        ColumnType::Text(_) | ColumnType::Blob(_) | ColumnType::Json | ColumnType::Verbatim(_)
    );
    let wrapped = constant && large && flavor == Flavor::Mysql;
    let number = matches!(default, Default::Literal(Literal::Number(_)));
    if wrapped && !(number && matches!(data_type, ColumnType::Verbatim(_))) {
        return format!("({text})");
    }
    text
}

fn charset(charset: Option<&str>, collation: Option<&str>) -> String {
    match (charset, collation) {
        (_, Some(collation)) => format!(
            " CHARACTER SET {} COLLATE {}",
            word(charsets::charset_of(collation)),
            word(collation)
        ),
        (Some(charset), None) => format!(" CHARACTER SET {}", word(charset)),
        (None, None) => String::new(),
    }
}

/// An index in `CREATE TABLE` and after `ADD`.
pub(crate) fn index(flavor: Flavor, index: &Index) -> String {
    let kind = match (index.method.as_deref(), index.unique) {
        (Some("fulltext"), _) => "FULLTEXT INDEX",
        (Some("spatial"), _) => "SPATIAL INDEX",
        (_, true) => "UNIQUE INDEX",
        (_, false) => "INDEX",
    };
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let mut sql = match &part.key {
                IndexKey::Column(name) => Mysql.quote(name),
                IndexKey::Expression(expr) => format!("({expr})"),
            };
            if let Some(length) = part.prefix {
                sql.push_str(&format!("({length})"));
            }
            if part.descending {
                sql.push_str(" DESC");
            }
            sql
        })
        .collect();
    let name = Mysql.quote(index.name.text().unwrap_or_default());
    let mut sql = format!("{kind} {name} ({})", parts.join(", "));
    if let Some(parser) = &index.options.parser {
        sql.push_str(&format!(" WITH PARSER {}", word(parser)));
    }
    if let Some(comment) = &index.comment {
        sql.push_str(&format!(" COMMENT {}", Mysql.quote_text(comment)));
    }
    if index.options.invisible {
        sql.push(' ');
        sql.push_str(visibility(flavor, true));
    }
    sql
}

/// The keyword for an index that query plans use or ignore.
pub(crate) fn visibility(flavor: Flavor, invisible: bool) -> &'static str {
    match (flavor, invisible) {
        (Flavor::Mysql, true) => "INVISIBLE",
        (Flavor::Mysql, false) => "VISIBLE",
        (Flavor::Mariadb, true) => "IGNORED",
        (Flavor::Mariadb, false) => "NOT IGNORED",
    }
}

/// The options of a table, each with a space before it.
fn options(table: &Table) -> String {
    let mut sql = String::new();
    let options = &table.options;
    if let Some(engine) = &options.engine {
        sql.push_str(&format!(" ENGINE={}", word(engine)));
    }
    sql.push_str(&charset(options.charset.as_deref(), options.collation.as_deref()));
    if let Some(format) = &options.row_format {
        sql.push_str(&format!(" ROW_FORMAT={}", word(format)));
    }
    if let Some(comment) = &table.comment {
        sql.push_str(&format!(" COMMENT={}", Mysql.quote_text(comment)));
    }
    sql
}

/// A whole `CREATE TABLE` statement, including its indexes.
pub(crate) fn create_table(flavor: Flavor, table: &Table) -> String {
    if let Some(parts) = &table.shown.0 {
        return create_shown(flavor, table, parts);
    }
    let mut lines: Vec<String> =
        table.columns.iter().map(|column| whole_column(flavor, table, column)).collect();
    let is_inline = |constraint: &Constraint| match constraint {
        Constraint::Check(check) => is_own(flavor, table, check),
        Constraint::PrimaryKey(_)
        | Constraint::Unique(_)
        | Constraint::ForeignKey(_)
        | Constraint::Exclusion(_) => false,
    };
    let (keys, others): (Vec<Constraint>, Vec<Constraint>) = table
        .constraints()
        .into_iter()
        .filter(|constraint| !is_inline(constraint))
        .partition(|constraint| matches!(constraint, Constraint::PrimaryKey(_)));
    lines.extend(keys.iter().map(|constraint| ddl::constraint(Mysql, constraint)));
    lines.extend(table.indexes.iter().map(|item| index(flavor, item)));
    lines.extend(others.iter().map(|constraint| ddl::constraint(Mysql, constraint)));
    let name = Mysql.quote_name(&table.name);
    let partitions = table.partitioning.as_ref().map(partitioning).unwrap_or_default();
    format!("CREATE TABLE {name} (\n    {}\n){}{partitions}", lines.join(",\n    "), options(table))
}

/// The same in the server's own text, without the foreign keys that are added later.
fn create_shown(flavor: Flavor, table: &Table, parts: &Shown) -> String {
    let comes_now = |part: &&ShownPart| {
        let mut keys = table.foreign_keys.iter().map(|key| key.name.text());
        part.kind != ShownKind::ForeignKey || keys.any(|name| name == part.name.as_deref())
    };
    let line = |part: &ShownPart| {
        let column = part.name.as_deref().and_then(|name| table.column(name));
        let rendered = || column.map(|column| whole_column(flavor, table, column));
        let text = part.text.as_ref().map(|text| match (part.kind, flavor) {
            (ShownKind::Column, Flavor::Mysql) => shown::without_inherited(text, &parts.ending),
            (ShownKind::Column | ShownKind::ForeignKey | ShownKind::Other, _) => text.clone(),
        });
        text.or_else(rendered).unwrap_or_default()
    };
    let lines: Vec<String> = parts.parts.iter().filter(comes_now).map(line).collect();
    let name = Mysql.quote_name(&table.name);
    format!("CREATE TABLE {name} (\n    {}\n){}", lines.join(",\n    "), parts.ending)
}

/// A foreign key that is added later, in the server's own text.
pub(crate) fn shown_key(table: &Table, constraint: &Constraint) -> Option<String> {
    let mut parts = table.shown.0.iter().flat_map(|it| &it.parts);
    let name = constraint.name().text();
    let of_key = |it: &&ShownPart| it.kind == ShownKind::ForeignKey && it.name.as_deref() == name;
    parts.find(of_key)?.text.clone()
}

/// A column with the check that has its name.
fn whole_column(flavor: Flavor, table: &Table, column: &Column) -> String {
    let check = own_check(flavor, table, column).map(|check| format!(" CHECK ({})", check.expr));
    format!("{}{}", self::column(flavor, column), check.unwrap_or_default())
}

/// The check that MariaDB stores with a column: it has the column's name.
pub(crate) fn own_check<'t>(
    flavor: Flavor,
    table: &'t Table,
    column: &Column,
) -> Option<&'t Check> {
    let mut own = table.checks.iter().filter(|check| is_own(flavor, table, check));
    own.find(|check| check.name.text() == Some(column.name.as_str()))
}

fn is_own(flavor: Flavor, table: &Table, check: &Check) -> bool {
    let named = check.name.text().is_some_and(|name| table.column(name).is_some());
    named && flavor == Flavor::Mariadb
}

/// The partitioning clause of a table, on a separate line.
pub(crate) fn partitioning(partitioning: &Partitioning) -> String {
    let mut sql = format!("\nPARTITION BY {}", partitioning.by);
    let partitions: Vec<String> =
        partition::in_order(partitioning).into_iter().map(partition::definition).collect();
    if !partitions.is_empty() {
        sql.push_str(&format!(" (\n    {}\n)", partitions.join(",\n    ")));
    }
    sql
}
