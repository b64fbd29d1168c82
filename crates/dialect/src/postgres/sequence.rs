//! The options of sequences, and PostgreSQL's defaults for them.
//!
//! Source: PostgreSQL manual, CREATE SEQUENCE.

use autogen_schema::{Column, ColumnType, Identity, IntWidth, Pair, QName, SequenceOptions};

use super::MAX_NAME;
use crate::Dialect::Postgres;

/// All options, explicit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Full {
    start: i64,
    increment: i64,
    min: i64,
    max: i64,
    cache: i64,
    cycle: bool,
}

fn width(data_type: Option<&ColumnType>) -> i64 {
    match data_type {
        Some(ColumnType::Integer { width: IntWidth::Tiny | IntWidth::Small, .. }) => {
            i64::from(i16::MAX)
        }
        Some(ColumnType::Integer { width: IntWidth::Medium | IntWidth::Regular, .. }) => {
            i64::from(i32::MAX)
        }
        Some(_) | None => i64::MAX,
    }
}

fn full(options: &SequenceOptions, data_type: Option<&ColumnType>) -> Full {
    let most = width(data_type);
    let increment = options.increment.unwrap_or(1);
    let (min, max) = if increment < 0 { (-most - 1, -1) } else { (1, most) };
    let min = options.min_value.unwrap_or(min);
    let max = options.max_value.unwrap_or(max);
    let start = options.start.unwrap_or(if increment < 0 { max } else { min });
    let cache = options.cache.unwrap_or(1);
    Full { start, increment, min, max, cache, cycle: options.cycle }
}

/// Only the options that differ from PostgreSQL's defaults.
pub fn implicit(options: &SequenceOptions, data_type: Option<&ColumnType>) -> SequenceOptions {
    let said = full(options, data_type);
    let step = SequenceOptions { increment: options.increment, ..SequenceOptions::default() };
    let plain = full(&step, data_type);
    let bounds = SequenceOptions {
        min_value: options.min_value,
        max_value: options.max_value,
        ..step.clone()
    };
    let unless = |value: i64, default: i64| (value != default).then_some(value);
    SequenceOptions {
        start: unless(said.start, full(&bounds, data_type).start),
        increment: unless(said.increment, 1),
        min_value: unless(said.min, plain.min),
        max_value: unless(said.max, plain.max),
        cache: unless(said.cache, 1),
        cycle: said.cycle,
    }
}

