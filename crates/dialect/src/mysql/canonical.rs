//! The canonical form of MySQL and MariaDB.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{
    Column, ColumnType, Default, EnumType, Expr, FkAction, FkMatch, ForeignKey, Identity, Index,
    IndexKey, IndexOptions, IndexPart, KeyPart, Literal, Name, QName, Schema, Table, TableOptions,
    View,
};

use super::charsets::Defaults;
use super::{Flavor, charsets, defaults, partition, sequence, types};
use crate::Dialect;
use crate::canonical::common::{complete_references, drop_empty};
use crate::literal::is_number;
use crate::names;

pub(crate) fn canonicalize(flavor: Flavor, schema: Schema) -> Schema {
    let enums = schema.enums;
    let mut schema = Schema {
        tables: schema.tables,
        views: schema.views,
        routines: schema.routines,
        sequences: match flavor {
            Flavor::Mysql => BTreeMap::new(),
            Flavor::Mariadb => schema.sequences,
        },
        unsupported: schema.unsupported,
        collation: schema.collation,
        charsets: schema.charsets,
        outside: schema.outside,
        ..Schema::default()
    };
    schema.views.values_mut().for_each(quote_head);
    schema.sequences.values_mut().for_each(sequence::canonicalize);
    complete_references(&mut schema);
    let told = schema.charsets.0.take();
    let defaults = Defaults { flavor, told: told.as_deref() };
    schema.reform_tables(|table| canonicalize_table(defaults, table, &enums));
    schema.charsets.0 = told;
    name_constraints(&mut schema);
    names::name_indexes(&mut schema, super::MAX_NAME);
    schema
}

/// A model writes the name of its view in standard quotes, which mean a string in MySQL.
fn quote_head(view: &mut View) {
    let head = format!("CREATE VIEW \"{}\" AS ", view.name.name.replace('"', "\"\""));
    if let Some(query) = view.definition.strip_prefix(&head) {
        let name = Dialect::Mysql.quote(&view.name.name);
        view.definition = format!("CREATE VIEW {name} AS {query}");
    }
}

/// Removes collations from the declaration that this database gives by default.
pub(crate) fn leave_out_default(database: &str, schema: &mut Schema) {
    schema.reform_tables(|table| {
        table.options.collation.take_if(|it| *it == database);
        let implied = table.options.collation.as_deref().unwrap_or(database);
        for column in &mut table.columns {
            column.collation.take_if(|it| *it == implied);
        }
    });
}

fn canonicalize_table(
    defaults: Defaults<'_>,
    table: &mut Table,
    enums: &BTreeMap<QName, EnumType>,
) {
    let flavor = defaults.flavor;
    let options = std::mem::take(&mut table.options);
    let collation =
        charsets::collation(defaults, options.charset.as_deref(), options.collation.as_deref());
    table.options = TableOptions {
        engine: options.engine.and_then(engine),
        charset: options.charset.filter(|_| collation.is_none()),
        collation,
        row_format: options.row_format.and_then(row_format),
        ..TableOptions::default()
    };
    let default_collation = table.options.collation.clone();
    let key: Vec<KeyPart> =
        table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
    for column in &mut table.columns {
        inline_enum(column, enums);
        canonicalize_column(defaults, column, default_collation.as_deref());
        if key.iter().any(|part| part.column == column.name) {
            column.nullable = false;
        }
    }
    if let Some(key) = &mut table.primary_key {
        // Its name is always PRIMARY.
        key.name = Name::Absent;
        key.include.clear();
        key.deferrable = None;
        key.on_conflict = None;
        key.comment = None;
        key.columns.iter_mut().for_each(|part| part.collation = None);
    }
    merge_uniques(table);
    for key in &mut table.foreign_keys {
        canonicalize_foreign_key(key);
    }
    for check in &mut table.checks {
        check.not_valid = false;
        check.no_inherit = false;
        check.not_enforced &= flavor == Flavor::Mysql;
        check.comment = None;
    }
    let columns = &table.columns;
    table.indexes.iter_mut().for_each(|index| canonicalize_index(index, columns));
    table.row_security = None;
    table.partitioning.iter_mut().for_each(partition::canonicalize);
    drop_empty(&mut table.comment);
    table.triggers.iter_mut().for_each(|trigger| trigger.comment = None);
    table.sort();
}

/// InnoDB is the default.
fn engine(name: String) -> Option<String> {
    const KNOWN: [&str; 8] =
        ["MyISAM", "MEMORY", "Aria", "CSV", "ARCHIVE", "BLACKHOLE", "FEDERATED", "ROCKSDB"];
    if name.eq_ignore_ascii_case("innodb") {
        return None;
    }
    let known = KNOWN.iter().find(|it| it.eq_ignore_ascii_case(&name));
    Some(known.map_or(name, |it| (*it).to_owned()))
}

fn row_format(name: String) -> Option<String> {
    let name = name.to_ascii_uppercase();
    (name != "DEFAULT").then_some(name)
}

