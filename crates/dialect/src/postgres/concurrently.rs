//! Non-transactional statements that can be interrupted halfway: indexes created or dropped
//! concurrently.
//!
//! Source: PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently".

use autogen_schema::QName;

use crate::Dialect;
use crate::scan::{Lexeme, Token, scan, unquote};

/// The action of such a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "named by their types")]
pub enum Concurrently {
    Create { index: QName },
    Drop { index: QName },
}

/// Reads `CREATE [UNIQUE] INDEX CONCURRENTLY name ..` and `DROP INDEX CONCURRENTLY name`;
/// `None` for every other statement.
pub fn parse(sql: &str) -> Option<Concurrently> {
    let tokens: Vec<Token<'_>> = scan(Dialect::Postgres, sql).filter(Token::is_code).collect();
    let mut rest = tokens.as_slice();
    let mut eat = |words: &[&str]| {
        let follow = rest.len() >= words.len()
            && rest.iter().zip(words).all(|(token, word)| token.is_word(word));
        if follow {
            rest = &rest[words.len()..];
        }
        follow
    };
    if eat(&["create"]) {
        eat(&["unique"]);
        if !eat(&["index", "concurrently"]) {
            return None;
        }
        eat(&["if", "not", "exists"]);
        let first = rest.first()?;
        if first.is_word("on") {
            // Without a name it cannot be found again.
            return None;
        }
        let index = QName::bare(name(first)?);
        let on = rest.iter().position(|token| token.is_word("on"))?;
        let only = usize::from(rest.get(on + 1)?.is_word("only"));
        let table = &rest[on + 1 + only..];
        // An index is in the schema of its table.
        let schema = match table {
            [schema, dot, ..] if dot.is_symbol(".") => name(schema),
            _ => None,
        };
        return Some(Concurrently::Create { index: QName { schema, ..index } });
    }
    if eat(&["drop", "index", "concurrently"]) {
        eat(&["if", "exists"]);
        let index = match rest {
            [schema, dot, own, ..] if dot.is_symbol(".") => QName::new(name(schema), name(own)?),
            [own, ..] => QName::bare(name(own)?),
            [] => return None,
        };
        return Some(Concurrently::Drop { index });
    }
    None
}

/// A name as PostgreSQL reads it: bare ones in lower case.
fn name(token: &Token<'_>) -> Option<String> {
    match token.lexeme {
        Lexeme::Word => Some(token.text.to_lowercase()),
        Lexeme::Name => Some(unquote(token.text)),
        Lexeme::Text | Lexeme::Number | Lexeme::Symbol | Lexeme::Space | Lexeme::Comment => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both() {
        let create = |schema: Option<&str>, name: &str| {
            let index = QName::new(schema.map(str::to_owned), name);
            Some(Concurrently::Create { index })
        };
        assert_eq!(
            parse("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I\" ON ONLY s.\"t\" (a)"),
            create(Some("s"), "I")
        );
        assert_eq!(parse("create index concurrently Ab on t (a)"), create(None, "ab"));
        assert_eq!(parse("create index concurrently on t (a)"), None);
        assert_eq!(
            parse("drop index concurrently if exists s.i"),
            Some(Concurrently::Drop { index: QName::new(Some("s".into()), "i") })
        );
        assert_eq!(parse("create index i on t (a)"), None);
        assert_eq!(parse("drop index concurrently"), None);
    }
}