/// The clauses of `ALTER SEQUENCE` that change one set of options to another. Bounds that
/// follow the type are omitted.
pub(crate) fn changed(
    options: Pair<&SequenceOptions>,
    data_type: Pair<Option<&ColumnType>>,
) -> Vec<String> {
    let before = full(options.before, data_type.before);
    let after = full(options.after, data_type.after);
    let mut words = Vec::new();
    if before.increment != after.increment {
        words.push(format!("INCREMENT BY {}", after.increment));
    }
    if before.min != after.min {
        words.push(match options.after.min_value {
            Some(min) => format!("MINVALUE {min}"),
            None => "NO MINVALUE".to_owned(),
        });
    }
    if before.max != after.max {
        words.push(match options.after.max_value {
            Some(max) => format!("MAXVALUE {max}"),
            None => "NO MAXVALUE".to_owned(),
        });
    }
    if before.start != after.start {
        words.push(format!("START WITH {}", after.start));
    }
    if before.cache != after.cache {
        words.push(format!("CACHE {}", after.cache));
    }
    if before.cycle != after.cycle {
        words.push(if after.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    words
}

/// If the sequence may be before its new bounds, the statement that moves it to the first
/// number within them. `sequence` is the argument of `setval`.
pub(crate) fn lifted(
    sequence: &str,
    options: Pair<&SequenceOptions>,
    data_type: Pair<Option<&ColumnType>>,
) -> Option<String> {
    let before = full(options.before, data_type.before);
    let after = full(options.after, data_type.after);
    let (word, bound) = match (before.min < after.min, after.max < before.max) {
        (true, _) if before.increment > 0 => ("greatest", after.min),
        (_, true) if before.increment < 0 => ("least", after.max),
        (true | false, _) => return None,
    };
    let step = match before.increment {
        down if down < 0 => format!("- {}", down.unsigned_abs()),
        up => format!("+ {up}"),
    };
    Some(format!(
        "SELECT setval({sequence}, {word}(pg_sequence_last_value({sequence}) {step}, {}, {bound}), \
         false)",
        before.start
    ))
}

/// A condition for a sequence that is after its new end, which is refused.
pub(crate) fn outrun(
    options: Pair<&SequenceOptions>,
    data_type: Pair<Option<&ColumnType>>,
) -> Option<String> {
    let before = full(options.before, data_type.before);
    let after = full(options.after, data_type.after);
    match before.increment > 0 {
        true if after.max < before.max => Some(format!("last_value > {}", after.max)),
        false if after.min > before.min => Some(format!("last_value < {}", after.min)),
        true | false => None,
    }
}

/// The first number of a sequence with these options.
pub(crate) fn first(options: &SequenceOptions, data_type: &ColumnType) -> i64 {
    full(options, Some(data_type)).start
}

/// The sequence that a column owns.
pub(crate) fn owned(table: &QName, column: &Column) -> String {
    format!(
        "pg_get_serial_sequence({}, {})",
        Postgres.quote_text(&Postgres.quote_name(table)),
        Postgres.quote_text(&column.name)
    )
}

/// The options of the sequence that numbers a column.
pub(crate) fn options(column: &Column) -> SequenceOptions {
    match &column.identity {
        Some(Identity::Always(options) | Identity::ByDefault(options)) => (**options).clone(),
        Some(Identity::Serial(_) | Identity::Auto | Identity::AutoIncrement) | None => {
            SequenceOptions::default()
        }
    }
}

/// A sequence continues after the largest number in the column, and after the position of
/// another sequence.
pub(crate) fn go_on(
    table: &QName,
    column: &Column,
    sequence: &str,
    other: Option<&str>,
    options: &SequenceOptions,
) -> String {
    let name = Postgres.quote(&column.name);
    let first = first(options, &column.data_type);
    let step = options.increment.unwrap_or(1);
    let (furthest, end) = if step < 0 { ("least", "min") } else { ("greatest", "max") };
    let step = if step < 0 { format!("- {}", step.unsigned_abs()) } else { format!("+ {step}") };
    let mut ends = vec![format!("{end}({name}) {step}")];
    ends.extend(other.map(|other| format!("pg_sequence_last_value({other}) {step}")));
    ends.push(first.to_string());
    format!(
        "SELECT setval({sequence}, {furthest}({}), false) FROM {}",
        ends.join(", "),
        Postgres.quote_name(table)
    )
}

/// The name that PostgreSQL generates for the sequence of a serial column.
pub fn chosen_name(table: &QName, column: &str) -> QName {
    table.sibling(make_object_name(&table.name, column, "seq"))
}

/// Two names and a label, with the names shortened in turn until everything fits.
///
/// Source: `makeObjectName` in `src/backend/commands/indexcmds.c`.
pub fn make_object_name(first: &str, second: &str, label: &str) -> String {
    let available = MAX_NAME.saturating_sub(label.len() + 2);
    let (mut one, mut two) = (first.len(), second.len());
    while one + two > available {
        if one > two {
            one -= 1;
        } else {
            two -= 1;
        }
    }
    format!("{}_{}_{label}", clip(first, one), clip(second, two))
}

/// A name and a label, shortened until it fits: `makeObjectName` without a second name.
pub(crate) fn make_short_name(name: &str, label: &str) -> String {
    let available = MAX_NAME.saturating_sub(label.len() + 1).min(name.len());
    format!("{}_{label}", clip(name, available))
}

/// At most `len` bytes, on a character boundary.
fn clip(text: &str, mut len: usize) -> &str {
    while !text.is_char_boundary(len) {
        len -= 1;
    }
    &text[..len]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_without_saying_goes() {
        let small = ColumnType::int(IntWidth::Small);
        let said = SequenceOptions {
            start: Some(-1),
            increment: Some(-1),
            min_value: Some(-32768),
            max_value: Some(-1),
            cache: Some(1),
            cycle: false,
        };
        let expected = SequenceOptions { increment: Some(-1), ..SequenceOptions::default() };
        assert_eq!(implicit(&said, Some(&small)), expected);
        let said = SequenceOptions { start: Some(5), min_value: Some(5), ..said };
        let said = SequenceOptions { increment: None, max_value: None, ..said };
        let expected = SequenceOptions { min_value: Some(5), ..SequenceOptions::default() };
        assert_eq!(implicit(&said, None), expected);
    }

    #[test]
    fn only_what_differs_is_said() {
        let before = SequenceOptions { increment: Some(2), ..SequenceOptions::default() };
        let after = SequenceOptions { start: Some(10), max_value: Some(99), ..Default::default() };
        let data_type = Pair::new(None, None);
        assert_eq!(
            changed(Pair::new(&before, &after), data_type),
            ["INCREMENT BY 1", "MAXVALUE 99", "START WITH 10"]
        );
        assert_eq!(
            changed(Pair::new(&after, &before), data_type),
            ["INCREMENT BY 2", "NO MAXVALUE", "START WITH 1"]
        );
    }
}
