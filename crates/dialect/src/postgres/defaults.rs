//! Column defaults as PostgreSQL prints them.

use autogen_schema::{Default, Expr, Literal};

use crate::literal::{is_number, read_string};

/// Reads a default from `pg_get_expr`, or as a user writes it: constants, with
/// or without a cast, become literals.
pub fn parse(text: &str) -> Default {
    match literal(text.trim()) {
        Some(literal) => Default::Literal(literal),
        None => Default::Expression(Expr::new(text.trim())),
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
    fn reads_constants() {
        let text = |value: &str| Default::Literal(Literal::Text(value.into()));
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
