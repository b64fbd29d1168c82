//! `autogen caps`.

use autogen_dialect::mysql::caps::{Caps, TABLE};

use crate::args::{Caps as Arguments, CapsFormat};
use crate::error::{Error, exit};
use crate::output;

pub(super) fn run(args: &Arguments) -> Result<u8, Error> {
    match args.format {
        CapsFormat::Json => output::data(&format!("{}\n", json()?)),
        CapsFormat::Text => output::result(&text()),
    }
    Ok(exit::DONE)
}

fn json() -> Result<String, Error> {
    let internal = |error: serde_json::Error| Error::internal(&error.to_string());
    serde_json::to_string_pretty(&TABLE).map_err(internal)
}

/// A column for each version, a line for each capability.
fn text() -> String {
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
    let mut text = String::new();
    for line in 0..=labels.len() {
        let cells = columns.iter().zip(&widths).map(|(cells, width)| {
            let cell = cells.get(line).map_or("", String::as_str);
            format!("{cell:<width$}")
        });
        let cells: Vec<String> = cells.collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
