//! Checks and foreign keys.

use std::collections::BTreeMap;

use autogen_dialect::mysql::Flavor;
use autogen_schema::{Check, ColumnType, FkAction, ForeignKey, Name, OutsideUse, QName};

use super::columns::catalog_expr;
use super::outside;
use super::{Buildings, CHECKS, Catalog, KEYS, RULES};
use crate::LiveError;

/// JSON in MariaDB: a long text with this collation, and a check.
const JSON_COLLATION: &str = "utf8mb4_bin";

pub(super) async fn checks(
    catalog: &mut Catalog<'_>,
    tables: &mut Buildings,
) -> Result<(), LiveError> {
    let flavor = catalog.flavor;
    let rows = catalog
        .ask("reading checks", CHECKS, |row| {
            (row.text(0), row.text(1), row.text(2), row.get(3) == Some("NO"), row.text(4))
        })
        .await?;
    for (table, name, text, not_enforced, level) in rows {
        let Some(building) = tables.get_mut(&table) else { continue };
        let check = Check { not_enforced, ..Check::new(Name::Exact(name.clone()), text.as_str()) };
        if flavor == Flavor::Mariadb && level == "Column" && is_json(&name, &text) {
            let table_collation = building.collation.clone();
            let column = building.columns.iter_mut().find(|(_, column)| column.name == name);
            if let Some((_, column)) = column {
                let collation = column.collation.as_deref().unwrap_or(&table_collation);
                let long = column.data_type == ColumnType::Text(autogen_schema::TextSize::Long);
                if long && collation == JSON_COLLATION {
                    column.data_type = ColumnType::Json;
                    column.collation = None;
                    continue;
                }
            }
        }
        let expr = catalog_expr(flavor, &text);
        building.table.checks.push(Check { expr, ..check });
    }
    Ok(())
}

/// Whether it is the check that MariaDB adds to a JSON column.
fn is_json(column: &str, text: &str) -> bool {
    text == format!("json_valid(`{}`)", column.replace('`', "``"))
}

/// Adds the foreign keys, and returns the uses by tables that are not read.
pub(super) async fn foreign_keys(
    catalog: &mut Catalog<'_>,
    database: &str,
    tables: &mut Buildings,
) -> Result<Vec<OutsideUse>, LiveError> {
    struct Open {
        parent: QName,
        columns: Vec<(u32, String, String)>,
    }
    let mut open: BTreeMap<(String, String), Open> = BTreeMap::new();
    catalog
        .ask("reading foreign keys", KEYS, |row| {
            let schema = row.some(4).filter(|it| it != database);
            let key = open.entry((row.text(0), row.text(1))).or_insert_with(|| Open {
                parent: QName::new(schema, row.text(5)),
                columns: Vec::new(),
            });
            key.columns.push((row.number(2), row.text(3), row.text(6)));
        })
        .await?;
    let mut rules: BTreeMap<(String, String), (FkAction, FkAction)> = BTreeMap::new();
    catalog
        .ask("reading the rules of foreign keys", RULES, |row| {
            let actions = (action(row.get(2)), action(row.get(3)));
            rules.insert((row.text(0), row.text(1)), actions);
        })
        .await?;
    let mut excluded = Vec::new();
    for (place, mut key) in open {
        let Some(building) = tables.get_mut(&place.0) else {
            let used = |(_, _, column)| {
                outside::key(database, &place.0, &place.1, &key.parent.name, column)
            };
            excluded.extend(key.columns.into_iter().map(used));
            continue;
        };
        key.columns.sort();
        let mut foreign = ForeignKey::new(Name::Exact(place.1.clone()), &[], key.parent, &[]);
        for (_, column, referenced) in key.columns {
            foreign.columns.push(column);
            foreign.referenced_columns.push(referenced);
        }
        if let Some((on_delete, on_update)) = rules.get(&place) {
            (foreign.on_delete, foreign.on_update) = (*on_delete, *on_update);
        }
        building.table.foreign_keys.push(foreign);
    }
    Ok(excluded)
}

fn action(rule: Option<&str>) -> FkAction {
    match rule {
        Some("CASCADE") => FkAction::Cascade,
        Some("SET NULL") => FkAction::SetNull,
        Some("SET DEFAULT") => FkAction::SetDefault,
        Some("RESTRICT") => FkAction::Restrict,
        _ => FkAction::NoAction,
    }
}
