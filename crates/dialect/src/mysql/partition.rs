//! How MySQL and MariaDB write partition keys and bounds.
//!
//! A model contains the whole clause, in MySQL's syntax: `RANGE (year(at)) (PARTITION p0
//! VALUES LESS THAN (2020), ..)`, or `HASH (id) PARTITIONS 4`.
//!
//! Source: MySQL manual, 15.1.24 "CREATE TABLE", and 26.6.3 "Partitioning Limitations
//! Relating to Functions"; the catalog's output was found by experiment.

use autogen_schema::{Partition, Partitioning, QName};

use crate::Dialect::Mysql;
use crate::scan::{Lexeme, Token, scan, strip_parentheses, unquote};

/// Words that are printed in capitals.
const KEYWORDS: [&str; 20] = [
    "ALGORITHM",
    "BY",
    "COLUMNS",
    "COMMENT",
    "DEFAULT",
    "HASH",
    "IN",
    "KEY",
    "LESS",
    "LINEAR",
    "LIST",
    "MAXVALUE",
    "NULL",
    "PARTITION",
    "PARTITIONS",
    "RANGE",
    "SUBPARTITION",
    "SUBPARTITIONS",
    "THAN",
    "VALUES",
];

/// Functions of one column that the catalog prints unchanged.
const FUNCTIONS: [&str; 18] = [
    "abs",
    "ceiling",
    "dayofmonth",
    "dayofweek",
    "dayofyear",
    "floor",
    "hour",
    "microsecond",
    "minute",
    "month",
    "quarter",
    "second",
    "time_to_sec",
    "to_days",
    "to_seconds",
    "unix_timestamp",
    "weekday",
    "year",
];

pub(super) fn canonicalize(partitioning: &mut Partitioning) {
    let (by, list) = divided(&partitioning.by);
    if partitioning.partitions.is_empty() {
        partitioning.partitions = list.iter().filter_map(|text| partition(text)).collect();
    }
    partitioning.by = key(&by);
    let counted = is_counted(&partitioning.by);
    if counted && partitioning.partitions.is_empty() && count(&partitioning.by).is_none() {
        partitioning.by.push_str(" PARTITIONS 1");
    }
    let columns = partitioning.by.starts_with("RANGE COLUMNS");
    for partition in &mut partitioning.partitions {
        partition.bound = bound(&partition.bound);
        if !columns {
            let whole = "VALUES LESS THAN (MAXVALUE)";
            partition.bound = partition.bound.replacen(whole, "VALUES LESS THAN MAXVALUE", 1);
        }
    }
    partitioning.sort();
}

/// Whether rows are distributed over a number of partitions without bounds.
pub(super) fn is_counted(by: &str) -> bool {
    ["HASH", "KEY", "LINEAR"].iter().any(|word| by.starts_with(word))
}

/// The number of partitions, if given, and the text before it.
pub(super) fn count(by: &str) -> Option<(&str, u32)> {
    let (head, number) = by.rsplit_once(" PARTITIONS ")?;
    Some((head, number.parse().ok()?))
}

/// Whether a different spelling means a different key: this holds for columns, or a function
/// of one column.
pub(crate) fn is_exact(by: &str) -> bool {
    let Some(inner) = expression(by) else { return true };
    let name = |text: &str| {
        let mut tokens = scan(Mysql, text);
        tokens.next().is_some_and(|it| it.lexeme == Lexeme::Name) && tokens.next().is_none()
    };
    let call = inner.strip_suffix(')').and_then(|it| it.split_once('('));
    call.is_some_and(|(function, column)| FUNCTIONS.contains(&function) && name(column))
        || items(inner).iter().all(|it| name(it))
}

/// The columns of a key, including those of subpartitions.
pub(super) fn columns(by: &str) -> Vec<String> {
    let names = scan(Mysql, by).filter(|token| token.lexeme == Lexeme::Name);
    names.map(|token| unquote(token.text)).collect()
}

/// The partitioning expression, without its parentheses.
pub(super) fn expression(by: &str) -> Option<&str> {
    let open = by.find('(')?;
    let mut depth = 0_usize;
    for token in scan(Mysql, by.get(open..)?) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return by.get(open + 1..open + token.at);
            }
        }
    }
    None
}

