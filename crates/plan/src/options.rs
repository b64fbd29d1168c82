//! The options of a comparison, in addition to its two sides.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{Answer, Question};
use autogen_schema::Fill;

use crate::rename::Given;
use crate::target::Normalized;

/// The information and options of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Given renames.
    pub renames: Vec<Given>,
    /// Names that are not renamed.
    pub no_renames: BTreeSet<String>,
    /// Values for new required columns, in addition to those that the models declare.
    pub fills: Vec<Fill>,
    /// The server's answers about expressions.
    pub answers: BTreeMap<Question, Answer>,
    /// Views and the like as a server normalized them.
    pub normalized: Option<Normalized>,
    /// The server's version, if known, as `major * 10000 + minor * 100 + patch`.
    pub server: Option<u32>,
}
