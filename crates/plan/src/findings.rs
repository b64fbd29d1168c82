//! What a comparison could not decide, and what it leaves unchanged.

use std::collections::BTreeMap;

use serde::Serialize;

/// A question that the comparison could not decide, and reports instead of guessing.
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

/// Objects that only the database has and that are kept: counts per kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Unmanaged(pub BTreeMap<&'static str, usize>);

impl Unmanaged {
    pub(crate) fn count(&mut self, kind: &'static str) {
        *self.0.entry(kind).or_default() += 1;
    }
}
