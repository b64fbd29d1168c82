//! Questions that are answered by one key.

use std::io::IsTerminal;

use console::{Key, Term};

use crate::error::Error;

/// What Enter means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enter {
    Yes,
    No,
}

/// Whether there is somebody to ask.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks on the terminal: yes, no, or none where the person stopped.
pub(crate) fn ask(text: &str, enter: Enter) -> Result<Option<bool>, Error> {
    answer(&Term::stderr(), text, enter).map_err(|error| Error::internal(&error.to_string()))
}

/// Keys are read raw, so that Ctrl-C is one of them, and the terminal is left as it was.
fn answer(terminal: &Term, text: &str, enter: Enter) -> std::io::Result<Option<bool>> {
    terminal.write_str(text)?;
    let answer = loop {
        match terminal.read_key_raw()? {
            Key::Char('y' | 'Y') => break Some(true),
            Key::Char('n' | 'N') => break Some(false),
            Key::Enter => break Some(enter == Enter::Yes),
            Key::Char('q' | '\u{4}') | Key::Escape | Key::CtrlC | Key::Unknown => break None,
            _ => {}
        }
    };
    terminal.write_line(match answer {
        Some(true) => "y",
        Some(false) => "n",
        None => "",
    })?;
    Ok(answer)
}
