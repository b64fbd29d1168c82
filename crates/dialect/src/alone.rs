//! Non-transactional statements: statements that a server accepts only outside of
//! transactions, and how their outcome is determined after a crash.
//!
//! Sources: PostgreSQL manual, "SQL Commands" (each page says "cannot be executed inside a
//! transaction block"); <https://sqlite.org/lang_vacuum.html>,
//! <https://sqlite.org/pragma.html>: some pragmas have no effect inside a transaction.

use autogen_schema::QName;

use crate::Dialect;
use crate::postgres::concurrently::{self, Concurrently};
use crate::scan::{Lexeme, Token, scan, unquote};

/// A non-transactional statement, by how its outcome is determined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alone {
    /// It can safely run again.
    Again,
    /// An index is created or dropped; the catalog shows it.
    Index(Concurrently),
    /// A partition is detached; the catalog shows it.
    Detach {
        /// The partitioned table.
        table: QName,
        /// The partition.
        partition: QName,
    },
    /// Indexes are rebuilt: an interrupted run leaves invalid ones behind.
    Reindex(Reindexed),
    /// It cannot be determined whether it ran.
    Untold,
}

/// What REINDEX CONCURRENTLY rebuilds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reindexed {
    /// One index.
    Index(QName),
    /// All indexes of a table.
    Table(QName),
    /// All indexes of a schema or of the database.
    All,
}

/// The kind of a statement that cannot run in a transaction; `None` for one that can, as far
/// as is known: the server decides.
pub fn alone(dialect: Dialect, sql: &str) -> Option<Alone> {
    let tokens: Vec<Token<'_>> = scan(dialect, sql).filter(Token::is_code).collect();
    match dialect {
        Dialect::Postgres => on_postgres(&tokens, sql),
        Dialect::Sqlite => {
            let first = tokens.first()?;
            let words = ["vacuum", "pragma", "attach", "detach"];
            words.iter().any(|word| first.is_word(word)).then_some(Alone::Again)
        }
        // There each statement commits by itself.
        Dialect::Mysql | Dialect::Mariadb => None,
    }
}

/// Whether a statement only changes session settings, which a crash discards.
pub fn sets_session(dialect: Dialect, sql: &str) -> bool {
    let mut tokens = scan(dialect, sql).filter(Token::is_code);
    let Some(first) = tokens.next() else { return false };
    match dialect {
        Dialect::Postgres => {
            let local = tokens.next().is_some_and(|token| token.is_word("local"));
            first.is_word("set") && !local
        }
        Dialect::Sqlite => first.is_word("pragma") || first.is_word("attach"),
        Dialect::Mysql | Dialect::Mariadb => {
            let global = tokens.next().is_some_and(|token| {
                ["global", "persist", "password", "statement"]
                    .iter()
                    .any(|word| token.is_word(word))
            });
            first.is_word("set") && !global
        }
    }
}

