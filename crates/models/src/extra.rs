//! SeaORM's `extra`: SQL that it appends to a column, read clause by clause.

use autogen_schema::{Default, Expr, Generated, GeneratedStorage, Identity, SequenceOptions};

use crate::sql::{Kind, Piece, bare, default_of, pieces};

/// A clause of an `extra`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    Collate(String),
    Charset(String),
    Check(Option<String>, Expr),
    Unsigned,
    OnUpdate(Expr),
    Generated(Generated),
    Default(Default),
    Identity(Identity),
    Unique,
    NotNull,
    Null,
    Invisible,
    Comment(String),
}

const STARTS: &[&str] = &[
    "collate",
    "character",
    "charset",
    "check",
    "constraint",
    "unsigned",
    "on",
    "generated",
    "as",
    "default",
    "unique",
    "not",
    "null",
    "invisible",
    "comment",
    "auto_increment",
    "autoincrement",
];

/// The clauses of an `extra`; an error with the text of the first one that is not supported.
pub(crate) fn parse(text: &str) -> Result<Vec<Clause>, String> {
    let all = pieces(text).ok_or_else(|| text.to_owned())?;
    let mut clauses = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let (clause, used) =
            clause(text, &all[at..]).ok_or_else(|| text[all[at].start..].to_owned())?;
        clauses.push(clause);
        at += used;
    }
    Ok(clauses)
}

