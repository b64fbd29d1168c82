//! The bounds of partitions, as conditions on rows.

use autogen_schema::{Partition, Partitioning, QName};

use crate::Dialect::Postgres;
use crate::scan::{Token, scan};

/// The condition on the rows of a partition, if it can be expressed by comparing the columns
/// of its key. `by` is the text after `PARTITION BY`, `bound` the text after `FOR VALUES`.
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

/// A condition for the rows that no partition accepts.
pub(crate) fn unplaced(partitioning: &Partitioning) -> Option<String> {
    let taken = |it: &Partition| Some(format!("({})", condition(&partitioning.by, &it.bound)?));
    let taken: Vec<String> = partitioning.partitions.iter().map(taken).collect::<Option<_>>()?;
    match taken.is_empty() {
        true => Some("TRUE".to_owned()),
        false => Some(format!("({}) IS NOT TRUE", taken.join(" OR "))),
    }
}

/// A condition for rows that the partition does not accept, and for rows that it takes from
/// the DEFAULT partition.
pub(crate) fn misplaced(
    name: &QName,
    partitioning: &Partitioning,
) -> Option<(String, Option<String>)> {
    let (mine, others): (Vec<&Partition>, Vec<&Partition>) =
        partitioning.partitions.iter().partition(|partition| partition.name == *name);
    let mine = mine.first()?;
    if mine.bound == "DEFAULT" {
        let taken = |partition: &&Partition| {
            Some(format!("({})", condition(&partitioning.by, &partition.bound)?))
        };
        let taken: Vec<String> = others.iter().map(taken).collect::<Option<_>>()?;
        return (!taken.is_empty()).then(|| (taken.join(" OR "), None));
    }
    let inside = condition(&partitioning.by, &mine.bound)?;
    Some((format!("({inside}) IS NOT TRUE"), Some(inside)))
}

/// Whether two partitions may accept the same rows, as far as their bounds show.
pub(crate) fn overlap(by: &str, one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let Some((way, key)) = group(by) else { return false };
    let way = way.trim().to_ascii_uppercase();
    let (Some(one), Some(other)) = (values(one), values(other)) else { return false };
    match (way.as_str(), one.as_slice(), other.as_slice()) {
        ("LIST", [one], [other]) => one.iter().any(|it| other.contains(it)),
        ("RANGE", [from, to], [other_from, other_to]) if key.len() == 1 => {
            is_below(from, other_to) && is_below(other_from, to)
        }
        _ => false,
    }
}

/// The lists of values in a bound.
fn values(bound: &str) -> Option<Vec<Vec<String>>> {
    let (_, first) = group(bound)?;
    let rest = bound.to_ascii_uppercase().find(" TO ").and_then(|at| bound.get(at..));
    Some(std::iter::once(first).chain(rest.and_then(group).map(|(_, last)| last)).collect())
}

/// Whether one end of a range is certainly below another.
fn is_below(one: &[String], other: &[String]) -> bool {
    let ([one], [other]) = (one, other) else { return false };
    let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
    if let (Ok(one), Ok(other)) = (one.parse::<i128>(), other.parse::<i128>()) {
        return one < other;
    }
    match is(one, "MINVALUE") || is(other, "MAXVALUE") {
        true => !is(one, "MAXVALUE") && !is(other, "MINVALUE"),
        false => are_times(one, other) && one < other,
    }
}

/// Whether both are dates, or times without a time zone, in the sortable form.
fn are_times(one: &str, other: &str) -> bool {
    let shape = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
    };
    let shape = [one, other].map(shape);
    shape[0] == shape[1] && ["'0000-00-00'", "'0000-00-00 00:00:00'"].contains(&shape[0].as_str())
}

/// A comparison with the key; `None` for an open end.
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

/// The text before the first parentheses, and the items in them. A column with a collation or
/// an operator class cannot be compared.
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
    use super::{condition, overlap};

    #[test]
    fn bounds_that_overlap() {
        let days = |from: &str, to: &str| format!("FOR VALUES FROM ({from}) TO ({to})");
        let year = days("'2026-01-01'", "'2027-01-01'");
        for (by, one, other, expected) in [
            ("RANGE (at)", "DEFAULT", "DEFAULT", true),
            ("RANGE (at)", "DEFAULT", year.as_str(), false),
            ("RANGE (at)", &year, &year, true),
            ("RANGE (at)", &year, &days("'2026-12-31'", "'2028-01-01'"), true),
            ("RANGE (at)", &year, &days("'2027-01-01'", "'2028-01-01'"), false),
            ("RANGE (at)", &year, &days("MINVALUE", "'2026-01-01'"), false),
            ("RANGE (at)", &year, &days("MINVALUE", "MAXVALUE"), true),
            ("RANGE (at)", &year, &days("'2026-06-01 00:00:00'", "MAXVALUE"), false),
            ("RANGE (a)", &days("-9", "10"), &days("9", "12"), true),
            ("RANGE (a)", &days("-9", "9"), &days("9", "12"), false),
            ("RANGE (a)", &days("'b'", "'d'"), &days("'c'", "'e'"), false),
            ("RANGE (a, b)", &days("1, 1", "2, 2"), &days("1, 1", "2, 3"), false),
            ("LIST (a)", "FOR VALUES IN ('a', NULL)", "FOR VALUES IN ('b', NULL)", true),
            ("LIST (a)", "FOR VALUES IN ('a')", "FOR VALUES IN ('b')", false),
            ("HASH (a)", "FOR VALUES WITH (modulus 2)", "FOR VALUES WITH (modulus 4)", false),
        ] {
            assert_eq!(overlap(by, one, other), expected, "{by} {one} {other}");
            assert_eq!(overlap(by, other, one), expected, "{by} {other} {one}");
        }
    }

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
