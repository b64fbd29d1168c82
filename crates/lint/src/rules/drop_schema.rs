//! DL103: drop schema.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL103",
    title: "drop schema",
    severity: Severity::Warning,
    page: "Code that uses the schema's name, also in search_path, will fail. autogen drops or moves the objects that it knows in separate steps. If the schema has any other object, the database refuses the drop, and nothing is changed. Look for such objects first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let item = case.change.dropped_namespace()?;
    Finding::new(
        format!("schema {} is dropped; this fails if anything else is in it", item.name),
        "look into the schema for what others have put there",
    )
}
