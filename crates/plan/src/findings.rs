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

/// What only the database has, and is kept, since the models can't or don't declare it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unmanaged {
    /// Its kind: `column`, `index`, `view`, ..
    pub kind: &'static str,
    /// Its name, as `table.name` if it belongs to a table.
    pub object: String,
    /// How it would be declared: an attribute of the struct or the field, or in words.
    pub declare: String,
    /// What fails as long as no model has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// How many there are of each kind.
pub(crate) fn counts(unmanaged: &[Unmanaged]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for item in unmanaged {
        *counts.entry(item.kind).or_default() += 1;
    }
    counts
}
