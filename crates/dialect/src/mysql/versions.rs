//! Instantly added and dropped columns create a new version of the table's rows. InnoDB
//! counts them (`TOTAL_ROW_VERSIONS`), and allows only so many before the table is rebuilt
//! ([`super::caps::Caps::row_versions`]).
//!
//! Found by experiment on MySQL 9.7: a statement counts once, for any number of clauses;
//! virtual columns, renames and defaults do not count; at the limit, a statement that names
//! no algorithm rebuilds the table by itself.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::QName;

use crate::Dialect::Mysql;
use crate::scan::{Lexeme, Token, scan, unquote};

/// Statements on one table with `ALGORITHM=INSTANT`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spending {
    /// How many certainly create a version.
    certain: u32,
    /// The columns that the others drop: if all are virtual, no version is created.
    dropped: Vec<Vec<String>>,
}

impl Spending {
    /// The maximum number of versions that they create.
    pub fn most(&self) -> u32 {
        let dropped = u32::try_from(self.dropped.len()).unwrap_or(u32::MAX);
        self.certain.saturating_add(dropped)
    }

    /// The exact number, given the virtual columns of the table.
    pub fn exact(&self, is_virtual: impl Fn(&str) -> bool) -> u32 {
        let real = |names: &&Vec<String>| !names.iter().all(|name| is_virtual(name));
        let dropped = u32::try_from(self.dropped.iter().filter(real).count()).unwrap_or(u32::MAX);
        self.certain.saturating_add(dropped)
    }
}

/// The versions that statements create in existing tables, up to a statement that rebuilds
/// the table.
pub fn spent<'a>(statements: impl Iterator<Item = &'a str>) -> BTreeMap<QName, Spending> {
    let mut found: BTreeMap<QName, Spending> = BTreeMap::new();
    let mut anew = BTreeSet::new();
    for sql in statements {
        let tokens: Vec<Token<'_>> = scan(Mysql, sql).filter(Token::is_code).collect();
        if starts(&tokens, &["RENAME", "TABLE"]) {
            break;
        }
        let Some((table, clauses)) = altered(&tokens) else { continue };
        if !is_instant(clauses) {
            anew.insert(table);
            continue;
        }
        if anew.contains(&table) {
            continue;
        }
        let (certain, dropped) = columns(clauses);
        let entry = found.entry(table).or_default();
        if certain {
            entry.certain = entry.certain.saturating_add(1);
        } else if !dropped.is_empty() {
            entry.dropped.push(dropped);
        }
    }
    found.retain(|_, spending| spending.most() > 0);
    found
}

/// The table that a statement alters, for a message.
pub fn altered_table(sql: &str) -> Option<QName> {
    let tokens: Vec<Token<'_>> = scan(Mysql, sql).filter(Token::is_code).collect();
    altered(&tokens).map(|(table, _)| table)
}

/// The statement that rebuilds a table while reads and writes continue.
pub fn rebuild(table: &QName) -> String {
    format!("ALTER TABLE {} FORCE, ALGORITHM=INPLACE, LOCK=NONE", Mysql.quote_name(table))
}

/// The name of a database or table in InnoDB's own catalog; `None` if it has characters whose
/// encoding only the server knows.
pub fn file_name(name: &str) -> Option<String> {
    let mut written = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => written.push(c),
            c if c.is_ascii() => written.push_str(&format!("@{:04x}", u32::from(c))),
            _ => return None,
        }
    }
    Some(written)
}

fn starts(tokens: &[Token<'_>], words: &[&str]) -> bool {
    words.iter().enumerate().all(|(at, word)| tokens.get(at).is_some_and(|it| it.is_word(word)))
}

fn altered<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<(QName, &'t [Token<'a>])> {
    if !starts(tokens, &["ALTER", "TABLE"]) {
        return None;
    }
    let name = tokens.get(2)?;
    if tokens.get(3).is_some_and(|it| it.is_symbol(".")) {
        let table = QName::new(Some(unquote(name.text)), unquote(tokens.get(4)?.text));
        return Some((table, tokens.get(5..)?));
    }
    Some((QName::bare(unquote(name.text)), tokens.get(3..)?))
}

fn is_instant(clauses: &[Token<'_>]) -> bool {
    let plain: Vec<&Token<'_>> = clauses.iter().filter(|it| !it.is_symbol("=")).collect();
    plain.windows(2).any(|pair| {
        matches!(pair, [word, value] if word.is_word("ALGORITHM") && value.is_word("INSTANT"))
    })
}

/// Whether the clauses add a stored column, and the columns that they drop.
fn columns(clauses: &[Token<'_>]) -> (bool, Vec<String>) {
    let mut depth = 0usize;
    let mut added = false;
    let mut dropped = Vec::new();
    let parts = clauses.split(|token| {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is_symbol(",")
    });
    for clause in parts {
        if starts(clause, &["ADD", "COLUMN"]) {
            added |= !clause.iter().any(|it| it.is_word("AS"));
        }
        if starts(clause, &["DROP", "COLUMN"])
            && let Some(name) = clause.get(2)
            && (name.lexeme == Lexeme::Name || name.lexeme == Lexeme::Word)
        {
            dropped.push(unquote(name.text));
        }
    }
    (added, dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts() {
        let statements = [
            "ALTER TABLE `t`\n    ADD COLUMN `a` enum('x, y') NOT NULL DEFAULT 'x, y',\n    ADD COLUMN `b` int,\n    ALGORITHM=INSTANT",
            "ALTER TABLE t ADD COLUMN v int GENERATED ALWAYS AS (a + 1) VIRTUAL, ALGORITHM=INSTANT",
            "ALTER TABLE t DROP COLUMN `v``w`, DROP COLUMN x, ALGORITHM = INSTANT",
            "ALTER TABLE t RENAME COLUMN a TO b, ALGORITHM=INSTANT",
            "ALTER TABLE t ADD COLUMN c int",
            "ALTER TABLE t ADD COLUMN d int, ALGORITHM=INSTANT",
            "ALTER TABLE d.u ADD COLUMN d int, ALGORITHM=INSTANT",
            "RENAME TABLE w TO t",
            "ALTER TABLE u ADD COLUMN d int, ALGORITHM=INSTANT",
            "ALTER TABLE",
        ];
        let found = spent(statements.into_iter());
        let tables: Vec<String> = found.keys().map(ToString::to_string).collect();
        assert_eq!(tables, ["t", "d.u"]);
        let of_t = &found[&QName::bare("t")];
        assert_eq!(of_t.most(), 2);
        assert_eq!(of_t.exact(|_| true), 1);
        assert_eq!(of_t.exact(|name| name == "v`w"), 2);
        assert_eq!(of_t.exact(|name| name == "v`w" || name == "x"), 1);
    }

    #[test]
    fn names() {
        assert_eq!(file_name("T-x y.1").as_deref(), Some("T@002dx@0020y@002e1"));
        assert_eq!(file_name("é"), None);
        assert_eq!(altered_table("alter table `a b` force"), Some(QName::bare("a b")));
        assert_eq!(altered_table("drop table t"), None);
    }
}
