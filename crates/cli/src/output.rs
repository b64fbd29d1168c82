//! Output: results to stdout, everything else to stderr. Colours only on a terminal.

use std::io::{IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use autogen_live::without_secrets;
use autogen_schema::{visible_lines, visible_message};

use crate::error::Error;

/// How much is told, as the flags say.
static QUIET: AtomicBool = AtomicBool::new(false);
static VERBOSE: AtomicBool = AtomicBool::new(false);

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().dimmed();

/// Follows the flags about the output, for the whole run.
pub(crate) fn set(quiet: bool, verbose: bool, color: anstream::ColorChoice) {
    QUIET.store(quiet, Ordering::Relaxed);
    VERBOSE.store(verbose, Ordering::Relaxed);
    color.write_global();
}

/// Whether notes and progress are left out.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Whether statements are written in full.
pub(crate) fn is_verbose() -> bool {
    VERBOSE.load(Ordering::Relaxed)
}

/// The columns of the terminal; without one, there is no limit.
pub(crate) fn width() -> usize {
    console::Term::stdout().size_checked().map_or(usize::MAX, |(_, columns)| columns.into())
}

/// Writes a result for people: hidden characters of names and comments are escaped. A closed
/// reader (`| head`) is not an error.
pub(crate) fn result(text: &str) {
    styled(&visible_lines(text));
}

/// Writes a result for programs: unchanged, except on a terminal.
pub(crate) fn data(text: &str) {
    if std::io::stdout().is_terminal() {
        return result(text);
    }
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes text with our own colours, if colours are wanted.
fn styled(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a result in which the first character of a line determines its colour: a plan, or a
/// script.
pub(crate) fn coloured(text: &str) {
    let mut shown = String::new();
    for line in visible_lines(text).lines() {
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
    styled(&shown);
}

/// Writes SQL: additions are green, drops are red. Without colours, as on a pipe, it is
/// unchanged.
pub(crate) fn sql(text: &str) {
    if anstream::AutoStream::choice(&std::io::stdout()) == anstream::ColorChoice::Never {
        return data(text);
    }
    let mut shown = String::new();
    let mut style = None;
    for line in visible_lines(text).lines() {
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
    styled(&shown);
}

/// A message without secrets and hidden characters.
fn readable(text: &str) -> String {
    without_secrets(&visible_message(text))
}

/// Writes a note to stderr.
pub(crate) fn note(text: &str) {
    if is_quiet() {
        return;
    }
    let _ = writeln!(anstream::stderr(), "{}", readable(text.trim_end()));
}

/// Writes an error to stderr.
pub(crate) fn error(error: &Error) {
    let bold = RED.bold();
    let mut out = anstream::stderr();
    let message = readable(&error.message);
    let _ = writeln!(out, "{bold}error[{}]{bold:#}: {message}", error.code);
    if !error.listing.is_empty() {
        let _ = writeln!(out, "{}", without_secrets(&visible_lines(&error.listing)));
    }
    if !error.hint.is_empty() {
        let _ = writeln!(out, "  hint: {}", readable(&error.hint));
    }
}
