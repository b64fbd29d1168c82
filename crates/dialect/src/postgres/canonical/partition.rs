//! How PostgreSQL writes partition keys and bounds.

use autogen_schema::Partitioning;

use crate::Dialect::Postgres;
use crate::scan::{Lexeme, scan, unquote};

/// Words that are printed in capitals.
const KEYWORDS: [&str; 12] = [
    "RANGE", "LIST", "HASH", "FOR", "VALUES", "FROM", "TO", "IN", "WITH", "DEFAULT", "MINVALUE",
    "MAXVALUE",
];

pub(super) fn canonicalize(partitioning: &mut Partitioning) {
    partitioning.by = spelled(&partitioning.by);
    for partition in &mut partitioning.partitions {
        partition.bound = spelled(&partition.bound);
        partition.partitioning.iter_mut().for_each(canonicalize);
    }
    partitioning.sort();
}

/// One spelling for texts that differ only in spaces, case and quotes.
fn spelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut tight = true;
    for token in scan(Postgres, text).filter(|token| token.is_code()) {
        let keyword = KEYWORDS.iter().find(|word| token.is_word(word));
        let piece = match (keyword, token.lexeme) {
            (Some(word), _) => (*word).to_owned(),
            (None, Lexeme::Word) => token.text.to_ascii_lowercase(),
            (None, Lexeme::Name) => plain(token.text),
            (
                None,
                Lexeme::Text | Lexeme::Number | Lexeme::Symbol | Lexeme::Space | Lexeme::Comment,
            ) => token.text.to_owned(),
        };
        let call = token.is_symbol("(") && !ends_in_keyword(&out);
        let joins = call || [",", ")", ".", ":", "["].iter().any(|it| token.is_symbol(it));
        if !tight && !joins {
            out.push(' ');
        }
        out.push_str(&piece);
        tight = ["(", ".", ":", "[", "-"].iter().any(|it| token.is_symbol(it));
    }
    out
}

/// There is a space between a keyword and a parenthesis, but not after the name of a
/// function.
fn ends_in_keyword(text: &str) -> bool {
    let last = text.rsplit([' ', '(', ',']).next().unwrap_or_default();
    KEYWORDS.contains(&last) || last.is_empty()
}

/// A quoted name without needless quotes.
fn plain(text: &str) -> String {
    let name = unquote(text);
    let simple = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if simple { name } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_become_one() {
        for (text, expected) in [
            ("range(\"at\" , b)", "RANGE (at, b)"),
            ("LIST (lower(\"Name\"))", "LIST (lower(\"Name\"))"),
            (
                "for values from ('2020-01-01',-1) to (MAXVALUE, 10)",
                "FOR VALUES FROM ('2020-01-01', -1) TO (MAXVALUE, 10)",
            ),
            (
                "FOR VALUES WITH (MODULUS 4, REMAINDER 0)",
                "FOR VALUES WITH (modulus 4, remainder 0)",
            ),
            ("default", "DEFAULT"),
        ] {
            assert_eq!(spelled(text), expected);
            assert_eq!(spelled(expected), expected);
        }
    }
}
