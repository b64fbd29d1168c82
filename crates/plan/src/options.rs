//! What a comparison is given beside its two sides.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Answer, Question};
use autogen_schema::Fill;

use crate::rename::Given;
use crate::target::Normalized;

/// What the comparison may know and do.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Renames that somebody gave.
    pub renames: Vec<Given>,
    /// Names that are no renames.
    pub no_renames: BTreeSet<String>,
    /// Values for new required columns, beside those that the models declare.
    pub fills: Vec<Fill>,
    /// What a server said about expressions.
    pub answers: BTreeMap<Question, Answer>,
    /// What a server made of views and the like.
    pub normalized: Option<Normalized>,
    /// The server's version, where one is at hand, as
    /// `major * 10000 + minor * 100 + patch`.
    pub server: Option<u32>,
}
