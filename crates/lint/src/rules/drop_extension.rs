//! DL112: drop extension.

use autogen_plan::Severity;
use autogen_schema::{Change, ExtensionChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL112",
    title: "drop extension",
    severity: Severity::Warning,
    page: "The extension's functions, types and tables are dropped with it, including the rows of its tables. If another object uses them, the database refuses the drop, and nothing is changed. Look for code that uses them first. Creating the extension again may require privileges that the role does not have.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Extension(ExtensionChange::Drop(item)) = case.change else { return None };
    Finding::new(
        format!("all objects of extension {} are dropped with it", item.name),
        "look for functions and queries that still use it",
    )
}
