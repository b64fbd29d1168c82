//! Primary keys and indexes. In MySQL, a unique constraint is a unique index.

use std::collections::BTreeMap;

use autogen_schema::{Index, IndexKey, IndexOptions, IndexPart, KeyPart, Name, PrimaryKey, Schema};

use super::columns::catalog_expr;
use super::{Buildings, Catalog, INDEXES};
use crate::LiveError;
use crate::introspect::note;

/// The index, and its parts by position.
type Open = (Index, Vec<(u32, IndexPart)>);

pub(super) async fn fill(
    catalog: &mut Catalog<'_>,
    tables: &mut Buildings,
    schema: &mut Schema,
) -> Result<(), LiveError> {
    let flavor = catalog.flavor;
    let mut open: BTreeMap<(String, String), Open> = BTreeMap::new();
    catalog
        .ask("reading indexes", INDEXES, |row| {
            let (table, name) = (row.text(0), row.text(1));
            if !tables.contains_key(&table) {
                return;
            }
            let kind = row.get(7).unwrap_or_default().to_ascii_lowercase();
            let ordered = kind == "btree" || kind == "hash";
            let key = match (row.some(4), row.get(10)) {
                (Some(column), _) => IndexKey::Column(column),
                (None, text) => {
                    IndexKey::Expression(catalog_expr(flavor, text.unwrap_or_default()))
                }
            };
            let part = IndexPart {
                key,
                descending: row.get(5) == Some("D"),
                nulls: None,
                collation: None,
                opclass: None,
                prefix: row.get(6).and_then(|it| it.parse().ok()).filter(|_| ordered),
            };
            let place = row.number(2);
            let (_, parts) = open.entry((table, name.clone())).or_insert_with(|| {
                let index = Index {
                    unique: row.get(3) == Some("0"),
                    method: Some(kind),
                    options: IndexOptions {
                        invisible: row.get(9) == Some("1"),
                        ..IndexOptions::default()
                    },
                    comment: row.some(8).filter(|text| !text.is_empty()),
                    ..Index::new(Name::Exact(name), &[])
                };
                (index, Vec::new())
            });
            parts.push((place, part));
        })
        .await?;
    for ((table, name), (mut index, mut parts)) in open {
        let Some(building) = tables.get_mut(&table) else { continue };
        parts.sort_by_key(|(place, _)| *place);
        index.parts = parts.into_iter().map(|(_, part)| part).collect();
        let engine = building.table.options.engine.as_deref().unwrap_or_default();
        let other = index.method.as_deref() == Some("btree");
        if other && engine.eq_ignore_ascii_case("MEMORY") {
            let message = "that it is a tree (USING BTREE) in a table of MEMORY is not compared";
            schema.unsupported.push(note(
                "U0179",
                format!("index {name} of table {table}"),
                message,
            ));
        }
        if name == "PRIMARY" {
            if index.comment.is_some() {
                let message = "the comment of its primary key is not compared";
                schema.unsupported.push(note("U0177", format!("table {table}"), message));
            }
            building.table.primary_key = Some(primary_key(index));
        } else {
            building.table.indexes.push(index);
        }
    }
    Ok(())
}

fn primary_key(index: Index) -> PrimaryKey {
    let columns = index.parts.into_iter().map(|part| {
        let column = match part.key {
            IndexKey::Column(name) => name,
            IndexKey::Expression(expr) => expr.0,
        };
        KeyPart { descending: part.descending, prefix: part.prefix, ..KeyPart::new(column) }
    });
    let mut key = PrimaryKey::new(Name::Absent, &[]);
    key.columns = columns.collect();
    key
}
