//! The question whether something was renamed.

use autogen_plan::{Candidate, Given, Options};
use autogen_schema::visible;

use crate::asking::{self, Enter};
use crate::error::Error;

/// The error that lists all of them, where nobody can be asked.
pub(super) fn undecided(candidates: &[Candidate]) -> Error {
    let lines = candidates.iter().map(|candidate| {
        let (before, after) = (candidate.before(), candidate.after());
        format!(
            "`{before}` disappears and a similar `{after}` appears ({}% alike): is it a \
             rename?\n  --rename {} or --no-rename {}",
            candidate.score,
            shell_word(&candidate.flag()),
            shell_word(&before)
        )
    });
    Error::refused(
        "A0614",
        lines.collect::<Vec<_>>().join("\n  "),
        "a rename keeps the rows and values, a drop and an add lose them: pass one of the flags",
    )
}

/// Asks about each, the likeliest first.
pub(super) fn ask(candidates: &[Candidate], options: &mut Options) -> Result<(), Error> {
    for (at, candidate) in candidates.iter().enumerate() {
        match asking::ask(&text(candidate, at + 1, candidates.len()), Enter::Yes)? {
            Some(true) => options.renames.push(candidate.flag().parse::<Given>()?),
            Some(false) => {
                options.no_renames.insert(candidate.before());
            }
            None => {
                let hint = "answer, or pass --rename and --no-rename";
                return Err(Error::refused("A0615", "stopped, and nothing was written", hint));
            }
        }
    }
    Ok(())
}

fn text(candidate: &Candidate, number: usize, total: usize) -> String {
    let (before, after) = (candidate.before(), candidate.after());
    let (before, after) = (visible(&before), visible(&after));
    let count = if total > 1 { format!("{number}/{total} ") } else { String::new() };
    format!(
        "{count}is {after} a new name for {before}? ({}% alike)\n  \
         y  rename {before} to {after}, and keep its data (Enter)\n  \
         n  drop {before} with its data, and add {after} empty\n\
         y or n, Esc stops: ",
        candidate.score
    )
}

/// A word that a shell takes as it is.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._=:-/".contains(c);
    match text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_shell_would_change_are_quoted() {
        assert_eq!(shell_word("users.name=full_name"), "users.name=full_name");
        assert_eq!(shell_word("a\\.b=it's"), "'a\\.b=it'\\''s'");
    }
}
