//! SQL expressions as text.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::QName;

/// An SQL expression, as the user or the catalog wrote it.
///
/// Whether two expressions mean the same is not decided here: servers rewrite them, so equal
/// text is sufficient but not necessary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expr(pub String);

impl Expr {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The identifiers in the text, unquoted, in order: column names, and also
    /// functions, types and bare keywords. String literals are skipped.
    pub fn identifiers(&self) -> Vec<String> {
        tokens(&self.0)
            .into_iter()
            .filter_map(|token| match token {
                Token::Bare(text) => Some(text.to_owned()),
                Token::Quoted(quote, text) => Some(unquote(quote, text)),
                Token::Other(_) => None,
            })
            .collect()
    }

    /// Whether the expression names this column, quoted or bare.
    pub fn mentions(&self, column: &str) -> bool {
        tokens(&self.0).iter().any(|token| token.names(column))
    }

    /// The same expression with `value` in place of the column.
    #[must_use]
    pub fn replace_column(&self, column: &str, value: &str) -> Self {
        let parts = tokens(&self.0);
        let replaced = parts.iter().enumerate().map(|(at, token)| {
            let called =
                matches!(parts.get(at + 1), Some(Token::Other(next)) if next.starts_with('('));
            let other = called && matches!(token, Token::Bare(_));
            if token.names(column) && !other { value } else { token.text() }
        });
        Self(replaced.collect())
    }

    /// The same expression after the column was renamed: what every server does
    /// to the expressions it stores.
    pub fn rename_column(&self, before: &str, after: &str) -> Self {
        let mut text = String::with_capacity(self.0.len());
        let parts = tokens(&self.0);
        for (at, token) in parts.iter().enumerate() {
            let called =
                matches!(parts.get(at + 1), Some(Token::Other(next)) if next.starts_with('('));
            if !token.names(before) || (called && matches!(token, Token::Bare(_))) {
                text.push_str(token.text());
                continue;
            }
            text.push_str(&respelled(token, after));
        }
        Self(text)
    }
}

/// The names of sequences in `nextval('..')`.
impl Expr {
    /// The `nextval` call, as servers print it.
    pub fn next_value(sequence: &QName) -> Self {
        Self(format!("nextval('{}'::regclass)", regclass(sequence).replace('\'', "''")))
    }

    /// Whether the expression is this call, in any spelling.
    pub fn is_next_value(&self, sequence: &QName) -> bool {
        let parts = tokens(&self.0);
        let words: Vec<&str> =
            parts.iter().map(Token::text).filter(|text| !text.trim().is_empty()).collect();
        let cast = matches!(words.as_slice(), [_, "(", _, ":", ":", "regclass", ")"]);
        let call = cast || matches!(words.as_slice(), [_, "(", _, ")"]);
        call && self.sequences() == std::slice::from_ref(sequence)
    }

    /// The sequences whose next value the expression takes.
    pub fn sequences(&self) -> Vec<QName> {
        self.counted().into_iter().map(|(_, name)| name).collect()
    }

    /// The same expression after a sequence was renamed.
    #[must_use]
    pub fn rename_sequence(&self, before: &QName, after: &QName) -> Self {
        let mut text = self.0.clone();
        for (range, name) in self.counted().into_iter().rev() {
            if name == *before {
                let quoted = regclass(after).replace('\'', "''");
                text.replace_range(range, &format!("'{quoted}'"));
            }
        }
        Self(text)
    }

    /// The literals that `nextval` is called with, and the sequences they name.
    fn counted(&self) -> Vec<(std::ops::Range<usize>, QName)> {
        let parts = tokens(&self.0);
        let mut found = Vec::new();
        let mut at = 0;
        for (place, token) in parts.iter().enumerate() {
            let text = token.text();
            let called = place >= 2
                && parts[place - 1].text() == "("
                && parts[place - 2].text().eq_ignore_ascii_case("nextval");
            if called && text.starts_with('\'') && text.len() >= 2 {
                let inner = text[1..text.len() - 1].replace("''", "'");
                found.push((at..at + text.len(), parse_regclass(&inner)));
            }
            at += text.len();
        }
        found
    }
}

/// A name as `regclass` reads it.
fn parse_regclass(text: &str) -> QName {
    let mut parts: Vec<String> = Vec::new();
    for token in tokens(text) {
        match token {
            Token::Bare(text) => parts.push(text.to_lowercase()),
            Token::Quoted(quote, text) => parts.push(unquote(quote, text)),
            Token::Other(_) => {}
        }
    }
    let name = parts.pop().unwrap_or_default();
    QName::new(parts.pop(), name)
}

