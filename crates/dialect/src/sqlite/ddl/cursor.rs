//! A cursor over the code of one SQL statement.

use crate::Dialect;
use crate::scan::{Lexeme, Token, scan, strip_parentheses, unquote};

/// Why a statement cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {at}, found {found}")]
pub struct DdlError {
    /// What was expected.
    pub expected: String,
    /// Where, in bytes from the start of the statement.
    pub at: usize,
    /// What was found.
    pub found: String,
}

/// The tokens of a statement, without white space and comments.
pub(super) struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        Self { sql, tokens: scan(Dialect::Sqlite, sql).filter(Token::is_code).collect(), at: 0 }
    }

    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    pub(super) fn peek_second(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at + 1)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    /// Whether the next token is one of these bare words.
    pub(super) fn is_any_word(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(word))
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    pub(super) fn is_end(&self) -> bool {
        self.peek().is_none() || self.is_symbol(";")
    }

    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    /// Skips the words if all of them follow.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let follow = words.iter().enumerate().all(|(offset, word)| {
            self.tokens.get(self.at + offset).is_some_and(|token| token.is_word(word))
        });
        if follow {
            self.at += words.len();
        }
        follow
    }

    pub(super) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let follows = self.is_symbol(symbol);
        self.at += usize::from(follows);
        follows
    }

    pub(super) fn expect(&mut self, word: &str) -> Result<(), DdlError> {
        if self.eat(&[word]) { Ok(()) } else { Err(self.error(word)) }
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str) -> Result<(), DdlError> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.error(symbol)) }
    }

    pub(super) fn error(&self, expected: &str) -> DdlError {
        let (at, found) = match self.peek() {
            Some(token) => (token.at, format!("`{}`", token.text)),
            None => (self.sql.len(), "the end".to_owned()),
        };
        DdlError { expected: expected.to_owned(), at, found }
    }

    /// A name, unquoted. SQLite also accepts a string as a name.
    pub(super) fn name(&mut self) -> Result<String, DdlError> {
        match self.peek().copied() {
            Some(token) if matches!(token.lexeme, Lexeme::Word | Lexeme::Name | Lexeme::Text) => {
                self.skip();
                Ok(unquote(token.text))
            }
            _ => Err(self.error("a name")),
        }
    }

    /// The last part of `name` or `schema.name`.
    pub(super) fn object_name(&mut self) -> Result<String, DdlError> {
        let first = self.name()?;
        if self.eat_symbol(".") { self.name() } else { Ok(first) }
    }

    /// A parenthesised list of names.
    pub(super) fn names(&mut self) -> Result<Vec<String>, DdlError> {
        self.expect_symbol("(")?;
        let mut names = vec![self.name()?];
        while self.eat_symbol(",") {
            names.push(self.name()?);
        }
        self.expect_symbol(")")?;
        Ok(names)
    }

    /// A parenthesised expression: its text, without the parentheses.
    pub(super) fn parenthesised(&mut self) -> Result<String, DdlError> {
        self.expect_symbol("(")?;
        let inside = self.until(|_, _| false)?;
        self.expect_symbol(")")?;
        Ok(inside)
    }

    /// The text up to a closing parenthesis, or to a token outside all parentheses that `stop`
    /// accepts.
    pub(super) fn until(
        &mut self,
        stop: impl Fn(&Self, &Token<'a>) -> bool,
    ) -> Result<String, DdlError> {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(token) = self.peek().copied() {
            if depth == 0 && (token.is_symbol(")") || stop(self, &token)) {
                break;
            }
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth -= 1;
            }
            self.skip();
        }
        if self.at == start {
            return Err(self.error("an expression"));
        }
        Ok(strip_parentheses(Dialect::Sqlite, &self.text(start, self.at)).to_owned())
    }

    /// The position, for [`Cursor::text`].
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The source text of a run of tokens. Comments in it become a space: a `--` comment would
    /// hide what is later written after it.
    pub(super) fn text(&self, start: usize, end: usize) -> String {
        let mut text = String::new();
        let mut last = None;
        for token in &self.tokens[start.min(end)..end.min(self.tokens.len())] {
            if let Some(last) = last {
                let gap = &self.sql[last..token.at];
                text.push_str(if gap.trim().is_empty() { gap } else { " " });
            }
            text.push_str(token.text);
            last = Some(token.end());
        }
        text
    }
}
