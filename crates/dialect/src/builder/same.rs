//! Whether two statements are the same except for spelling without meaning.

use crate::Dialect;

/// Compares two statements word by word.
pub(super) fn same(dialect: Dialect, one: &str, other: &str) -> bool {
    match (words(one), words(other)) {
        (Some(one), Some(other)) => normal(dialect, one) == normal(dialect, other),
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// The words of a statement: quoted ones unchanged, all others in lower case. `None` for text
/// that cannot be split safely.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ' ' | '\t' | '\n' | '\r' => {}
            '"' | '`' | '\'' => {
                let mut word = String::from(c);
                loop {
                    let next = rest.next()?;
                    // The meaning of a backslash depends on the server.
                    if next == '\\' {
                        return None;
                    }
                    word.push(next);
                    if next == c && rest.peek() == Some(&c) {
                        word.push(rest.next()?);
                    } else if next == c {
                        break;
                    }
                }
                words.push(word);
            }
            '-' if rest.peek() == Some(&'-') => return None,
            '/' if rest.peek() == Some(&'*') => return None,
            _ if c.is_alphanumeric() || c == '_' => {
                let mut word: String = c.to_lowercase().collect();
                while let Some(next) = rest.next_if(|it| it.is_alphanumeric() || *it == '_') {
                    word.extend(next.to_lowercase());
                }
                words.push(word);
            }
            _ => words.push(c.to_string()),
        }
    }
    Some(words)
}

/// A normal form where a database has several spellings. In the definition of a table, the
/// clauses of a column can be in any order.
fn normal(dialect: Dialect, words: Vec<String>) -> Vec<Vec<String>> {
    let mut items: Vec<Vec<String>> = vec![Vec::new()];
    let mut depth = 0;
    for word in words {
        let word = spelled(dialect, word);
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        let ends = word == "," && depth < 2;
        if let Some(item) = items.last_mut() {
            item.push(word);
        }
        if ends {
            items.push(Vec::new());
        }
    }
    items.into_iter().map(not_null_last).collect()
}

/// Moves `NOT NULL` after all other clauses of its column.
fn not_null_last(mut item: Vec<String>) -> Vec<String> {
    let pair = |words: &[String]| *words == ["not", "null"];
    let places: Vec<usize> =
        item.windows(2).enumerate().filter(|(_, words)| pair(words)).map(|(at, _)| at).collect();
    if let [at] = places.as_slice() {
        item.drain(*at..at + 2);
        item.push("not null".to_owned());
    }
    item
}

fn spelled(dialect: Dialect, word: String) -> String {
    let known = match dialect {
        Dialect::Postgres => {
            [("bool", "boolean"), ("decimal", "numeric"), ("int", "integer")].as_slice()
        }
        Dialect::Mysql | Dialect::Mariadb => {
            [("bool", "boolean"), ("decimal", "numeric"), ("key", "index"), ("integer", "int")]
                .as_slice()
        }
        // SQLite stores the words of a type as they are written.
        Dialect::Sqlite => [].as_slice(),
    };
    let found = known.iter().find(|(from, _)| *from == word);
    found.map_or(word, |(_, to)| (*to).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_is_not_meaning() {
        let same = |one, other| same(Dialect::Postgres, one, other);
        assert!(same("DROP TABLE \"t\"", "drop  table \"t\""));
        assert!(!same("DROP TABLE \"t\"", "DROP TABLE \"T\""));
        assert!(same("ADD c bool NOT NULL DEFAULT 'A'", "ADD c boolean DEFAULT 'A' NOT NULL"));
        assert!(!same("ADD c text DEFAULT 'A'", "ADD c text DEFAULT 'a'"));
        assert!(!same("ADD c text DEFAULT 'a\\'", "ADD c text DEFAULT 'a\\'"));
        // A clause belongs to its own column.
        assert!(!same(
            "CREATE TABLE t (a int NOT NULL, b int)",
            "CREATE TABLE t (a int, b int NOT NULL)"
        ));
        assert!(!super::same(Dialect::Sqlite, "ADD c bool", "ADD c boolean"));
    }
}
