//! Column defaults in SQLite: the text of the `DEFAULT` clause.

use autogen_schema::{Default, Expr, Literal};

use crate::literal::{is_number, read_string};

/// Reads the text after `DEFAULT`, with or without parentheses.
pub fn parse(text: &str) -> Default {
    let text = text.trim();
    match literal(text) {
        Some(literal) => Default::Literal(literal),
        None => Default::Expression(Expr::new(text)),
    }
}

fn literal(text: &str) -> Option<Literal> {
    let unsigned = text.strip_prefix('+').map_or(text, str::trim_start);
    if is_number(unsigned) {
        return Some(Literal::Number(unsigned.to_owned()));
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => return Some(Literal::Bool(true)),
        "false" => return Some(Literal::Bool(false)),
        "null" => return Some(Literal::Null),
        _ => {}
    }
    if text.starts_with("x'") || text.starts_with("X'") {
        let (digits, rest) = read_string(&text[1..], false)?;
        let whole = rest.is_empty() && digits.is_ascii() && digits.len() % 2 == 0;
        if !whole {
            return None;
        }
        let pairs = (0..digits.len()).step_by(2);
        let bytes: Option<Vec<u8>> =
            pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect();
        return bytes.map(Literal::Bytes);
    }
    let (value, rest) = read_string(text, false)?;
    rest.is_empty().then_some(Literal::Text(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_constants() {
        let literal = |value| Default::Literal(value);
        assert_eq!(parse("'O''Brien'"), literal(Literal::Text("O'Brien".into())));
        assert_eq!(parse("'007'"), literal(Literal::Text("007".into())));
        assert_eq!(parse("-1.5"), literal(Literal::Number("-1.5".into())));
        assert_eq!(parse("FALSE"), literal(Literal::Bool(false)));
        assert_eq!(parse("x'00ff'"), literal(Literal::Bytes(vec![0, 255])));
        assert_eq!(parse("datetime('now')"), Default::Expression("datetime('now')".into()));
        assert_eq!(parse("CURRENT_TIMESTAMP"), Default::Expression("CURRENT_TIMESTAMP".into()));
    }
}
