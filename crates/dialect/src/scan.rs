//! A lexer for SQL text: it distinguishes code from quotes and comments in every dialect, and
//! never fails. The lexemes joined give the text back.
//!
//! Sources: PostgreSQL manual, 4.1 "Lexical Structure";
//! <https://sqlite.org/lang_keywords.html>, <https://sqlite.org/lang_comment.html>; MySQL
//! manual, 11.1 "Literal Values" and 11.7 "Comments".

use std::collections::BTreeMap;

use crate::Dialect;

/// The kind of a lexeme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lexeme {
    Space,
    Comment,
    /// A string or blob literal, with its prefix and quotes.
    Text,
    /// A quoted identifier.
    Name,
    Word,
    Number,
    /// Any other single character.
    Symbol,
}

/// A lexeme and its start, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub(crate) lexeme: Lexeme,
    pub(crate) text: &'a str,
    pub(crate) at: usize,
}

impl Token<'_> {
    /// Whether it is this bare word, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.lexeme == Lexeme::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.lexeme == Lexeme::Symbol && self.text == symbol
    }

    /// Whether it is code: neither white space nor a comment.
    pub(crate) fn is_code(&self) -> bool {
        match self.lexeme {
            Lexeme::Space | Lexeme::Comment => false,
            Lexeme::Text | Lexeme::Name | Lexeme::Word | Lexeme::Number | Lexeme::Symbol => true,
        }
    }

    pub(crate) fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

/// Scans the text.
pub(crate) fn scan(dialect: Dialect, sql: &str) -> Scanner<'_> {
    Scanner { dialect, sql, at: 0 }
}

/// The iterator behind [`scan`].
#[derive(Clone)]
pub(crate) struct Scanner<'a> {
    dialect: Dialect,
    sql: &'a str,
    at: usize,
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.sql[self.at..];
        let first = rest.chars().next()?;
        let (lexeme, len) = match first {
            c if is_space(c) => (Lexeme::Space, run(rest, is_space)),
            '-' if self.begins_comment(rest) => (Lexeme::Comment, self.line(rest)),
            '#' if self.is_mysql() => (Lexeme::Comment, self.line(rest)),
            // A comment whose content MySQL executes.
            '/' if self.is_mysql() && (rest.starts_with("/*!") || rest.starts_with("/*M!")) => {
                (Lexeme::Symbol, block_comment(rest, false))
            }
            '/' if rest.starts_with("/*") => {
                (Lexeme::Comment, block_comment(rest, self.dialect == Dialect::Postgres))
            }
            '\'' => (Lexeme::Text, quoted(rest, 0, '\'', self.is_mysql())),
            '"' if self.is_mysql() => (Lexeme::Text, quoted(rest, 0, '"', true)),
            '"' => (Lexeme::Name, quoted(rest, 0, '"', false)),
            '`' if self.dialect != Dialect::Postgres => (Lexeme::Name, quoted(rest, 0, '`', false)),
            '[' if self.dialect == Dialect::Sqlite => {
                (Lexeme::Name, rest.find(']').map_or(rest.len(), |at| at + 1))
            }
            '$' if self.dialect == Dialect::Postgres => match dollar_quoted(rest) {
                Some(len) => (Lexeme::Text, len),
                None => (Lexeme::Symbol, 1),
            },
            c if is_word_start(c) => self.word(rest),
            c if c.is_ascii_digit() => (Lexeme::Number, number(rest)),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                (Lexeme::Number, number(rest))
            }
            other => (Lexeme::Symbol, other.len_utf8()),
        };
        let token = Token { lexeme, text: &rest[..len], at: self.at };
        self.at += len;
        Some(token)
    }
}

