//! The format of a migration file: one grammar, with one writer (`emit/sql`) and
//! one reader ([`Script::parse`]), also for files that somebody edited.
//!
//! ```text
//! file      = [ "-- no-transaction" ] { header line | comment | blank line }
//!             { comment | directive | statement ";" }
//! header    = "-- " key ": " value          each key once, before the first statement
//! directive = "-- autogen: " words          on a line of its own, between statements
//! hazard    = "-- " CODE " " severity ": " message
//! ```
//!
//! What a token of the dialect holds (a literal, a quoted name, a comment inside a
//! statement) is never a directive, and the bytes of a statement are kept. Comments
//! that we write are one line each, with hidden characters written out
//! ([`autogen_schema::visible`]).

mod directive;
mod header;
mod losses;
mod read;

use std::collections::BTreeSet;

use autogen_schema::Unread;

pub use self::directive::Directive;
pub(crate) use self::directive::NO_TRANSACTION;
pub use self::header::{Header, body, with_header};

/// Statements that run together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptGroup {
    /// Whether they run in one transaction.
    pub transaction: bool,
    /// The statements, without closing semicolons.
    pub statements: Vec<String>,
}

/// A hazard in the comment above its statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptHazard {
    /// Its statement, counted over all groups, from 0.
    pub statement: usize,
    /// Its code.
    pub code: String,
    /// `note`, `warning` or `danger`.
    pub severity: String,
    /// What happens.
    pub message: String,
}

/// A query that must return no row before the migration runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptProbe {
    /// What would go wrong, after its code: the hazard above it in the file.
    pub message: String,
    /// The query.
    pub sql: String,
}

/// The state of a database that already has a change, made by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The compared tables; none for the whole schema.
    pub tables: BTreeSet<String>,
    /// Their fingerprint in that state.
    pub fingerprint: String,
}

/// A migration file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Its header.
    pub header: Header,
    /// Whether SQLite's foreign keys must be off, from before the transaction.
    pub foreign_keys_off: bool,
    /// Whether there is no way down.
    pub irreversible: bool,
    /// The state of a database that already has it.
    pub adopted: Option<Adopted>,
    /// What could not be read of the models that it was made from.
    pub unread: Vec<Unread>,
    /// The hazards, in their order.
    pub hazards: Vec<ScriptHazard>,
    /// The probes.
    pub probes: Vec<ScriptProbe>,
    /// The statements.
    pub groups: Vec<ScriptGroup>,
}

impl Script {
    /// All statements, in their order.
    pub fn statements(&self) -> impl Iterator<Item = &String> {
        self.groups.iter().flat_map(|group| &group.statements)
    }
}

/// Why a text is not a migration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ScriptError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: ScriptProblem,
}

/// A problem in a line of a migration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum ScriptProblem {
    #[error("`{0}` is in the header twice")]
    KeyTwice(&'static str),
    #[error("the header holds a control character: {0}")]
    HeaderControl(String),
    #[error("`-- autogen: {0}` is not a directive")]
    NoDirective(String),
    #[error("`{found}` is a comment, not a directive: write `{right}`")]
    AlmostDirective { found: String, right: String },
    #[error("`-- autogen: {0}` lacks its other half")]
    Unpaired(&'static str),
    #[error("`{0}` is not a directive after other text: put it on its own line")]
    BesideOthers(String),
    #[error(
        "a quote or a comment that begins here is not closed: it would contain the rest of \
             the file"
    )]
    Unclosed,
    #[error("the file contains a zero byte")]
    ZeroByte,
    #[error("the line ends of the file were changed, and its statements contain carriage returns")]
    LineEnds,
    #[error("COPY between the server and this program: {0}")]
    ClientCopy(String),
    #[error("a psql command, which no server understands: {0}")]
    ShellCommand(String),
}

impl ScriptError {
    /// The stable code, explained by `autogen explain`.
    pub fn code(&self) -> &'static str {
        match self.problem {
            ScriptProblem::KeyTwice(_)
            | ScriptProblem::HeaderControl(_)
            | ScriptProblem::NoDirective(_)
            | ScriptProblem::AlmostDirective { .. }
            | ScriptProblem::Unpaired(_)
            | ScriptProblem::BesideOthers(_)
            | ScriptProblem::Unclosed
            | ScriptProblem::ZeroByte => "A0524",
            ScriptProblem::LineEnds => "A0525",
            ScriptProblem::ClientCopy(_) => "A0526",
            ScriptProblem::ShellCommand(_) => "A0528",
        }
    }

    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self.problem {
            ScriptProblem::KeyTwice(_) => "keep one of the two lines",
            ScriptProblem::HeaderControl(_) | ScriptProblem::ZeroByte => {
                "remove it, or restore the file from version control"
            }
            ScriptProblem::NoDirective(_) | ScriptProblem::AlmostDirective { .. } => {
                "`autogen explain A0524` lists the directives"
            }
            ScriptProblem::BesideOthers(_) => "begin a new line before it",
            ScriptProblem::Unclosed => "close it",
            ScriptProblem::Unpaired(_) => "restore the file from version control",
            ScriptProblem::LineEnds => {
                "put `*.sql -text` into .gitattributes, and check the file out again"
            }
            ScriptProblem::ShellCommand(_) => {
                "remove the line: `\\restrict` and `\\unrestrict` are skipped, and no other line \
                 that begins with a backslash is SQL"
            }
            ScriptProblem::ClientCopy(_) => {
                "write INSERT, or COPY from a file or a program of the server; pg_dump does so \
                 with --inserts, and omits rows with --schema-only"
            }
        }
    }
}
