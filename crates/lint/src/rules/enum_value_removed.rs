//! DL105: enum value removed.

use autogen_plan::Severity;
use autogen_schema::{Change, EnumChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL105",
    title: "enum value removed",
    severity: Severity::Danger,
    page: "The type is made anew without the value. A row that still holds it makes the migration fail, and nothing is changed. Move the rows to another value first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Enum(EnumChange::Alter(item)) = case.change else { return None };
    let gone: Vec<&str> = item
        .before
        .values
        .iter()
        .filter(|value| !item.after.values.contains(value))
        .map(String::as_str)
        .collect();
    if !case.first || gone.is_empty() {
        return None;
    }
    Finding::new(
        format!("fails where a row holds {} of {}", gone.join(", "), item.after.name),
        "update those rows to another value first",
    )
}
