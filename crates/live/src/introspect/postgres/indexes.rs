//! Indexes.

use std::collections::BTreeMap;

use autogen_dialect::Dialect;
use autogen_schema::{Index, IndexKey, IndexPart, Metadata, Name, NullsOrder, Schema, ViewIndex};

use super::columns::expr;
use super::names::Naming;
use super::rows::IndexRow;
use super::{Building, Buildings, Views, others};
use crate::introspect::note;

/// The collation "default", by its oid: `src/include/catalog/pg_collation.dat`.
const DEFAULT_COLLATION: i64 = 100;

/// Adds indexes to their tables; returns those of exclusion constraints, by oid.
pub(super) fn fill(
    rows: Vec<IndexRow>,
    naming: &Naming,
    tables: &mut Buildings,
    views: &mut Views,
    schema: &mut Schema,
) -> BTreeMap<i64, Index> {
    let mut exclusions = BTreeMap::new();
    for row in rows {
        let object = format!("index {}", naming.name(&row.schema, row.name.clone()));
        if let Some(view) = views.get_mut(&row.relation) {
            view.indexes.push(ViewIndex {
                name: row.name,
                definition: naming.text(&row.definition.unwrap_or_default()),
                comment: row.comment,
                source: Metadata(None),
            });
            continue;
        }
        let Some(building) = tables.get_mut(&row.relation) else { continue };
        if !row.valid {
            let message = "an invalid index is not compared: a CREATE INDEX CONCURRENTLY \
                           failed, or not all partitions have it yet";
            schema.unsupported.push(note("U0109", object, message));
            continue;
        }
        if row.tuned {
            let message = "an index whose operator class has parameters is not compared";
            schema.unsupported.push(note("U0110", object, message));
            continue;
        }
        let (id, constraint) = (row.id, row.constraint);
        let index = index(row, naming, building);
        if constraint {
            exclusions.insert(id, index);
        } else {
            building.table.indexes.push(index);
        }
    }
    exclusions
}

fn index(row: IndexRow, naming: &Naming, building: &Building) -> Index {
    let mut index = Index::new(Name::Exact(row.name.clone()), &[]);
    let keys = row.keys.min(row.columns.len());
    index.parts = (0..keys).map(|at| part(&row, at, naming, building)).collect();
    index.include = building.columns(&row.columns[keys..]);
    index.unique = row.unique;
    index.method = (row.method != "btree").then_some(row.method);
    index.predicate = row.predicate.as_deref().map(expr);
    index.nulls_not_distinct = row.nulls_not_distinct;
    index.options.storage = others::storage(row.storage);
    index.options.tablespace = row.tablespace;
    index.comment = row.comment;
    index
}

fn part(row: &IndexRow, at: usize, naming: &Naming, building: &Building) -> IndexPart {
    let number = row.columns.get(at).copied().unwrap_or_default();
    let oid = |list: &[i64]| list.get(at).copied().unwrap_or_default();
    let (key, collation) = match building.position(number) {
        Some(position) => {
            let column = &building.table.columns[position];
            let own = building.numbers[position].1.unwrap_or(DEFAULT_COLLATION);
            let collation = oid(&row.collations);
            let other = collation != 0 && collation != own;
            (IndexKey::Column(column.name.clone()), other.then_some(collation))
        }
        None => {
            let texts = row.expressions.as_deref().unwrap_or_default();
            let text = texts.get(at).and_then(Option::as_deref).unwrap_or_default();
            let collation = oid(&row.collations);
            let written = collation != 0 && is_collated(row, text, naming, collation);
            (IndexKey::Expression(expr(text)), written.then_some(collation))
        }
    };
    let mut part = IndexPart::expression("");
    part.key = key;
    part.collation = collation.and_then(|oid| naming.collations.get(&oid).cloned());
    part.opclass = naming.opclasses.get(&oid(&row.opclasses)).cloned();
    // Only B-trees have an order.
    if row.method == "btree" {
        let options = row.options.get(at).copied().unwrap_or_default();
        let (descending, nulls_first) = (options & 1 != 0, options & 2 != 0);
        part.descending = descending;
        part.nulls = (descending != nulls_first).then_some(if nulls_first {
            NullsOrder::First
        } else {
            NullsOrder::Last
        });
    }
    part
}

/// Whether a collation is written after an expression: the catalog does not show whether it
/// is the expression's own.
fn is_collated(row: &IndexRow, text: &str, naming: &Naming, collation: i64) -> bool {
    let Some(name) = naming.collations.get(&collation) else { return false };
    let definition = row.definition.as_deref().unwrap_or_default();
    let plain = format!("{text} COLLATE {name}");
    let quoted = format!("{text} COLLATE {}", Dialect::Postgres.quote(name));
    definition.contains(&plain) || definition.contains(&quoted)
}
