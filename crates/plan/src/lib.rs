//! Compares two schemas and plans the migration between them. Pure: the same input gives the
//! same bytes.
//!
//! The journey: [`rename`] decides which names are new names of existing objects; [`target`]
//! turns the declared schema into the exact desired one (omissions, free names, type
//! families, spelling of expressions); [`diff`] compares structurally; [`order`] sorts; the
//! dialect lowers; [`emit`] writes.

mod dependencies;
mod detach;
pub mod diff;
pub mod emit;
mod error;
mod expressions;
mod findings;
mod gone;
mod limits;
mod namesake;
mod options;
mod order;
mod outside;
mod partitions;
mod plan;
mod prerequisites;
mod recreate;
pub mod rename;
mod revisions;
mod script;
mod split;
mod stages;
mod target;

pub use dependencies::{LateTexts, Named};
pub use error::PlanError;
pub use findings::{Ambiguity, Unmanaged};
pub use options::Options;
pub use plan::{DirectionPlan, Hazard, Input, Plan, PlannedStep, Severity, StepGroup, plan};
pub use rename::{Candidate, Given};
pub use revisions::{Revision, RevisionError, Revisions, is_label};
pub use script::{
    Adopted, Directive, Header, Script, ScriptError, ScriptGroup, ScriptHazard, ScriptProbe,
    ScriptProblem, body, with_header,
};
pub use split::split;
pub use target::Normalized;
