//! MariaDB tables with an application-time period: they are left alone. Before MariaDB 11.4
//! the catalog shows a period only as the check that the server creates for it; the table's
//! own text, which is read only in that case, shows whether it is a period.

use autogen_dialect::Dialect;
use autogen_dialect::mysql::Flavor;
use autogen_schema::{Column, ColumnType, Schema};

use super::columns::catalog_expr;
use super::{Building, Buildings};
use crate::introspect::note;

/// Tables that may have a period, each with the line of its text that would show it.
pub(super) fn candidates(flavor: Flavor, tables: &Buildings) -> Vec<(String, String)> {
    if flavor == Flavor::Mysql {
        return Vec::new();
    }
    let found = tables.iter().flat_map(|(name, building)| {
        lines(flavor, building).into_iter().map(|line| (name.clone(), line))
    });
    found.collect()
}

/// A check of the order of two times, with the name that the period would have.
fn lines(flavor: Flavor, building: &Building) -> Vec<String> {
    let quote = |name: &str| Dialect::Mariadb.quote(name);
    let columns = building.columns.iter().map(|(_, column)| column).filter(|it| is_time(it));
    let names: Vec<String> = columns.map(|it| quote(&it.name)).collect();
    let mut lines = Vec::new();
    for check in &building.table.checks {
        let ends = names.iter().flat_map(|begin| names.iter().map(move |end| (begin, end)));
        for (begin, end) in ends {
            if check.expr == catalog_expr(flavor, &format!("{begin} < {end}")) {
                let name = quote(check.name.text().unwrap_or_default());
                lines.push(format!("PERIOD FOR {name} ({begin}, {end})"));
            }
        }
    }
    lines
}

fn is_time(column: &Column) -> bool {
    let time = matches!(
        column.data_type,
        ColumnType::Date | ColumnType::DateTime { .. } | ColumnType::Timestamp { .. }
    );
    time && !column.nullable
}

/// Leaves alone the tables that have a period.
pub(super) fn leave<'a>(
    named: impl Iterator<Item = &'a str>,
    tables: &mut Buildings,
    schema: &mut Schema,
) {
    for table in named {
        let label = format!("table {table}");
        tables.remove(table);
        schema.unsupported.retain(|it| it.object != label);
        let message = "a table with an application-time period is not compared";
        schema.unsupported.push(note("U0178", label, message));
    }
}
