//! The subset of SQL in attributes: words, quoted names and parentheses.

use autogen_schema::{Default, Expr, IndexKey, IndexPart, KeyPart, Literal, NullsOrder, QName};

/// What a piece of SQL text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A bare word or number.
    Word,
    /// A quoted name, unquoted.
    Quoted(String),
    /// A string literal, unquoted.
    Text(String),
    /// The text between parentheses.
    Group(String),
    /// Any other character.
    Other,
}

/// A piece of SQL text with its place.
#[derive(Debug, Clone)]
pub(crate) struct Piece<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) start: usize,
}

impl Piece<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// A name, bare or quoted.
    pub(crate) fn name(&self) -> Option<String> {
        match &self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::Quoted(name) | Kind::Text(name) => Some(name.clone()),
            Kind::Group(_) | Kind::Other => None,
        }
    }
}

/// The pieces of a text; `None` if a quote or parenthesis is not closed.
pub(crate) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let rest = &text[at..];
        let (len, kind) = match first {
            '\'' => {
                let (len, inner) = quoted(rest, '\'')?;
                (len, Kind::Text(inner))
            }
            '"' | '`' => {
                let (len, inner) = quoted(rest, first)?;
                (len, Kind::Quoted(inner))
            }
            '(' => {
                let len = group(rest)?;
                (len, Kind::Group(rest[1..len - 1].trim().to_owned()))
            }
            ')' => return None,
            c if c.is_alphanumeric() || c == '_' => {
                let len = rest
                    .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$' || c == '.'))
                    .unwrap_or(rest.len());
                (len, Kind::Word)
            }
            other => (other.len_utf8(), Kind::Other),
        };
        found.push(Piece { kind, text: &rest[..len], start: at });
        at += len;
    }
    Some(found)
}

fn quoted(text: &str, quote: char) -> Option<(usize, String)> {
    let mut inner = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            inner.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            inner.push(quote);
            chars.next();
        } else {
            return Some((at + quote.len_utf8(), inner));
        }
    }
    None
}

fn group(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '\'' | '"' | '`' => {
                at += quoted(&text[at..], c)?.0;
                continue;
            }
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

/// How many pairs of parentheses around a text are removed.
const MOST_ROUNDS: usize = 64;

/// The text without the parentheses around the whole of it.
pub(crate) fn bare(text: &str) -> String {
    let mut text = text.trim();
    // Each round reads the whole text. More parentheses are harmless and are left to the
    // dialect, which removes them in one scan.
    for _ in 0..MOST_ROUNDS {
        let found = pieces(text);
        let Some([Piece { kind: Kind::Group(_), .. }]) = found.as_deref() else { break };
        text = text[1..text.len() - 1].trim();
    }
    text.to_owned()
}

/// A default in SQL.
pub(crate) fn default_of(text: &str) -> Default {
    let text = bare(text);
    let literal = match pieces(&text).as_deref() {
        Some([only]) => match &only.kind {
            Kind::Text(inner) => Some(Literal::Text(inner.clone())),
            Kind::Word if only.is("null") => Some(Literal::Null),
            Kind::Word if only.is("true") => Some(Literal::Bool(true)),
            Kind::Word if only.is("false") => Some(Literal::Bool(false)),
            Kind::Word if is_number(only.text) => Some(Literal::Number(only.text.to_owned())),
            Kind::Word | Kind::Quoted(_) | Kind::Group(_) | Kind::Other => None,
        },
        Some([sign, digits]) if sign.text == "-" && is_number(digits.text) => {
            Some(Literal::Number(format!("-{}", digits.text)))
        }
        _ => None,
    };
    literal.map_or_else(|| Default::Expression(Expr::new(text)), Default::Literal)
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c == '.')
        && text.matches('.').count() <= 1
}

