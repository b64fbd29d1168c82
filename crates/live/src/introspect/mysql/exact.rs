//! What `information_schema` does not show exactly: the texts of routines (it lacks the
//! arguments as they were written, and MySQL removes quotes from bodies), and binary
//! constants, which MySQL cuts at the first zero and MariaDB converts. All are read in one
//! request.

use std::collections::BTreeMap;

use autogen_dialect::{Dialect, without_schema};
use autogen_schema::{ColumnType, Default, Literal, Metadata, Schema};

use super::object::{Object, unended};
use super::{Buildings, Catalog, periods};
use crate::LiveError;
use crate::introspect::note;
use crate::session::Cells;

const DOING: &str = "reading texts as they were written";

/// An item to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    /// Kind and name.
    Text(&'static str, String),
    /// Table and column.
    Constant(String, String),
    /// A table that may have a period, and the line of its text that would show it.
    Period(String, String),
    /// A table, view or sequence as a whole.
    Shown(&'static str, String),
}

/// The answers.
#[derive(Debug, Default)]
pub(super) struct Exact(BTreeMap<Wanted, String>);

pub(super) async fn read(
    catalog: &mut Catalog<'_>,
    objects: &[Object],
    tables: &Buildings,
    sequences: &[String],
    shown: bool,
) -> Result<Exact, LiveError> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for object in objects {
        let quoted = object.body.contains(['\'', '"']);
        match object.kind.as_str() {
            "function" => wanted.push(Wanted::Text("function", object.name.clone())),
            "procedure" => wanted.push(Wanted::Text("procedure", object.name.clone())),
            "event" if object.is_readable() => {
                wanted.push(Wanted::Text("event", object.name.clone()));
            }
            // MySQL prints `'it''s'` as `'it's'`, MariaDB `'\\t'` as a tab between quotes.
            "trigger" if quoted => {
                wanted.push(Wanted::Text("trigger", object.name.clone()));
            }
            "view" if shown => {
                wanted.push(Wanted::Shown("view", object.name.clone()));
            }
            _ => {}
        }
    }
    wanted.extend(sequences.iter().map(|name| Wanted::Shown("sequence", name.clone())));
    if shown {
        wanted.extend(tables.keys().map(|name| Wanted::Shown("table", name.clone())));
    }
    let periods = periods::candidates(catalog.flavor, tables);
    wanted.extend(periods.into_iter().map(|(table, line)| Wanted::Period(table, line)));
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
    let all = catalog.session.cells(DOING, &queries.join(";\n"), answer).await;
    if let Ok(answers) = all {
        let given = wanted.into_iter().zip(answers);
        return Ok(Exact(
            given.filter_map(|(it, answer)| Some((it.clone(), answered(&it, answer)?))).collect(),
        ));
    }
    // An object may be inaccessible or dropped meanwhile: the others are read.
    let mut exact = Exact::default();
    for (it, query) in wanted.into_iter().zip(queries) {
        let answers = catalog.session.cells(DOING, &query, answer).await;
        let found = answers.ok().and_then(|mut rows| rows.pop());
        if let Some(text) = found.and_then(|found| answered(&it, found)) {
            exact.0.insert(it, text);
        }
    }
    Ok(exact)
}

/// The second column, even if it is not valid text, and the next two.
fn answer(row: &Cells<'_>) -> [Option<String>; 3] {
    [row.lossy(1), row.some(2), row.some(3)]
}

fn answered(wanted: &Wanted, answer: [Option<String>; 3]) -> Option<String> {
    let [second, third, fourth] = answer;
    match wanted {
        Wanted::Text("event", _) => fourth,
        Wanted::Text(..) | Wanted::Constant(..) => third,
        Wanted::Shown(..) | Wanted::Period(..) => second,
    }
}

/// A query whose answer is in the column that [`answered`] reads.
fn query(wanted: &Wanted, dialect: Dialect, database: &str) -> String {
    let database = dialect.quote(&database_name(database));
    match wanted {
        Wanted::Text(kind, name) | Wanted::Shown(kind, name) => {
            format!("show create {kind} {database}.{}", dialect.quote(name))
        }
        Wanted::Period(table, _) => {
            format!("show create table {database}.{}", dialect.quote(table))
        }
        // The join returns one row, and reads none of the table.
        Wanted::Constant(table, column) => format!(
            "select 1, 2, hex(default(t.{})) from (select 1 as one) d \
             left join {database}.{} t on false",
            dialect.quote(column),
            dialect.quote(table)
        ),
    }
}

