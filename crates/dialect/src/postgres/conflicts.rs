//! Rows that an exclusion constraint excludes.

use autogen_schema::{ColumnType, Expr, QName};
use sqlparser::ast::Expr as Ast;

use super::convert;
use crate::Dialect::Postgres;
use crate::held::Compared;

/// The functions that construct a built-in range.
const RANGES: &[&str] =
    &["int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"];

/// A query that returns a row if two rows conflict. A range is compared with the next one in
/// order, among rows that are otherwise equal: if two overlap, so do two neighbours. For any
/// other operator, only the server can decide, and each row is compared with all later rows.
pub(crate) fn query(table: &QName, elements: &[Compared<'_>], predicate: Option<&Expr>) -> String {
    let names: Vec<String> = (1..=elements.len()).map(|at| format!("c{at}")).collect();
    let values: Vec<String> =
        elements.iter().zip(&names).map(|(it, name)| format!("{} AS {name}", value(it))).collect();
    let filter = predicate.map(|it| format!(" WHERE {it}")).unwrap_or_default();
    let (table, values) = (Postgres.quote_name(table), values.join(", "));
    let (ranges, others): (Vec<_>, Vec<_>) =
        elements.iter().zip(&names).partition(|(it, _)| it.operator == "&&" && is_range(it));
    if let [(_, range)] = ranges.as_slice()
        && others.iter().all(|(it, _)| it.operator == "=" && is_sorted(it))
    {
        let alike: Vec<&str> = others.iter().map(|(_, name)| name.as_str()).collect();
        let partition = match alike.is_empty() {
            true => String::new(),
            false => format!("PARTITION BY {} ", alike.join(", ")),
        };
        let mut there: Vec<String> =
            alike.iter().map(|name| format!("{name} IS NOT NULL")).collect();
        there.push(format!("NOT isempty({range})"));
        return format!(
            "SELECT 1 FROM (SELECT {range} AS one, lead({range}) OVER ({partition}ORDER BY \
             {range}) AS next FROM (SELECT {values} FROM {table}{filter}) AS held WHERE {}) AS \
             sorted WHERE one && next LIMIT 1",
            there.join(" AND ")
        );
    }
    let source = format!("(SELECT ctid AS place, {values} FROM {table}{filter})");
    let alike: Vec<String> = names
        .iter()
        .zip(elements)
        .map(|(name, it)| format!("one.{name} {} other.{name}", it.operator))
        .collect();
    format!(
        "SELECT 1 FROM {source} AS one JOIN {source} AS other ON one.place < other.place AND {} \
         LIMIT 1",
        alike.join(" AND ")
    )
}

fn value(element: &Compared<'_>) -> String {
    let text = element.held.text();
    match element.collation {
        Some(collation) => format!("({text} COLLATE {})", Postgres.quote_collation(collation)),
        None => text.to_owned(),
    }
}

fn is_range(element: &Compared<'_>) -> bool {
    match (element.data_type, &element.held) {
        (Some(data_type), _) => convert::is_range(data_type),
        (None, held) => {
            let mut parsed = Postgres.parsed(&Expr::new(held.text()));
            while let Some(Ast::Nested(inner)) = parsed {
                parsed = Some(*inner);
            }
            let Some(Ast::Function(function)) = parsed else { return false };
            let name = function.name.to_string().to_ascii_lowercase();
            RANGES.contains(&name.trim_start_matches("pg_catalog."))
        }
    }
}

/// Whether the values of a column sort by their type, so that equal values are adjacent.
fn is_sorted(element: &Compared<'_>) -> bool {
    matches!(
        element.data_type,
        Some(
            ColumnType::Boolean
                | ColumnType::Integer { .. }
                | ColumnType::Float
                | ColumnType::Double
                | ColumnType::Decimal(_)
                | ColumnType::Char(_)
                | ColumnType::Varchar(_)
                | ColumnType::Text(_)
                | ColumnType::Date
                | ColumnType::DateTime { .. }
                | ColumnType::Timestamp { .. }
                | ColumnType::Uuid
                | ColumnType::Enum(_)
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::held::Held;

    fn compared(text: &str, operator: &'static str, data_type: Option<&'static str>) -> String {
        let data_type = data_type.map(|it| ColumnType::Verbatim(it.to_owned()));
        let held = Held::There(text.to_owned());
        let one = Compared { held, collation: None, operator, data_type: data_type.as_ref() };
        query(&QName::bare("t"), &[one], None)
    }

    #[test]
    fn ranges_are_held_against_the_next_one() {
        let sorted = "SELECT 1 FROM (SELECT c1 AS one, lead(c1) OVER (ORDER BY c1) AS next FROM \
                      (SELECT \"a\" AS c1 FROM \"t\") AS held WHERE NOT isempty(c1)) AS sorted \
                      WHERE one && next LIMIT 1";
        assert_eq!(compared("\"a\"", "&&", Some("tsrange")), sorted);
        for text in ["tsrange(a, b)", "((daterange(a, b, '[]')))", "pg_catalog.int4range(a, b)"] {
            assert!(compared(text, "&&", None).contains("isempty"), "{text}");
        }
    }

    #[test]
    fn others_are_held_against_each_other() {
        for (text, operator, data_type) in [
            ("\"a\"", "&&", Some("box")),
            ("\"a\"", "-|-", Some("tsrange")),
            ("lower(a)", "&&", None),
            ("tsrange(a, b) * tsrange(b, c)", "&&", None),
        ] {
            let sql = compared(text, operator, data_type);
            assert!(sql.contains("one.place < other.place"), "{sql}");
            assert!(sql.contains(&format!("one.c1 {operator} other.c1")), "{sql}");
        }
    }
}
