//! The bounds of partitions, as conditions on rows.

use autogen_schema::{Partition, Partitioning, QName};

use crate::Dialect::Postgres;
use crate::scan::{Token, scan};

/// What is true of the rows of a partition, where it can be said by comparing
/// the columns of its key. `by` is as in `PARTITION BY`, `bound` as in
/// `FOR VALUES`.
pub(crate) fn condition(by: &str, bound: &str) -> Option<String> {
    let (way, key) = group(by)?;
    let (words, first) = group(bound)?;
    let words = words.to_ascii_uppercase();
    if way.trim().eq_ignore_ascii_case("LIST") {
        let [key] = key.as_slice() else { return None };
        let (nulls, values): (Vec<&String>, Vec<&String>) =
            first.iter().partition(|it| it.eq_ignore_ascii_case("NULL"));
        let values: Vec<&str> = values.into_iter().map(String::as_str).collect();
        let mut all = Vec::new();
        if !values.is_empty() {
            all.push(format!("{key} IN ({})", values.join(", ")));
        }
        if !nulls.is_empty() {
            all.push(format!("{key} IS NULL"));
        }
        return (words.trim() == "FOR VALUES IN").then(|| all.join(" OR "));
    }
    let rest = bound.to_ascii_uppercase().find(" TO ").and_then(|at| bound.get(at..))?;
    let (_, last) = group(rest)?;
    if !way.trim().eq_ignore_ascii_case("RANGE") || words.trim() != "FOR VALUES FROM" {
        return None;
    }
    let mut all: Vec<String> = key.iter().map(|it| format!("{it} IS NOT NULL")).collect();
    all.extend(compared(&key, ">=", &first)?);
    all.extend(compared(&key, "<", &last)?);
    Some(all.join(" AND "))
}

/// What is true of the rows that no partition takes.
pub(crate) fn unplaced(partitioning: &Partitioning) -> Option<String> {
    let taken = |it: &Partition| Some(format!("({})", condition(&partitioning.by, &it.bound)?));
    let taken: Vec<String> = partitioning.partitions.iter().map(taken).collect::<Option<_>>()?;
    match taken.is_empty() {
        true => Some("TRUE".to_owned()),
        false => Some(format!("({}) IS NOT TRUE", taken.join(" OR "))),
    }
}

/// What is true of the rows that the partition does not take, and of those that it
/// takes from a DEFAULT one.
pub(crate) fn misplaced(
    own: &QName,
    partitioning: &Partitioning,
) -> Option<(String, Option<String>)> {
    let (mine, others): (Vec<&Partition>, Vec<&Partition>) =
        partitioning.partitions.iter().partition(|it| it.name == *own);
    let mine = mine.first()?;
    if mine.bound == "DEFAULT" {
        let taken =
            |it: &&Partition| Some(format!("({})", condition(&partitioning.by, &it.bound)?));
        let taken: Vec<String> = others.iter().map(taken).collect::<Option<_>>()?;
        return (!taken.is_empty()).then(|| (taken.join(" OR "), None));
    }
    let inside = condition(&partitioning.by, &mine.bound)?;
    Some((format!("({inside}) IS NOT TRUE"), Some(inside)))
}

/// A comparison of the key; none where there is no end.
fn compared(key: &[String], operator: &str, values: &[String]) -> Option<Option<String>> {
    let open =
        |it: &String| ["MINVALUE", "MAXVALUE"].iter().any(|word| it.eq_ignore_ascii_case(word));
    if key.len() != values.len() {
        return None;
    }
    if values.first().is_some_and(open) {
        return Some(None);
    }
    if values.iter().any(open) {
        return None;
    }
    Some(Some(match (key, values) {
        ([key], [value]) => format!("{key} {operator} {value}"),
        (_, _) => format!("({}) {operator} ({})", key.join(", "), values.join(", ")),
    }))
}

/// What stands before the first parentheses, and the items in them. A column
/// with a collation or an operator class of its own is none that can be compared.
fn group(text: &str) -> Option<(&str, Vec<String>)> {
    let mut depth = 0_usize;
    let mut start = None;
    let mut items = Vec::new();
    let mut from = 0;
    for token in scan(Postgres, text) {
        let Token { at, .. } = token;
        if token.is_symbol("(") {
            depth += 1;
            if depth == 1 {
                start = Some(at);
                from = token.end();
            }
        } else if depth == 1 && (token.is_symbol(",") || token.is_symbol(")")) {
            items.push(text.get(from..at)?.trim().to_owned());
            from = token.end();
            if token.is_symbol(")") {
                return Some((text.get(..start?)?, items));
            }
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 1 && token.is_word("COLLATE") {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::condition;

    #[test]
    fn bounds_are_conditions() {
        for (by, bound, expected) in [
            (
                "RANGE (at)",
                "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                Some("at IS NOT NULL AND at >= '2026-01-01' AND at < '2027-01-01'"),
            ),
            (
                "RANGE (a, \"B (c\")",
                "FOR VALUES FROM (1, 'x') TO (MAXVALUE, MAXVALUE)",
                Some("a IS NOT NULL AND \"B (c\" IS NOT NULL AND (a, \"B (c\") >= (1, 'x')"),
            ),
            ("RANGE (a, b)", "FOR VALUES FROM (1, MINVALUE) TO (2, 5)", None),
            (
                "RANGE (lower(a))",
                "for values from ('a') to ('b')",
                Some("lower(a) IS NOT NULL AND lower(a) >= 'a' AND lower(a) < 'b'"),
            ),
            ("LIST (a)", "FOR VALUES IN ('a,b', 'c)')", Some("a IN ('a,b', 'c)')")),
            ("LIST (a)", "FOR VALUES IN (NULL, 1)", Some("a IN (1) OR a IS NULL")),
            ("LIST (a COLLATE \"C\")", "FOR VALUES IN ('a')", None),
            ("HASH (a)", "FOR VALUES WITH (modulus 2, remainder 0)", None),
            ("RANGE (a)", "DEFAULT", None),
            ("RANGE (a", "FOR VALUES FROM (1", None),
        ] {
            assert_eq!(condition(by, bound).as_deref(), expected, "{by} {bound}");
        }
    }
}
