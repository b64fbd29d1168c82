//! Column defaults as PostgreSQL prints them.

use autogen_schema::{ColumnType, Default, Expr, Literal};

use super::convert::{Family, family};
use super::types;
use crate::Dialect::Postgres;
use crate::literal::{is_number, read_string};
use crate::scan::scan;

/// The keywords of an expression that needs parentheses after DEFAULT. Source: PostgreSQL's
/// grammar, what `a_expr` has and `b_expr` has not.
const NEED_PARENTHESES: [&str; 17] = [
    "and", "or", "not", "is", "isnull", "notnull", "in", "like", "ilike", "similar", "between",
    "at", "collate", "overlaps", "any", "some", "all",
];

/// An expression after DEFAULT.
pub(crate) fn render(expr: &Expr) -> String {
    let mut depth = 0_usize;
    let needs = scan(Postgres, expr.as_str()).any(|token| {
        if token.is_symbol("(") || token.is_symbol("[") {
            depth += 1;
        } else if token.is_symbol(")") || token.is_symbol("]") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && NEED_PARENTHESES.iter().any(|word| token.is_word(word))
    });
    if needs { format!("({expr})") } else { expr.to_string() }
}

/// Whether a constant is cast to another date or time type than the column's, so that the
/// session's time zone matters, or a part is lost.
fn is_converted(text: &str, data_type: &ColumnType) -> bool {
    let cast = text.rsplit_once("'::").map(|(_, name)| types::parse(name));
    let kinds = cast.as_ref().and_then(temporal).zip(temporal(data_type));
    kinds.is_some_and(|(cast, own)| cast != own)
}

/// A type of dates or times without its precision.
fn temporal(data_type: &ColumnType) -> Option<ColumnType> {
    let is_temporal = matches!(family(data_type), Family::Moment | Family::TimeOfDay);
    is_temporal.then(|| types::without_precision(&types::canonical(data_type)))
}

/// Reads a column's or domain's default from `pg_get_expr` or a user: constants become
/// literals, with or without a cast that keeps the value.
pub fn parse(text: &str, data_type: &ColumnType) -> Default {
    let text = text.trim();
    match literal(text).filter(|_| !is_converted(text, data_type)) {
        Some(literal) => Default::Literal(literal),
        None => Default::Expression(Expr::new(text)),
    }
}

fn literal(text: &str) -> Option<Literal> {
    if is_number(text) {
        return Some(Literal::Number(text.to_owned()));
    }
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "true" => return Some(Literal::Bool(true)),
        "false" => return Some(Literal::Bool(false)),
        "null" => return Some(Literal::Null),
        _ => {}
    }
    if let Some(cast) = lower.strip_prefix("null::") {
        return is_type_name(cast).then_some(Literal::Null);
    }
    let escaped = text.starts_with("E'") || text.starts_with("e'");
    let (value, rest) = read_string(if escaped { &text[1..] } else { text }, escaped)?;
    if rest.is_empty() {
        return Some(Literal::Text(value));
    }
    let cast = rest.strip_prefix("::")?;
    if !is_type_name(cast) {
        return None;
    }
    let numeric = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];
    let name = cast.split('(').next().unwrap_or(cast);
    if numeric.contains(&name) && is_number(&value) {
        return Some(Literal::Number(value));
    }
    Some(Literal::Text(value))
}

/// Whether the text can be the type of a cast and nothing more.
fn is_type_name(text: &str) -> bool {
    let mut quoted = false;
    text.chars().all(|c| {
        if c == '"' {
            quoted = !quoted;
        }
        quoted || c.is_alphanumeric() || "\"_ .()[],$".contains(c)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parentheses_stand_where_the_grammar_requires_them() {
        for bare in
            ["now()", "'a'::text || 'b'::text", "f(1 IN (1, 2))", "'not'::text", "ARRAY[a AND b]"]
        {
            assert_eq!(render(&bare.into()), bare);
        }
        for inner in ["now() AT TIME ZONE 'utc'::text", "NOT true", "1 = ANY (ARRAY[1, 2])"] {
            assert_eq!(render(&inner.into()), format!("({inner})"));
        }
    }

    #[test]
    fn casts_between_dates_and_times_count() {
        let zoned = ColumnType::Timestamp { precision: Some(3), tz: true };
        let converted = |text: &str| is_converted(text, &zoned);
        assert!(converted("'2020-01-01 00:00:00'::timestamp without time zone"));
        assert!(converted("'2020-01-01'::date"));
        assert!(!converted("'2020-01-01 00:00:00+00'::timestamp with time zone"));
        assert!(!converted("now()"));
        assert!(!is_converted("'2020-01-01'::date", &ColumnType::Domain("d".into())));
    }

    #[test]
    fn reads_constants() {
        let text = |value: &str| Default::Literal(Literal::Text(value.into()));
        let parse = |text: &str| parse(text, &ColumnType::Verbatim("x".into()));
        let number = |value: &str| Default::Literal(Literal::Number(value.into()));
        assert_eq!(parse("'it''s 100% :x'::text"), text("it's 100% :x"));
        assert_eq!(parse("'-1'::integer"), number("-1"));
        assert_eq!(parse("'-1.50'::numeric"), number("-1.50"));
        assert_eq!(parse("0.00"), number("0.00"));
        assert_eq!(parse("'a'::\"My Mood\""), text("a"));
        assert_eq!(parse("'{}'::text[]"), text("{}"));
        assert_eq!(parse("E'a\\\\b'::text"), text("a\\b"));
        assert_eq!(parse("NULL::character varying"), Default::Literal(Literal::Null));
        assert_eq!(parse("now()"), Default::Expression("now()".into()));
        assert_eq!(
            parse("'a'::text || 'b'::text"),
            Default::Expression("'a'::text || 'b'::text".into())
        );
    }
}