/// The values of a bound; empty if it has no list.
pub(super) fn values(bound: &str) -> Vec<String> {
    if bound.starts_with("VALUES LESS THAN MAXVALUE") {
        return vec!["MAXVALUE".to_owned()];
    }
    let inside = bound.starts_with("VALUES").then(|| expression(bound)).flatten();
    inside.map(items).unwrap_or_default()
}

/// The sort key of range bounds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    Number(i128),
    Text(String),
    Max,
}

/// The upper end of a range.
pub(super) fn limits(bound: &str) -> Vec<Limit> {
    let limit = |text: String| match text.parse() {
        Ok(number) => Limit::Number(number),
        Err(_) if text == "MAXVALUE" => Limit::Max,
        Err(_) => Limit::Text(text),
    };
    values(bound).into_iter().map(limit).collect()
}

/// Whether there is a partition for every row.
pub(crate) fn holds_all(partitioning: &Partitioning) -> bool {
    let all = |it: &Partition| {
        it.bound.starts_with("DEFAULT")
            || limits(&it.bound).iter().all(|limit| *limit == Limit::Max) && !it.bound.is_empty()
    };
    is_counted(&partitioning.by) || partitioning.partitions.iter().any(all)
}

/// Whether every row of these partitions of a list fits one of those others.
pub(super) fn take_all(before: &[&Partition], after: &[&Partition]) -> bool {
    let listed = |all: &[&Partition]| -> Vec<String> {
        all.iter().flat_map(|it| values(&it.bound)).collect()
    };
    let rest = |all: &[&Partition]| all.iter().any(|it| it.bound.starts_with("DEFAULT"));
    let after_values = listed(after);
    rest(after) || !rest(before) && listed(before).iter().all(|it| after_values.contains(it))
}

/// Whether a row of the table may have no partition once the table is partitioned like
/// `after`.
pub(crate) fn narrows(before: &Partitioning, after: &Partitioning) -> bool {
    if holds_all(after) {
        return false;
    }
    let (there, wanted) = (in_order(before), in_order(after));
    let end = |all: &[&Partition]| all.last().map(|it| limits(&it.bound));
    match before.by == after.by {
        true if before.by.starts_with("LIST") => !take_all(&there, &wanted),
        true => end(&there) > end(&wanted),
        false => true,
    }
}

/// A condition for rows without a partition, if it can be expressed.
pub(crate) fn unplaced(partitioning: &Partitioning) -> Option<String> {
    let key = expression(&partitioning.by).filter(|_| !holds_all(partitioning))?;
    if partitioning.by.starts_with("RANGE") {
        let last = values(&in_order(partitioning).last()?.bound);
        return behind(&items(key), &last);
    }
    let listed: Vec<String> =
        partitioning.partitions.iter().flat_map(|it| values(&it.bound)).collect();
    match items(key).as_slice() {
        [_] => Some(not_listed(key, listed)),
        keys => in_no_row(keys, &listed),
    }
}

/// A key that is not below the end of the last range. Nothing is above MAXVALUE, and
/// what follows it does not count.
fn behind(keys: &[String], end: &[String]) -> Option<String> {
    let told = end.iter().take_while(|it| *it != "MAXVALUE").count();
    let operator = if told == end.len() { ">=" } else { ">" };
    match (keys.get(..told)?, end.get(..told)?) {
        ([], _) => None,
        ([key], [value]) => Some(format!("{key} {operator} {value}")),
        (keys, values) => Some(format!("({}) {operator} ({})", keys.join(","), values.join(", "))),
    }
}

/// One key that is none of the values; NULL is a value.
fn not_listed(key: &str, listed: Vec<String>) -> String {
    let (nulls, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|it| it == "NULL");
    let mut conditions = Vec::new();
    if !others.is_empty() {
        conditions.push(format!("{key} NOT IN ({})", others.join(", ")));
    }
    if nulls.is_empty() {
        conditions.push(format!("{key} IS NULL"));
    } else if others.is_empty() {
        conditions.push(format!("{key} IS NOT NULL"));
    }
    conditions.join(" OR ")
}

