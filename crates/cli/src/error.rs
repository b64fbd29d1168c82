//! The errors of commands, with their exit codes.

use autogen_dialect::Misdeclared;
use autogen_live::adopt::Failure;
use autogen_live::revisions::Mismatch;
use autogen_live::{CompareError, LiveError};
use autogen_models::Diagnostic;
use autogen_plan::{PlanError, RevisionError};
use autogen_schema::visible_message;

/// Exit codes, as the README lists them.
pub(crate) mod exit {
    pub(crate) const DONE: u8 = 0;
    pub(crate) const DIFFERENT: u8 = 1;
    pub(crate) const USAGE: u8 = 2;
    pub(crate) const DATABASE: u8 = 3;
    pub(crate) const REFUSED: u8 = 4;
    pub(crate) const INTERNAL: u8 = 5;
    /// Stopped by a signal, as shells report it.
    pub(crate) const STOPPED: u8 = 130;
}

/// An error with everything that a person needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) code: &'static str,
    /// The message; further lines are indented.
    pub(crate) message: String,
    /// Lines below it.
    pub(crate) listing: String,
    pub(crate) hint: String,
    pub(crate) exit: u8,
}

impl Error {
    pub(crate) fn usage(code: &'static str, message: impl Into<String>, hint: &str) -> Self {
        let (message, listing, hint) = (message.into(), String::new(), hint.to_owned());
        Self { code, message, listing, hint, exit: exit::USAGE }
    }

    pub(crate) fn refused(code: &'static str, message: impl Into<String>, hint: &str) -> Self {
        Self { exit: exit::REFUSED, ..Self::usage(code, message, hint) }
    }

    pub(crate) fn internal(message: &str) -> Self {
        Self { exit: exit::INTERNAL, ..Self::usage("A0699", message, "report this as a bug") }
    }

    /// Several problems, each with its position.
    fn listing(code: &'static str, message: &str, lines: Vec<String>) -> Self {
        let lines: Vec<String> = lines.iter().map(|it| visible_message(it)).collect();
        Self { listing: lines.join("\n"), ..Self::usage(code, message, "") }
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &std::path::Path, doing: &str, error: &std::io::Error) -> Self {
        Self::usage(
            "A0601",
            format!("can't {doing} {}: {error}", path.display()),
            "check the path and its permissions",
        )
    }
}

impl From<LiveError> for Error {
    fn from(error: LiveError) -> Self {
        let refused = matches!(
            error,
            LiveError::RowsInTheWay { .. }
                | LiveError::Pooler { .. }
                | LiveError::Untold { .. }
                | LiveError::NotRepairable { .. }
                | LiveError::WornOut { .. }
        );
        let stopped = matches!(error, LiveError::Stopped { .. });
        let exit = match (refused, stopped) {
            (true, _) => exit::REFUSED,
            (_, true) => exit::STOPPED,
            (false, false) => exit::DATABASE,
        };
        Self { exit, ..Self::usage(error.code(), error.to_string(), error.hint()) }
    }
}

impl From<CompareError> for Error {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Plan(error) => error.into(),
            CompareError::Live(error) => error.into(),
        }
    }
}

impl From<Failure> for Error {
    fn from(error: Failure) -> Self {
        match error {
            Failure::Mismatch(error) => error.into(),
            Failure::Live(error) => error.into(),
        }
    }
}

impl From<Mismatch> for Error {
    fn from(error: Mismatch) -> Self {
        Self::refused(error.code(), error.to_string(), error.hint())
    }
}

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        let mut message = error.to_string();
        for refusal in error.refusals().iter().skip(1) {
            message.push_str(&format!(
                "\n  {}: {} [{}]",
                refusal.object, refusal.message, refusal.code
            ));
        }
        let exit = match error {
            PlanError::Invalid { .. } | PlanError::Rename { .. } => exit::USAGE,
            PlanError::Refused(_) | PlanError::NotReadBack(_) => exit::REFUSED,
            PlanError::Circle(_) => exit::INTERNAL,
        };
        Self { exit, ..Self::usage(error.code(), message, &error.hint()) }
    }
}

impl From<RevisionError> for Error {
    fn from(error: RevisionError) -> Self {
        Self::usage(error.code(), error.to_string(), error.hint())
    }
}

impl From<Vec<Misdeclared>> for Error {
    fn from(problems: Vec<Misdeclared>) -> Self {
        let shown = problems.iter().map(ToString::to_string).collect();
        let code = problems.first().map_or("A0701", |it| it.code);
        Self::listing(code, "the .sql files can't be read", shown)
    }
}

impl From<Vec<Diagnostic>> for Error {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        let mut shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        shown.dedup();
        let code = diagnostics.first().map_or("A0100", |it| it.code);
        Self::listing(code, "the models can't be read", shown)
    }
}

/// Models alone do not determine their database.
pub(crate) fn unknown_dialect() -> Error {
    Error::usage(
        "A0611",
        "no database given",
        "set DATABASE_URL or pass --dialect, or write `dialect` into autogen.toml",
    )
}
