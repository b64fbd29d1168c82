//! Splits a script into statements, as the database's own shell does: quotes, dollar quotes,
//! comments, trigger bodies and function bodies are kept whole.

mod delimiter;
mod shell;

pub use shell::is_shell_command;

use std::borrow::Cow;

use crate::Dialect;
use crate::postgres::PLAIN_STRINGS;
use crate::scan::{Lexeme, Token, is_space, scan};

/// A comment between two statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its text, with its dashes or stars, without the line end.
    pub text: String,
    /// Its first line, from 1.
    pub line: usize,
    /// Whether there is only white space before it on its line.
    pub first: bool,
}

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, from its first word to its end, without the semicolon and the white space before
    /// it. Comments inside are kept.
    pub sql: String,
    /// The line of its first word, from 1.
    pub line: usize,
    /// The comments since the previous statement.
    pub comments: Vec<Comment>,
}

/// A split script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Its statements in their order.
    pub statements: Vec<Statement>,
    /// The comments after the last statement.
    pub trailing: Vec<Comment>,
}

/// Splits a script. It never fails: an unterminated quote extends to the end.
pub fn split(dialect: Dialect, text: &str) -> Script {
    let mut splitter = Splitter::new(dialect);
    let mut at = 0;
    while let Some(next) = splitter.run(text, at) {
        at = next;
    }
    splitter.finish(text)
}

/// The state of the statement that is being read.
#[derive(Default)]
struct Splitter {
    script: Script,
    comments: Vec<Comment>,
    open: Option<Open>,
    /// The number of the line, from 1.
    line: usize,
    /// Whether the line has only white space so far.
    first: bool,
    /// The delimiter in place of the semicolon.
    delimiter: Option<String>,
    body: Body,
    parentheses: usize,
    /// The first words of the statement, upper case.
    head: Vec<String>,
    /// The last two code tokens, upper case.
    last: [String; 2],
    dialect: Option<Dialect>,
}

/// A statement whose end is not reached.
struct Open {
    start: usize,
    /// The end of its last code token.
    end: usize,
    /// The line of its first word.
    line: usize,
    /// The comments after its last code token: if nothing ends the statement, they follow it.
    behind: Vec<Comment>,
}

/// Whether a semicolon ends the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Body {
    #[default]
    None,
    /// SQLite: a trigger, which ends with `; END ;`.
    Trigger,
    /// PostgreSQL: inside `BEGIN ATOMIC`, with this nesting of ENDs.
    Atomic(usize),
    /// MySQL: a routine, trigger or event, with this nesting of blocks; MariaDB: a block outside
    /// of a routine.
    Routine(usize),
}

/// The words after which a statement of a MySQL routine begins.
const BEFORE_STATEMENT: [&str; 9] =
    [":", ";", "ATOMIC", "BEGIN", "DO", "ELSE", "LOOP", "REPEAT", "THEN"];

/// The words after which its body may begin too: a string is a comment.
const BEFORE_BODY: [&str; 8] =
    ["", ")", "DATA", "DEFINER", "DETERMINISTIC", "INVOKER", "ROW", "SQL"];

/// Words that open a block at the beginning of a statement.
const BLOCKS: [&str; 4] = ["IF", "LOOP", "REPEAT", "WHILE"];

/// Words at the beginning of a statement that MariaDB reads as in a routine. Source:
/// MariaDB's "Using Compound Statements Outside of Stored Programs".
const COMPOUND: [&str; 6] = ["CASE", "FOR", "IF", "LOOP", "REPEAT", "WHILE"];

impl Splitter {
    fn new(dialect: Dialect) -> Self {
        Self { line: 1, first: true, dialect: Some(dialect), ..Self::default() }
    }

    /// Reads from a position. Returns where to continue after something for MySQL's shell: a
    /// delimiter, or the command that sets it.
    fn run(&mut self, text: &str, from: usize) -> Option<usize> {
        let rest = text.get(from..).unwrap_or_default();
        for mut token in scan(self.dialect?, rest) {
            token.at += from;
            if self.open.is_none() && token.is_symbol("\\") {
                let len = shell::line(text.get(token.at..)?);
                self.shell_line(text.get(token.at..token.at + len)?);
                return Some(token.at + len);
            }
            if self.begins_command(&token) {
                let (delimiter, len) = delimiter::command(text.get(token.at..)?)?;
                self.delimiter = Some(delimiter).filter(|it| it != ";");
                self.line += 1;
                self.first = true;
                return Some(token.at + len);
            }
            let delimited = self.delimiter.as_deref();
            if let Some(end) = delimited.and_then(|it| delimiter::within(&token, text, it)) {
                let len = delimited.map_or(0, str::len);
                self.first = false;
                self.close_at(text, token.at, end);
                return Some(end + len);
            }
            self.take(text, &token);
        }
        None
    }