impl Scanner<'_> {
    fn is_mysql(&self) -> bool {
        match self.dialect {
            Dialect::Sqlite | Dialect::Postgres => false,
            Dialect::Mysql | Dialect::Mariadb => true,
        }
    }

    /// The length of a comment that goes to the end of the line. A carriage return
    /// ends a line for PostgreSQL only.
    ///
    /// Sources: PostgreSQL, `non_newline` in `src/backend/parser/scan.l`; SQLite,
    /// `sqlite3GetToken`; MySQL, `sql/sql_lex.cc`.
    fn line(&self, text: &str) -> usize {
        let end = match self.dialect {
            Dialect::Postgres => text.find(['\n', '\r']),
            Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => text.find('\n'),
        };
        end.map_or(text.len(), |at| at + 1)
    }

    /// Whether two dashes begin a comment: MySQL requires white space after them.
    fn begins_comment(&self, rest: &str) -> bool {
        let Some(behind) = rest.strip_prefix("--") else { return false };
        let spaced = behind.bytes().next().is_none_or(|it| it == b' ' || it.is_ascii_control());
        spaced || !self.is_mysql()
    }

    /// A word, or a literal with a prefix such as `E'..'` or `x'..'`.
    fn word(&self, rest: &str) -> (Lexeme, usize) {
        let len = run(rest, |c| is_word_start(c) || c.is_ascii_digit() || c == '$');
        let (word, after) = rest.split_at(len);
        let quoted_next = after.starts_with('\'');
        match self.dialect {
            Dialect::Sqlite if quoted_next && word.eq_ignore_ascii_case("x") => {
                (Lexeme::Text, quoted(rest, len, '\'', false))
            }
            Dialect::Postgres if quoted_next && word.len() == 1 => {
                match word.to_ascii_lowercase().as_str() {
                    "e" => (Lexeme::Text, escaped(rest, len)),
                    "b" | "x" | "n" => (Lexeme::Text, quoted(rest, len, '\'', false)),
                    _ => (Lexeme::Word, len),
                }
            }
            Dialect::Postgres if word.eq_ignore_ascii_case("u") && after.starts_with("&'") => {
                (Lexeme::Text, quoted(rest, len + 1, '\'', false))
            }
            Dialect::Postgres if word.eq_ignore_ascii_case("u") && after.starts_with("&\"") => {
                (Lexeme::Name, quoted(rest, len + 1, '"', false))
            }
            Dialect::Mysql | Dialect::Mariadb
                if quoted_next
                    && ["x", "b", "n"].iter().any(|it| word.eq_ignore_ascii_case(it)) =>
            {
                (Lexeme::Text, quoted(rest, len, '\'', true))
            }
            Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => {
                (Lexeme::Word, len)
            }
        }
    }
}

/// White space for the servers: other characters are part of words.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

/// The end of a PostgreSQL `E'..'` string. After white space with a line end, the next quote
/// continues it, with escapes.
fn escaped(text: &str, open: usize) -> usize {
    let mut end = quoted(text, open, '\'', true);
    while let Some(next) = continued(&text[end..]) {
        end = quoted(text, end + next, '\'', true);
    }
    end
}

/// Where a string continues: a quote after a line end, white space and comments.
fn continued(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut line_end = false;
    loop {
        let rest = &text[at..];
        at += match rest.chars().next()? {
            '\'' => return line_end.then_some(at),
            c @ ('\n' | '\r') => {
                line_end = true;
                c.len_utf8()
            }
            c if is_space(c) => c.len_utf8(),
            '-' if rest.starts_with("--") => rest.find(['\n', '\r'])?,
            _ => return None,
        };
    }
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// The length of the run of characters that satisfy the condition.
fn run(text: &str, condition: impl Fn(char) -> bool) -> usize {
    text.find(|c| !condition(c)).unwrap_or(text.len())
}

/// The end of a quoted run that opens at `open`. A doubled quote belongs to the run; an
/// unterminated run extends to the end.
fn quoted(text: &str, open: usize, quote: char, backslash: bool) -> usize {
    let bytes = text.as_bytes();
    let quote = quote as u8;
    let mut at = open + 1;
    while at < bytes.len() {
        if backslash && bytes[at] == b'\\' {
            // The next character may have several bytes, none of which is a quote.
            at += 2;
        } else if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 2;
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a `/* */` comment; PostgreSQL's nest.
fn block_comment(text: &str, nested: bool) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") && (nested || depth == 0) {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a `$tag$..$tag$` string, if one starts here.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag_len = run(&text[1..], |c| is_word_start(c) || c.is_ascii_digit());
    let tag = text.get(..tag_len + 2)?;
    if !tag.ends_with('$') || tag[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let body = &text[tag.len()..];
    Some(body.find(tag).map_or(text.len(), |at| tag.len() + at + tag.len()))
}

fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let hex = text.starts_with("0x") || text.starts_with("0X");
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let exponent_sign = matches!(byte, b'+' | b'-')
            && !hex
            && at > 0
            && matches!(bytes[at - 1], b'e' | b'E')
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !(byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' || exponent_sign) {
            break;
        }
        at += 1;
    }
    at
}

/// The name of a word or a quoted identifier; also of a string, which SQLite accepts as a
/// name where only a name is possible.
pub(crate) fn unquote(text: &str) -> String {
    let Some(first) = text.chars().next() else { return String::new() };
    let close = match first {
        '[' => return text[1..].trim_end_matches(']').to_owned(),
        '"' | '`' | '\'' => first,
        _ => return text.to_owned(),
    };
    let inner = &text[1..];
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    inner.replace(&format!("{close}{close}"), &close.to_string())
}

/// The characters of a text outside of words, numbers, quotes and comments.
pub fn symbols(dialect: Dialect, text: &str) -> impl Iterator<Item = char> {
    scan(dialect, text)
        .filter(|token| token.lexeme == Lexeme::Symbol)
        .filter_map(|token| token.text.chars().next())
}

/// Quoted names joined by dots, as servers print them in the definitions of views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedPath {
    /// The names, without quotes.
    pub names: Vec<String>,
    /// Whether only white space is between it and the path before.
    pub is_next: bool,
}

