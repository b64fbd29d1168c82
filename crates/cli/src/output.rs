//! What goes to the terminal: results to stdout, all else to stderr. Colours
//! only where a person looks.

use std::io::Write;

use anstyle::{AnsiColor, Style};

use crate::error::Error;

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().dimmed();

/// Writes a result. A reader that went away (`| head`) is no error.
pub(crate) fn result(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a result in which the first sign of a line tells its colour: a plan,
/// or a script.
pub(crate) fn coloured(text: &str) {
    let mut shown = String::new();
    for line in text.lines() {
        let style = match line.trim_start().chars().next() {
            Some('+') => Some(GREEN),
            Some('-') if line.trim_start().starts_with("--") => Some(DIM),
            Some('-') => Some(RED),
            Some('~') => Some(YELLOW),
            Some(_) | None => None,
        };
        match style {
            Some(style) => shown.push_str(&format!("{style}{line}{style:#}\n")),
            None => shown.push_str(&format!("{line}\n")),
        }
    }
    result(&shown);
}

/// Writes SQL: what adds is green, what takes away is red.
pub(crate) fn sql(text: &str) {
    let mut shown = String::new();
    let mut style = None;
    for line in text.lines() {
        if line.starts_with("--") {
            shown.push_str(&format!("{DIM}{line}{DIM:#}\n"));
            continue;
        }
        style = style.or_else(|| {
            let adds = line.starts_with("CREATE ") || line.contains(" ADD ");
            let drops = line.starts_with("DROP ") || line.contains(" DROP ");
            match (adds, drops) {
                (_, true) => Some(RED),
                (true, false) => Some(GREEN),
                (false, false) => line.starts_with("ALTER ").then_some(YELLOW),
            }
        });
        match style {
            Some(style) => shown.push_str(&format!("{style}{line}{style:#}\n")),
            None => shown.push_str(&format!("{line}\n")),
        }
        if line.ends_with(';') {
            style = None;
        }
    }
    result(&shown);
}

/// Writes a note to stderr.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Writes an error to stderr.
pub(crate) fn error(error: &Error) {
    let bold = RED.bold();
    let mut out = anstream::stderr();
    let _ = writeln!(out, "{bold}error[{}]{bold:#}: {}", error.code, error.message);
    if !error.hint.is_empty() {
        let _ = writeln!(out, "  hint: {}", error.hint);
    }
}