/// Several keys that are together in none of the rows of values.
fn in_no_row(keys: &[String], listed: &[String]) -> Option<String> {
    let equal = |row: &String| {
        let values = items(expression(row)?);
        let pairs = keys.iter().zip(&values).map(|(key, value)| format!("{key} <=> {value}"));
        (values.len() == keys.len()).then(|| pairs.collect::<Vec<_>>().join(" AND "))
    };
    let taken: Vec<String> = listed.iter().map(equal).collect::<Option<_>>()?;
    (!taken.is_empty()).then(|| format!("NOT ({})", taken.join(" OR ")))
}

/// Partitions in the order of the statement: ranges by their ends.
pub(super) fn in_order(partitioning: &Partitioning) -> Vec<&Partition> {
    let mut all: Vec<&Partition> = partitioning.partitions.iter().collect();
    if partitioning.by.starts_with("RANGE") {
        all.sort_by_key(|it| limits(&it.bound));
    }
    all
}

/// A definition in the list of partitions.
pub(super) fn definition(partition: &Partition) -> String {
    let text = format!("PARTITION {} {}", Mysql.quote(&partition.name.name), partition.bound);
    text.trim_end().to_owned()
}

/// Splits the list of partitions from the key.
fn divided(by: &str) -> (String, Vec<String>) {
    let code: Vec<Token<'_>> = scan(Mysql, by).filter(Token::is_code).collect();
    let opens = code
        .windows(2)
        .find(|pair| matches!(pair, [a, b] if a.is_symbol("(") && b.is_word("PARTITION")));
    let Some([open, _]) = opens else { return (by.to_owned(), Vec::new()) };
    let (head, list) = by.split_at(open.at);
    (head.to_owned(), expression(list).map(items).unwrap_or_default())
}

/// The items between commas, outside of parentheses.
fn items(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for token in scan(Mysql, text) {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if token.is_symbol(",") && depth == 0 {
            found.push(text.get(from..token.at).unwrap_or_default().trim().to_owned());
            from = token.end();
        }
    }
    found.push(text.get(from..).unwrap_or_default().trim().to_owned());
    found
}

/// `PARTITION name VALUES .. ENGINE = ..`: the engine is the table's.
fn partition(text: &str) -> Option<Partition> {
    let mut code = scan(Mysql, text).filter(Token::is_code);
    let first = code.next()?;
    let name = code.next().filter(|_| first.is_word("PARTITION"))?;
    let engine = code.find(|token| token.is_word("ENGINE")).map_or(text.len(), |it| it.at);
    let bound = text.get(name.end()..engine)?.trim().to_owned();
    Some(Partition::new(QName::bare(unquote(name.text)), bound))
}

/// The normal form of a key.
fn key(by: &str) -> String {
    let text = spelled(by);
    let Some(inner) = expression(&text) else { return text };
    let bare = strip_parentheses(Mysql, inner);
    if bare == inner { text } else { text.replacen(&format!("({inner})"), &format!("({bare})"), 1) }
}

/// The normal form of a bound: the values of a list have no order.
fn bound(text: &str) -> String {
    let text = spelled(text);
    let Some(rest) = text.strip_prefix("VALUES IN (") else { return text };
    let mut values = values(&text);
    let inner: usize = values.iter().map(|it| it.len() + 1).sum();
    let tail = rest.get(inner..).unwrap_or_default().to_owned();
    values.sort_by_key(|it| (it == "NULL", it.parse::<i128>().ok(), it.clone()));
    format!("VALUES IN ({}){tail}", values.join(","))
}

/// One spelling for texts that differ only in spaces, case and quotes.
fn spelled(text: &str) -> String {
    let code: Vec<Token<'_>> = scan(Mysql, text).filter(Token::is_code).collect();
    let mut out = String::with_capacity(text.len());
    let mut tight = true;
    let mut after_keyword = false;
    for (at, token) in code.iter().enumerate() {
        let calls = code.get(at + 1).is_some_and(|next| next.is_symbol("("));
        let keyword = KEYWORDS.iter().find(|word| token.is_word(word));
        let piece = match (keyword, token.lexeme) {
            (Some(word), _) => (*word).to_owned(),
            (None, Lexeme::Word) if calls => function(token.text),
            (None, Lexeme::Word) => Mysql.quote(token.text),
            (
                None,
                Lexeme::Name
                | Lexeme::Text
                | Lexeme::Number
                | Lexeme::Symbol
                | Lexeme::Space
                | Lexeme::Comment,
            ) => token.text.to_owned(),
        };
        let joins = token.is_symbol(",")
            || token.is_symbol(")")
            || (token.is_symbol("(") && !after_keyword && !ends_in_operator(&out));
        if !tight && !joins {
            out.push(' ');
        }
        out.push_str(&piece);
        after_keyword = keyword.is_some();
        tight =
            token.is_symbol("(") || token.is_symbol(",") || (token.is_symbol("-") && opens(&out));
    }
    days(&out)
}

