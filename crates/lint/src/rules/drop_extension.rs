//! DL112: drop extension.

use autogen_plan::Severity;
use autogen_schema::{Change, ExtensionChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL112",
    title: "drop extension",
    severity: Severity::Warning,
    page: "The extension's functions, types and tables go with it, and with its tables their rows. Where something else still uses them, the database refuses the drop, and nothing is changed. To create the extension again may take rights that the role does not have.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Extension(ExtensionChange::Drop(item)) = case.change else { return None };
    Finding::new(
        format!("what belongs to extension {} goes with it", item.name),
        "look for functions and queries that still use it",
    )
}
