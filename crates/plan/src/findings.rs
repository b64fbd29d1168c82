//! What a comparison could not decide, and what it leaves to the database.

use std::collections::BTreeMap;

use serde::Serialize;

/// Something that could not be decided, told instead of guessed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Ambiguity {
    /// A stable code, explained by `autogen explain`.
    pub code: &'static str,
    /// The object.
    pub object: String,
    /// What is ambiguous.
    pub message: String,
    /// How to decide it.
    pub hint: String,
}

/// What only the database has, and keeps: counts per kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Unmanaged(pub BTreeMap<&'static str, usize>);

impl Unmanaged {
    pub(crate) fn count(&mut self, kind: &'static str) {
        *self.0.entry(kind).or_default() += 1;
    }
}