/// Whether a minus at the end is the sign of a number.
fn opens(text: &str) -> bool {
    text.trim_end_matches('-').ends_with(['(', ','])
}

fn ends_in_operator(text: &str) -> bool {
    text.ends_with(['+', '-', '*', '/', '%'])
}

fn function(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "day" => "dayofmonth".to_owned(),
        "ceil" => "ceiling".to_owned(),
        name => name.to_owned(),
    }
}

/// The server stores the number that `to_days` gives for a constant.
fn days(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((head, behind)) = rest.split_once("to_days('") {
        let found = behind.split_once("')").and_then(|(date, tail)| Some((day(date)?, tail)));
        let Some((number, tail)) = found else {
            out.push_str(head);
            out.push_str("to_days('");
            rest = behind;
            continue;
        };
        out.push_str(head);
        out.push_str(&number.to_string());
        rest = tail;
    }
    out + rest
}

/// The number of a day, counted from the year 0, as `TO_DAYS` does.
fn day(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|it| it.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let past = year - i64::from(month <= 2);
    let months = (month + 9) % 12;
    fits.then(|| {
        past * 365 + past / 4 - past / 100 + past / 400 + (months * 153 + 2) / 5 + day + 59
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(by: &str) -> Partitioning {
        let mut found = Partitioning::new(by);
        canonicalize(&mut found);
        let mut again = found.clone();
        canonicalize(&mut again);
        assert_eq!(found, again);
        found
    }

    #[test]
    fn keys() {
        for (text, expected) in [
            ("range (YEAR( at ))", "RANGE (year(`at`))"),
            ("RANGE ((year(`d`) + 1))", "RANGE (year(`d`) + 1)"),
            ("range columns (a, `b`)", "RANGE COLUMNS (`a`,`b`)"),
            ("hash(day(d)) partitions 3", "HASH (dayofmonth(`d`)) PARTITIONS 3"),
            ("linear key (id)", "LINEAR KEY (`id`) PARTITIONS 1"),
            (
                "RANGE (id) subpartition by hash(x) subpartitions 2",
                "RANGE (`id`) SUBPARTITION BY HASH (`x`) SUBPARTITIONS 2",
            ),
            ("", ""),
            ("RANGE (", "RANGE ("),
        ] {
            assert_eq!(canonical(text).by, expected);
        }
    }

    #[test]
    fn partitions() {
        let found = canonical(
            "RANGE (to_days(d)) (PARTITION p2 VALUES LESS THAN (TO_DAYS('2020-01-01')) ENGINE = \
             InnoDB, partition `p10` values less than maxvalue COMMENT = 'x, y')",
        );
        assert_eq!(found.by, "RANGE (to_days(`d`))");
        let bounds: Vec<String> = in_order(&found).into_iter().map(definition).collect();
        assert_eq!(
            bounds,
            [
                "PARTITION `p2` VALUES LESS THAN (737790)",
                "PARTITION `p10` VALUES LESS THAN MAXVALUE COMMENT = 'x, y'"
            ]
        );
        let found = canonical("LIST (a) (PARTITION x VALUES IN (10, 9, null) COMMENT = 'c')");
        let bounds: Vec<&str> = found.partitions.iter().map(|it| it.bound.as_str()).collect();
        assert_eq!(bounds, ["VALUES IN (9,10,NULL) COMMENT = 'c'"]);
    }

    #[test]
    fn rows_without_a_partition() {
        for (text, expected) in [
            ("RANGE (a) (PARTITION p VALUES LESS THAN (10))", Some("`a` >= 10")),
            ("RANGE (a) (PARTITION p VALUES LESS THAN MAXVALUE)", None),
            (
                "RANGE COLUMNS (a, b) (PARTITION p VALUES LESS THAN (1, 'x'))",
                Some("(`a`,`b`) >= (1, 'x')"),
            ),
            ("RANGE COLUMNS (a, b) (PARTITION p VALUES LESS THAN (1, MAXVALUE))", Some("`a` > 1")),
            ("RANGE COLUMNS (a, b) (PARTITION p VALUES LESS THAN (MAXVALUE, 1))", None),
            (
                "LIST COLUMNS (a, b) (PARTITION p VALUES IN ((1, 'x'), (2, NULL)))",
                Some("NOT (`a` <=> 1 AND `b` <=> 'x' OR `a` <=> 2 AND `b` <=> NULL)"),
            ),
            (
                "LIST COLUMNS (a) (PARTITION p VALUES IN ('x', 'y'))",
                Some("`a` NOT IN ('x', 'y') OR `a` IS NULL"),
            ),
            (
                "LIST (a) (PARTITION p VALUES IN (1), PARTITION q VALUES IN (3))",
                Some("`a` NOT IN (1, 3) OR `a` IS NULL"),
            ),
            ("LIST (a) (PARTITION p VALUES IN (1, NULL))", Some("`a` NOT IN (1)")),
            ("LIST (a) (PARTITION p VALUES IN (1), PARTITION d DEFAULT)", None),
            ("HASH (a) PARTITIONS 4", None),
        ] {
            assert_eq!(unplaced(&canonical(text)).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn rows_that_lose_their_place() {
        for (before, after, expected) in [
            (
                "LIST (a) (PARTITION p VALUES IN (3,4))",
                "LIST (a) (PARTITION p VALUES IN (4))",
                true,
            ),
            (
                "LIST (a) (PARTITION p VALUES IN (4))",
                "LIST (a) (PARTITION p VALUES IN (3,4))",
                false,
            ),
            (
                "LIST (a) (PARTITION p VALUES IN (1), PARTITION q VALUES IN (3, NULL))",
                "LIST (a) (PARTITION r VALUES IN (1, 3))",
                true,
            ),
            (
                "LIST (a) (PARTITION p VALUES IN (1), PARTITION d DEFAULT)",
                "LIST (a) (PARTITION p VALUES IN (1, 2))",
                true,
            ),
            (
                "LIST (a) (PARTITION p VALUES IN (1, 2))",
                "LIST (a) (PARTITION p VALUES IN (1), PARTITION d DEFAULT)",
                false,
            ),
            (
                "RANGE (a) (PARTITION p VALUES LESS THAN (5), PARTITION q VALUES LESS THAN MAXVALUE)",
                "RANGE (a) (PARTITION p VALUES LESS THAN (8))",
                true,
            ),
            (
                "RANGE (a) (PARTITION p VALUES LESS THAN (5), PARTITION q VALUES LESS THAN (9))",
                "RANGE (a) (PARTITION p VALUES LESS THAN (10))",
                false,
            ),
            ("LIST (a) (PARTITION p VALUES IN (3))", "LIST (b) (PARTITION p VALUES IN (3))", true),
            ("LIST (a) (PARTITION p VALUES IN (3))", "HASH (a) PARTITIONS 2", false),
        ] {
            assert_eq!(
                narrows(&canonical(before), &canonical(after)),
                expected,
                "{before} {after}"
            );
        }
    }

    #[test]
    fn days_are_counted() {
        assert_eq!(day("2020-01-01"), Some(737_790));
        assert_eq!(day("2020-02-29"), Some(737_849));
        assert_eq!(day("1970-01-01"), Some(719_528));
        assert_eq!(day("2020-13-01"), None);
        assert_eq!(day("x"), None);
    }

    #[test]
    fn exactness() {
        assert!(is_exact("RANGE (year(`d`))") && is_exact("RANGE COLUMNS (`a`,`b`)"));
        assert!(!is_exact("RANGE (year(`d`) + 1)") && !is_exact("HASH (`a` % 3) PARTITIONS 2"));
    }
}
