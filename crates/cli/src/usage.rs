//! Errors in the command line.

use std::io::Write;

use autogen_schema::{visible, visible_lines};
use clap::Parser;

use crate::args::Args;
use crate::error::exit;

/// Writes an error in the command line, or the help. Returns the exit code. The message
/// repeats arguments, so hidden characters in them are escaped.
pub(crate) fn report(error: &clap::Error) -> u8 {
    let arguments = std::env::args_os().map(|it| visible(&it.to_string_lossy()).into_owned());
    let _ = match Args::try_parse_from(arguments) {
        Err(shown) => shown.print(),
        Ok(_) => write!(anstream::stderr(), "{}", visible_lines(&error.render().to_string())),
    };
    u8::try_from(error.exit_code()).unwrap_or(exit::USAGE)
}