    /// Whether `DELIMITER` is a shell command here.
    fn begins_command(&self, token: &Token<'_>) -> bool {
        let shell = match self.dialect {
            None | Some(Dialect::Sqlite | Dialect::Postgres) => false,
            Some(Dialect::Mysql | Dialect::Mariadb) => true,
        };
        shell && self.open.is_none() && token.is_word("delimiter")
    }

    /// A line for the shell is a statement of its own, except one without effect.
    fn shell_line(&mut self, line: &str) {
        if !shell::is_harmless(line) {
            let comments = std::mem::take(&mut self.comments);
            let sql = line.trim_end().to_owned();
            self.script.statements.push(Statement { sql, line: self.line, comments });
        }
        self.line += 1;
        self.first = true;
    }

    fn take(&mut self, text: &str, token: &Token<'_>) {
        match token.lexeme {
            Lexeme::Space => {}
            Lexeme::Comment => self.comment(token),
            Lexeme::Symbol if token.text == ";" && self.ends_here() => {
                self.close_at(text, token.at, token.at);
            }
            Lexeme::Text | Lexeme::Name | Lexeme::Word | Lexeme::Number | Lexeme::Symbol => {
                self.code(token);
            }
        }
        let line_comment = token.lexeme == Lexeme::Comment && !token.text.starts_with("/*");
        let passes = token.lexeme == Lexeme::Space || line_comment;
        self.first = passes && (self.first || token.text.contains(['\n', '\r']));
        self.line += token.text.bytes().filter(|byte| *byte == b'\n').count();
    }

    fn comment(&mut self, token: &Token<'_>) {
        let text = token.text.trim_end_matches(['\n', '\r']).to_owned();
        let comment = Comment { text, line: self.line, first: self.first };
        match &mut self.open {
            Some(open) => open.behind.push(comment),
            None => self.comments.push(comment),
        }
    }

    fn code(&mut self, token: &Token<'_>) {
        let (at, line) = (token.at, self.line);
        let open =
            self.open.get_or_insert_with(|| Open { start: at, end: at, line, behind: Vec::new() });
        open.end = token.end();
        open.behind.clear();
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
            Body::None if self.is_compound() => Body::Routine(1),
            Body::Routine(depth) => Body::Routine(self.depth(depth, &word)),
            same @ (Body::None | Body::Trigger | Body::Atomic(_)) => same,
        };
        self.last.swap(0, 1);
        self.last[1] = word;
    }

    /// Whether the statement creates a MySQL routine, by its word.
    fn makes_routine(&self, word: &str) -> bool {
        let makes = ["FUNCTION", "PROCEDURE", "TRIGGER", "EVENT"].contains(&word);
        let created = self.head.first().is_some_and(|it| it == "CREATE" || it == "ALTER");
        let mysql = match self.dialect {
            None | Some(Dialect::Sqlite | Dialect::Postgres) => false,
            Some(Dialect::Mysql | Dialect::Mariadb) => true,
        };
        mysql && makes && created && self.parentheses == 0
    }

    /// Whether the words so far begin a MariaDB block outside of a routine.
    fn is_compound(&self) -> bool {
        let head: Vec<&str> = self.head.iter().map(String::as_str).collect();
        let begins = match head[..] {
            [word] => COMPOUND.contains(&word),
            ["BEGIN", "NOT", "ATOMIC"] => self.last == ["BEGIN", "NOT"],
            _ => false,
        };
        begins && self.dialect == Some(Dialect::Mariadb)
    }

    /// The nesting in a routine after a word.
    fn depth(&self, depth: usize, word: &str) -> usize {
        let before = self.last[1].as_str();
        let begins = BEFORE_STATEMENT.contains(&before)
            || (depth == 0 && self.parentheses == 0 && BEFORE_BODY.contains(&before));
        match word {
            "END" => depth.saturating_sub(1),
            "BEGIN" if self.parentheses == 0 => depth + 1,
            // After END it only names what ends.
            "CASE" if before != "END" => depth + 1,
            _ if begins && BLOCKS.contains(&word) => depth + 1,
            // Elsewhere it belongs to a trigger or a cursor.
            "FOR" if depth > 0 && BEFORE_STATEMENT.contains(&before) => depth + 1,
            _ => depth,
        }
    }

    fn ends_here(&self) -> bool {
        match self.body {
            _ if self.delimiter.is_some() => false,
            // A rule's statements are in parentheses.
            Body::None => self.parentheses == 0,
            Body::Trigger => self.last[0] == ";" && self.last[1] == "END",
            Body::Atomic(_) => false,
            Body::Routine(depth) => depth == 0,
        }
    }

    /// Ends the statement at its semicolon or delimiter, which may be in the token that begins at
    /// `token`.
    fn close_at(&mut self, text: &str, token: usize, end: usize) {
        if self.open.is_none() && token < end {
            self.open = Some(Open { start: token, end, line: self.line, behind: Vec::new() });
        }
        self.close(text, Some(end));
    }

    fn close(&mut self, text: &str, end: Option<usize>) {
        if let Some(open) = self.open.take() {
            let comments = std::mem::take(&mut self.comments);
            let sql = text.get(open.start..end.unwrap_or(open.end)).unwrap_or_default();
            let sql = sql.trim_end_matches(is_space).to_owned();
            self.script.statements.push(Statement { sql, line: open.line, comments });
            if end.is_none() {
                self.comments = open.behind;
            }
        }
        self.body = Body::None;
        self.parentheses = 0;
        self.head.clear();
        self.last = Default::default();
    }

    fn finish(mut self, text: &str) -> Script {
        self.close(text, None);
        self.script.trailing = self.comments;
        self.script
    }
}

