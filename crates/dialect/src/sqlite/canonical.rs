//! SQLite's canonical form.

use autogen_schema::{
    Column, Default, FkMatch, Identity, Index, IndexOptions, KeyPart, Literal, Schema, Table,
    TableOptions,
};

use super::{defaults, types};
use crate::canonical::common::complete_references;
use crate::names;

pub(crate) fn canonicalize(schema: Schema) -> Schema {
    let mut schema = Schema {
        tables: schema.tables,
        views: schema.views,
        unsupported: schema.unsupported,
        ..Schema::default()
    };
    complete_references(&mut schema);
    schema.reform_tables(canonicalize_table);
    names::name_indexes(&mut schema, usize::MAX);
    for view in schema.views.values_mut() {
        view.comment = None;
        view.column_comments.clear();
        view.indexes.clear();
        view.sort();
    }
    schema
}

fn canonicalize_table(table: &mut Table) {
    let options = std::mem::take(&mut table.options);
    table.options = TableOptions {
        strict: options.strict,
        without_rowid: options.without_rowid,
        ..TableOptions::default()
    };
    let key: Vec<KeyPart> =
        table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
    for column in &mut table.columns {
        canonicalize_column(column, &key, &table.options);
    }
    if let Some(key) = &mut table.primary_key {
        key.include.clear();
        key.deferrable = None;
        key.comment = None;
        key.columns.iter_mut().for_each(canonicalize_part);
    }
    for unique in &mut table.uniques {
        unique.include.clear();
        unique.nulls_not_distinct = false;
        unique.deferrable = None;
        unique.comment = None;
        unique.columns.iter_mut().for_each(canonicalize_part);
    }
    for key in &mut table.foreign_keys {
        key.match_type = FkMatch::Simple;
        key.set_columns.clear();
        key.not_valid = false;
        key.comment = None;
    }
    for check in &mut table.checks {
        check.not_valid = false;
        check.no_inherit = false;
        check.not_enforced = false;
        check.comment = None;
    }
    table.exclusions.clear();
    table.indexes.iter_mut().for_each(canonicalize_index);
    table.row_security = None;
    table.partitioning = None;
    table.comment = None;
    table.triggers.iter_mut().for_each(|trigger| trigger.comment = None);
    table.sort();
}

fn canonicalize_column(column: &mut Column, key: &[KeyPart], options: &TableOptions) {
    let in_key = key.iter().any(|part| part.column == column.name);
    // Only a rowid is auto-increment.
    let rowid = is_only(column, key) && !options.without_rowid;
    column.identity = column.identity.take().filter(|_| rowid).map(settle_identity);
    column.data_type = if column.identity.is_some() {
        // AUTOINCREMENT is only allowed on an INTEGER PRIMARY KEY.
        types::parse("integer")
    } else if options.strict {
        types::strict(&column.data_type)
    } else {
        types::canonical(&column.data_type)
    };
    if is_rowid(column, key, options) || (in_key && options.without_rowid) {
        column.nullable = false;
    }
    column.charset = None;
    column.on_update = None;
    column.invisible = false;
    column.comment = None;
    canonicalize_collation(&mut column.collation);
    if column.generated.is_some() || column.identity.is_some() {
        column.default = None;
    }
    column.default = column.default.take().and_then(default);
}

/// Whether the column is another name for the rowid: SQLite gives it a number.
pub(crate) fn is_rowid(column: &Column, key: &[KeyPart], options: &TableOptions) -> bool {
    let integer = types::render(&column.data_type) == "integer";
    integer && is_only(column, key) && !options.without_rowid
}

fn is_only(column: &Column, key: &[KeyPart]) -> bool {
    matches!(key, [only] if only.column == column.name)
}

fn default(default: Default) -> Option<Default> {
    let default = match default {
        Default::Expression(expr) => defaults::parse(expr.as_str()),
        literal @ Default::Literal(_) => literal,
    };
    match default {
        Default::Literal(Literal::Null) => None,
        Default::Expression(expr) => {
            let upper = expr.as_str().to_ascii_uppercase();
            let keyword = ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"];
            let known = keyword.contains(&upper.as_str());
            Some(Default::Expression(if known { upper.as_str().into() } else { expr }))
        }
        literal @ Default::Literal(_) => Some(literal),
    }
}

fn canonicalize_part(part: &mut KeyPart) {
    part.prefix = None;
    canonicalize_collation(&mut part.collation);
}

fn canonicalize_index(index: &mut Index) {
    index.method = None;
    index.include.clear();
    index.nulls_not_distinct = false;
    index.options = IndexOptions::default();
    index.comment = None;
    for part in &mut index.parts {
        part.nulls = None;
        part.opclass = None;
        part.prefix = None;
        canonicalize_collation(&mut part.collation);
    }
}

/// The built-in collations have any case; BINARY is the default.
///
/// Source: <https://sqlite.org/datatype3.html#collating_sequences>.
fn canonicalize_collation(collation: &mut Option<String>) {
    let Some(name) = collation else { return };
    let upper = name.to_ascii_uppercase();
    match upper.as_str() {
        "BINARY" => *collation = None,
        "NOCASE" | "RTRIM" => *collation = Some(upper),
        _ => {}
    }
}

/// SQLite has only one kind of auto-increment.
pub(crate) fn settle_identity(_: Identity) -> Identity {
    Identity::AutoIncrement
}
