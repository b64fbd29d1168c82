//! What a statement leaves behind that later shows whether it ran.
//!
//! Sources: MySQL manual, 15.3.3 "Statements That Cause an Implicit Commit", and 15.1.36
//! "RENAME TABLE Statement"; MariaDB, "Storage Engines" (those without transactions),
//! "ANALYZE Statement" and "SET STATEMENT" (which run another one).

use std::collections::{BTreeMap, BTreeSet};

use crate::Dialect;
use crate::scan::{Lexeme, Token, scan, unquote};

/// What shows that a statement ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trace {
    /// The schema; if it is unchanged, the statement can run again.
    Schema,
    /// The schema, unless these tables, which exchange their names, are equal.
    Swap(BTreeSet<String>),
    /// Nothing.
    Nothing,
}

/// Statements whose effect is visible in the schema, or that can safely run twice.
const SCHEMA: [&str; 18] = [
    "alter", "analyze", "cache", "change", "check", "checksum", "create", "drop", "flush", "grant",
    "kill", "lock", "optimize", "repair", "reset", "revoke", "truncate", "unlock",
];

/// Statements on rows, which a transaction rolls back.
const ROWS: [&str; 11] = [
    "delete", "do", "insert", "replace", "select", "set", "show", "table", "update", "values",
    "with",
];

/// What a statement leaves behind; `plain` are the lower-case names of objects that may
/// change rows outside of transactions: tables, views, functions.
pub fn trace(sql: &str, plain: &BTreeSet<String>) -> Trace {
    let tokens: Vec<Token<'_>> = scan(Dialect::Mysql, sql).filter(Token::is_code).collect();
    let tokens = inner(&tokens);
    let Some(first) = tokens.first() else { return Trace::Schema };
    let is_one_of = |words: &[&str]| words.iter().any(|word| first.is_word(word));
    if first.is_word("rename") {
        return renames(tokens);
    }
    if is_one_of(&ROWS) {
        let mut names = tokens.iter().filter_map(name);
        return if names.any(|it| plain.contains(&it.to_lowercase())) {
            Trace::Nothing
        } else {
            Trace::Schema
        };
    }
    let exchanges = tokens.windows(2).any(
        |two| matches!(two, [one, other] if one.is_word("exchange") && other.is_word("partition")),
    );
    match is_one_of(&SCHEMA) && !exchanges {
        true => Trace::Schema,
        false => Trace::Nothing,
    }
}

/// The first word, in lower case, of the statement that runs, without what wraps it.
pub fn verb(sql: &str) -> String {
    let tokens: Vec<Token<'_>> = scan(Dialect::Mysql, sql).filter(Token::is_code).collect();
    inner(&tokens).first().map(|it| it.text.to_ascii_lowercase()).unwrap_or_default()
}

/// The statement that MariaDB's `ANALYZE` or `SET STATEMENT .. FOR` runs.
pub(super) fn inner<'t, 's>(mut tokens: &'t [Token<'s>]) -> &'t [Token<'s>] {
    while let Some(rest) = behind_prefix(tokens) {
        tokens = rest;
    }
    tokens
}

fn behind_prefix<'t, 's>(tokens: &'t [Token<'s>]) -> Option<&'t [Token<'s>]> {
    const OF_TABLES: [&str; 4] = ["table", "tables", "local", "no_write_to_binlog"];
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|it| it.is_word(word));
    let start = match (is(0, "analyze"), is(0, "set") && is(1, "statement")) {
        (true, _) if OF_TABLES.iter().any(|word| is(1, word)) => None,
        (true, _) => Some(if is(1, "format") { 4 } else { 1 }),
        (false, true) => Some(tokens.iter().position(|it| it.is_word("for"))? + 1),
        (false, false) => None,
    };
    tokens.get(start?..)
}

fn name(token: &Token<'_>) -> Option<String> {
    match token.lexeme {
        Lexeme::Word | Lexeme::Name => Some(unquote(token.text)),
        Lexeme::Text | Lexeme::Number | Lexeme::Symbol | Lexeme::Space | Lexeme::Comment => None,
    }
}

/// `RENAME TABLE a TO b, ..`: the tables that exchange their names, if all names existed
/// before.
fn renames(tokens: &[Token<'_>]) -> Trace {
    let list = tokens.get(2..).unwrap_or_default();
    let mut now: BTreeMap<String, String> = BTreeMap::new();
    for pair in list.split(|token| token.is_symbol(",")) {
        let names: Vec<String> = pair
            .split(|token| token.is_word("to") || token.is_word("wait") || token.is_word("nowait"))
            .map(|part| part.iter().filter_map(name).collect::<Vec<_>>().join("."))
            .collect();
        let [from, to, ..] = names.as_slice() else { return Trace::Nothing };
        let origin = now.remove(from).unwrap_or_else(|| from.clone());
        now.insert(to.clone(), origin);
    }
    let (after, before): (BTreeSet<String>, BTreeSet<String>) = now.into_iter().unzip();
    if after == before { Trace::Swap(after) } else { Trace::Schema }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs() {
        assert_eq!(verb("/* a */ SET STATEMENT a=1 FOR analyze\nUpdate t set a = 1"), "update");
        assert_eq!(verb("analyze table t"), "analyze");
        assert_eq!(verb(""), "");
    }

    #[test]
    fn what_tells_that_a_statement_ran() {
        let plain = BTreeSet::from(["m".to_owned(), "ff".to_owned()]);
        let of = |sql| trace(sql, &plain);
        let swap = |names: &[&str]| Trace::Swap(names.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(of("alter table t add a int"), Trace::Schema);
        assert_eq!(of("alter table t exchange partition p with table u"), Trace::Nothing);
        assert_eq!(of("update t set a = a + 1"), Trace::Schema);
        assert_eq!(of("update `m` set a = a + 1"), Trace::Nothing);
        assert_eq!(of("insert into M values (1)"), Trace::Nothing);
        assert_eq!(of("set @a = FF()"), Trace::Nothing);
        assert_eq!(of("do length('ff()')"), Trace::Schema);
        assert_eq!(of("call p(1)"), Trace::Nothing);
        assert_eq!(of("load data infile 'x' into table t"), Trace::Nothing);
        assert_eq!(of("begin not atomic delete from t; end"), Trace::Nothing);
        assert_eq!(of("analyze table m"), Trace::Schema);
        assert_eq!(of("ANALYZE LOCAL TABLE m"), Trace::Schema);
        assert_eq!(of("analyze update m set a = a + 1"), Trace::Nothing);
        assert_eq!(of("analyze format=json delete from m"), Trace::Nothing);
        assert_eq!(of("analyze format = json update t set a = 1"), Trace::Schema);
        assert_eq!(of("set statement max_statement_time=1 for call p()"), Trace::Nothing);
        assert_eq!(of("set statement a=1 for analyze update m set a = 1"), Trace::Nothing);
        assert_eq!(of("set statement a=1 for alter table t add b int"), Trace::Schema);
        assert_eq!(of("rename table a to b"), Trace::Schema);
        assert_eq!(of("rename table a to `x`, b to a, x to b"), swap(&["a", "b"]));
        assert_eq!(of("rename table a to b, c to a"), Trace::Schema);
    }
}
