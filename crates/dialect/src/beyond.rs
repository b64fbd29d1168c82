//! Statements with effects outside of their database: on roles, other databases, the server
//! itself or its files. A scratch database does not contain them.
//!
//! Sources: PostgreSQL manual, "SQL Commands" and 53.1 "System Catalogs" (what is shared);
//! MySQL manual, 15 "SQL Statements"; MariaDB's "Administrative SQL Statements";
//! <https://sqlite.org/lang_attach.html>.

use crate::Dialect;
use crate::scan::{Lexeme, Token, scan, unquote};

/// Object kinds that belong to a PostgreSQL server as a whole.
const SHARED_POSTGRES: [&str; 6] =
    ["database", "group", "role", "subscription", "tablespace", "user"];

/// The same for MySQL and MariaDB.
const SHARED_MYSQL: [&str; 10] = [
    "database",
    "instance",
    "logfile",
    "resource",
    "role",
    "schema",
    "server",
    "tablespace",
    "undo",
    "user",
];

/// First words of statements that affect a MySQL server as a whole.
const ABOUT_MYSQL: [&str; 13] = [
    "binlog",
    "change",
    "clone",
    "flush",
    "install",
    "kill",
    "purge",
    "reset",
    "restart",
    "shutdown",
    "stop",
    "uninstall",
    "use",
];

/// Functions that access a server's files, its sessions or other servers.
const FUNCTIONS_POSTGRES: [&str; 12] = [
    "dblink",
    "dblink_connect",
    "dblink_exec",
    "lo_export",
    "lo_import",
    "pg_cancel_backend",
    "pg_file_write",
    "pg_promote",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_switch_wal",
    "pg_terminate_backend",
];

/// First words of statements that call functions when they run.
const CALLING: [&str; 8] = ["call", "delete", "do", "insert", "select", "update", "values", "with"];

/// The first words of a statement with effects outside of its database; `None` for any other,
/// as far as its text shows. `database` is the name of its database.
pub fn beyond(dialect: Dialect, sql: &str, database: &str) -> Option<String> {
    let texts = opened(dialect, sql);
    let tokens: Vec<Token<'_>> =
        texts.iter().flat_map(|text| scan(dialect, text)).filter(Token::is_code).collect();
    match dialect {
        Dialect::Sqlite => on_sqlite(&tokens),
        Dialect::Postgres => on_postgres(&tokens),
        Dialect::Mysql | Dialect::Mariadb => on_mysql(&tokens, database),
    }
}

/// The text, and the comments that MySQL executes.
pub(crate) fn opened(dialect: Dialect, sql: &str) -> Vec<&str> {
    let inner = |token: Token<'_>| -> Option<(usize, usize)> {
        let runs = token.lexeme == Lexeme::Symbol && token.text.starts_with("/*");
        let text = runs.then(|| token.text.strip_suffix("*/").unwrap_or(token.text))?;
        let mark = text.find('!')? + 1;
        let digits = text[mark..].bytes().take_while(u8::is_ascii_digit).count();
        Some((token.at + mark + digits, token.at + text.len()))
    };
    let mut texts = Vec::new();
    let mut from = 0;
    for token in scan(dialect, sql) {
        if let Some((begin, end)) = inner(token) {
            texts.extend([&sql[from..token.at], &sql[begin..end]]);
            from = token.end();
        }
    }
    texts.push(&sql[from..]);
    texts
}

