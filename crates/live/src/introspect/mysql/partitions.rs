//! How tables are partitioned.

use std::collections::BTreeMap;

use autogen_schema::{Partition, Partitioning, QName, Schema};

use super::{Buildings, Catalog, PARTITIONS};
use crate::LiveError;
use crate::introspect::note;
use crate::session::Cells;

/// A row, by its position among the partitions and subpartitions.
struct Row {
    place: (u32, u32),
    name: String,
    part: Option<String>,
    method: String,
    expression: String,
    part_method: Option<String>,
    part_expression: String,
    description: String,
    comment: String,
}

impl Row {
    fn of(row: &Cells<'_>) -> Self {
        Self {
            place: (row.number(1), row.number(2)),
            name: row.text(3),
            part: row.some(4),
            method: row.text(5),
            expression: row.text(6),
            part_method: row.some(7),
            part_expression: row.text(8),
            description: row.text(9),
            comment: row.text(10),
        }
    }
}

pub(super) async fn fill(
    catalog: &mut Catalog<'_>,
    tables: &mut Buildings,
    schema: &mut Schema,
) -> Result<(), LiveError> {
    let mut by_table: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    catalog
        .ask("reading partitions", PARTITIONS, |row| {
            by_table.entry(row.text(0)).or_default().push(Row::of(row));
        })
        .await?;
    let quote = catalog.session.dialect();
    for (table, mut rows) in by_table {
        let Some(building) = tables.get_mut(&table) else { continue };
        rows.sort_by_key(|row| row.place);
        let Some(first) = rows.first() else { continue };
        let mut by = format!("{} ({})", first.method, first.expression);
        if let Some(method) = &first.part_method {
            let parts = rows.iter().filter(|row| row.name == first.name).count();
            by.push_str(&format!(
                " SUBPARTITION BY {method} ({}) SUBPARTITIONS {parts}",
                first.part_expression
            ));
            if rows.iter().any(|row| !is_chosen(row)) {
                let message = "its subpartitions have names of their own, which are not compared";
                schema.unsupported.push(note("U0173", format!("table {table}"), message));
            }
        }
        let counted = first.method.ends_with("HASH") || first.method.ends_with("KEY");
        rows.dedup_by(|a, b| a.name == b.name);
        let chosen = rows
            .iter()
            .enumerate()
            .all(|(at, row)| row.name == format!("p{at}") && row.comment.is_empty());
        let mut partitioning = Partitioning::new(by);
        if counted && chosen {
            partitioning.by.push_str(&format!(" PARTITIONS {}", rows.len()));
        } else {
            partitioning.partitions = rows
                .into_iter()
                .map(|row| {
                    let mut bound = bound(&row);
                    if !row.comment.is_empty() {
                        let comment = quote.quote_text(&row.comment);
                        bound.push_str(&format!(" COMMENT = {comment}"));
                    }
                    Partition::new(QName::bare(row.name), bound.trim_start())
                })
                .collect();
        }
        building.table.partitioning = Some(partitioning);
    }
    Ok(())
}

/// Whether the server generated the subpartition's name: `p0sp1`.
fn is_chosen(row: &Row) -> bool {
    let number = row.place.1.saturating_sub(1);
    row.part.as_ref().is_none_or(|part| *part == format!("{}sp{number}", row.name))
}

fn bound(row: &Row) -> String {
    let text = &row.description;
    match row.method.as_str() {
        "RANGE" if text == "MAXVALUE" => "VALUES LESS THAN MAXVALUE".to_owned(),
        "RANGE" | "RANGE COLUMNS" => format!("VALUES LESS THAN ({text})"),
        "LIST" | "LIST COLUMNS" if text == "DEFAULT" => "DEFAULT".to_owned(),
        "LIST" | "LIST COLUMNS" => format!("VALUES IN ({text})"),
        _ => String::new(),
    }
}
