//! The objects that a statement creates, changes or drops: where only these are read, it costs
//! the same in a database of any size.
//!
//! Sources: MySQL manual, 15.1 "Data Definition Statements"; MariaDB, "Data Definition".

use std::collections::BTreeSet;

use crate::Dialect::Mysql;
use crate::scan::{Lexeme, Token, scan, unquote};

/// The kinds, as `SHOW CREATE` names them. It shows a view and a sequence as a table, too.
const KINDS: [(&str, &str); 8] = [
    ("table", "TABLE"),
    ("tables", "TABLE"),
    ("view", "TABLE"),
    ("sequence", "TABLE"),
    ("trigger", "TRIGGER"),
    ("procedure", "PROCEDURE"),
    ("function", "FUNCTION"),
    ("event", "EVENT"),
];

/// What can stand between `CREATE` and the kind.
const MODIFIERS: [&str; 21] = [
    "aggregate",
    "algorithm",
    "current_role",
    "current_user",
    "definer",
    "fulltext",
    "ignore",
    "invoker",
    "merge",
    "offline",
    "online",
    "or",
    "replace",
    "security",
    "spatial",
    "sql",
    "temptable",
    "undefined",
    "unique",
    "user",
    "vector",
];

/// The objects that the statement touches, as the arguments of `SHOW CREATE`: a kind and a quoted
/// name. `None` for other statements, and where that can't be told.
pub fn touched(sql: &str) -> Option<BTreeSet<String>> {
    let tokens: Vec<Token<'_>> = scan(Mysql, sql).filter(Token::is_code).collect();
    let (verb, rest) = super::trace::inner(&tokens).split_first()?;
    let is = |words: &[&str]| words.iter().any(|word| verb.is_word(word));
    if is(&["rename"]) {
        let (kind, list) = rest.split_first()?;
        return (kind.is_word("table") || kind.is_word("tables")).then(|| names("TABLE", list));
    }
    if !is(&["create", "alter", "drop"]) {
        return None;
    }
    let (kind, place) = kind_of(rest)?;
    let rest = rest.get(place + 1..)?;
    let found = match kind {
        // CREATE INDEX .. ON, DROP INDEX .. ON
        None => BTreeSet::from([name_at("TABLE", behind(rest, "on")?)?]),
        Some(kind) if is(&["drop"]) => names(kind, rest),
        Some(kind) => BTreeSet::from([name_at(kind, rest)?]),
    };
    (!found.is_empty()).then_some(found)
}

/// The kind of the object, `None` for an index, and its place.
fn kind_of(tokens: &[Token<'_>]) -> Option<(Option<&'static str>, usize)> {
    let mut place = 0;
    loop {
        let token = tokens.get(place)?;
        if token.is_word("index") {
            return Some((None, place));
        }
        if let Some((_, kind)) = KINDS.iter().find(|(word, _)| token.is_word(word)) {
            return Some((Some(kind), place));
        }
        let value =
            place > 0 && (tokens[place - 1].is_symbol("=") || tokens[place - 1].is_symbol("@"));
        let passes = match token.lexeme {
            Lexeme::Word => value || MODIFIERS.iter().any(|word| token.is_word(word)),
            Lexeme::Name | Lexeme::Text | Lexeme::Symbol => true,
            Lexeme::Number | Lexeme::Space | Lexeme::Comment => false,
        };
        if !passes {
            return None;
        }
        place += 1;
    }
}

/// The tokens behind this word.
fn behind<'t, 's>(tokens: &'t [Token<'s>], word: &str) -> Option<&'t [Token<'s>]> {
    tokens.get(tokens.iter().position(|it| it.is_word(word))? + 1..)
}

/// The names of a list, up to its end.
fn names(kind: &str, tokens: &[Token<'_>]) -> BTreeSet<String> {
    let parts = tokens.split(|it| it.is_symbol(",") || it.is_word("to"));
    parts.filter_map(|part| name_at(kind, part)).collect()
}

/// The name at the beginning, after `IF [NOT] EXISTS`.
fn name_at(kind: &str, tokens: &[Token<'_>]) -> Option<String> {
    let skipped = ["if", "not", "exists"];
    let start = tokens.iter().position(|it| !skipped.iter().any(|word| it.is_word(word)))?;
    let mut parts = Vec::new();
    let mut place = start;
    while let Some(token) = tokens.get(place).filter(|it| is_name(it)) {
        parts.push(Mysql.quote(&unquote(token.text)));
        place += 1;
        match tokens.get(place) {
            Some(dot) if dot.is_symbol(".") => place += 1,
            Some(_) | None => break,
        }
    }
    (!parts.is_empty()).then(|| format!("{kind} {}", parts.join(".")))
}

fn is_name(token: &Token<'_>) -> bool {
    match token.lexeme {
        Lexeme::Word | Lexeme::Name => true,
        Lexeme::Text | Lexeme::Number | Lexeme::Symbol | Lexeme::Space | Lexeme::Comment => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Option<Vec<String>> {
        touched(sql).map(|it| it.into_iter().collect())
    }

    fn some(names: &[&str]) -> Option<Vec<String>> {
        Some(names.iter().map(|it| (*it).to_owned()).collect())
    }

    #[test]
    fn one_object() {
        let t = some(&["TABLE `t`"]);
        assert_eq!(of("CREATE TABLE t (a int, b int)"), t);
        assert_eq!(of("create table if not exists `t` like u"), t);
        assert_eq!(of("ALTER TABLE `t` ADD COLUMN a int, RENAME TO u"), t);
        assert_eq!(of("set statement a=1 for alter online table t add a int"), t);
        assert_eq!(of("create unique index i on t (a, b)"), t);
        assert_eq!(of("drop index `i` on `t`"), t);
        assert_eq!(of("create or replace algorithm=merge view t as select 1"), t);
        assert_eq!(of("create table `a``b`.`t` (a int)"), some(&["TABLE `a``b`.`t`"]));
        let trigger = some(&["TRIGGER `tr`"]);
        assert_eq!(
            of("CREATE DEFINER=`x`@`%` TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a = 1"),
            trigger
        );
        assert_eq!(of("drop trigger if exists tr"), trigger);
        assert_eq!(
            of("create definer = root@localhost procedure p() select 1"),
            some(&["PROCEDURE `p`"])
        );
        assert_eq!(
            of("create aggregate function f() returns int return 1"),
            some(&["FUNCTION `f`"])
        );
        assert_eq!(of("alter event e disable"), some(&["EVENT `e`"]));
    }

    #[test]
    fn several_objects() {
        assert_eq!(
            of("drop table a, `b`, s.c"),
            some(&["TABLE `a`", "TABLE `b`", "TABLE `s`.`c`"])
        );
        assert_eq!(of("drop view if exists v restrict"), some(&["TABLE `v`"]));
        assert_eq!(
            of("rename table a to b, c to a"),
            some(&["TABLE `a`", "TABLE `b`", "TABLE `c`"])
        );
    }

    #[test]
    fn others() {
        for sql in [
            "",
            "alter database charset utf8mb4",
            "create user u",
            "grant select on t to u",
            "create package p as procedure q(); end",
            "truncate table t",
            "rename user a to b",
            "drop table",
            "create index i",
        ] {
            assert_eq!(of(sql), None, "{sql}");
        }
    }
}
