//! `COPY` between server and client: it waits for rows that no migration can send, and only
//! the end of the connection stops it.
//!
//! Source: PostgreSQL manual, "COPY", STDIN and STDOUT.

use crate::Dialect;
use crate::scan::{Token, scan};

/// Whether a statement copies from or to the client.
pub fn is_client_copy(dialect: Dialect, sql: &str) -> bool {
    match dialect {
        Dialect::Postgres => {}
        Dialect::Sqlite | Dialect::Mysql | Dialect::Mariadb => return false,
    }
    let mut tokens = scan(dialect, sql).filter(Token::is_code);
    if !tokens.next().is_some_and(|token| token.is_word("copy")) {
        return false;
    }
    let mut depth = 0_usize;
    let mut before: Option<Token<'_>> = None;
    for token in tokens {
        depth = match token.text {
            "(" => depth + 1,
            ")" => depth.saturating_sub(1),
            _ => depth,
        };
        let behind = |word: &str| before.is_some_and(|it| it.is_word(word));
        let ends =
            (behind("from") && token.is_word("stdin")) || (behind("to") && token.is_word("stdout"));
        if depth == 0 && ends {
            return true;
        }
        before = Some(token);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies() {
        let is = |sql| is_client_copy(Dialect::Postgres, sql);
        assert!(is("COPY public.t (a, b) FROM stdin"));
        assert!(is("copy /* */ (select 1 from x) to STDOUT with csv"));
        assert!(!is("copy t from '/tmp/stdin'"));
        assert!(!is("copy t from program 'cat'"));
        assert!(!is("insert into copy select 1 from stdin"));
    }
}