/// A model's enum is a type; in MySQL its labels are part of the column's type.
fn inline_enum(column: &mut Column, enums: &BTreeMap<QName, EnumType>) {
    let ColumnType::Enum(name) = &column.data_type else { return };
    if let Some(labels) = enums.get(name).map(|item| item.values.clone()) {
        column.data_type = ColumnType::InlineEnum(labels);
    }
}

fn canonicalize_column(defaults: Defaults<'_>, column: &mut Column, table_collation: Option<&str>) {
    let flavor = defaults.flavor;
    column.data_type = types::canonical(flavor, &column.data_type);
    if types::has_charset(&column.data_type) {
        let (charset, collation) = (column.charset.take(), column.collation.take());
        column.collation = charsets::collation(defaults, charset.as_deref(), collation.as_deref());
        column.charset = charset.filter(|_| column.collation.is_none());
        column.collation.take_if(|it| Some(it.as_str()) == table_collation);
    } else {
        column.charset = None;
        column.collation = None;
    }
    column.identity = column.identity.take().map(settle_identity);
    drop_empty(&mut column.comment);
    if column.identity.is_some() {
        column.nullable = false;
        column.default = None;
    }
    if column.generated.is_some() {
        column.default = None;
        // MariaDB has no NOT NULL for them.
        column.nullable |= flavor == Flavor::Mariadb;
    }
    let digits = digits(&column.data_type);
    if let Some(expr) = &mut column.on_update {
        *expr = Expr::new(defaults::precise(flavor, expr.as_str(), digits));
    }
    let default = column.default.take();
    column.default = default.and_then(|it| self::default(flavor, it, &column.data_type));
}

fn digits(data_type: &ColumnType) -> Option<u32> {
    let (ColumnType::DateTime { precision } | ColumnType::Timestamp { precision, .. }) = data_type
    else {
        return None;
    };
    *precision
}

fn default(flavor: Flavor, default: Default, data_type: &ColumnType) -> Option<Default> {
    let default = match default {
        Default::Expression(expr) => defaults::parse(expr.as_str()),
        literal @ Default::Literal(_) => literal,
    };
    let literal = match default {
        Default::Expression(expr) => {
            let counts = sequence::settled(&expr).filter(|_| flavor == Flavor::Mariadb);
            if let Some(counts) = counts {
                return Some(Default::Expression(counts));
            }
            let text = defaults::precise(flavor, expr.as_str(), digits(data_type));
            return Some(Default::Expression(Expr::new(text)));
        }
        Default::Literal(Literal::Null) => return None,
        Default::Literal(literal) => literal,
    };
    Some(match (number(&literal), data_type) {
        (Some(number), ColumnType::Boolean) if number == "0" || number == "1" => {
            Default::Literal(Literal::Bool(number == "1"))
        }
        (Some(number), ColumnType::Integer { .. }) => {
            let plain = number.parse::<i128>().map_or(number, |it| it.to_string());
            Default::Literal(Literal::Number(plain))
        }
        (Some(number), ColumnType::Decimal(Some((_, scale)))) => {
            Default::Literal(Literal::Number(scaled(&number, *scale)))
        }
        (Some(number), ColumnType::Float | ColumnType::Double) => {
            Default::Literal(Literal::Number(shortest(&number)))
        }
        (Some(number), ColumnType::Bit(_)) if number.parse::<u64>().is_ok() => {
            let bits = number.parse::<u64>().unwrap_or_default();
            Default::Expression(Expr::new(format!("b'{bits:b}'")))
        }
        (Some(number), data_type) if types::has_charset(data_type) => {
            Default::Literal(Literal::Text(number))
        }
        (_, ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_)) => {
            let bytes = |text: String| Literal::Bytes(text.into_bytes());
            Default::Literal(if let Literal::Text(text) = literal { bytes(text) } else { literal })
        }
        (None, data_type) if keeps_time(data_type) => Default::Literal(match literal {
            Literal::Text(text) => Literal::Text(moment(&text, data_type)),
            Literal::Number(_) | Literal::Null | Literal::Bytes(_) | Literal::Bool(_) => literal,
        }),
        (_, _) => Default::Literal(literal),
    })
}

fn keeps_time(data_type: &ColumnType) -> bool {
    matches!(
        data_type,
        ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } | ColumnType::Time { .. }
    )
}

/// A constant moment in the form of both servers: a date gets the time midnight, and MySQL
/// prints all fractional digits.
fn moment(text: &str, data_type: &ColumnType) -> String {
    let is_day = text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    if is_day && !matches!(data_type, ColumnType::Time { .. }) {
        return format!("{text} 00:00:00");
    }
    if text.contains(':') { shortest(text) } else { text.to_owned() }
}

/// The number of a constant: a boolean is one, and so is a text that looks like a number.
fn number(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Number(text) => Some(text.clone()),
        Literal::Text(text) if is_number(text.trim()) => Some(text.trim().to_owned()),
        Literal::Bool(value) => Some(u8::from(*value).to_string()),
        Literal::Text(_) | Literal::Null | Literal::Bytes(_) => None,
    }
}

