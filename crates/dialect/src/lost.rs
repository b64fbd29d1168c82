//! What the statements of a script delete: rows, and values of columns. Read from their text,
//! so that scripts that somebody wrote or edited count as well.
//!
//! Sources: PostgreSQL manual, "SQL Commands"; MySQL manual, 15.1.9 "ALTER TABLE Statement" and
//! 15.1.37 "TRUNCATE TABLE Statement"; <https://sqlite.org/lang_altertable.html>.

use autogen_schema::QName;

use crate::Dialect;
use crate::alone::name;
use crate::beyond::opened;
use crate::scan::{Lexeme, Token, scan};

/// Rows or values that a statement of a script deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The statement, counted from 0.
    pub statement: usize,
    /// What is lost.
    pub message: String,
}

/// What a statement does to rows and values.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Table(QName),
    Schema(QName),
    AllRows(QName),
    SomeRows(QName),
    Partition(QName),
    Column(QName, QName),
    Dependents(String),
    Block(String),
}

/// What no statement after it brings back under the same name.
pub fn losses(dialect: Dialect, statements: &[&str]) -> Vec<Loss> {
    let texts: Vec<Vec<&str>> = statements.iter().map(|sql| opened(dialect, sql)).collect();
    let statements: Vec<Vec<Token<'_>>> = texts
        .iter()
        .map(|it| it.iter().flat_map(|text| scan(dialect, text)).filter(Token::is_code).collect())
        .collect();
    let mut found = Vec::new();
    for (at, tokens) in statements.iter().enumerate() {
        let (earlier, later) = (&statements[..at], statements.get(at + 1..).unwrap_or_default());
        let lost = deeds(dialect, tokens).into_iter();
        let lost = lost.filter(|deed| !is_restored(deed, earlier, later));
        found.extend(lost.map(|deed| Loss { statement: at, message: deed.message() }));
    }
    found
}

impl Deed {
    fn message(&self) -> String {
        match self {
            Self::Table(name) | Self::AllRows(name) | Self::Partition(name) => {
                format!("all rows of {name} are lost")
            }
            Self::Schema(name) => format!("everything in {name} is lost"),
            Self::SomeRows(name) => format!("rows of {name} are deleted"),
            Self::Column(table, column) => format!("the values of {table}.{column} are lost"),
            Self::Dependents(what) => format!("{what} drops what depends on it"),
            Self::Block(words) => format!("a block of statements contains {words}"),
        }
    }
}

