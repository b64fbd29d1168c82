//! The command line as people see it: the help, and errors in the arguments.

use std::io::Write;

use autogen_live::without_secrets;
use autogen_schema::{visible, visible_lines};
use clap::builder::Styles;
use clap::{Command, CommandFactory, FromArgMatches};

use crate::args::Args;
use crate::error::exit;
use crate::examples::{self, EXAMPLES};
use crate::output;

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

/// The widest help, as clap has it.
const WIDTH: usize = 100;

/// What clap says about the command that it adds.
const HELP: &str = "Print this message or the help of the given subcommand(s)";

/// The help of the command itself.
fn template() -> String {
    let title = title("Global options");
    format!("{{about}}\n\n{{usage-heading}} {{usage}}\n\n{{before-help}}{title}\n{{options}}\n")
}

/// A title in the style of clap's own.
fn title(text: &str) -> String {
    let style = *Styles::styled().get_header();
    format!("{style}{text}:{style:#}")
}

/// Reads the arguments.
pub(crate) fn parse() -> Result<Args, clap::Error> {
    read(std::env::args_os())
}

pub(crate) fn read<T: Into<std::ffi::OsString> + Clone>(
    arguments: impl IntoIterator<Item = T>,
) -> Result<Args, clap::Error> {
    Args::from_arg_matches(&command().try_get_matches_from(arguments)?)
}

/// The command, whose help lists its commands in groups, and whose commands end their long help
/// with examples.
fn command() -> Command {
    let groups = groups(&Args::command(), output::width().min(WIDTH));
    let command = Args::command().before_help(groups).help_template(template());
    EXAMPLES.iter().fold(command, |command, (name, _)| {
        command.mut_subcommand(name, |it| it.after_long_help(examples::of(name)))
    })
}

fn groups(command: &Command, width: usize) -> String {
    let about = |name: &&str| {
        let found = command.find_subcommand(name);
        let about = found.and_then(Command::get_about).map(ToString::to_string);
        let about = about.unwrap_or_else(|| HELP.to_owned());
        format!("  {name:<11}{}\n", hanging(&about, width, 13))
    };
    let group = |(title, names): &(&str, &[&str])| {
        format!("{}\n{}", self::title(title), names.iter().map(about).collect::<String>())
    };
    GROUPS.iter().map(group).collect::<Vec<_>>().join("\n")
}

/// A text in lines that begin at a column and end before the width.
fn hanging(text: &str, width: usize, column: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if column + line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines.join(&format!("\n{}", " ".repeat(column)))
}

/// Writes an error in the command line, or the help. Returns the exit code. The message
/// repeats arguments, so hidden characters in them are escaped.
pub(crate) fn report(error: &clap::Error) -> u8 {
    let arguments = std::env::args_os().map(|it| without_secrets(&visible(&it.to_string_lossy())));
    let _ = match read(arguments) {
        Err(shown) => shown.print(),
        Ok(_) => write!(
            anstream::stderr(),
            "{}",
            without_secrets(&visible_lines(&error.render().to_string()))
        ),
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

    #[test]
    fn each_command_has_examples() {
        let command = Args::command();
        let all: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let without = all.iter().filter(|name| EXAMPLES.iter().all(|(it, _)| it != *name));
        assert_eq!(without.collect::<Vec<_>>(), [&""; 0]);
    }

    #[test]
    fn groups_fit_the_width() {
        let text = groups(&Args::command(), 60);
        assert!(text.lines().all(|line| line.len() <= 60), "{text}");
        assert!(text.contains("\n             "), "{text}");
    }
}
