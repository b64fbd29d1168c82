//! Splitting a script into statements, as the database's own shell does:
//! quotes, dollar quotes, comments, trigger bodies and function bodies are
//! left whole.

use crate::Dialect;
use crate::scan::{Lexeme, Token, scan};

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, from its first word to its last, without the semicolon.
    /// Comments inside it stay.
    pub sql: String,
    /// The line of its first word, from 1.
    pub line: usize,
    /// The comments since the statement before, with their dashes or stars.
    pub comments: Vec<String>,
}

/// A script, split.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Its statements in their order.
    pub statements: Vec<Statement>,
    /// The comments behind the last statement.
    pub trailing: Vec<String>,
}

/// Splits a script. It never fails: an unterminated quote goes to the end.
pub fn split(dialect: Dialect, text: &str) -> Script {
    let mut splitter = Splitter::new(dialect);
    for token in scan(dialect, text) {
        splitter.take(text, &token);
    }
    splitter.finish(text)
}

/// What is known of the statement that is being read.
#[derive(Default)]
struct Splitter {
    script: Script,
    comments: Vec<String>,
    /// The start, the end so far, and the line of the first word.
    open: Option<(usize, usize, usize)>,
    line: usize,
    body: Body,
    parentheses: usize,
    /// The first words of the statement, upper case.
    head: Vec<String>,
    /// The last two code tokens, upper case.
    last: [String; 2],
    dialect: Option<Dialect>,
}

/// Whether a semicolon ends the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Body {
    #[default]
    None,
    /// SQLite: a trigger, which ends with `; END ;`.
    Trigger,
    /// PostgreSQL: inside `BEGIN ATOMIC`, so many ENDs deep.
    Atomic(usize),
}

impl Splitter {
    fn new(dialect: Dialect) -> Self {
        Self { line: 1, dialect: Some(dialect), ..Self::default() }
    }

    fn take<'a>(&mut self, text: &'a str, token: &Token<'a>) {
        match token.lexeme {
            Lexeme::Space => {}
            Lexeme::Comment if self.open.is_none() => {
                self.comments.push(token.text.trim_end().to_owned());
            }
            Lexeme::Comment => {}
            Lexeme::Symbol if token.text == ";" && self.ends_here() => self.close(text),
            Lexeme::Text | Lexeme::Name | Lexeme::Word | Lexeme::Number | Lexeme::Symbol => {
                self.code(token);
            }
        }
        self.line += token.text.bytes().filter(|byte| *byte == b'\n').count();
    }

    fn code(&mut self, token: &Token<'_>) {
        let start = self.open.map_or((token.at, self.line), |(start, _, line)| (start, line));
        self.open = Some((start.0, token.end(), start.1));
        match token.text {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.saturating_sub(1),
            _ => {}
        }
        let word = match token.lexeme {
            Lexeme::Word => token.text.to_ascii_uppercase(),
            Lexeme::Symbol => token.text.to_owned(),
            Lexeme::Space | Lexeme::Comment | Lexeme::Text | Lexeme::Name | Lexeme::Number => {
                String::new()
            }
        };
        if self.head.len() < 3 {
            self.head.push(word.clone());
            let head: Vec<&str> = self.head.iter().map(String::as_str).collect();
            let trigger = matches!(
                head[..],
                ["CREATE", "TRIGGER"] | ["CREATE", "TEMP" | "TEMPORARY", "TRIGGER"]
            );
            if trigger && self.dialect == Some(Dialect::Sqlite) {
                self.body = Body::Trigger;
            }
        }
        let atomic = word == "ATOMIC" && self.last[1] == "BEGIN";
        self.body = match self.body {
            Body::None if atomic && self.dialect == Some(Dialect::Postgres) => Body::Atomic(1),
            Body::Atomic(depth) if word == "CASE" => Body::Atomic(depth + 1),
            Body::Atomic(depth) if word == "END" => {
                if depth > 1 {
                    Body::Atomic(depth - 1)
                } else {
                    Body::None
                }
            }
            same @ (Body::None | Body::Trigger | Body::Atomic(_)) => same,
        };
        self.last.swap(0, 1);
        self.last[1] = word;
    }

    fn ends_here(&self) -> bool {
        match self.body {
            // A rule's statements stand in parentheses.
            Body::None => self.parentheses == 0,
            Body::Trigger => self.last[0] == ";" && self.last[1] == "END",
            Body::Atomic(_) => false,
        }
    }

    fn close(&mut self, text: &str) {
        if let Some((start, end, line)) = self.open.take() {
            let comments = std::mem::take(&mut self.comments);
            let sql = text[start..end].to_owned();
            self.script.statements.push(Statement { sql, line, comments });
        }
        self.body = Body::None;
        self.parentheses = 0;
        self.head.clear();
        self.last = Default::default();
    }

    fn finish(mut self, text: &str) -> Script {
        self.close(text);
        self.script.trailing = self.comments;
        self.script
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(dialect: Dialect, text: &str) -> Vec<String> {
        split(dialect, text).statements.into_iter().map(|statement| statement.sql).collect()
    }

    #[test]
    fn splits_at_semicolons_that_end_statements() {
        assert_eq!(
            texts(Dialect::Postgres, "select ';' as \";\"; -- a;\n; select $x$;$x$ /* ; */ + 1"),
            ["select ';' as \";\"", "select $x$;$x$ /* ; */ + 1"]
        );
        let function = "create function f() returns int begin atomic \
                        select case when true then 1 end; select 2; end";
        assert_eq!(
            texts(Dialect::Postgres, &format!("{function}; select 1")),
            [function, "select 1"]
        );
        let rule = "create rule r as on insert to t do (delete from a; delete from b)";
        assert_eq!(texts(Dialect::Postgres, &format!("{rule};")), [rule]);
        let trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN \
                       UPDATE a SET b = CASE WHEN 1 THEN 2 END; END";
        assert_eq!(texts(Dialect::Sqlite, &format!("{trigger}; SELECT 1;")), [trigger, "SELECT 1"]);
        assert_eq!(
            texts(Dialect::Sqlite, "begin; insert into t values ('a;'"),
            ["begin", "insert into t values ('a;'"]
        );
        assert!(texts(Dialect::Sqlite, " ;; -- nothing").is_empty());
    }

    #[test]
    fn keeps_comments_and_lines() {
        let script =
            split(Dialect::Sqlite, "-- one\n\n-- two\nselect\n1;\n/* three */ select 2; --end");
        assert_eq!(script.statements[0].comments, ["-- one", "-- two"]);
        assert_eq!(script.statements[0].line, 4);
        assert_eq!(script.statements[1].comments, ["/* three */"]);
        assert_eq!(script.statements[1].line, 6);
        assert_eq!(script.trailing, ["--end"]);
    }
}
