//! Column defaults in MySQL and MariaDB.

use autogen_schema::{Default, Expr, Literal};

use super::Flavor;
use crate::Dialect;
use crate::literal::is_number;
use crate::scan::strip_parentheses;

/// Reads the text after `DEFAULT` from MariaDB's catalog or a user: constants, with or
/// without a character set before them or parentheses around them, become literals.
pub fn parse(text: &str) -> Default {
    let text = strip_parentheses(Dialect::Mysql, text);
    match literal(text) {
        Some(literal) => Default::Literal(literal),
        None => Default::Expression(Expr::new(moment(text).unwrap_or_else(|| text.to_owned()))),
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
    if let Some(bytes) = bytes(text) {
        return Some(Literal::Bytes(bytes));
    }
    let (value, rest) = read_text(without_introducer(text))?;
    rest.is_empty().then_some(Literal::Text(value))
}

/// The literal after a character set: `_utf8mb4'..'`.
fn without_introducer(text: &str) -> &str {
    let Some(rest) = text.strip_prefix('_') else { return text };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let literal = rest.get(end..).unwrap_or_default().trim_start();
    if literal.starts_with('\'') { literal } else { text }
}

/// Reads `x'00ff'` and `0x00ff`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = match text.strip_prefix("0x") {
        Some(digits) => digits,
        None => text.strip_prefix(['x', 'X'])?.strip_prefix('\'')?.strip_suffix('\'')?,
    };
    let whole = digits.is_ascii() && digits.len() % 2 == 0 && !text.starts_with("0x'");
    let pairs = (0..digits.len()).step_by(2);
    let read = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    whole.then(|| pairs.map(read).collect()).flatten()
}

/// Reads a quoted text at the start, with MySQL's escapes: its value, and the text after it.
///
/// Source: MySQL manual, 11.1.1 "String Literals".
pub(crate) fn read_text(text: &str) -> Option<(String, &str)> {
    let body = text.strip_prefix('\'')?;
    let mut value = String::new();
    let mut chars = body.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if matches!(chars.peek(), Some((_, '\''))) => {
                chars.next();
                value.push('\'');
            }
            '\'' => return Some((value, body.get(at + 1..)?)),
            '\\' => match chars.next()?.1 {
                '0' => value.push('\0'),
                'b' => value.push('\u{8}'),
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                'Z' => value.push('\u{1a}'),
                kept @ ('%' | '_') => value.extend(['\\', kept]),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

/// The current moment in its normal spelling, with its digits.
pub(crate) fn moment(text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let (name, digits) = match lower.split_once('(') {
        Some((name, rest)) => (name.trim_end(), rest.strip_suffix(')')?.trim()),
        None => (lower.as_str(), ""),
    };
    // `now` without parentheses is a name.
    let known = match name {
        "current_timestamp" | "localtimestamp" | "localtime" => true,
        "now" => lower.contains('('),
        _ => false,
    };
    match (known, digits) {
        (false, _) => None,
        (true, "" | "0") => Some("CURRENT_TIMESTAMP".to_owned()),
        (true, digits) => {
            let digits: u8 = digits.parse().ok()?;
            Some(format!("CURRENT_TIMESTAMP({digits})"))
        }
    }
}

/// The current moment with as many digits as the column, which MySQL requires.
pub(crate) fn precise(flavor: Flavor, text: &str, digits: Option<u32>) -> String {
    let Some(moment) = moment(text) else { return text.to_owned() };
    match (flavor, digits) {
        (Flavor::Mariadb, _) => moment,
        (Flavor::Mysql, None | Some(0)) => "CURRENT_TIMESTAMP".to_owned(),
        (Flavor::Mysql, Some(digits)) => format!("CURRENT_TIMESTAMP({digits})"),
    }
}

/// An expression after `DEFAULT`: in parentheses, except for the current moment and bits.
pub(crate) fn render(expr: &Expr) -> String {
    let text = expr.as_str();
    if moment(text).is_some() || text.starts_with("b'") {
        return text.to_owned();
    }
    format!("({text})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_constants() {
        let text = |value: &str| Default::Literal(Literal::Text(value.into()));
        assert_eq!(parse("'a''b\\\\c'"), text("a'b\\c"));
        assert_eq!(parse("_utf8mb4'x'"), text("x"));
        assert_eq!(parse("('{}')"), text("{}"));
        assert_eq!(parse("1.50"), Default::Literal(Literal::Number("1.50".into())));
        assert_eq!(parse("0x6162"), Default::Literal(Literal::Bytes(vec![0x61, 0x62])));
        assert_eq!(parse("(1 + 1)"), Default::Expression("1 + 1".into()));
        assert_eq!(parse("current_timestamp()"), Default::Expression("CURRENT_TIMESTAMP".into()));
        assert_eq!(parse("now(3)"), Default::Expression("CURRENT_TIMESTAMP(3)".into()));
        assert_eq!(parse("uuid()"), Default::Expression("uuid()".into()));
        assert_eq!(parse("b'101'"), Default::Expression("b'101'".into()));
    }
}
