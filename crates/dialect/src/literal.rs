//! Reading literals out of SQL text.

/// Whether the text is a number that SQL accepts without quotes.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let numeral = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|part| part.strip_prefix(['+', '-']).unwrap_or(part));
    numeral(whole)
        && numeral(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|part| !part.is_empty() && numeral(part))
}

/// Reads a quoted string at the start: its value, and the text after it. In the escaped form
/// (`E'..'`) a backslash escapes the next character; `pg_get_expr` uses no other escapes.
pub(crate) fn read_string(text: &str, escaped: bool) -> Option<(String, &str)> {
    let body = text.strip_prefix('\'')?;
    let mut value = String::new();
    let mut chars = body.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if matches!(chars.peek(), Some((_, '\''))) => {
                chars.next();
                value.push('\'');
            }
            '\'' => return Some((value, &body[at + 1..])),
            '\\' if escaped => value.push(chars.next()?.1),
            other => value.push(other),
        }
    }
    None
}
