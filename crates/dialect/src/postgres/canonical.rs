//! PostgreSQL's canonical form.

use std::collections::BTreeSet;

use autogen_schema::{
    Column, ColumnType, Default, EnumType, Identity, IndexKey, KeyPart, Literal, Name, Schema,
    Table, TableOptions,
};

use self::kinds::Named;
use super::sequence::implicit;
use super::{defaults, types};
use crate::canonical::common::{
    complete_references, drop_empty, drop_implied_nulls, plain_key_part,
};
use crate::literal::is_number;
use crate::names;

mod kinds;
mod partition;

pub(crate) fn canonicalize(mut schema: Schema) -> Schema {
    complete_references(&mut schema);
    let named = Named::of(&schema);
    let enums = std::mem::take(&mut schema.enums);
    schema.reform_tables(|table| canonicalize_table(table, &named));
    names::name_indexes(&mut schema, super::MAX_NAME);
    for item in enums.values() {
        let mut item: EnumType = item.clone();
        drop_empty(&mut item.comment);
        schema.add_enum(item);
    }
    kinds::canonicalize(&mut schema, &named);
    schema
}

fn canonicalize_table(table: &mut Table, named: &Named) {
    for column in &mut table.columns {
        named.resolve(&mut column.data_type, &table.name);
        canonicalize_column(column);
    }
    if let Some(key) = &mut table.primary_key {
        key.on_conflict = None;
        key.columns.iter_mut().for_each(plain_key_part);
        drop_empty(&mut key.comment);
        let columns = key.columns.clone();
        require_values(table, &columns);
    }
    for unique in &mut table.uniques {
        unique.on_conflict = None;
        unique.columns.iter_mut().for_each(plain_key_part);
        drop_empty(&mut unique.comment);
    }
    for check in &mut table.checks {
        check.not_valid &= !check.not_enforced;
        drop_empty(&mut check.comment);
    }
    for index in &mut table.indexes {
        index.method.take_if(|method| method == "btree");
        index.options.parser = None;
        index.options.invisible = false;
        drop_empty(&mut index.comment);
        for part in &mut index.parts {
            part.prefix = None;
            drop_implied_nulls(part);
        }
    }
    let options = std::mem::take(&mut table.options);
    table.row_security = table.row_security.take().and_then(autogen_schema::RowSecurity::settled);
    table.options = TableOptions {
        unlogged: options.unlogged,
        storage: options.storage,
        tablespace: options.tablespace,
        ..TableOptions::default()
    };
    drop_empty(&mut table.comment);
    if let Some(partitioning) = &mut table.partitioning {
        let tables = partitioning.own_mut().into_iter();
        tables.for_each(|table| canonicalize_table(table, named));
        partition::canonicalize(partitioning);
    }
    name_constraints(table);
    table.sort();
}

fn canonicalize_column(column: &mut Column) {
    column.data_type = types::canonical(&column.data_type);
    column.charset = None;
    column.on_update = None;
    column.invisible = false;
    drop_empty(&mut column.comment);
    if column.collation.as_deref() == Some("default") {
        column.collation = None;
    }
    column.identity = column.identity.take().and_then(|it| identity(it, &column.data_type));
    if column.identity.is_some() {
        column.nullable = false;
        column.default = None;
    }
    if column.generated.is_some() {
        column.default = None;
    }
    column.default = column.default.take().and_then(|it| default(it, &column.data_type));
}

/// The columns of a primary key are NOT NULL.
fn require_values(table: &mut Table, columns: &[KeyPart]) {
    for column in &mut table.columns {
        if columns.iter().any(|part| part.column == column.name) {
            column.nullable = false;
        }
    }
}

fn identity(identity: Identity, data_type: &ColumnType) -> Option<Identity> {
    let ColumnType::Integer { .. } = data_type else { return None };
    Some(match identity {
        Identity::Auto | Identity::AutoIncrement => Identity::Auto,
        Identity::Always(options) => {
            Identity::Always(Box::new(implicit(&options, Some(data_type))))
        }
        Identity::ByDefault(options) => {
            Identity::ByDefault(Box::new(implicit(&options, Some(data_type))))
        }
        Identity::Serial(sequence) => Identity::Serial(sequence),
    })
}

fn default(default: Default, data_type: &ColumnType) -> Option<Default> {
    let default = match default {
        Default::Expression(expr) => defaults::parse(expr.as_str(), data_type),
        literal @ Default::Literal(_) => literal,
    };
    let Default::Literal(literal) = default else { return Some(keywords(default)) };
    let literal = match (literal, data_type) {
        (Literal::Null, _) => return None,
        (Literal::Bytes(bytes), _) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Literal::Text(format!("\\x{digits}"))
        }
        (
            Literal::Text(text),
            ColumnType::Integer { .. }
            | ColumnType::Decimal(_)
            | ColumnType::Float
            | ColumnType::Double,
        ) if is_number(text.trim()) => Literal::Number(text.trim().to_owned()),
        (Literal::Text(text), ColumnType::Boolean) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Literal::Bool(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Literal::Bool(false),
            _ => Literal::Text(text),
        },
        (literal, _) => literal,
    };
    Some(Default::Literal(literal))
}

/// SQL's date and time keywords are printed in capitals.
fn keywords(default: Default) -> Default {
    let Default::Expression(expr) = &default else { return default };
    let upper = expr.as_str().to_ascii_uppercase();
    let known =
        ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP"];
    if known.contains(&upper.as_str()) {
        return Default::Expression(upper.as_str().into());
    }
    default
}

/// Gives each unnamed constraint the name that PostgreSQL would generate.
fn name_constraints(table: &mut Table) {
    let name = table.name.name.clone();
    let mut taken: BTreeSet<String> = table
        .constraint_names()
        .filter(|(_, name)| name.is_enforced())
        .filter_map(|(_, name)| name.text().map(str::to_owned))
        .collect();
    let mut give = |given: &mut Name, columns: &[&str], suffix: &str| {
        *given = names::proposal(given, &name, columns, suffix, super::MAX_NAME, &mut taken);
    };
    if let Some(key) = &mut table.primary_key {
        give(&mut key.name, &[], "pkey");
    }
    for unique in &mut table.uniques {
        let columns: Vec<&str> = unique.columns.iter().map(|part| part.column.as_str()).collect();
        give(&mut unique.name, &columns, "key");
    }
    for key in &mut table.foreign_keys {
        let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        give(&mut key.name, &columns, "fkey");
    }
    let column_names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    for check in &mut table.checks {
        let mut mentioned = column_names.iter().filter(|column| check.expr.mentions(column));
        let only: Vec<&str> = match (mentioned.next(), mentioned.next()) {
            (Some(column), None) => vec![column],
            _ => Vec::new(),
        };
        give(&mut check.name, &only, "check");
    }
    for exclusion in &mut table.exclusions {
        let columns: Vec<&str> = exclusion
            .elements
            .iter()
            .filter_map(|(part, _)| match &part.key {
                IndexKey::Column(column) => Some(column.as_str()),
                IndexKey::Expression(_) => None,
            })
            .collect();
        give(&mut exclusion.name, &columns, "excl");
    }
}

/// The form of auto-increment in a created table: an identity column, as in sea-query 1.0.
pub(crate) fn settle_identity(identity: Identity) -> Identity {
    match identity {
        Identity::Auto => Identity::ByDefault(Box::default()),
        Identity::Always(_)
        | Identity::ByDefault(_)
        | Identity::Serial(_)
        | Identity::AutoIncrement => identity,
    }
}
