//! Objects that are not compared and use this database: those of other databases of the
//! server, and excluded ones here.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Dialect, QuotedPath, quoted_paths};
use autogen_schema::{OutsideUse, QName, Used};

use super::object::Object;
use super::{Catalog, Context};
use crate::LiveError;

const KEYS: &str = include_str!("outside_keys.sql");
const VISIBLE_KEYS: &str = include_str!("visible_keys.sql");
const VIEWS: &str = include_str!("outside_views.sql");

/// The uses of a database's tables from outside of it.
pub(super) async fn read(
    catalog: &mut Catalog<'_>,
    database: &str,
) -> Result<Vec<OutsideUse>, LiveError> {
    let mut uses = keys(catalog, database).await?;
    let views = catalog
        .ask("reading views of other databases", VIEWS, |row| {
            read_by(&format!("view {}.{}", row.text(0), row.text(1)), &row.text(2), database)
        })
        .await?;
    uses.extend(views.into_iter().flatten());
    Ok(uses)
}

async fn keys(catalog: &mut Catalog<'_>, database: &str) -> Result<Vec<OutsideUse>, LiveError> {
    const DOING: &str = "reading foreign keys of other databases";
    let sql = KEYS.replace(":filename", &catalog.session.dialect().quote_text(&encoded(database)));
    let read = |row: &crate::session::Cells<'_>| {
        let [schema, table, name, parent, column] = [0, 1, 2, 3, 4].map(|at| row.text(at));
        key(&decoded(&schema), &decoded(&table), &name, &decoded(&parent), column)
    };
    match catalog.ask(DOING, &sql, read).await {
        Err(LiveError::NotAllowed { .. }) => catalog.ask(DOING, VISIBLE_KEYS, read).await,
        other => other,
    }
}

/// The use of a column by a foreign key of another table.
pub(super) fn key(
    schema: &str,
    table: &str,
    name: &str,
    parent: &str,
    column: String,
) -> OutsideUse {
    OutsideUse {
        by: format!("foreign key {name} of {schema}.{table}"),
        of: Used::Column(QName::bare(parent), column),
        left_alone: true,
        goes_with: None,
    }
}

/// What excluded views of this database use.
pub(super) fn left_views(objects: &[Object], context: &Context<'_>) -> Vec<OutsideUse> {
    let left = objects.iter().filter(|it| it.kind == "view" && !context.holds(&it.name));
    left.flat_map(|it| read_by(&format!("view {}", it.name), &it.body, context.database)).collect()
}

fn read_by(by: &str, text: &str, database: &str) -> Vec<OutsideUse> {
    let used = |(table, column): (String, Option<String>)| OutsideUse {
        by: by.to_owned(),
        of: Used::Name(QName::bare(table), column),
        left_alone: true,
        goes_with: None,
    };
    read_names(text, database).into_iter().map(used).collect()
}

/// The tables of a database, and their columns, that the text of a view names, as the server
/// prints it: with the database, or by a table's alias.
fn read_names(text: &str, database: &str) -> BTreeSet<(String, Option<String>)> {
    let paths = quoted_paths(Dialect::Mysql, text);
    let mut found = BTreeSet::new();
    let mut aliases: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
    for (at, path) in paths.iter().enumerate() {
        let [of, table, columns @ ..] = path.names.as_slice() else { continue };
        if of == database {
            found.insert((table.clone(), None));
            found.extend(columns.iter().map(|column| (table.clone(), Some(column.clone()))));
            if let (true, Some([alias])) = (columns.is_empty(), aliased(&paths, at)) {
                aliases.entry(alias).or_default().insert(table);
            }
        }
    }
    for path in &paths {
        let [alias, column] = path.names.as_slice() else { continue };
        let tables = aliases.get(alias.as_str()).into_iter().flatten();
        found.extend(tables.map(|table| ((*table).clone(), Some(column.clone()))));
    }
    found
}

/// The name right behind a path.
fn aliased(paths: &[QuotedPath], at: usize) -> Option<&[String]> {
    let next = paths.get(at + 1).filter(|next| next.is_next)?;
    Some(next.names.as_slice())
}

/// A name in InnoDB's encoding for file names.
///
/// Source: MySQL manual, 11.2.4 "Mapping of Identifiers to File Names".
fn encoded(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars()
        .map(|c| if plain(c) { c.to_string() } else { format!("@{:04x}", u32::from(c)) })
        .collect()
}

/// The reverse; letters with shorter codes are unchanged.
fn decoded(name: &str) -> String {
    let mut parts = name.split('@');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.and_then(char::from_u32) {
            Some(c) => text.extend([c.to_string(), part[4..].to_owned()]),
            None => text.extend(["@".to_owned(), part.to_owned()]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for name in ["a", "a_b", "my-db", "x y`z", "日"] {
            assert_eq!(decoded(&encoded(name)), name);
        }
        assert_eq!(encoded("my-db"), "my@002ddb");
        assert_eq!(decoded("a@b"), "a@b");
    }

    #[test]
    fn texts_of_views_name_tables_and_columns() {
        let text = "select `d`.`t`.`a` AS `a`,`x`.`b``c` AS `n`,'`d`.`it' AS `e` from ((`d`.`t` join \
                    `d`.`u``v` `x`) join `e`.`w` `y` on(`y`.`k` = `x`.`k`))";
        let names = read_names(text, "d");
        let found: Vec<(&str, Option<&str>)> =
            names.iter().map(|(table, column)| (table.as_str(), column.as_deref())).collect();
        let expected = [
            ("t", None),
            ("t", Some("a")),
            ("u`v", None),
            ("u`v", Some("b`c")),
            ("u`v", Some("k")),
        ];
        assert_eq!(found, expected);
    }
}
