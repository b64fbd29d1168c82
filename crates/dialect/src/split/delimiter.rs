//! `DELIMITER`, which is not SQL: MySQL's shell reads it, and so do all tools that load files
//! for the shell.

use crate::scan::{Lexeme, Token};

/// The delimiter that a command sets, and the length of its line.
pub(super) fn command(text: &str) -> Option<(String, usize)> {
    let len = text.find('\n').map_or(text.len(), |at| at + 1);
    let delimiter = text.get(..len)?.split_whitespace().nth(1);
    Some((delimiter.unwrap_or(";").to_owned(), len))
}

/// The position of a delimiter in a token: in code, also at the end of a word (`END$$`), or
/// over several tokens (`//`).
pub(super) fn within(token: &Token<'_>, text: &str, delimiter: &str) -> Option<usize> {
    match token.lexeme {
        Lexeme::Space | Lexeme::Comment | Lexeme::Text | Lexeme::Name => None,
        Lexeme::Word | Lexeme::Number | Lexeme::Symbol => {
            let within = token.text.find(delimiter).map(|it| token.at + it);
            let here = text.get(token.at..).is_some_and(|it| it.starts_with(delimiter));
            within.or(here.then_some(token.at))
        }
    }
}

/// A statement between commands that set a delimiter which it does not contain.
pub(super) fn delimited(sql: &str) -> String {
    let mut delimiter = "$$".to_owned();
    while sql.contains(&delimiter) {
        delimiter.push('$');
    }
    // A comment at its end would hide the delimiter.
    format!("DELIMITER {delimiter}\n{sql}\n{delimiter}\nDELIMITER ;")
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
        assert_eq!(script.statements[1].comments[0].text, "-- why");
        let slashes = split(Dialect::Mariadb, "DELIMITER //\nselect 1 // 2\n//");
        assert_eq!(slashes.statements.len(), 2);
        let beside = split(Dialect::Mysql, "select 1; delimiter $$\nselect ';', 2$$");
        let texts: Vec<&str> = beside.statements.iter().map(|it| it.sql.as_str()).collect();
        assert_eq!(texts, ["select 1", "select ';', 2"]);
        let literal = "select '\ndelimiter $$\n'; select 2";
        assert_eq!(split(Dialect::Mysql, literal).statements.len(), 2);
    }
}
