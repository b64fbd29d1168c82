//! DL103: drop schema.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL103",
    title: "drop schema",
    severity: Severity::Warning,
    page: "Code that says the schema's name fails, also in search_path. What autogen knows of in the schema is dropped or moved by steps of their own; where anything else is left in it, the database refuses the drop, and nothing is changed.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let item = case.change.dropped_namespace()?;
    Finding::new(
        format!("schema {} goes; this fails if anything else is in it", item.name),
        "look into the schema for what others have put there",
    )
}
