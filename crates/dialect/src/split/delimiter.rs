//! `DELIMITER`, which is no SQL: MySQL's shell reads it, and so do all tools
//! that load the files that it reads.

use super::{Script, Statement};
use crate::Dialect;
use crate::scan::{Lexeme, scan};

/// A part of a script under one delimiter.
struct Part<'t> {
    delimiter: &'t str,
    text: &'t str,
    /// How many lines stand before it.
    lines: usize,
}

/// Splits a script that changes its delimiter; `None` for one that does not.
pub(super) fn split(
    dialect: Dialect,
    text: &str,
    plain: impl Fn(&str) -> Script,
) -> Option<Script> {
    let parts = parts(text);
    if parts.len() < 2 {
        return None;
    }
    let mut script = Script::default();
    for part in parts {
        let mut of_part = match part.delimiter {
            ";" => plain(part.text),
            delimiter => by(dialect, part.text, delimiter),
        };
        for statement in &mut of_part.statements {
            statement.line += part.lines;
        }
        if let Some(first) = of_part.statements.first_mut() {
            let mut comments = std::mem::take(&mut script.trailing);
            comments.append(&mut first.comments);
            first.comments = comments;
        }
        script.statements.append(&mut of_part.statements);
        script.trailing.append(&mut of_part.trailing);
    }
    Some(script)
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut delimiter, mut start, mut first_line) = (";", 0, 0);
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let mut words = line.split_whitespace();
        if words.next().is_some_and(|word| word.eq_ignore_ascii_case("delimiter"))
            && let Some(next) = words.next()
        {
            let text = text.get(start..at).unwrap_or_default();
            parts.push(Part { delimiter, text, lines: first_line });
            (delimiter, start, first_line) = (next, at + line.len(), number + 1);
        }
        at += line.len();
    }
    let text = text.get(start..).unwrap_or_default();
    parts.push(Part { delimiter, text, lines: first_line });
    parts
}

/// Splits at a delimiter wherever it stands in code, also at the end of a word
/// (`END$$`).
fn by(dialect: Dialect, text: &str, delimiter: &str) -> Script {
    let mut script = Script::default();
    let mut comments = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    'from: while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        for token in scan(dialect, rest) {
            let start = at + token.at;
            match token.lexeme {
                Lexeme::Space => continue,
                Lexeme::Comment if open.is_none() => {
                    comments.push(token.text.trim_end().to_owned());
                    continue;
                }
                Lexeme::Comment | Lexeme::Text | Lexeme::Name => {}
                Lexeme::Word | Lexeme::Number | Lexeme::Symbol => {
                    let within = token.text.find(delimiter).map(|it| start + it);
                    let here = text.get(start..).is_some_and(|it| it.starts_with(delimiter));
                    if let Some(end) = within.or(here.then_some(start)) {
                        let begin = open.take().unwrap_or(start);
                        add(&mut script, text, begin, end, &mut comments);
                        at = end + delimiter.len();
                        continue 'from;
                    }
                }
            }
            open.get_or_insert(start);
        }
        break;
    }
    if let Some(begin) = open {
        add(&mut script, text, begin, text.len(), &mut comments);
    }
    script.trailing = comments;
    script
}

fn add(script: &mut Script, text: &str, begin: usize, end: usize, comments: &mut Vec<String>) {
    let sql = text.get(begin..end).unwrap_or_default().trim_end();
    if sql.is_empty() {
        return;
    }
    let before = text.get(..begin).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let comments = std::mem::take(comments);
    script.statements.push(Statement { sql: sql.to_owned(), line, comments });
}

#[cfg(test)]
mod tests {
    use super::super::split;
    use crate::Dialect;

    #[test]
    fn delimiters() {
        let text = "select 1;\nDELIMITER $$\n-- why\ncreate procedure p()\nbegin select '$$'; \
                    select 2; END$$\ncreate view v as select 1 $$\ndelimiter ;\nselect 3;";
        let script = split(Dialect::Mysql, text);
        let texts: Vec<&str> = script.statements.iter().map(|it| it.sql.as_str()).collect();
        assert_eq!(
            texts,
            [
                "select 1",
                "create procedure p()\nbegin select '$$'; select 2; END",
                "create view v as select 1",
                "select 3"
            ]
        );
        let lines: Vec<usize> = script.statements.iter().map(|it| it.line).collect();
        assert_eq!(lines, [1, 4, 6, 8]);
        assert_eq!(script.statements[1].comments, ["-- why"]);
        let slashes = split(Dialect::Mariadb, "DELIMITER //\nselect 1 // 2\n//");
        assert_eq!(slashes.statements.len(), 2);
    }
}
