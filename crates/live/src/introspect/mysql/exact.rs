//! What `information_schema` does not give as it is: texts of routines (it has
//! no arguments as they were written, and MySQL takes quotes out of bodies),
//! and constants of bytes, which MySQL cuts at the first zero and MariaDB
//! converts. Everything is asked in one request.

use std::collections::BTreeMap;

use autogen_dialect::Dialect;
use autogen_dialect::mysql::Flavor;
use autogen_schema::{ColumnType, Default, Literal};

use super::texts::{Object, unended};
use super::{Buildings, Catalog};
use crate::LiveError;

const DOING: &str = "reading texts as they were written";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    /// Kind and name.
    Text(&'static str, String),
    /// Table and column.
    Constant(String, String),
}

/// What is answered.
#[derive(Debug, Default)]
pub(super) struct Exact(BTreeMap<Wanted, String>);

pub(super) async fn read(
    catalog: &mut Catalog<'_>,
    objects: &[Object],
    tables: &Buildings,
) -> Result<Exact, LiveError> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for object in objects {
        let quoted = object.body.contains(['\'', '"']);
        match object.kind.as_str() {
            "function" => wanted.push(Wanted::Text("function", object.name.clone())),
            "procedure" => wanted.push(Wanted::Text("procedure", object.name.clone())),
            "trigger" if quoted && catalog.flavor == Flavor::Mysql => {
                wanted.push(Wanted::Text("trigger", object.name.clone()));
            }
            _ => {}
        }
    }
    for (name, building) in tables {
        let of_bytes = building.columns.iter().map(|(_, column)| column).filter(|column| {
            let constant = matches!(column.default, Some(Default::Literal(_)));
            constant && is_bytes(&column.data_type)
        });
        wanted.extend(of_bytes.map(|it| Wanted::Constant(name.clone(), it.name.clone())));
    }
    if wanted.is_empty() {
        return Ok(Exact::default());
    }
    let dialect = catalog.session.dialect();
    let queries: Vec<String> =
        wanted.iter().map(|it| query(it, dialect, &catalog.database)).collect();
    let all = catalog.session.cells(DOING, &queries.join(";\n"), |row| row.some(2)).await;
    if let Ok(answers) = all {
        let given = wanted.into_iter().zip(answers);
        return Ok(Exact(given.filter_map(|(it, answer)| Some((it, answer?))).collect()));
    }
    // Something may not be read, or is gone: what can be read is.
    let mut exact = Exact::default();
    for (it, query) in wanted.into_iter().zip(queries) {
        let answer = catalog.session.cells(DOING, &query, |row| row.some(2)).await;
        if let Some(text) = answer.ok().and_then(|mut rows| rows.pop()).flatten() {
            exact.0.insert(it, text);
        }
    }
    Ok(exact)
}

/// A query whose third column is the answer.
fn query(wanted: &Wanted, dialect: Dialect, database: &str) -> String {
    let database = dialect.quote(&database_name(database));
    match wanted {
        Wanted::Text(kind, name) => {
            format!("show create {kind} {database}.{}", dialect.quote(name))
        }
        // The join gives one row, and reads none of the table.
        Wanted::Constant(table, column) => format!(
            "select 1, 2, hex(default(t.{})) from (select 1 as one) d \
             left join {database}.{} t on false",
            dialect.quote(column),
            dialect.quote(table)
        ),
    }
}

/// The name in a literal that we wrote.
fn database_name(literal: &str) -> String {
    match autogen_dialect::mysql::defaults::parse(literal) {
        Default::Literal(Literal::Text(name)) => name,
        Default::Literal(_) | Default::Expression(_) => literal.to_owned(),
    }
}

fn is_bytes(data_type: &ColumnType) -> bool {
    matches!(data_type, ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_))
}

impl Exact {
    /// The statement of an object, without its definer.
    pub(super) fn statement(&self, kind: &'static str, name: &str) -> Option<String> {
        let text = self.0.get(&Wanted::Text(kind, name.to_owned()))?;
        Some(without_definer(unended(text)))
    }

    /// Gives columns their constants of bytes.
    pub(super) fn apply(&self, tables: &mut Buildings) {
        for (wanted, digits) in &self.0 {
            let Wanted::Constant(table, name) = wanted else { continue };
            let Some(building) = tables.get_mut(table) else { continue };
            let column = building.columns.iter_mut().find(|(_, column)| column.name == *name);
            let Some((_, column)) = column else { continue };
            let Default::Literal(mut literal) =
                autogen_dialect::mysql::defaults::parse(&format!("x'{digits}'"))
            else {
                continue;
            };
            // The server fills it up to the column's length.
            if let (Literal::Bytes(bytes), ColumnType::Binary(_)) =
                (&mut literal, &column.data_type)
            {
                let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
                bytes.truncate(end);
            }
            column.default = Some(Default::Literal(literal));
        }
    }
}

/// ``CREATE DEFINER=`user`@`host` FUNCTION ..`` without the second word: who
/// made it is not part of what it is.
fn without_definer(text: &str) -> String {
    let shortened = text.strip_prefix("CREATE DEFINER=").and_then(|rest| {
        let rest = behind_name(rest)?;
        let rest = rest.strip_prefix('@').map_or(Some(rest), behind_name)?;
        Some(format!("CREATE {}", rest.trim_start()))
    });
    shortened.unwrap_or_else(|| text.to_owned())
}

/// What stands behind a name in backquotes.
fn behind_name(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('`')?;
    loop {
        let (_, behind) = rest.split_once('`')?;
        match behind.strip_prefix('`') {
            Some(more) => rest = more,
            None => return Some(behind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definers() {
        let of = without_definer;
        assert_eq!(of("CREATE DEFINER=`a``b`@`%` FUNCTION `f`()"), "CREATE FUNCTION `f`()");
        assert_eq!(of("CREATE DEFINER=`role` PROCEDURE p()"), "CREATE PROCEDURE p()");
        assert_eq!(of("CREATE FUNCTION f()"), "CREATE FUNCTION f()");
    }
}