/// The text as it was checked in: a git checkout may have CRLF in place of LF, at the end of
/// every line. Otherwise carriage returns are part of the text.
pub fn checked_in(text: &str) -> Cow<'_, str> {
    let converted = text.contains("\r\n")
        && text.split_inclusive('\n').all(|line| line.ends_with("\r\n") || !line.ends_with('\n'));
    match converted {
        true => Cow::Owned(text.replace("\r\n", "\n")),
        false => Cow::Borrowed(text),
    }
}

/// A statement with its semicolon, so that [`split`] returns it unchanged: after a comment,
/// the semicolon gets its own line.
pub fn terminated(dialect: Dialect, sql: &str) -> String {
    match scan(dialect, sql).last() {
        Some(token) if token.lexeme == Lexeme::Comment && !token.text.starts_with("/*") => {
            format!("{sql}\n;")
        }
        Some(_) | None => format!("{sql};"),
    }
}

/// Whether every quote, dollar quote and comment of a text ends within it, so that text after
/// it keeps its meaning.
pub fn is_closed(dialect: Dialect, text: &str) -> bool {
    let with_mark = format!("{text}\n;");
    let last = scan(dialect, &with_mark).last();
    last.is_some_and(|token| token.is_symbol(";") && token.at == text.len() + 1)
}

/// The line, from 1, of a quote, dollar quote or comment that does not end within a text.
pub fn unclosed(dialect: Dialect, text: &str) -> Option<usize> {
    if is_closed(dialect, text) {
        return None;
    }
    let at = scan(dialect, text).last().map_or(0, |token| token.at);
    Some(text.get(..at).unwrap_or_default().matches('\n').count() + 1)
}

/// Whether a text is one statement that ends at its apparent end: between others, it can
/// neither run a second one nor swallow the next.
pub fn is_one_statement(dialect: Dialect, sql: &str) -> bool {
    is_closed(dialect, sql) && split(dialect, &terminated(dialect, sql)).statements.len() == 1
}

/// A statement for the database's own shell: MySQL's ends a statement at every semicolon,
/// unless another delimiter is set.
pub fn shell_statement(dialect: Dialect, sql: &str) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => terminated(dialect, sql),
        Dialect::Mysql | Dialect::Mariadb => {
            let inner = scan(dialect, sql).any(|token| token.is_symbol(";"));
            let plain = terminated(dialect, sql);
            // A statement with unclosed blocks would continue after its semicolon.
            let ends = matches!(&split(dialect, &plain).statements[..], [one] if one.sql == sql);
            if ends && !inner { plain } else { delimiter::delimited(sql) }
        }
    }
}

