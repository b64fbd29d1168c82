//! `autogen caps`.

use autogen_dialect::mysql::caps::{Caps, TABLE};
use autogen_dialect::postgres::versions::{FEATURES, VERSIONS};
use serde_json::{Map, Value, json};

use crate::args::{Caps as Arguments, CapsFormat};
use crate::error::{Error, exit};
use crate::output;

pub(super) fn run(args: &Arguments) -> Result<u8, Error> {
    match args.format {
        CapsFormat::Json => output::data(&format!("{}\n", json()?)),
        CapsFormat::Text => output::result(&text(output::width())),
    }
    Ok(exit::DONE)
}

fn json() -> Result<String, Error> {
    let internal = |error: serde_json::Error| Error::internal(&error.to_string());
    let mut versions: Vec<Value> = VERSIONS.iter().map(|version| postgres(*version)).collect();
    for caps in TABLE {
        versions.push(serde_json::to_value(caps).map_err(internal)?);
    }
    serde_json::to_string_pretty(&versions).map_err(internal)
}

/// A version of PostgreSQL, with a key for each feature.
fn postgres(version: u32) -> Value {
    let number = version * 10_000;
    let mut object = Map::new();
    object.insert("flavor".to_owned(), json!("postgres"));
    object.insert("since".to_owned(), json!(number));
    object.insert("version".to_owned(), json!(version.to_string()));
    for feature in FEATURES {
        object.insert(feature.key.to_owned(), json!(feature.is_in(Some(number))));
    }
    Value::Object(object)
}

/// A table for PostgreSQL, and one for MySQL and MariaDB.
fn text(width: usize) -> String {
    let mut features =
        vec![std::iter::once(String::new()).chain(FEATURES.map(|it| it.name.to_owned())).collect()];
    for version in VERSIONS {
        let has = FEATURES.map(|it| if it.is_in(Some(version * 10_000)) { "yes" } else { "no" });
        let head = std::iter::once(format!("postgres {version}"));
        features.push(head.chain(has.map(str::to_owned)).collect());
    }
    let labels = TABLE.first().map(Caps::abilities).unwrap_or_default();
    let words = labels.iter().map(|(label, _)| (*label).to_owned());
    let mut caps = vec![std::iter::once(String::new()).chain(words).collect()];
    for version in &TABLE {
        let head = format!("{} {}", version.flavor.dialect(), version.version);
        let cells = version.abilities().into_iter().map(|(_, cell)| cell);
        caps.push(std::iter::once(head).chain(cells).collect());
    }
    format!("{}\n{}", table(&features, width), table(&caps, width))
}

/// A column for each version, a line for each of its cells; in several blocks where they do not
/// fit side by side into the width.
fn table(columns: &[Vec<String>], width: usize) -> String {
    let lines = columns.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        columns.iter().map(|cells| cells.iter().map(String::len).max().unwrap_or(0)).collect();
    let blocks = blocks(&widths, width).into_iter().map(|block| {
        let lines = (0..lines).map(|line| {
            let cells = std::iter::once(0).chain(block.clone()).map(|at| {
                let cell = columns[at].get(line).map_or("", String::as_str);
                format!("{cell:<width$}", width = widths[at])
            });
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        });
        lines.collect::<String>()
    });
    blocks.collect::<Vec<_>>().join("\n")
}

/// The columns behind the first one, in runs that fit beside it.
fn blocks(widths: &[usize], width: usize) -> Vec<std::ops::Range<usize>> {
    let first = widths.first().copied().unwrap_or_default();
    let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
    let mut used = 0;
    for (at, own) in widths.iter().enumerate().skip(1) {
        used += own + 2;
        match blocks.last_mut() {
            Some(block) if used <= width => block.end = at + 1,
            Some(_) | None => {
                blocks.push(at..at + 1);
                used = first + own + 2;
            }
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fits_a_terminal() {
        for width in [40, 80] {
            let text = text(width);
            let long: Vec<&str> = text.lines().filter(|line| line.len() > width).collect();
            assert!(long.is_empty(), "{width}: {long:#?}");
        }
    }

    #[test]
    fn columns_that_do_not_fit_go_below() {
        let counts = |widths: &[usize], width| -> Vec<usize> {
            blocks(widths, width).into_iter().map(|block| block.len()).collect()
        };
        assert_eq!(counts(&[10, 5, 5, 5], 80), [3]);
        assert_eq!(counts(&[10, 5, 5, 5], 24), [2, 1]);
        assert_eq!(counts(&[10, 5, 50], 20), [1, 1]);
    }
}
