//! `autogen caps`.

use autogen_dialect::mysql::caps::{Caps, TABLE};

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
    serde_json::to_string_pretty(&TABLE).map_err(internal)
}

/// A column for each version, a line for each capability; in several blocks where they do not
/// fit side by side into the width.
fn text(width: usize) -> String {
    let head = |it: &Caps| format!("{} {}", it.flavor.dialect(), it.version);
    let mut columns: Vec<Vec<String>> = Vec::new();
    let labels = TABLE.first().map(Caps::abilities).unwrap_or_default();
    let words = labels.iter().map(|(label, _)| (*label).to_owned());
    columns.push(std::iter::once(String::new()).chain(words).collect());
    for caps in &TABLE {
        let cells = caps.abilities().into_iter().map(|(_, cell)| cell);
        columns.push(std::iter::once(head(caps)).chain(cells).collect());
    }
    let widths: Vec<usize> =
        columns.iter().map(|cells| cells.iter().map(String::len).max().unwrap_or(0)).collect();
    let blocks = blocks(&widths, width).into_iter().map(|block| {
        let lines = (0..=labels.len()).map(|line| {
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
