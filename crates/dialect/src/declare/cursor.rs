//! Reading a statement token by token.

use autogen_schema::QName;

use crate::Dialect;
use crate::scan::{Lexeme, Token, scan, unquote};

/// A position in a statement.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    dialect: Dialect,
    text: &'a str,
    tokens: std::rc::Rc<Vec<Token<'a>>>,
    at: usize,
}

/// The beginning of a `CREATE`.
pub(crate) struct Head<'a> {
    /// Whether it is `CREATE OR REPLACE`.
    pub(crate) replaces: bool,
    /// The clauses of MySQL and MariaDB before the kind, with a space after them.
    pub(crate) clauses: &'a str,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(dialect: Dialect, text: &'a str) -> Self {
        let tokens = scan(dialect, text).filter(Token::is_code).collect();
        Self { dialect, text, tokens: std::rc::Rc::new(tokens), at: 0 }
    }

    pub(crate) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    /// Takes one token of any kind.
    pub(crate) fn skip(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.at).copied();
        self.at += usize::from(token.is_some());
        token
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Takes the word, if it is next.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.at += usize::from(found);
        found
    }

    /// Takes all of the words, or none.
    pub(crate) fn words(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        let all = words.iter().all(|word| self.word(word));
        if !all {
            self.at = start;
        }
        all
    }

    pub(crate) fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_symbol(symbol));
        self.at += usize::from(found);
        found
    }

    /// Takes `CREATE [OR REPLACE]`, and the clauses that MySQL and MariaDB allow before the kind
    /// of the object.
    pub(crate) fn head(&mut self) -> Head<'a> {
        let replaces = self.word("CREATE") && self.words(&["OR", "REPLACE"]);
        let start = self.clone();
        if self.dialect.has_definers() {
            while self.clause() {}
        }
        let clauses = start.text_before(self);
        Head { replaces, clauses }
    }

    /// Takes one of `ALGORITHM = ..`, `DEFINER = ..`, `SQL SECURITY ..`.
    fn clause(&mut self) -> bool {
        if self.words(&["SQL", "SECURITY"]) {
            self.skip();
            return true;
        }
        if !self.word("ALGORITHM") && !self.word("DEFINER") {
            return false;
        }
        self.symbol("=");
        self.skip();
        // A user has a host, and a function its parentheses.
        if self.symbol("@") {
            self.skip();
        }
        self.parentheses();
        true
    }

    /// The text from here to another cursor of this statement, with the space after it.
    pub(crate) fn text_before(&self, other: &Self) -> &'a str {
        let length = self.rest().len().saturating_sub(other.rest().len());
        self.rest().get(..length).unwrap_or_default()
    }

    /// A name as the database reads it.
    pub(crate) fn name(&mut self) -> Option<String> {
        let token = self.peek()?;
        let name = match token.lexeme {
            Lexeme::Word => self.dialect.fold(token.text),
            Lexeme::Name => unquote(token.text),
            Lexeme::Text if !self.dialect.has_schemas() => unquote(token.text),
            Lexeme::Text | Lexeme::Space | Lexeme::Comment | Lexeme::Number | Lexeme::Symbol => {
                return None;
            }
        };
        self.at += 1;
        Some(name)
    }

    /// `name` or `schema.name`.
    pub(crate) fn qname(&mut self) -> Option<QName> {
        let first = self.name()?;
        if !self.symbol(".") {
            return Some(QName::bare(first));
        }
        let second = self.name()?;
        let schema = self.dialect.has_schemas().then_some(first);
        Some(QName::new(schema, second))
    }

    /// Names joined by dots.
    pub(crate) fn dotted(&mut self) -> Vec<String> {
        let mut parts: Vec<String> = self.name().into_iter().collect();
        while !parts.is_empty() && self.symbol(".") {
            match self.name() {
                Some(part) => parts.push(part),
                None => return Vec::new(),
            }
        }
        parts
    }

    /// Takes at least one token, up to one of the words outside parentheses. Returns the text.
    pub(crate) fn until(&mut self, words: &[&str]) -> &'a str {
        let Some(start) = self.peek().map(|token| token.at) else { return "" };
        let (mut end, mut depth) = (start, 0_usize);
        while let Some(token) = self.peek().copied() {
            let first = token.at == start;
            if !first && depth == 0 && words.iter().any(|word| token.is_word(word)) {
                break;
            }
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
            }
            end = token.end();
            self.at += 1;
        }
        &self.text[start..end]
    }

    /// Like [`Self::until`], but a comma also ends it.
    pub(crate) fn until_symbol_or(&mut self, words: &[&str]) -> &'a str {
        let Some(start) = self.peek().map(|token| token.at) else { return "" };
        let (mut end, mut depth) = (start, 0_usize);
        while let Some(token) = self.peek().copied() {
            let ends = token.is_symbol(",") || words.iter().any(|word| token.is_word(word));
            if depth == 0 && ends {
                break;
            }
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
            }
            end = token.end();
            self.at += 1;
        }
        &self.text[start..end]
    }

    /// Whether the symbol is next.
    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The remaining text.
    pub(crate) fn rest(&self) -> &'a str {
        self.peek().map_or("", |token| &self.text[token.at..])
    }

    /// The text in the parentheses that open here, without them.
    pub(crate) fn parentheses(&mut self) -> Option<&'a str> {
        let start = self.peek().filter(|token| token.is_symbol("("))?.at;
        let mut depth = 0_usize;
        while let Some(token) = self.skip() {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return self.text.get(start + 1..token.at);
                }
            }
        }
        None
    }

    /// The first words, for messages.
    pub(crate) fn first_words(&self) -> String {
        let words: Vec<&str> = self.tokens.iter().take(3).map(|token| token.text).collect();
        let mut text: String = words.join(" ").chars().take(60).collect();
        if self.tokens.len() > 3 {
            text.push_str(" ..");
        }
        text
    }
}
