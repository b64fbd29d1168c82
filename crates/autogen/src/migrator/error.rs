//! Why migrations cannot be run.

use std::fmt;

use autogen_live::LiveError;
use autogen_live::adopt::Failure;
use autogen_live::revisions::Mismatch;
use autogen_plan::{PlanError, RevisionError};

use crate::registry;

/// Why migrations cannot be run, or a database does not match its models.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "named by their types")]
pub enum MigrateError {
    Revisions(RevisionError),
    Mismatch(Mismatch),
    Database(LiveError),
    Models(registry::Error),
    Plan(PlanError),
    /// The database differs from the models: the changes from one to the other.
    Different(String),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revisions(error) => write!(f, "[{}] {error}; {}", error.code(), error.hint()),
            Self::Mismatch(error) => write!(f, "[{}] {error}; {}", error.code(), error.hint()),
            Self::Database(error) => write!(f, "[{}] {error}; {}", error.code(), error.hint()),
            Self::Models(error) => error.fmt(f),
            Self::Plan(error) => write!(f, "[{}] {error}; {}", error.code(), error.hint()),
            Self::Different(report) => {
                write!(f, "[A0527] the database differs from the models:\n{}", report.trim_end())
            }
        }
    }
}

impl std::error::Error for MigrateError {}

macro_rules! from {
    ($($variant:ident($error:ty)),+ $(,)?) => {$(
        impl From<$error> for MigrateError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )+};
}

from! {
    Revisions(RevisionError),
    Mismatch(Mismatch),
    Database(LiveError),
    Models(registry::Error),
    Plan(PlanError),
}

impl From<Failure> for MigrateError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Mismatch(error) => error.into(),
            Failure::Live(error) => error.into(),
        }
    }
}