/// The quoted paths of a text, in their order.
pub fn quoted_paths(dialect: Dialect, text: &str) -> Vec<QuotedPath> {
    let mut paths: Vec<QuotedPath> = Vec::new();
    let (mut joined, mut is_next) = (false, false);
    for token in scan(dialect, text) {
        match (token.lexeme, paths.last_mut()) {
            (Lexeme::Name, Some(path)) if joined => path.names.push(unquote(token.text)),
            (Lexeme::Name, _) => {
                paths.push(QuotedPath { names: vec![unquote(token.text)], is_next });
            }
            _ => {}
        }
        joined = token.is_symbol(".");
        is_next = match token.lexeme {
            Lexeme::Name => true,
            Lexeme::Space => is_next,
            Lexeme::Comment | Lexeme::Text | Lexeme::Word | Lexeme::Number | Lexeme::Symbol => {
                false
            }
        };
    }
    paths
}

/// Trims an expression and removes parentheses around the whole of it.
pub fn strip_parentheses(dialect: Dialect, expr: &str) -> &str {
    let whole = expr.trim();
    if !(whole.starts_with('(') && whole.ends_with(')')) {
        return whole;
    }
    let closed = closed(dialect, whole);
    let (mut from, mut to) = (0, whole.len());
    // Pairs around the whole are nested in each other, so one scan is enough.
    while closed.get(&from) == Some(&to) {
        let inner = &whole[from + 1..to - 1];
        from += 1 + inner.len() - inner.trim_start().len();
        to = from + inner.trim().len();
    }
    &whole[from..to]
}

/// Where each opening parenthesis is closed: its position, and the end of its partner.
fn closed(dialect: Dialect, expr: &str) -> BTreeMap<usize, usize> {
    let mut open = Vec::new();
    let mut closed = BTreeMap::new();
    for token in scan(dialect, expr) {
        if token.is_symbol("(") {
            open.push(token.at);
        } else if token.is_symbol(")")
            && let Some(at) = open.pop()
        {
            closed.insert(at, token.end());
        }
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(dialect: Dialect, sql: &str) -> Vec<&str> {
        let joined: String = scan(dialect, sql).map(|token| token.text).collect();
        assert_eq!(joined, sql);
        scan(dialect, sql).filter(Token::is_code).map(|token| token.text).collect()
    }

    #[test]
    fn cuts_quotes_and_comments() {
        assert_eq!(
            code(Dialect::Sqlite, "a--x\n[b c]`d``e`\"f\"\"g\" /* ' /* */ 'h''i' x'00' 1e-5+.5"),
            ["a", "[b c]", "`d``e`", "\"f\"\"g\"", "'h''i'", "x'00'", "1e-5", "+", ".5"]
        );
        assert_eq!(
            code(Dialect::Postgres, "/* a /* b */ c */ $$x;$$ $f$ $$ $f$ E'\\'' a[1] $1"),
            ["$$x;$$", "$f$ $$ $f$", "E'\\''", "a", "[", "1", "]", "$", "1"]
        );
        assert_eq!(code(Dialect::Postgres, "'open"), ["'open"]);
        assert_eq!(code(Dialect::Postgres, "E'\\"), ["E'\\"]);
        assert_eq!(code(Dialect::Sqlite, "é'ü'"), ["é", "'ü'"]);
    }

    #[test]
    fn strips_only_enclosing_parentheses() {
        let strip = |text| strip_parentheses(Dialect::Postgres, text);
        assert_eq!(strip(" ((a > 1)) "), "a > 1");
        assert_eq!(strip("(a) > (b)"), "(a) > (b)");
        assert_eq!(strip("(a = ')')"), "a = ')'");
        assert_eq!(strip("("), "(");
        assert_eq!(strip("(( ) )"), "");
        assert_eq!(strip("( (a) (b) )"), "(a) (b)");
        // One scan, however many there are.
        let deep = "(".repeat(200_000) + "a" + &")".repeat(200_000);
        assert_eq!(strip(&deep), "a");
    }
}
