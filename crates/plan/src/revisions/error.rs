//! Problems with migrations, and with the names that people give them.

use autogen_schema::counted;

use crate::ScriptError;

/// A problem with a folder of migrations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum RevisionError {
    #[error("{file} is not named like a migration")]
    BadName { file: String },
    #[error("{file} is empty")]
    Empty { file: String },
    #[error("{file}: {error}")]
    BadFile { file: String, error: ScriptError },
    #[error("{file} says that it is revision {found}, its name says {expected}")]
    WrongId { file: String, expected: String, found: String },
    #[error("two files are revision {id}: {first} and {second}")]
    Twice { id: String, first: String, second: String },
    #[error("revision {id} comes after {parent}, which has no file")]
    MissingParent { id: String, parent: String },
    #[error("the revisions form a circle: {}", .ids.join(" -> "))]
    Circle { ids: Vec<String> },
    #[error("{down} has no .up.sql")]
    Alone { down: String },
    #[error("there are {} heads: {}", .heads.len(), .heads.join(", "))]
    ManyHeads { heads: Vec<String> },
    #[error("no revision is called `{text}`")]
    Unknown { text: String },
    #[error("`{text}` can be any of {}", .candidates.join(", "))]
    Ambiguous { text: String, candidates: Vec<String> },
    #[error("`{text}` is too far: {problem}")]
    TooFar { text: String, problem: String },
    #[error("`{text}` is no number of steps")]
    NoSteps { text: String },
    #[error(
        "can't go back {}: {} applied",
        counted(*.steps, "step"),
        counted(*.applied, "revision")
    )]
    TooFarBack { steps: usize, applied: usize },
    #[error("revision {id} has the invalid label `{label}`")]
    BadLabel { id: String, label: String },
    #[error("{one} and {other} share no ancestor")]
    Unrelated { one: String, other: String },
    #[error("the label `{label}` is on {first} and on {second}")]
    LabelTwice { label: String, first: String, second: String },
    #[error("revision {by} replaces {id}, but {id} exists as well")]
    Replaced { id: String, by: String },
}

impl RevisionError {
    /// The stable code, explained by `autogen explain`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadName { .. } => "A0501",
            Self::Empty { .. } => "A0529",
            Self::BadFile { error, .. } => error.code(),
            Self::WrongId { .. } => "A0502",
            Self::Twice { .. } => "A0503",
            Self::MissingParent { .. } => "A0504",
            Self::Circle { .. } => "A0505",
            Self::Alone { .. } => "A0506",
            Self::ManyHeads { .. } => "A0507",
            Self::Unknown { .. } => "A0508",
            Self::Ambiguous { .. } => "A0509",
            Self::TooFar { .. } => "A0513",
            Self::NoSteps { .. } | Self::TooFarBack { .. } => "A0617",
            Self::BadLabel { .. } | Self::LabelTwice { .. } => "A0514",
            Self::Unrelated { .. } => "A0515",
            Self::Replaced { .. } => "A0518",
        }
    }

    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::BadFile { error, .. } => error.hint(),
            Self::Empty { .. } => {
                "restore it from version control; a migration that changes nothing still has its \
                 header (`autogen revision` writes one)"
            }
            Self::BadName { .. } => {
                "name it <YYYYMMDDHHMMSS>_<words>.up.sql or .down.sql, or move it elsewhere"
            }
            Self::WrongId { .. } => "correct the line `-- revision:` or the file's name",
            Self::Twice { .. } => "give one of them another number, in its name and its header",
            Self::MissingParent { .. } => {
                "restore the file from version control, or correct the line `-- parents:`"
            }
            Self::Circle { .. } => "correct the lines `-- parents:` of these files",
            Self::Alone { .. } => "restore its .up.sql from version control, or delete it",
            Self::ManyHeads { .. } => {
                "two branches both added a migration: `autogen merge` joins them, `autogen rebase \
                 REV` puts one after the other; else name one of the heads, or `heads` for all"
            }
            Self::Unknown { .. } => "`autogen history` lists them",
            Self::Ambiguous { .. } => "write more digits, or name the branch",
            Self::TooFar { .. } => "`autogen history` shows how many there are",
            Self::NoSteps { .. } => "write -1, -2, .., a revision, or `base`",
            Self::TooFarBack { .. } => "`autogen current` shows what is applied",
            Self::BadLabel { .. } => "a label has letters, digits, `_` and `-`, and is no number",
            Self::Unrelated { .. } => {
                "if they belong to one project, `autogen merge --allow-unrelated` joins them"
            }
            Self::Replaced { .. } => {
                "delete the files of the one that was replaced, which a merge may have brought \
                 back; or take it out of the line `-- replaces:`"
            }
            Self::LabelTwice { .. } => "remove it from one of the lines `-- labels:`",
        }
    }
}