/// A name as `regclass` prints it.
fn regclass(name: &QName) -> String {
    let part = |text: &str| if is_plain(text) { text.to_owned() } else { requote('"', text) };
    match &name.schema {
        Some(schema) => format!("{}.{}", part(schema), part(&name.name)),
        None => part(&name.name),
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A piece of SQL text; the pieces joined give the text back.
pub(crate) enum Token<'a> {
    Bare(&'a str),
    Quoted(char, &'a str),
    Other(&'a str),
}

impl Token<'_> {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Bare(text) | Self::Quoted(_, text) | Self::Other(text) => text,
        }
    }

    /// The name, without quotes.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Quoted(quote, text) => unquote(*quote, text),
            Self::Bare(text) | Self::Other(text) => (*text).to_owned(),
        }
    }

    pub(crate) fn names(&self, column: &str) -> bool {
        match self {
            Self::Bare(text) => text.eq_ignore_ascii_case(column),
            Self::Quoted(quote, text) => unquote(*quote, text) == column,
            Self::Other(_) => false,
        }
    }
}

/// Another name in the spelling of this one.
pub(crate) fn respelled(token: &Token<'_>, name: &str) -> String {
    match token {
        Token::Quoted(quote, _) => requote(*quote, name),
        Token::Bare(_) | Token::Other(_) if is_plain(name) => name.to_owned(),
        Token::Bare(_) | Token::Other(_) => requote('"', name),
    }
}

fn unquote(quote: char, text: &str) -> String {
    let (open, close) = if quote == '[' { ('[', ']') } else { (quote, quote) };
    let inner = text.strip_prefix(open).unwrap_or(text);
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    inner.replace(&format!("{close}{close}"), &close.to_string())
}

fn requote(quote: char, name: &str) -> String {
    match quote {
        '[' => format!("[{name}]"),
        other => format!("{other}{}{other}", name.replace(other, &format!("{other}{other}"))),
    }
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The length in bytes of a quoted run that starts at the beginning of `text`; a doubled
/// closing quote belongs to the run.
fn quoted_len(text: &str, close: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != close {
            continue;
        }
        match chars.peek() {
            Some((_, next)) if *next == close => {
                chars.next();
            }
            _ => return at + c.len_utf8(),
        }
    }
    text.len()
}

/// The length of a comment that starts here; zero if none does. `--1` can be two minus signs.
fn comment_len(text: &str) -> usize {
    let line = text
        .strip_prefix("--")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    if line {
        return text.find('\n').unwrap_or(text.len());
    }
    if !text.starts_with("/*") {
        return 0;
    }
    text.find("*/").map_or(text.len(), |at| at + 2)
}

pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    pieces(text, false)
}

/// The same for a text with comments, each of which is one piece.
pub(crate) fn tokens_and_comments(text: &str) -> Vec<Token<'_>> {
    pieces(text, true)
}

fn pieces(text: &str, comments: bool) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (len, make): (usize, fn(char, &str) -> Token<'_>) = match first {
            '-' | '/' if comments && comment_len(rest) > 0 => {
                (comment_len(rest), |_, t| Token::Other(t))
            }
            '\'' => (quoted_len(rest, '\''), |_, t| Token::Other(t)),
            '"' | '`' => (quoted_len(rest, first), |q, t| Token::Quoted(q, t)),
            c if c.is_alphabetic() || c == '_' => {
                let len = rest
                    .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                    .unwrap_or(rest.len());
                (len, |_, t| Token::Bare(t))
            }
            c if c.is_ascii_digit() => {
                let len = rest
                    .find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '_'))
                    .unwrap_or(rest.len());
                (len, |_, t| Token::Other(t))
            }
            other => (other.len_utf8(), |_, t| Token::Other(t)),
        };
        let (token, tail) = rest.split_at(len);
        found.push(make(first, token));
        rest = tail;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_columns_and_nothing_else() {
        let expr = Expr::new(r#"lower(a) = 'a' AND "a" > a.b AND aa <> 1"#);
        assert_eq!(
            expr.rename_column("a", "New").as_str(),
            r#"lower("New") = 'a' AND "New" > "New".b AND aa <> 1"#
        );
        assert_eq!(Expr::new("lower(lower)").rename_column("lower", "x").as_str(), "lower(x)");
    }

    #[test]
    fn sequences_are_named_in_literals() {
        let (before, after) = (QName::bare("S"), QName::new(Some("s1".into()), "it's"));
        let expr = Expr::new(r#"nextval('"S"'::regclass) + length('"S"')"#);
        assert_eq!(expr.sequences(), std::slice::from_ref(&before));
        let renamed = expr.rename_sequence(&before, &after);
        assert_eq!(renamed.as_str(), r#"nextval('s1."it''s"'::regclass) + length('"S"')"#);
        assert_eq!(renamed.sequences(), [after]);
    }

    #[test]
    fn mentions_quoted_names() {
        assert!(Expr::new(r#""a""b" > 1"#).mentions("a\"b"));
        assert!(!Expr::new("'a'").mentions("a"));
    }
}
