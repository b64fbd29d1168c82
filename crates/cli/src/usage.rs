//! The command line as people see it: the help, and errors in the arguments.

use std::io::Write;

use autogen_schema::{visible, visible_lines};
use clap::{Command, CommandFactory, FromArgMatches};

use crate::args::Args;
use crate::error::exit;

/// The commands by what they are for.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Start", &["init", "pull"]),
    ("Write migrations", &["diff", "revision", "edit", "remove", "merge", "rebase", "squash"]),
    ("Run migrations", &["upgrade", "downgrade", "stamp", "repair"]),
    (
        "Look",
        &[
            "status", "check", "current", "history", "heads", "branches", "show", "inspect",
            "verify",
        ],
    ),
    ("Other", &["snapshot", "explain", "caps", "help"]),
];

const TEMPLATE: &str =
    "{about}\n\n{usage-heading} {usage}\n\n{before-help}Global options:\n{options}\n";

/// Reads the arguments.
pub(crate) fn parse() -> Result<Args, clap::Error> {
    read(std::env::args_os())
}

fn read<T: Into<std::ffi::OsString> + Clone>(
    arguments: impl IntoIterator<Item = T>,
) -> Result<Args, clap::Error> {
    Args::from_arg_matches(&command().try_get_matches_from(arguments)?)
}

/// The command, whose help lists its commands in groups.
fn command() -> Command {
    let mut command = Args::command();
    command.build();
    let groups = groups(&command);
    Args::command().before_help(groups).help_template(TEMPLATE)
}

fn groups(command: &Command) -> String {
    let about = |name: &&str| {
        let found = command.find_subcommand(name);
        let about = found.and_then(Command::get_about).map(ToString::to_string);
        format!("  {name:<11}{}\n", about.unwrap_or_default())
    };
    let group = |(title, names): &(&str, &[&str])| {
        format!("{title}:\n{}", names.iter().map(about).collect::<String>())
    };
    GROUPS.iter().map(group).collect::<Vec<_>>().join("\n")
}

/// Writes an error in the command line, or the help. Returns the exit code. The message
/// repeats arguments, so hidden characters in them are escaped.
pub(crate) fn report(error: &clap::Error) -> u8 {
    let arguments = std::env::args_os().map(|it| visible(&it.to_string_lossy()).into_owned());
    let _ = match read(arguments) {
        Err(shown) => shown.print(),
        Ok(_) => write!(anstream::stderr(), "{}", visible_lines(&error.render().to_string())),
    };
    u8::try_from(error.exit_code()).unwrap_or(exit::USAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_is_in_one_group() {
        let mut command = Args::command();
        command.build();
        let mut listed: Vec<&str> =
            GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let mut all: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        listed.sort_unstable();
        all.sort_unstable();
        assert_eq!(listed, all);
    }
}