fn on_postgres(tokens: &[Token<'_>], sql: &str) -> Option<Alone> {
    if let Some(index) = concurrently::parse(sql) {
        return Some(Alone::Index(index));
    }
    let is = |at: usize, words: &[&str]| {
        tokens.get(at).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    };
    let has = |word: &str| tokens.iter().any(|token| token.is_word(word));
    if is(0, &["vacuum"]) || (is(0, &["alter"]) && is(1, &["system"])) {
        return Some(Alone::Again);
    }
    if is(0, &["cluster"]) && tokens.len() == 1 {
        return Some(Alone::Again);
    }
    if is(0, &["reindex"]) && has("concurrently") {
        return Some(Alone::Reindex(reindexed(tokens)));
    }
    if is(0, &["reindex"]) && (has("database") || has("system")) {
        return Some(Alone::Again);
    }
    if is(0, &["create", "drop"]) && is(1, &["database", "tablespace", "subscription"]) {
        return Some(Alone::Untold);
    }
    if is(0, &["create"]) && has("concurrently") && (is(1, &["index"]) || is(2, &["index"])) {
        return Some(Alone::Untold);
    }
    if is(0, &["alter"]) && is(1, &["table"]) && has("concurrently") {
        let mut rest = tokens.get(2..)?;
        for words in [&["if", "exists"][..], &["only"]] {
            if rest.iter().zip(words).filter(|(it, word)| it.is_word(word)).count() == words.len() {
                rest = rest.get(words.len()..)?;
            }
        }
        let (table, rest) = name(rest)?;
        let follows = rest.first().is_some_and(|token| token.is_word("detach"))
            && rest.get(1).is_some_and(|token| token.is_word("partition"));
        let (partition, _) = name(rest.get(2..)?).filter(|_| follows)?;
        return Some(Alone::Detach { table, partition });
    }
    None
}

/// `REINDEX [(..)] INDEX | TABLE | .. [CONCURRENTLY] name`.
fn reindexed(tokens: &[Token<'_>]) -> Reindexed {
    let kind = tokens.iter().position(|it| it.is_word("index") || it.is_word("table"));
    let Some((kind, rest)) = kind.and_then(|at| Some((tokens.get(at)?, tokens.get(at + 1..)?)))
    else {
        return Reindexed::All;
    };
    let rest = match rest {
        [word, rest @ ..] if word.is_word("concurrently") => rest,
        rest => rest,
    };
    match name(rest) {
        Some((name, _)) if kind.is_word("index") => Reindexed::Index(name),
        Some((name, _)) => Reindexed::Table(name),
        None => Reindexed::All,
    }
}

/// A name with its schema, and the tokens after it.
pub(crate) fn name<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<(QName, &'t [Token<'a>])> {
    let part = |token: &Token<'_>| match token.lexeme {
        Lexeme::Word => Some(token.text.to_lowercase()),
        Lexeme::Name => Some(unquote(token.text)),
        Lexeme::Text | Lexeme::Number | Lexeme::Symbol | Lexeme::Space | Lexeme::Comment => None,
    };
    match tokens {
        [schema, dot, own, rest @ ..] if dot.is_symbol(".") => {
            Some((QName::new(part(schema), part(own)?), rest))
        }
        [own, rest @ ..] => Some((QName::bare(part(own)?), rest)),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_by_itself() {
        let postgres = |sql| alone(Dialect::Postgres, sql);
        assert!(matches!(
            postgres("-- why\ncreate index concurrently i on t (a)"),
            Some(Alone::Index(_))
        ));
        assert_eq!(postgres("create unique index concurrently on t (a)"), Some(Alone::Untold));
        assert_eq!(postgres("VACUUM (ANALYZE) t"), Some(Alone::Again));
        let reindex = |it| Some(Alone::Reindex(it));
        assert_eq!(
            postgres("reindex table concurrently t"),
            reindex(Reindexed::Table(QName::bare("t")))
        );
        assert_eq!(
            postgres("reindex (verbose, concurrently) index s.i"),
            reindex(Reindexed::Index(QName::new(Some("s".into()), "i")))
        );
        assert_eq!(postgres("reindex schema concurrently s"), reindex(Reindexed::All));
        assert_eq!(postgres("reindex database"), Some(Alone::Again));
        assert_eq!(postgres("reindex table t"), None);
        assert_eq!(postgres("create database d"), Some(Alone::Untold));
        assert_eq!(postgres("cluster t using i"), None);
        assert_eq!(
            postgres("alter table if exists only s.t detach partition \"P\" concurrently"),
            Some(Alone::Detach {
                table: QName::new(Some("s".into()), "t"),
                partition: QName::bare("P")
            })
        );
        assert_eq!(postgres("alter table t detach partition p"), None);
        assert_eq!(postgres("create table concurrently (a int)"), None);
        let sqlite = |sql| alone(Dialect::Sqlite, sql);
        assert_eq!(sqlite("pragma foreign_keys = off"), Some(Alone::Again));
        assert_eq!(sqlite("create index i on t (a)"), None);
        assert_eq!(alone(Dialect::Mysql, "alter table t add a int"), None);
    }

    #[test]
    fn what_sets_the_session_up() {
        assert!(sets_session(Dialect::Postgres, "/* x */ SET search_path TO a"));
        assert!(!sets_session(Dialect::Postgres, "set local x = 1"));
        assert!(sets_session(Dialect::Sqlite, "pragma foreign_keys = off"));
        assert!(sets_session(Dialect::Mysql, "set @a = 1"));
        assert!(!sets_session(Dialect::Mysql, "set global a = 1"));
        assert!(!sets_session(Dialect::Mysql, "set statement a = 1 for update t set a = 2"));
        assert!(!sets_session(Dialect::Mysql, "update t set a = 1"));
    }
}
