//! Consent to a downgrade that loses rows or values.

use std::collections::BTreeSet;

use autogen_schema::visible_message;

use crate::asking::{self, Enter};
use crate::error::Error;
use crate::output;

/// The most lines of a list before a question.
const SHOWN: usize = 20;

/// What the way down of one revision loses.
pub(crate) struct Lost {
    /// The revision, as people see it.
    pub(crate) revision: String,
    pub(crate) messages: Vec<String>,
}

/// Requires consent to what is lost: by the flag, or by an answer on the terminal.
pub(crate) fn require_consent(lost: &[Lost], yes: bool) -> Result<(), Error> {
    let mut told = BTreeSet::new();
    let lines: Vec<String> = lost
        .iter()
        .flat_map(|it| it.messages.iter().map(|text| format!("  {}: {text}", it.revision)))
        .map(|line| visible_message(&line))
        .filter(|line| told.insert(line.clone()))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    if yes {
        output::note(&format!("this downgrade loses data:\n{}", lines.join("\n")));
        return Ok(());
    }
    if !asking::can_ask() {
        return Err(Error {
            listing: lines.join("\n"),
            ..Error::refused(
                "A0674",
                "this downgrade loses data, and nobody can be asked",
                "pass --yes if that is intended; `autogen show --down REV` prints a way down",
            )
        });
    }
    match asking::ask(&question(&lines), Enter::No)? {
        Some(true) => Ok(()),
        Some(false) | None => Err(Error::refused(
            "A0675",
            "stopped, and nothing was undone",
            "back up what is needed first, or write a new revision that keeps it",
        )),
    }
}

fn question(lines: &[String]) -> String {
    let mut shown = lines.get(..SHOWN).unwrap_or(lines).join("\n");
    if lines.len() > SHOWN {
        shown.push_str(&format!("\n  and {} more", lines.len() - SHOWN));
    }
    format!(
        "this downgrade loses data:\n{shown}\n  \
         n  stop, and undo nothing (Enter)\n  \
         y  run it, and lose this\n\
         y or n, Esc stops: "
    )
}