/// The head of a script, with which the database's own shell reads it as our sessions do and
/// stops at the first error: a later statement may drop the table whose rows could not be
/// copied.
///
/// Sources: <https://sqlite.org/cli.html>, `.bail`; PostgreSQL manual, "psql",
/// `ON_ERROR_STOP`. MySQL's shell stops by itself.
pub fn shell_head(dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("\\set ON_ERROR_STOP on\n{PLAIN_STRINGS};\n\n"),
        Dialect::Sqlite => ".bail on\n\n".to_owned(),
        Dialect::Mysql | Dialect::Mariadb => String::new(),
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
        for block in [
            "begin not atomic if 1 then select 1; end if; select 2; end",
            "if exists (select 1) then begin select 1; end; else select 2; end if",
            "case 1 when 1 then select case when 1 then 2 end; else select 3; end case",
            "for i in 1..3 do select i; while 0 do select 1; end while; end for",
            "create procedure p() begin for i in 1..3 do select i; end for; select 1; end",
        ] {
            assert_eq!(texts(Dialect::Mariadb, &format!("{block}; select 1")), [block, "select 1"]);
        }
        assert_eq!(texts(Dialect::Mariadb, "begin; select 1; end"), ["begin", "select 1", "end"]);
        let table = "create table event (begin int, `end` int)";
        assert_eq!(texts(Dialect::Mariadb, &format!("{table}; select 1")), [table, "select 1"]);
    }

    #[test]
    fn keeps_comments_and_lines() {
        let script =
            split(Dialect::Sqlite, "-- one\n\n-- two\nselect\n1;\n/* three */ select 2; --end");
        let texts = |comments: &[Comment]| -> Vec<(String, usize, bool)> {
            comments.iter().map(|it| (it.text.clone(), it.line, it.first)).collect()
        };
        let comment = |text: &str, line, first| (text.to_owned(), line, first);
        assert_eq!(
            texts(&script.statements[0].comments),
            [comment("-- one", 1, true), comment("-- two", 3, true)]
        );
        assert_eq!(script.statements[0].line, 4);
        assert_eq!(texts(&script.statements[1].comments), [comment("/* three */", 6, true)]);
        assert_eq!(script.statements[1].line, 6);
        assert_eq!(texts(&script.trailing), [comment("--end", 6, false)]);
    }
    #[test]
    fn one_statement_is_one() {
        let is = |sql| is_one_statement(Dialect::Postgres, sql);
        assert!(is("select ';' -- why;") && is("create view v as select $$;$$ /* ; */"));
        for sql in ["select 1; select 2", "select 'a", "select $$a", "/* select 1", "", "-- a"] {
            assert!(!is(sql), "{sql}");
        }
        assert!(!is_closed(Dialect::Mysql, "`a") && !is_closed(Dialect::Mysql, "'a\\'"));
    }

    #[test]
    fn keeps_the_bytes_of_statements() {
        for (dialect, sql) in [
            (Dialect::Postgres, "select 'a\r\n-- autogen: transaction\nb'"),
            (Dialect::Sqlite, "create view v as select 1 -- why; so"),
            (Dialect::Postgres, "select E'a\\''\n -- ;\n 'b\\';c'"),
            (Dialect::Postgres, "select \"a;\rb\" /* ; /* ; */ ; */"),
            (Dialect::Mysql, "select 'a\\';\nDELIMITER x\n' # ;"),
            (Dialect::Mariadb, "select `;\u{a0}` /*! ; */"),
            (Dialect::Sqlite, "select [;] -- a\r; b"),
        ] {
            let script = format!("-- before\n{}\nselect 2;", terminated(dialect, sql));
            assert_eq!(texts(dialect, &script), [sql, "select 2"], "{dialect}");
        }
        for sql in ["create procedure p() begin select 1; end", "create procedure p() begin x"] {
            let script = format!("{}\nselect 2;", shell_statement(Dialect::Mysql, sql));
            assert_eq!(texts(Dialect::Mysql, &script), [sql, "select 2"]);
        }
        // A carriage return ends a comment if the server treats it so.
        assert_eq!(texts(Dialect::Postgres, "-- a\rselect 1"), ["select 1"]);
        assert!(texts(Dialect::Mysql, "-- a\rselect 1").is_empty());
        // Nothing ends the statement: the comment is after it.
        let open = split(Dialect::Sqlite, "select 1\n-- end");
        assert_eq!(open.statements[0].sql, "select 1");
        assert_eq!(open.trailing.len(), 1);
    }
}
