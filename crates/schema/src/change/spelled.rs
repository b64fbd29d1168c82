//! Names of types and of their values in expressions and texts: servers store identities and
//! print current names, so these follow a rename.

use std::sync::Arc;

use crate::{
    Column, ColumnType, Default, Defined, IndexKey, Pair, Partitioning, QName, Schema, Table,
};

/// A type was renamed.
pub(super) fn follow_type(schema: &mut Schema, name: &Pair<QName>) {
    let casts = name.as_ref().map(|name| format!("::{}", shown(name)));
    each(schema, &name.after, |text, _| replaced(text, &casts));
    for view in schema.views.values_mut() {
        view.reads.0.iter_mut().for_each(|it| it.follow_type(name));
    }
}

/// A value of a type was renamed.
pub(super) fn follow_label(schema: &mut Schema, of: &QName, label: &Pair<String>) {
    let literals = label.as_ref().map(|label| format!("'{}'", label.replace('\'', "''")));
    let cast = format!("::{}", shown(of));
    let casts = literals.as_ref().map(|literal| format!("{literal}{cast}"));
    each(schema, of, |text, table| {
        // If no other column is text, the literal can only be this value.
        let only = table.is_some_and(|table| is_of_type_only(text, of, table));
        replaced(text, if only { &literals } else { &casts })
    });
}

/// A table moved to another schema: the texts of its objects follow.
pub(super) fn follow_move(table: &mut Table, before: Option<&String>) {
    let there = QName::new(before.cloned(), table.name.name.clone());
    let names = Pair::new(shown(&there), shown(&table.name));
    for text in table.texts_mut() {
        follow(text, |text| {
            let on = |word: &str| names.as_ref().map(|name| format!(" {word} {name}"));
            replaced(text, &on("ON")).or_else(|| replaced(text, &on("on")))
        });
    }
}

/// The name as the server prints it.
fn shown(name: &QName) -> String {
    let plain = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let part = |text: &str| match plain(text) {
        true => text.to_owned(),
        false => format!("\"{}\"", text.replace('"', "\"\"")),
    };
    let own = part(&name.name);
    name.schema.as_ref().map_or(own.clone(), |schema| format!("{}.{own}", part(schema)))
}

/// The text with one phrase replaced by the other, where it ends at a word boundary.
fn replaced(text: &str, phrase: &Pair<String>) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&phrase.before) {
        let (head, tail) = rest.split_at(at);
        let tail = tail.get(phrase.before.len()..).unwrap_or_default();
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == '.';
        let whole = !tail.starts_with(part);
        result.push_str(head);
        result.push_str(if whole { &phrase.after } else { &phrase.before });
        rest = tail;
    }
    result.push_str(rest);
    (result != text).then_some(result)
}

/// Whether an expression names a column of the type, and no other column that could hold the
/// same text.
fn is_of_type_only(text: &str, of: &QName, table: &Table) -> bool {
    let expr = crate::Expr::new(text);
    let mentioned: Vec<&Column> =
        table.columns.iter().filter(|column| expr.mentions(&column.name)).collect();
    let is_of = |column: &&Column| column.data_type == ColumnType::Enum(of.clone());
    let other = |column: &&Column| {
        matches!(
            column.data_type,
            ColumnType::Boolean
                | ColumnType::Integer { .. }
                | ColumnType::Float
                | ColumnType::Double
                | ColumnType::Decimal(_)
                | ColumnType::Date
                | ColumnType::DateTime { .. }
                | ColumnType::Timestamp { .. }
                | ColumnType::Uuid
        )
    };
    mentioned.iter().any(is_of) && mentioned.iter().all(|it| is_of(it) || other(it))
}

/// Visits every expression of the tables that have columns of the type, and every text of
/// views and of objects on these tables.
fn each(schema: &mut Schema, of: &QName, new: impl Fn(&str, Option<&Table>) -> Option<String>) {
    let has = |table: &Arc<Table>| {
        table.columns.iter().any(|column| column.data_type.named() == Some(of))
    };
    for table in schema.tables.values_mut().filter(|table| has(table)) {
        let before = Arc::clone(table);
        let table = Arc::make_mut(table);
        let of_table = |text: &str| new(text, Some(&before));
        for partition in table.partitioning.iter_mut().flat_map(Partitioning::own_mut) {
            expressions(partition, of_table);
        }
        expressions(table, of_table);
        table.texts_mut().into_iter().for_each(|text| follow(text, of_table));
    }
    for view in schema.views.values_mut() {
        follow(view, |text| new(text, None));
    }
}

/// The expressions of one table.
fn expressions(table: &mut Table, new: impl Fn(&str) -> Option<String>) {
    let update = |text: &mut String| {
        if let Some(changed) = new(text) {
            *text = changed;
        }
    };
    table.checks.iter_mut().for_each(|check| update(&mut check.expr.0));
    let elements = table.exclusions.iter_mut().flat_map(|exclusion| &mut exclusion.elements);
    let parts = table.indexes.iter_mut().flat_map(|index| &mut index.parts);
    for part in parts.chain(elements.map(|(part, _)| part)) {
        if let IndexKey::Expression(expr) = &mut part.key {
            update(&mut expr.0);
        }
    }
    let predicates = table.indexes.iter_mut().flat_map(|index| &mut index.predicate);
    predicates.for_each(|predicate| update(&mut predicate.0));
    let excluded = table.exclusions.iter_mut().flat_map(|exclusion| &mut exclusion.predicate);
    excluded.for_each(|predicate| update(&mut predicate.0));
    for column in &mut table.columns {
        if let Some(generated) = &mut column.generated {
            update(&mut generated.expr.0);
        }
        if let Some(Default::Expression(expr)) = &mut column.default {
            update(&mut expr.0);
        }
    }
}

fn follow(text: &mut dyn Defined, new: impl Fn(&str) -> Option<String>) {
    let Some(definition) = new(text.definition()) else { return };
    // The original statement would still contain the old name.
    text.define(definition, None);
}