fn deeds(dialect: Dialect, tokens: &[Token<'_>]) -> Vec<Deed> {
    let Some((first, rest)) = tokens.split_first() else { return Vec::new() };
    if first.is_word("drop") {
        return dropped(dialect, rest);
    }
    if first.is_word("truncate") {
        return names(skip(rest, &["table", "only"])).into_iter().map(Deed::AllRows).collect();
    }
    if first.is_word("alter") && rest.first().is_some_and(|it| it.is_word("table")) {
        return altered(rest.get(1..).unwrap_or_default());
    }
    if first.is_word("delete") || first.is_word("with") {
        return deleted(tokens);
    }
    if first.is_word("do") || first.is_word("begin") {
        return block(dialect, rest);
    }
    Vec::new()
}

/// Words within `DO $$ .. $$` and MariaDB's `BEGIN NOT ATOMIC .. END` that delete rows or values.
fn block(dialect: Dialect, tokens: &[Token<'_>]) -> Vec<Deed> {
    let bodies =
        tokens.iter().filter(|it| it.lexeme == Lexeme::Text).map(|it| opened_text(it.text));
    let inner = bodies.flat_map(|body| scan(dialect, body)).filter(Token::is_code);
    let words: Vec<Token<'_>> = tokens.iter().copied().chain(inner).collect();
    let pairs = [("drop", "table"), ("drop", "column"), ("drop", "schema"), ("delete", "from")];
    let found = words.windows(2).find_map(|pair| {
        let [first, second] = pair else { return None };
        if first.is_word("truncate") {
            return Some("TRUNCATE".to_owned());
        }
        let pair = pairs.iter().find(|(a, b)| first.is_word(a) && second.is_word(b))?;
        Some(format!("{} {}", pair.0.to_uppercase(), pair.1.to_uppercase()))
    });
    found.into_iter().map(Deed::Block).collect()
}

/// The text within dollar quotes or quotes.
fn opened_text(text: &str) -> &str {
    let tag = text.strip_prefix('$').and_then(|rest| rest.find('$')).map_or(1, |at| at + 2);
    text.get(tag..text.len().saturating_sub(tag)).unwrap_or_default()
}

/// `DROP TABLE ..`, and drops that take others along.
fn dropped(dialect: Dialect, tokens: &[Token<'_>]) -> Vec<Deed> {
    let tokens = skip(tokens, &["temporary"]);
    let Some((kind, rest)) = tokens.split_first() else { return Vec::new() };
    let named = names(skip(rest, &["if", "exists"]));
    let cascades = rest.last().is_some_and(|it| it.is_word("cascade"));
    if kind.is_word("table") {
        return named.into_iter().map(Deed::Table).collect();
    }
    if (kind.is_word("schema") || kind.is_word("database")) && (cascades || !dialect.has_schemas())
    {
        return named.into_iter().map(Deed::Schema).collect();
    }
    let carriers = ["type", "domain", "extension", "sequence", "function"];
    match carriers.iter().any(|it| kind.is_word(it)) && cascades {
        true => {
            let kind = kind.text.to_uppercase();
            named.iter().map(|it| Deed::Dependents(format!("DROP {kind} {it} CASCADE"))).collect()
        }
        false => Vec::new(),
    }
}

/// The dropped columns and partitions of `ALTER TABLE ..`.
fn altered(tokens: &[Token<'_>]) -> Vec<Deed> {
    let Some((table, rest)) = name(skip(tokens, &["if", "exists", "only"])) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for action in actions(rest) {
        let Some((verb, rest)) = action.split_first() else { continue };
        let partition = rest.first().is_some_and(|it| it.is_word("partition"));
        if partition && (verb.is_word("drop") || verb.is_word("truncate")) {
            let parts = names(rest.get(1..).unwrap_or_default()).into_iter();
            found.extend(parts.map(Deed::Partition));
        } else if verb.is_word("drop") && !is_other_part(rest) {
            let column = name(skip(rest, &["column", "if", "exists"]));
            found.extend(column.map(|(column, _)| Deed::Column(table.clone(), column)));
        }
    }
    found
}

/// Whether `DROP ..` within `ALTER TABLE` is not about a column.
fn is_other_part(rest: &[Token<'_>]) -> bool {
    let parts = [
        "constraint",
        "index",
        "key",
        "primary",
        "foreign",
        "check",
        "system",
        "period",
        "default",
    ];
    // `DROP key` alone would be a column of this name.
    rest.len() > 1 && rest.first().is_some_and(|it| parts.iter().any(|part| it.is_word(part)))
}

/// The actions between commas, outside of parentheses.
fn actions<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_usize;
    let outer = move |token: &Token<'_>| {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.is_symbol(",")
    };
    tokens.split(outer).collect()
}

/// `DELETE FROM ..`, also inside of WITH. SQLite keeps counters in tables of its own.
fn deleted(tokens: &[Token<'_>]) -> Vec<Deed> {
    let starts = tokens.iter().enumerate().filter(|(_, it)| it.is_word("delete"));
    let named = starts.filter_map(|(at, _)| {
        let rest = tokens.get(at + 1..)?;
        let from = rest.iter().position(|it| it.is_word("from"))?;
        Some(name(skip(rest.get(from + 1..)?, &["only"]))?.0)
    });
    named.filter(|it| !it.name.starts_with("sqlite_")).map(Deed::SomeRows).collect()
}

/// Whether other statements of the script keep or bring back what one deletes.
fn is_restored(deed: &Deed, earlier: &[Vec<Token<'_>>], later: &[Vec<Token<'_>>]) -> bool {
    match deed {
        Deed::Table(table) => {
            let renamed = earlier.iter().any(|it| renames_table(it, table));
            earlier.iter().any(|it| creates(it, table))
                || (renamed && earlier.iter().any(|it| copies(it, table)))
                || later.iter().any(|it| renames_table(it, table))
        }
        Deed::Column(table, column) => {
            earlier.iter().any(|it| adds(it, table, column))
                || later.iter().any(|it| restores(it, table, column))
        }
        Deed::AllRows(table) | Deed::SomeRows(table) => earlier.iter().any(|it| creates(it, table)),
        Deed::Schema(_) | Deed::Partition(_) | Deed::Dependents(_) | Deed::Block(_) => false,
    }
}

/// `CREATE TABLE name`.
fn creates(tokens: &[Token<'_>], table: &QName) -> bool {
    let Some((first, rest)) = tokens.split_first() else { return false };
    let rest = skip(rest, &["global", "local", "temp", "temporary", "unlogged"]);
    let Some((kind, rest)) = rest.split_first() else { return false };
    let named = name(skip(rest, &["if", "not", "exists"]));
    first.is_word("create") && kind.is_word("table") && named.is_some_and(|(it, _)| it == *table)
}

/// `ALTER TABLE other RENAME TO name`, or `RENAME TABLE other TO name`.
fn renames_table(tokens: &[Token<'_>], table: &QName) -> bool {
    let list = tokens.first().is_some_and(|it| it.is_word("rename"));
    tokens.windows(2).enumerate().any(|(at, pair)| {
        let [before, to] = pair else { return false };
        let target = || name(tokens.get(at + 2..).unwrap_or_default());
        to.is_word("to")
            && (list || before.is_word("rename"))
            && target().is_some_and(|(it, _)| it.name == table.name)
    })
}

/// `INSERT INTO other .. SELECT .. FROM name`.
fn copies(tokens: &[Token<'_>], table: &QName) -> bool {
    let inserts = tokens.first().is_some_and(|it| it.is_word("insert"));
    let mut sources = tokens.iter().enumerate().filter(|(_, it)| it.is_word("from"));
    let source = |at: usize| name(skip(tokens.get(at + 1..).unwrap_or_default(), &["only"]));
    inserts && sources.any(|(at, _)| source(at).is_some_and(|(it, _)| it.name == table.name))
}

/// `ALTER TABLE table ADD COLUMN name`.
fn adds(tokens: &[Token<'_>], table: &QName, column: &QName) -> bool {
    let added = |action: &[Token<'_>]| {
        let (verb, rest) = action.split_first()?;
        let rest = skip(rest, &["column", "if", "not", "exists"]);
        Some(verb.is_word("add") && name(rest)?.0 == *column)
    };
    altering(tokens, table).into_iter().any(|action| added(action).unwrap_or_default())
}

/// The actions of `ALTER TABLE table`.
fn altering<'t, 'a>(tokens: &'t [Token<'a>], table: &QName) -> Vec<&'t [Token<'a>]> {
    let [first, second, rest @ ..] = tokens else { return Vec::new() };
    let Some((altered, rest)) = name(skip(rest, &["if", "exists", "only"])) else {
        return Vec::new();
    };
    match first.is_word("alter") && second.is_word("table") && altered == *table {
        true => actions(rest),
        false => Vec::new(),
    }
}

/// Whether the column comes back: computed from others, or another takes its name.
fn restores(tokens: &[Token<'_>], table: &QName, column: &QName) -> bool {
    let is_column = |tokens: &[Token<'_>]| name(tokens).is_some_and(|(it, _)| it == *column);
    altering(tokens, table).into_iter().any(|action| {
        let Some((verb, rest)) = action.split_first() else { return false };
        let rest = skip(rest, &["column"]);
        let computed =
            rest.iter().any(|it| it.is_word("as")) && !rest.iter().any(|it| it.is_word("identity"));
        let takes = |rest: &[Token<'_>]| {
            let to = skip(rest.get(1..).unwrap_or_default(), &["to"]);
            is_column(to)
        };
        (verb.is_word("add") && computed && is_column(rest))
            || ((verb.is_word("rename") || verb.is_word("change")) && takes(rest))
    })
}

/// The tokens after these words, each of which may be missing.
fn skip<'t, 'a>(mut tokens: &'t [Token<'a>], words: &[&str]) -> &'t [Token<'a>] {
    for word in words {
        match tokens {
            [first, rest @ ..] if first.is_word(word) && !rest.is_empty() => tokens = rest,
            _ => {}
        }
    }
    tokens
}

/// The names of a list.
fn names(mut tokens: &[Token<'_>]) -> Vec<QName> {
    let mut found = Vec::new();
    while let Some((own, rest)) = name(tokens) {
        found.push(own);
        tokens = match rest {
            [comma, rest @ ..] if comma.is_symbol(",") => rest,
            _ => break,
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(dialect: Dialect, statements: &[&str]) -> Vec<String> {
        losses(dialect, statements).into_iter().map(|it| it.message).collect()
    }

    #[test]
    fn what_statements_delete() {
        let one = |sql| lost(Dialect::Postgres, &[sql]).join("; ");
        assert_eq!(one("drop table if exists a, \"B\" cascade"), rows(&["a", "B"]));
        assert_eq!(one("truncate table only s.t"), rows(&["s.t"]));
        assert_eq!(one("delete from only t where a"), "rows of t are deleted");
        assert_eq!(
            one("with gone as (delete from t returning 1) select 1"),
            "rows of t are deleted"
        );
        assert_eq!(
            one("alter table only t drop a, alter b drop not null, drop column if exists c"),
            "the values of t.a are lost; the values of t.c are lost"
        );
        assert_eq!(one("alter table t drop constraint c, alter a drop default"), "");
        assert_eq!(one("alter table t add check (f(a, drop_b))"), "");
        assert_eq!(one("alter table t drop key"), "the values of t.key are lost");
        assert_eq!(one("drop schema s"), "");
        assert_eq!(
            one("do $x$ begin if a then delete from t; end if; end $x$"),
            "a block of statements contains DELETE FROM"
        );
        assert_eq!(one("do $$ begin perform f('drop table t'); end $$"), "");
        assert_eq!(one("do '"), "");
        assert_eq!(one("drop schema s cascade"), "everything in s is lost");
        assert_eq!(one("drop type e cascade"), "DROP TYPE e CASCADE drops what depends on it");
        for kept in ["drop index i", "drop view v", "select 'drop table t'", "drop", "alter table"]
        {
            assert_eq!(one(kept), "", "{kept}");
        }
        let mysql = |sql| lost(Dialect::Mysql, &[sql]).join("; ");
        assert_eq!(mysql("alter table t drop partition p, drop index i"), rows(&["p"]));
        assert_eq!(mysql("drop database d"), "everything in d is lost");
        assert_eq!(mysql("/*!40000 drop table t */"), rows(&["t"]));
    }

    #[test]
    fn what_comes_back_is_not_lost() {
        let rebuild = [
            "create table t__new (a integer)",
            "insert into t__new select a from t",
            "delete from sqlite_sequence where name = 't__new'",
            "drop table \"t\"",
            "alter table t__new rename to t",
        ];
        assert_eq!(lost(Dialect::Sqlite, &rebuild), [""; 0]);
        assert_eq!(lost(Dialect::Sqlite, &rebuild[..4]), ["all rows of t are lost"]);
        let renamed = ["drop table t", "alter table u rename a to t"];
        assert_eq!(lost(Dialect::Postgres, &renamed), ["all rows of t are lost"]);
        let exchanged = ["drop table t", "rename table x to y, u to t"];
        assert_eq!(lost(Dialect::Mysql, &exchanged), [""; 0]);
        let copied = [
            "alter table t rename to t__before",
            "create table t (a integer) partition by list (a)",
            "insert into t select a from t__before",
            "drop table t__before",
        ];
        assert_eq!(lost(Dialect::Postgres, &copied), [""; 0]);
        assert_eq!(lost(Dialect::Postgres, &copied[2..]), ["all rows of t__before are lost"]);
        let swapped = ["alter table t add b integer", "update t set a = b", "alter table t drop b"];
        assert_eq!(lost(Dialect::Mysql, &swapped), [""; 0]);
        let temporary = ["create temp table x (a integer)", "drop table x"];
        assert_eq!(lost(Dialect::Postgres, &temporary), [""; 0]);
        let after = |then| lost(Dialect::Postgres, &["alter table t drop column g", then]);
        let computed = "alter table t add g int generated always as (a) stored";
        assert_eq!(after(computed), [""; 0]);
        assert_eq!(after("alter table t rename column g2 to g"), [""; 0]);
        let gone = ["the values of t.g are lost"];
        assert_eq!(after("alter table t add g int generated always as identity"), gone);
        assert_eq!(after("alter table t add g int"), gone);
        assert_eq!(after("alter table u rename column g2 to g"), gone);
    }

    fn rows(names: &[&str]) -> String {
        names.iter().map(|it| format!("all rows of {it} are lost")).collect::<Vec<_>>().join("; ")
    }
}
