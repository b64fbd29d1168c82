//! Objects in other databases of the server that use this one.

use autogen_schema::{OutsideUse, QName, Used};

use super::Catalog;
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
            let by = format!("view {}.{}", row.text(0), row.text(1));
            read_tables(&row.text(2), database)
                .into_iter()
                .map(move |name| used(&by, name))
                .collect::<Vec<_>>()
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

fn used(by: &str, name: String) -> OutsideUse {
    let of = Used::Relation(QName::bare(name));
    OutsideUse { by: by.to_owned(), of, left_alone: true, goes_with: None }
}

/// The tables of a database that the text of a view names, as the server prints it.
fn read_tables(text: &str, database: &str) -> Vec<String> {
    let mark = format!("`{}`.`", database.replace('`', "``"));
    let mut found: Vec<String> = text.split(&mark).skip(1).filter_map(name_at).collect();
    found.sort();
    found.dedup();
    found
}

/// A name up to its closing backtick.
fn name_at(text: &str) -> Option<String> {
    let mut name = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('`', Some('`')) => {
                chars.next();
                name.push('`');
            }
            ('`', _) => return Some(name),
            (c, _) => name.push(c),
        }
    }
    None
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
    fn texts_of_views_name_tables() {
        let text = "select `d`.`t`.`a` AS `a` from (`d`.`t` join `d`.`u``v`) join `e`.`w`";
        assert_eq!(read_tables(text, "d"), ["t", "u`v"]);
    }
}