/// One part of an index: a column or expression with its options.
pub(crate) fn index_part(text: &str) -> Option<IndexPart> {
    let all = pieces(text)?;
    let (first, mut rest) = all.split_first()?;
    let mut part = match (&first.kind, rest.first().map(|next| &next.kind)) {
        (Kind::Group(inner), _) => IndexPart::expression(bare(inner)),
        (Kind::Word | Kind::Quoted(_), Some(Kind::Group(inner))) => {
            let call = rest.first()?;
            rest = &rest[1..];
            if let Ok(length) = inner.parse() {
                let mut part = IndexPart::column(first.name()?);
                part.prefix = Some(length);
                part
            } else {
                IndexPart::expression(&text[first.start..call.end()])
            }
        }
        (Kind::Word | Kind::Quoted(_), _) => IndexPart::column(first.name()?),
        (Kind::Text(_) | Kind::Other, _) => return None,
    };
    let mut rest = rest.iter();
    while let Some(piece) = rest.next() {
        if piece.is("asc") {
            part.descending = false;
        } else if piece.is("desc") {
            part.descending = true;
        } else if piece.is("collate") {
            part.collation = Some(rest.next()?.name()?);
        } else if piece.is("nulls") {
            let order = rest.next()?;
            part.nulls = Some(if order.is("first") {
                NullsOrder::First
            } else if order.is("last") {
                NullsOrder::Last
            } else {
                return None;
            });
        } else if part.opclass.is_none() {
            part.opclass = Some(piece.name()?);
        } else {
            return None;
        }
    }
    // An order of NULLs that the direction implies is omitted, as in a catalog.
    if part.nulls == Some(if part.descending { NullsOrder::First } else { NullsOrder::Last }) {
        part.nulls = None;
    }
    Some(part)
}

/// One column of a primary key or unique constraint.
pub(crate) fn key_part(text: &str) -> Option<KeyPart> {
    let part = index_part(text)?;
    let IndexKey::Column(column) = part.key else {
        return None;
    };
    if part.nulls.is_some() || part.opclass.is_some() {
        return None;
    }
    Some(KeyPart {
        column,
        descending: part.descending,
        collation: part.collation,
        prefix: part.prefix,
    })
}

/// `table(column, ..)`, `schema.table(column, ..)` or `table`.
pub(crate) fn reference(text: &str) -> Option<(QName, Vec<String>)> {
    let all = pieces(text)?;
    let (table, columns) = match all.split_last() {
        Some((last, table)) => match &last.kind {
            Kind::Group(inner) => (table.to_vec(), names(inner)?),
            Kind::Word | Kind::Quoted(_) | Kind::Text(_) | Kind::Other => (all, Vec::new()),
        },
        None => return None,
    };
    let table = match table.as_slice() {
        [only] if only.kind == Kind::Word => QName::parse(only.text),
        [only] => QName::bare(only.name()?),
        [schema, dot, name] if dot.text == "." => QName::new(Some(schema.name()?), name.name()?),
        [schema, name] if schema.text.ends_with('.') => {
            QName::new(Some(schema.text.trim_end_matches('.').to_owned()), name.name()?)
        }
        _ => return None,
    };
    (!table.name.is_empty()).then_some((table, columns))
}

/// Names separated by commas.
pub(crate) fn names(text: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for (at, piece) in pieces(text)?.iter().enumerate() {
        match at % 2 {
            0 => found.push(piece.name()?),
            _ if piece.text == "," => {}
            _ => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_parts() {
        let part = |text| index_part(text);
        assert_eq!(part("email"), Some(IndexPart::column("email")));
        assert_eq!(part("lower(email)"), Some(IndexPart::expression("lower(email)")));
        assert_eq!(part("(a + b)"), Some(IndexPart::expression("a + b")));
        let full = part(r#""Odd" collate "C" text_pattern_ops desc nulls last"#);
        let full = full.unwrap_or_else(|| IndexPart::column(""));
        assert_eq!(full.key, IndexKey::Column("Odd".into()));
        assert_eq!(full.collation.as_deref(), Some("C"));
        assert_eq!(full.opclass.as_deref(), Some("text_pattern_ops"));
        assert!(full.descending);
        assert_eq!(full.nulls, Some(NullsOrder::Last));
        assert_eq!(part("a desc nulls first").map(|p| p.nulls), Some(None));
        assert_eq!(part("name(10)").and_then(|p| p.prefix), Some(10));
        assert_eq!(part("a b c d"), None);
        assert_eq!(part("(a"), None);
    }

    #[test]
    fn references() {
        assert_eq!(reference("users(id)"), Some((QName::bare("users"), vec!["id".into()])));
        assert_eq!(
            reference("auth.users (a, \"B\")"),
            Some((QName::new(Some("auth".into()), "users"), vec!["a".into(), "B".into()]))
        );
        assert_eq!(reference("users"), Some((QName::bare("users"), vec![])));
        assert_eq!(reference("users(a b)"), None);
    }

    #[test]
    fn defaults() {
        assert_eq!(default_of("'O''Brien'"), Default::Literal(Literal::Text("O'Brien".into())));
        assert_eq!(default_of("(-1)"), Default::Literal(Literal::Number("-1".into())));
        assert_eq!(default_of("(now())"), Default::Expression(Expr::new("now()")));
        assert_eq!(default_of("(a) + (b)"), Default::Expression(Expr::new("(a) + (b)")));
    }
}