/// The first words, which name the kind of a statement.
fn named(tokens: &[Token<'_>], count: usize) -> Option<String> {
    let words: Vec<String> =
        tokens.iter().take(count).map(|token| token.text.to_uppercase()).collect();
    Some(words.join(" "))
}

fn is(tokens: &[Token<'_>], at: usize, words: &[&str]) -> bool {
    tokens.get(at).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
}

fn has(tokens: &[Token<'_>], word: &str) -> bool {
    tokens.iter().any(|token| token.is_word(word))
}

fn on_sqlite(tokens: &[Token<'_>]) -> Option<String> {
    if is(tokens, 0, &["attach"]) {
        let is_local = tokens.iter().any(|token| token.text == "':memory:'" || token.text == "''");
        return if is_local { None } else { named(tokens, 1) };
    }
    if is(tokens, 0, &["vacuum"]) && has(tokens, "into") {
        return Some("VACUUM INTO".to_owned());
    }
    calls(tokens, &["load_extension", "writefile"])
}

fn on_postgres(tokens: &[Token<'_>]) -> Option<String> {
    if is(tokens, 0, &["do"]) {
        let text = tokens.iter().find(|token| token.lexeme == Lexeme::Text);
        return text.and_then(|token| within(token.text));
    }
    let mapping = is(tokens, 1, &["user"]) && is(tokens, 2, &["mapping"]);
    let made = is(tokens, 0, &["create", "alter", "drop"]) && is(tokens, 1, &SHARED_POSTGRES);
    if (made && !mapping) || (is(tokens, 0, &["alter"]) && is(tokens, 1, &["system"])) {
        return named(tokens, 2);
    }
    if is(tokens, 0, &["comment"]) && is(tokens, 1, &["on"]) && is(tokens, 2, &SHARED_POSTGRES) {
        return named(tokens, 3);
    }
    if is(tokens, 0, &["drop", "reassign"]) && is(tokens, 1, &["owned"]) {
        return named(tokens, 2);
    }
    if is(tokens, 0, &["grant", "revoke"]) {
        return granted(tokens, &["database", "parameter", "tablespace"]);
    }
    if is(tokens, 0, &["copy"]) && copies_to_server(tokens) {
        return Some("COPY .. TO a file or program".to_owned());
    }
    calls(tokens, &FUNCTIONS_POSTGRES)
}

/// `GRANT role TO role`, which has no ON, and a grant on something shared.
fn granted(tokens: &[Token<'_>], shared: &[&str]) -> Option<String> {
    let first = named(tokens, 1)?;
    let Some(on) = tokens.iter().position(|token| token.is_word("on")) else {
        return Some(format!("{first} of a role"));
    };
    let what = tokens.get(on + 1).filter(|it| shared.iter().any(|word| it.is_word(word)))?;
    Some(format!("{first} ON {}", what.text.to_uppercase()))
}

/// Whether COPY writes a file of the server, or runs a program there.
fn copies_to_server(tokens: &[Token<'_>]) -> bool {
    tokens.windows(2).any(|pair| match pair {
        [to, file] if to.is_word("to") => file.lexeme == Lexeme::Text || file.is_word("program"),
        [from, program] => from.is_word("from") && program.is_word("program"),
        _ => false,
    })
}

/// The effects of a DO block's body: its statements, and those that it builds from a literal.
fn within(body: &str) -> Option<String> {
    let (_, inner) = body.split_once(['$', '\'']).filter(|_| !body.is_empty())?;
    let inner = inner.split_once('$').filter(|_| body.starts_with('$')).map_or(inner, |it| it.1);
    let tokens: Vec<Token<'_>> = scan(Dialect::Postgres, inner).filter(Token::is_code).collect();
    (0..tokens.len()).find_map(|at| {
        let begins = at == 0
            || tokens[at - 1].is_symbol(";")
            || is(&tokens, at - 1, &["begin", "then", "else", "loop"]);
        let built = at > 0 && is(&tokens, at - 1, &["execute"])
            || at > 2 && is(&tokens, at - 2, &["format"]) && is(&tokens, at - 3, &["execute"]);
        let text = tokens[at].text.trim_start_matches(['$', '\'', 'E', 'e']);
        let literal: Vec<Token<'_>> = match built {
            true => scan(Dialect::Postgres, text).filter(Token::is_code).collect(),
            false => Vec::new(),
        };
        on_postgres(if begins { &tokens[at..] } else { &literal })
    })
}

fn on_mysql(tokens: &[Token<'_>], database: &str) -> Option<String> {
    let replaced = is(tokens, 1, &["or"]) && is(tokens, 2, &["replace"]);
    let kind = if replaced { 3 } else { 1 };
    let made = is(tokens, 0, &["create", "alter", "drop", "rename"]);
    if made && is(tokens, kind, &SHARED_MYSQL) {
        return named(tokens, kind + 1);
    }
    if is(tokens, 0, &["create"]) && is(tokens, tokens.len().saturating_sub(2), &["soname"]) {
        return Some("CREATE FUNCTION .. SONAME".to_owned());
    }
    let replication = is(tokens, 0, &["start"]) && !is(tokens, 1, &["transaction"]);
    let harmless = is(tokens, 0, &["flush"]) && is(tokens, 1, &["privileges"]);
    if replication || (is(tokens, 0, &ABOUT_MYSQL) && !harmless) {
        return named(tokens, 2);
    }
    if is(tokens, 0, &["set"]) && sets_server(tokens) {
        return named(tokens, 4);
    }
    if is(tokens, 0, &["grant", "revoke"]) {
        let found = granted(tokens, &[]).or_else(|| everywhere(tokens));
        return found.or_else(|| elsewhere(tokens, database));
    }
    let file = tokens.windows(2).find(|it| it[0].is_word("into") && is(it, 1, &FILES));
    if let Some(file) = file {
        return named(file, 2);
    }
    calls(tokens, &["load_file"]).or_else(|| elsewhere(tokens, database))
}

/// The words of MySQL's SELECT that write a file.
const FILES: [&str; 2] = ["dumpfile", "outfile"];

/// Whether SET changes the server and not only the session.
fn sets_server(tokens: &[Token<'_>]) -> bool {
    tokens.windows(2).any(|pair| {
        let about = is(pair, 1, &["global", "persist", "persist_only", "password"]);
        about && (pair[0].is_word("set") || pair[0].is_symbol("@") || pair[0].is_symbol(","))
    })
}

/// `GRANT .. ON *.*`.
fn everywhere(tokens: &[Token<'_>]) -> Option<String> {
    let on = tokens.iter().position(|token| token.is_word("on"))?;
    let all = tokens.get(on + 1..on + 4)?;
    let whole = all.iter().map(|token| token.text).eq(["*", ".", "*"]);
    if whole { named(tokens, 1).map(|first| format!("{first} ON *.*")) } else { None }
}

/// The words before the name of what a statement changes.
const CHANGED: [&str; 13] = [
    "call",
    "event",
    "exists",
    "function",
    "ignore",
    "into",
    "procedure",
    "references",
    "table",
    "trigger",
    "truncate",
    "update",
    "view",
];

/// A statement that changes something in another database, by its qualified name.
fn elsewhere(tokens: &[Token<'_>], database: &str) -> Option<String> {
    let lists = is(tokens, 0, &["drop", "rename", "truncate", "lock"]);
    let deletes = is(tokens, 0, &["delete"]);
    let on = is(tokens, 0, &["create", "drop", "grant", "revoke"]);
    // The bodies and queries after it run later, or only read.
    let tokens = if is(tokens, 0, &["create"]) { before_body(tokens) } else { tokens };
    (1..tokens.len()).find_map(|at| {
        let before = tokens[at - 1];
        let event = at > 1 && is(tokens, at - 2, &["after", "before", "key", "on"]);
        let changed = (is(tokens, at - 1, &CHANGED) && !event)
            || (lists && (before.is_symbol(",") || before.is_word("to")))
            || (deletes && before.is_word("from"))
            || (before.is_word("to") && is(tokens, at.wrapping_sub(2), &["rename"]))
            || (on && before.is_word("on"));
        let [schema, dot, name, ..] = tokens.get(at..)? else { return None };
        let qualified = changed && dot.is_symbol(".") && is_name(schema);
        let other = unquote(schema.text);
        (qualified && !other.eq_ignore_ascii_case(database) && !other.eq_ignore_ascii_case("new"))
            .then(|| format!("a change of {other}.{}", unquote(name.text)))
    })
}

/// A statement that creates something, up to its body or query.
fn before_body<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    const BODY: [&str; 8] = ["as", "begin", "call", "do", "for", "return", "returns", "select"];
    let end = tokens.iter().position(|token| BODY.iter().any(|word| token.is_word(word)));
    &tokens[..end.unwrap_or(tokens.len())]
}

fn is_name(token: &Token<'_>) -> bool {
    token.lexeme == Lexeme::Word || token.lexeme == Lexeme::Name
}

/// A statement that calls one of these functions.
fn calls(tokens: &[Token<'_>], functions: &[&str]) -> Option<String> {
    if !is(tokens, 0, &CALLING) {
        return None;
    }
    let called = tokens.windows(2).find(|it| is(it, 0, functions) && it[1].is_symbol("("))?;
    Some(format!("{}()", called[0].text.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(dialect: Dialect, statements: &[&str]) -> Vec<Option<String>> {
        statements.iter().map(|sql| beyond(dialect, sql, "app")).collect()
    }

    fn reach(dialect: Dialect, statements: &[&str]) {
        for (sql, found) in statements.iter().zip(all(dialect, statements)) {
            assert!(found.is_some(), "{sql}");
        }
    }

    fn stay(dialect: Dialect, statements: &[&str]) {
        for (sql, found) in statements.iter().zip(all(dialect, statements)) {
            assert_eq!(found, None, "{sql}");
        }
    }

    #[test]
    fn of_postgres() {
        reach(
            Dialect::Postgres,
            &[
                "drop database app",
                "CREATE ROLE a",
                "/* x */ alter -- y\n user a",
                "alter system set x = 1",
                "create tablespace t location '/x'",
                "grant admin to bob",
                "revoke admin from bob",
                "grant create on database app to bob",
                "copy t to program 'rm x'",
                "copy t from program 'x'",
                "copy t to '/tmp/x'",
                "comment on role a is 'x'",
                "drop owned by a",
                "do $$ begin create role a; exception when others then null; end $$",
                "do $x$ begin execute 'drop database ' || n; end $x$",
                "select pg_terminate_backend(1)",
            ],
        );
        stay(
            Dialect::Postgres,
            &[
                "create table database (role int)",
                "grant select on t to bob",
                "grant usage on schema s to bob",
                "create user mapping for a server s",
                "copy t from '/tmp/x'",
                "create function f() returns void as $$ create role a $$ language sql",
                "do $$ begin create table a (x text default 'create role'); end $$",
                "alter default privileges for role a grant select on tables to b",
                "comment on table role is 'drop database x'",
                "create view v as select pg_reload_conf()",
                "set role a",
            ],
        );
    }

    #[test]
    fn of_mysql() {
        reach(
            Dialect::Mysql,
            &[
                "drop database app",
                "create schema other",
                "/*!40000 DROP DATABASE IF EXISTS app */",
                "use other",
                "create user a@b",
                "create or replace role a",
                "rename user a to b",
                "set global x = 1",
                "SET @@GLOBAL.GTID_PURGED=''",
                "set persist x = 1",
                "set password = 'x'",
                "grant admin to bob",
                "grant all on *.* to bob",
                "grant select on other.t to bob",
                "select load_file('/etc/passwd')",
                "select 1 into outfile '/tmp/x'",
                "create function f returns string soname 'x.so'",
                "insert into other.t values (1)",
                "delete from other.t",
                "update `other`.t set a = 1",
                "drop table a, other.t",
                "create table if not exists other.t (a int)",
                "rename table a to other.a",
                "alter table a rename to other.a",
                "create index i on other.t (a)",
                "call other.p()",
                "kill 5",
                "flush tables with read lock",
                "start slave",
            ],
        );
        stay(
            Dialect::Mysql,
            &[
                "create table app.t (a int)",
                "create table t (user int, role int)",
                "update t set a = 1 where t.a in (select u.a from u join t on u.a = t.b)",
                "insert into t select x.a from x on duplicate key update t.a = x.a",
                "create view v as select a.b from a join c on a.b = c.d",
                "create trigger g before insert on t for each row set new.a = 1",
                "create procedure p() begin insert into other.t values (1); end",
                "grant select on t to bob",
                "set names utf8mb4",
                "set @a = 'global'",
                "select extract(year from t.a) from t",
                "alter table t add a int references u (a)",
                "start transaction",
                "flush privileges",
            ],
        );
    }

    #[test]
    fn of_sqlite() {
        reach(Dialect::Sqlite, &["attach 'other.db' as o", "vacuum into 'x'"]);
        stay(
            Dialect::Sqlite,
            &["attach ':memory:' as o", "vacuum", "create table attach (a)", "pragma x = 1"],
        );
    }
}
