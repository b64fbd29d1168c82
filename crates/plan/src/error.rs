//! Why a plan cannot be made.

use autogen_dialect::{Dialect, Refusal};
use autogen_schema::{counted, visible};

/// Why a plan cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The schema cannot exist in this database.
    #[error("{} with the schema for {dialect}: {}", counted(.problems.len(), "problem"), first(.problems))]
    Invalid {
        /// The database.
        dialect: Dialect,
        /// All problems.
        problems: Vec<Refusal>,
    },
    /// Some changes cannot be made.
    #[error("{} can't be made: {}", counted(.0.len(), "change"), first(.0))]
    Refused(Vec<Refusal>),
    /// A declared rename does not apply.
    #[error("rename {rename} matches nothing: {problem}")]
    Rename {
        /// The rename as it was given.
        rename: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The order of changes is circular.
    #[error("these changes depend on each other: {}", .0.join("; "))]
    Circle(Vec<String>),
    /// The file would be read back as something else.
    #[error("this can't be written into a migration file, since it would be read back as \
             something else: {}", visible(.0))]
    NotReadBack(String),
}

impl PlanError {
    /// The stable code, explained by `autogen explain`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { problems, .. } => problems.first().map_or("A0410", |it| it.code),
            Self::Refused(refusals) => refusals.first().map_or("A0402", |it| it.code),
            Self::Rename { .. } => "A0404",
            Self::Circle(_) => "A0403",
            Self::NotReadBack(_) => "A0406",
        }
    }

    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::Invalid { problems, .. } => {
                problems.first().map(|it| it.hint.clone()).unwrap_or_default()
            }
            Self::Refused(refusals) => {
                refusals.first().map(|it| it.hint.clone()).unwrap_or_default()
            }
            Self::Rename { .. } => "give the current name, then `=`, then the new one".to_owned(),
            Self::Circle(_) => "split the change into two revisions, and report this".to_owned(),
            Self::NotReadBack(_) => {
                "remove it from the models, and write it by hand into an `autogen revision`"
                    .to_owned()
            }
        }
    }

    /// All parts of the problem.
    pub fn refusals(&self) -> &[Refusal] {
        match self {
            Self::Invalid { problems, .. } => problems,
            Self::Refused(refusals) => refusals,
            Self::Rename { .. } | Self::Circle(_) | Self::NotReadBack(_) => &[],
        }
    }
}

fn first(refusals: &[Refusal]) -> String {
    refusals.first().map(|it| format!("{}: {}", it.object, it.message)).unwrap_or_default()
}
