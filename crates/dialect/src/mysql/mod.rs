//! MySQL, and MariaDB as a variant of it.

pub(crate) mod canonical;
pub mod caps;
pub mod charsets;
pub(crate) mod convert;
pub mod defaults;
pub(crate) mod event;
pub(crate) mod holds;
pub(crate) mod implied;
pub(crate) mod invalidates;
mod locks;
pub(crate) mod lower;
pub(crate) mod partition;
pub(crate) mod render;
pub mod sequence;
mod shapes;
pub mod shown;
mod touched;
mod trace;
pub mod types;
pub(crate) mod values;
pub mod versions;

pub use touched::touched;
pub use trace::{Trace, trace, verb};

use serde::Serialize;

use crate::Dialect;
use crate::scan::{Lexeme, Token, scan, unquote};

/// In characters; generated names are at most this long in bytes.
///
/// Source: MySQL manual, 11.2.1 "Identifier Length Limits".
pub(crate) const MAX_NAME: usize = 64;

/// Which of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "names of databases")]
pub enum Flavor {
    Mysql,
    Mariadb,
}

impl Flavor {
    /// The flavor as a dialect.
    pub const fn dialect(self) -> Dialect {
        match self {
            Self::Mysql => Dialect::Mysql,
            Self::Mariadb => Dialect::Mariadb,
        }
    }
}

/// The column names of a query as MySQL prints a view's: each column with `AS` and its name,
/// after `select` and perhaps `distinct`.
pub fn output_names(query: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut last: Option<Token<'_>> = None;
    let mut begun = false;
    for token in scan(Dialect::Mysql, query).filter(Token::is_code) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        let inside = depth > 0;
        let ends = ["from", "union", "intersect", "except", "where", "limit", "having", "order"];
        let over = !inside && begun && ends.iter().any(|word| token.is_word(word));
        if !inside && (token.is_symbol(",") || over) {
            let name = last.filter(|it| it.lexeme == Lexeme::Name);
            names.extend(name.map(|it| unquote(it.text)));
        }
        if over {
            return names;
        }
        begun |= token.is_word("select");
        last = Some(token);
    }
    names
        .extend(last.filter(|token| token.lexeme == Lexeme::Name).map(|token| unquote(token.text)));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns() {
        let of = output_names;
        assert_eq!(of("select `t`.`id` AS `id`,(`t`.`a` + 1) AS `x` from `t`"), ["id", "x"]);
        assert_eq!(of("select distinct f(1, (select 2 from `u`)) AS `a``b`"), ["a`b"]);
        assert_eq!(of("select 'a from, b' AS `q` union select 2 AS `z`"), ["q"]);
        assert_eq!(
            of("with `c` as (select 1 AS `k` from `t`) select `c`.`k` AS `n` from `c`"),
            ["n"]
        );
        assert!(of("").is_empty());
    }
}