fn clause(text: &str, rest: &[Piece<'_>]) -> Option<(Clause, usize)> {
    let is = |at: usize, word: &str| rest.get(at).is_some_and(|piece| piece.is(word));
    let name = |at: usize| rest.get(at).and_then(Piece::name);
    let group = |at: usize| match rest.get(at).map(|piece| &piece.kind) {
        Some(Kind::Group(inner)) => Some(inner.clone()),
        Some(Kind::Word | Kind::Quoted(_) | Kind::Text(_) | Kind::Other) | None => None,
    };
    if is(0, "collate") {
        return Some((Clause::Collate(name(1)?), 2));
    }
    if is(0, "charset") {
        return Some((Clause::Charset(name(1)?), 2));
    }
    if is(0, "character") && is(1, "set") {
        return Some((Clause::Charset(name(2)?), 3));
    }
    if is(0, "check") {
        return Some((Clause::Check(None, Expr::new(bare(&group(1)?))), 2));
    }
    if is(0, "constraint") && is(2, "check") {
        let check = Clause::Check(Some(name(1)?), Expr::new(bare(&group(3)?)));
        return Some((check, 4));
    }
    if is(0, "unsigned") {
        return Some((Clause::Unsigned, 1));
    }
    if is(0, "unique") {
        return Some((Clause::Unique, if is(1, "key") { 2 } else { 1 }));
    }
    if is(0, "not") && is(1, "null") {
        return Some((Clause::NotNull, 2));
    }
    if is(0, "null") {
        return Some((Clause::Null, 1));
    }
    if is(0, "invisible") {
        return Some((Clause::Invisible, 1));
    }
    if is(0, "auto_increment") || is(0, "autoincrement") {
        return Some((Clause::Identity(Identity::AutoIncrement), 1));
    }
    if is(0, "comment") {
        let Kind::Text(comment) = &rest.get(1)?.kind else {
            return None;
        };
        return Some((Clause::Comment(comment.clone()), 2));
    }
    if is(0, "on") && is(1, "update") {
        let (expr, used) = until_clause(text, &rest[2..])?;
        return Some((Clause::OnUpdate(Expr::new(bare(&expr))), used + 2));
    }
    if is(0, "default") {
        let (value, used) = until_clause(text, &rest[1..])?;
        return Some((Clause::Default(default_of(&value)), used + 1));
    }
    if is(0, "generated") && is(1, "by") && is(2, "default") && is(3, "as") && is(4, "identity") {
        let (options, used) = options(group(5))?;
        return Some((Clause::Identity(Identity::ByDefault(Box::new(options))), 5 + used));
    }
    if is(0, "generated") && is(1, "always") && is(2, "as") && is(3, "identity") {
        let (options, used) = options(group(4))?;
        return Some((Clause::Identity(Identity::Always(Box::new(options))), 4 + used));
    }
    let skip = if is(0, "generated") && is(1, "always") && is(2, "as") {
        3
    } else if is(0, "as") {
        1
    } else {
        return None;
    };
    let expr = Expr::new(bare(&group(skip)?));
    let (storage, used) = if is(skip + 1, "stored") || is(skip + 1, "persistent") {
        (GeneratedStorage::Stored, 1)
    } else {
        let said = is(skip + 1, "virtual");
        (GeneratedStorage::Virtual, usize::from(said))
    };
    let generated = Generated { expr, storage };
    Some((Clause::Generated(generated), skip + 1 + used))
}

fn options(group: Option<String>) -> Option<(SequenceOptions, usize)> {
    match group {
        Some(text) => Some((sequence_options(&text)?, 1)),
        None => Some((SequenceOptions::default(), 0)),
    }
}

/// `START WITH 10 INCREMENT BY 2 ..`
pub(crate) fn sequence_options(text: &str) -> Option<SequenceOptions> {
    let mut found = SequenceOptions::default();
    let all = pieces(text)?;
    let mut rest = all.iter().peekable();
    while let Some(piece) = rest.next() {
        if piece.is("cycle") {
            found.cycle = true;
            continue;
        }
        if piece.is("no") {
            rest.next()?;
            continue;
        }
        while rest.peek().is_some_and(|next| next.is("with") || next.is("by") || next.text == "=") {
            rest.next();
        }
        let sign = if rest.peek().is_some_and(|next| next.text == "-") {
            rest.next();
            -1
        } else {
            1
        };
        let number = Some(sign * rest.next()?.text.parse::<i64>().ok()?);
        if piece.is("start") {
            found.start = number;
        } else if piece.is("increment") {
            found.increment = number;
        } else if piece.is("minvalue") {
            found.min_value = number;
        } else if piece.is("maxvalue") {
            found.max_value = number;
        } else if piece.is("cache") {
            found.cache = number;
        } else {
            return None;
        }
    }
    Some(found)
}

/// The text up to the next clause, and how many pieces it took.
fn until_clause(text: &str, rest: &[Piece<'_>]) -> Option<(String, usize)> {
    let first = rest.first()?;
    let used = rest
        .iter()
        .enumerate()
        .skip(1)
        .find(|(_, piece)| STARTS.iter().any(|word| piece.is(word)))
        .map_or(rest.len(), |(at, _)| at);
    let last = rest.get(used - 1)?;
    Some((text[first.start..last.end()].to_owned(), used))
}

#[cfg(test)]
mod tests {
    use super::*;
    use autogen_schema::Literal;

    #[test]
    fn reads_clauses() {
        assert_eq!(
            parse("COLLATE NOCASE CHECK (a > (1)) DEFAULT 'x' ON UPDATE CURRENT_TIMESTAMP(3)"),
            Ok(vec![
                Clause::Collate("NOCASE".into()),
                Clause::Check(None, Expr::new("a > (1)")),
                Clause::Default(Default::Literal(Literal::Text("x".into()))),
                Clause::OnUpdate(Expr::new("CURRENT_TIMESTAMP(3)")),
            ])
        );
        assert_eq!(
            parse("GENERATED ALWAYS AS (a || b) STORED"),
            Ok(vec![Clause::Generated(Generated {
                expr: Expr::new("a || b"),
                storage: GeneratedStorage::Stored
            })])
        );
        assert_eq!(
            parse("GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY -1)"),
            Ok(vec![Clause::Identity(Identity::Always(Box::new(SequenceOptions {
                start: Some(5),
                increment: Some(-1),
                ..SequenceOptions::default()
            })))])
        );
    }

    #[test]
    fn gives_back_what_it_does_not_know() {
        assert_eq!(parse("COLLATE x REFERENCES a (b)"), Err("REFERENCES a (b)".into()));
        assert_eq!(parse("CHECK (a"), Err("CHECK (a".into()));
    }
}