/// A number with all fractional digits of the column.
fn scaled(number: &str, scale: i32) -> String {
    let scale = usize::try_from(scale).unwrap_or_default();
    if number.contains(['e', 'E']) {
        return number.to_owned();
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let kept = fraction.trim_end_matches('0');
    if kept.len() > scale {
        return number.to_owned();
    }
    let whole = if whole.is_empty() || whole == "-" { format!("{whole}0") } else { whole.into() };
    match scale {
        0 => whole,
        _ => format!("{whole}.{kept:0<scale$}"),
    }
}

/// A number without trailing zeros in its fraction.
fn shortest(number: &str) -> String {
    if number.contains(['e', 'E']) || !number.contains('.') {
        return number.to_owned();
    }
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// In MySQL, a unique constraint is a unique index.
fn merge_uniques(table: &mut Table) {
    for unique in std::mem::take(&mut table.uniques) {
        let parts = unique.columns.iter().map(|part| IndexPart {
            descending: part.descending,
            prefix: part.prefix,
            ..IndexPart::column(part.column.clone())
        });
        let columns: Vec<&str> = unique.columns.iter().map(|part| part.column.as_str()).collect();
        let name = match unique.name {
            Name::Absent | Name::Free(None) => {
                let name = format!("{}_{}_key", table.name.name, columns.join("_"));
                Name::Free(Some(names::fit(&name, super::MAX_NAME)))
            }
            named @ (Name::Exact(_) | Name::Free(Some(_))) => named,
        };
        table.indexes.push(Index {
            unique: true,
            parts: parts.collect(),
            nulls_not_distinct: unique.nulls_not_distinct,
            comment: unique.comment,
            ..Index::new(name, &[])
        });
    }
}

fn canonicalize_index(index: &mut Index, columns: &[Column]) {
    let method = index.method.take().map(|method| method.to_ascii_lowercase());
    // InnoDB builds a B-tree for a hash index.
    index.method = method.filter(|it| it != "btree" && it != "hash");
    index.include.clear();
    index.options = IndexOptions {
        parser: index.options.parser.take(),
        invisible: index.options.invisible,
        ..IndexOptions::default()
    };
    drop_empty(&mut index.comment);
    let ordered = index.method.is_none();
    for part in &mut index.parts {
        part.nulls = None;
        part.opclass = None;
        part.collation = None;
        part.descending &= ordered;
        let column = match &part.key {
            IndexKey::Column(name) => columns.iter().find(|column| column.name == *name),
            IndexKey::Expression(_) => None,
        };
        let length = column.and_then(|column| column.data_type.length());
        part.prefix.take_if(|prefix| length.is_some_and(|length| *prefix >= length) || !ordered);
    }
}

fn canonicalize_foreign_key(key: &mut ForeignKey) {
    key.match_type = FkMatch::Simple;
    key.set_columns.clear();
    key.not_valid = false;
    key.comment = None;
    // InnoDB checks immediately, so both mean the same; MariaDB prints RESTRICT for the default.
    for action in [&mut key.on_delete, &mut key.on_update] {
        if *action == FkAction::Restrict {
            *action = FkAction::NoAction;
        }
    }
}

/// Names each unnamed foreign key and check: these names are unique in the database.
fn name_constraints(schema: &mut Schema) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for table in schema.tables.values() {
        let keys = table.foreign_keys.iter().map(|key| &key.name);
        let checks = table.checks.iter().map(|check| &check.name);
        let fixed = keys.chain(checks).filter(|name| name.is_enforced());
        taken.extend(fixed.filter_map(|name| name.text().map(str::to_owned)));
    }
    schema.reform_tables(|table| {
        let name = table.name.name.clone();
        for key in &mut table.foreign_keys {
            let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
            key.name =
                names::proposal(&key.name, &name, &columns, "fkey", super::MAX_NAME, &mut taken);
        }
        let columns: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        for check in &mut table.checks {
            let mut mentioned = columns.iter().filter(|column| check.expr.mentions(column));
            let only: Vec<&str> = match (mentioned.next(), mentioned.next()) {
                (Some(column), None) => vec![column],
                _ => Vec::new(),
            };
            check.name =
                names::proposal(&check.name, &name, &only, "check", super::MAX_NAME, &mut taken);
        }
        table.sort();
    });
}

/// There is only one kind of auto-increment.
pub(crate) fn settle_identity(_: Identity) -> Identity {
    Identity::AutoIncrement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_the_server_writes_them() {
        assert_eq!(scaled("1", 2), "1.00");
        assert_eq!(scaled(".5", 2), "0.50");
        assert_eq!(scaled("-.5", 1), "-0.5");
        assert_eq!(scaled("1.50", 0), "1.50");
        assert_eq!(scaled("1.00", 0), "1");
        assert_eq!(shortest("1.50"), "1.5");
        assert_eq!(shortest("10"), "10");
    }
}
