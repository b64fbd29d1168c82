//! Splitting a script into statements, as the database's own shell does:
//! quotes, dollar quotes, comments, trigger bodies and function bodies are
//! left whole.

mod delimiter;

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
    let delimited = match dialect {
        Dialect::Sqlite | Dialect::Postgres => None,
        Dialect::Mysql | Dialect::Mariadb => {
            delimiter::split(dialect, text, |part| split_plain(dialect, part))
        }
    };
    delimited.unwrap_or_else(|| split_plain(dialect, text))
}

fn split_plain(dialect: Dialect, text: &str) -> Script {
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
    /// MySQL: a routine, trigger or event, so many blocks deep.
    Routine(usize),
}

/// Behind these a statement of a MySQL routine begins.
const BEFORE_STATEMENT: [&str; 8] = [":", ";", "BEGIN", "DO", "ELSE", "LOOP", "REPEAT", "THEN"];

/// Behind these its body may begin, too: a text is a comment.
const BEFORE_BODY: [&str; 8] =
    ["", ")", "DATA", "DEFINER", "DETERMINISTIC", "INVOKER", "ROW", "SQL"];

/// What is a block of its own, where a statement begins with it.
const BLOCKS: [&str; 4] = ["IF", "LOOP", "REPEAT", "WHILE"];

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
            Body::None if self.makes_routine(&word) => Body::Routine(0),
            Body::Routine(depth) => Body::Routine(self.depth(depth, &word)),
            same @ (Body::None | Body::Trigger | Body::Atomic(_)) => same,
        };
        self.last.swap(0, 1);
        self.last[1] = word;
    }

    /// Whether the statement makes a MySQL routine, as its word says.
    fn makes_routine(&self, word: &str) -> bool {
        let makes = ["FUNCTION", "PROCEDURE", "TRIGGER", "EVENT"].contains(&word);
        let created = self.head.first().is_some_and(|it| it == "CREATE" || it == "ALTER");
        let mysql = match self.dialect {
            None | Some(Dialect::Sqlite | Dialect::Postgres) => false,
            Some(Dialect::Mysql | Dialect::Mariadb) => true,
        };
        mysql && makes && created && self.parentheses == 0
    }

    /// How deep a routine is after a word.
    fn depth(&self, depth: usize, word: &str) -> usize {
        let before = self.last[1].as_str();
        let begins = BEFORE_STATEMENT.contains(&before)
            || (depth == 0 && self.parentheses == 0 && BEFORE_BODY.contains(&before));
        match word {
            "END" => depth.saturating_sub(1),
            "BEGIN" if self.parentheses == 0 => depth + 1,
            // Behind END it only says what ends.
            "CASE" if before != "END" => depth + 1,
            _ if begins && BLOCKS.contains(&word) => depth + 1,
            _ => depth,
        }
    }

    fn ends_here(&self) -> bool {
        match self.body {
            // A rule's statements stand in parentheses.
            Body::None => self.parentheses == 0,
            Body::Trigger => self.last[0] == ";" && self.last[1] == "END",
            Body::Atomic(_) => false,
            Body::Routine(depth) => depth == 0,
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
    fn bodies_of_mysql() {
        for body in [
            "create procedure p(in a int) comment 'x' begin \
             declare continue handler for 3141 begin end; if a then select 1; end if; \
             case a when 1 then select case when a then 1 end; else begin end; end case; end",
            "create trigger t before insert on a for each row if new.x then set new.x = 1; end if",
            "create definer = x function if not exists f(a int) returns int deterministic \
             return if(a, 1, 2)",
            "create event e on schedule every 1 day do begin l: loop leave l; end loop l; \
             while 0 do select repeat('x', 2); end while; repeat set @a = 1; until 1 end repeat; \
             end",
        ] {
            assert_eq!(texts(Dialect::Mysql, &format!("{body}; select 1")), [body, "select 1"]);
        }
        let table = "create table event (begin int, `end` int)";
        assert_eq!(texts(Dialect::Mariadb, &format!("{table}; select 1")), [table, "select 1"]);
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