/// The name in a literal of our own.
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

    /// The statement of a view, with what no catalog view shows, and without its definer and
    /// default clauses.
    pub(super) fn view(&self, name: &str) -> Option<String> {
        view_statement(self.0.get(&Wanted::Shown("view", name.to_owned()))?)
    }

    /// The tables whose texts show a period.
    pub(super) fn with_periods(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(wanted, text)| {
            let Wanted::Period(table, line) = wanted else { return None };
            let mut lines = text.lines().map(|it| it.trim().trim_end_matches(','));
            lines.any(|it| it == line).then_some(table.as_str())
        })
    }

    /// Reads the sequences from the answers.
    pub(super) fn sequences(&self, names: Vec<String>, schema: &mut Schema) {
        for name in names {
            let text = self.0.get(&Wanted::Shown("sequence", name.clone()));
            let found = text.and_then(|text| autogen_dialect::mysql::sequence::read(&name, text));
            match found {
                Some(sequence) => {
                    schema.sequences.insert(sequence.name.clone(), sequence);
                }
                None => {
                    let message = "its definition can't be read with the privileges of this user";
                    schema.unsupported.push(note("U0174", format!("sequence {name}"), message));
                }
            }
        }
    }

    /// Gives columns their binary constants, and tables the server's own text.
    pub(super) fn apply(&self, tables: &mut Buildings, database: &str) {
        for (wanted, digits) in &self.0 {
            if let Wanted::Shown("table", name) = wanted
                && let Some(building) = tables.get_mut(name)
            {
                // MariaDB includes the database in the name of a sequence.
                let text = match digits.contains("nextval(") {
                    true => without_schema(Dialect::Mariadb, digits, database),
                    false => digits.clone(),
                };
                building.table.shown = Metadata(autogen_dialect::mysql::shown::read(&text));
            }
            let Wanted::Constant(table, name) = wanted else { continue };
            let Some(building) = tables.get_mut(table) else { continue };
            let column = building.columns.iter_mut().find(|(_, column)| column.name == *name);
            let Some((_, column)) = column else { continue };
            let Default::Literal(mut literal) =
                autogen_dialect::mysql::defaults::parse(&format!("x'{digits}'"))
            else {
                continue;
            };
            // The server pads it to the column's length.
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

/// ``CREATE DEFINER=`user`@`host` FUNCTION ..`` without the definer: it is not part of the
/// definition.
fn without_definer(text: &str) -> String {
    let shortened = text.strip_prefix("CREATE DEFINER=").and_then(|rest| {
        let rest = behind_name(rest)?;
        let rest = rest.strip_prefix('@').map_or(Some(rest), behind_name)?;
        Some(format!("CREATE {}", rest.trim_start()))
    });
    shortened.unwrap_or_else(|| text.to_owned())
}

/// ``CREATE ALGORITHM=MERGE DEFINER=.. SQL SECURITY INVOKER VIEW ..``, without default
/// clauses.
fn view_statement(text: &str) -> Option<String> {
    let (algorithm, rest) = text.strip_prefix("CREATE ALGORITHM=")?.split_once(' ')?;
    let rest = without_definer(&format!("CREATE {rest}"));
    let (security, rest) = rest.strip_prefix("CREATE SQL SECURITY ")?.split_once(' ')?;
    let mut head = "CREATE ".to_owned();
    if algorithm != "UNDEFINED" {
        head.push_str(&format!("ALGORITHM={algorithm} "));
    }
    if security != "DEFINER" {
        head.push_str(&format!("SQL SECURITY {security} "));
    }
    Some(head + rest)
}

/// The text after a name in backquotes.
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

    #[test]
    fn views() {
        let of = |text| view_statement(text).unwrap_or_default();
        assert_eq!(
            of(
                "CREATE ALGORITHM=UNDEFINED DEFINER=`a b`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1"
            ),
            "CREATE VIEW `v` AS select 1"
        );
        assert_eq!(
            of(
                "CREATE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW `v` (`x`) AS select 1"
            ),
            "CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `v` (`x`) AS select 1"
        );
        assert_eq!(view_statement("CREATE VIEW v AS select 1"), None);
    }
}
