//! `CREATE INDEX`, and the lists of indexed columns in constraints.

use autogen_schema::{Expr, Index, IndexKey, IndexPart, KeyPart, Name};

use super::cursor::{Cursor, DdlError};
use crate::Dialect;
use crate::scan::{Lexeme, Token, scan, strip_parentheses, unquote};

pub(super) fn parse(sql: &str) -> Result<(String, Index), DdlError> {
    let mut cursor = Cursor::new(sql);
    cursor.expect("create")?;
    let unique = cursor.eat(&["unique"]);
    cursor.expect("index")?;
    cursor.eat(&["if", "not", "exists"]);
    let mut index = Index::new(Name::Exact(cursor.object_name()?), &[]);
    index.unique = unique;
    cursor.expect("on")?;
    let table = cursor.name()?;
    cursor.expect_symbol("(")?;
    loop {
        let text = cursor.until(|_, token| token.is_symbol(","))?;
        index.parts.push(part(&text));
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    cursor.expect_symbol(")")?;
    if cursor.eat(&["where"]) {
        let predicate = cursor.until(|_, token| token.is_symbol(";"))?;
        index.predicate = Some(Expr(predicate));
    }
    if !cursor.is_end() {
        return Err(cursor.error("WHERE or the end"));
    }
    Ok((table, index))
}

/// One part: `expr [COLLATE name] [ASC | DESC] [NULLS FIRST | LAST]`.
fn part(text: &str) -> IndexPart {
    let mut tokens: Vec<Token<'_>> = scan(Dialect::Sqlite, text).filter(Token::is_code).collect();
    let ends_with = |tokens: &[Token<'_>], words: &[&str]| {
        tokens.len() > words.len()
            && tokens[tokens.len() - words.len()..]
                .iter()
                .zip(words)
                .all(|(token, word)| token.is_word(word))
    };
    // SQLite accepts these words only where they have no effect.
    for nulls in [["nulls", "first"], ["nulls", "last"]] {
        if ends_with(&tokens, &nulls) {
            tokens.truncate(tokens.len() - 2);
        }
    }
    let descending = ends_with(&tokens, &["desc"]);
    if descending || ends_with(&tokens, &["asc"]) {
        tokens.pop();
    }
    let mut collation = None;
    if let [before @ .., word, name] = tokens.as_slice()
        && word.is_word("collate")
        && is_one_operand(before)
    {
        collation = Some(unquote(name.text));
        let rest = before.len();
        tokens.truncate(rest);
    }
    let key = match tokens.as_slice() {
        [only] if matches!(only.lexeme, Lexeme::Word | Lexeme::Name | Lexeme::Text) => {
            IndexKey::Column(unquote(only.text))
        }
        [] => IndexKey::Expression(Expr(text.to_owned())),
        [first, .., last] | [first @ last] => {
            let source = strip_parentheses(Dialect::Sqlite, &text[first.at..last.end()]);
            IndexKey::Expression(Expr(source.to_owned()))
        }
    };
    IndexPart { key, descending, collation, ..IndexPart::column("") }
}

/// Whether COLLATE after these tokens applies to all of them, and not only to the last
/// operand: a name, a call, or something in parentheses.
fn is_one_operand(tokens: &[Token<'_>]) -> bool {
    let inner = match tokens {
        [only] => return only.lexeme != Lexeme::Symbol,
        [first, rest @ ..] if first.lexeme == Lexeme::Word => rest,
        all => all,
    };
    let mut depth = 0_usize;
    for (at, token) in inner.iter().enumerate() {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            return at + 1 == inner.len() && at > 0;
        }
    }
    false
}

/// The columns of a PRIMARY KEY or UNIQUE constraint, and whether AUTOINCREMENT follows them.
pub(super) fn key_parts(cursor: &mut Cursor<'_>) -> Result<(Vec<KeyPart>, bool), DdlError> {
    cursor.expect_symbol("(")?;
    let mut parts = Vec::new();
    loop {
        let mut part = KeyPart::new(cursor.name()?);
        if cursor.eat(&["collate"]) {
            part.collation = Some(cursor.name()?);
        }
        part.descending = cursor.eat(&["desc"]);
        cursor.eat(&["asc"]);
        parts.push(part);
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    let autoincrement = cursor.eat(&["autoincrement"]);
    cursor.expect_symbol(")")?;
    Ok((parts, autoincrement))
}
