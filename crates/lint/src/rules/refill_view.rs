//! LK119: a materialized view is refilled.

use autogen_plan::Severity;
use autogen_schema::ViewKind;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK119",
    title: "a materialized view is refilled",
    severity: Severity::Warning,
    page: "A materialized view can't be altered. It is dropped, and its query runs again in the migration, while nobody can read it. For a slow query, create a second materialized view under another name first, and swap the names.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let view = case.change.created_view()?;
    let there = case.schema.before.views.contains_key(&view.name);
    let filled = !view.definition.to_ascii_uppercase().trim_end().ends_with("WITH NO DATA");
    if view.kind != ViewKind::Materialized || !there || !filled || !case.first {
        return None;
    }
    Finding::new(
        format!("the query of {} runs again, and nobody can read it meanwhile", view.name),
        "for a slow query, make a second one first and swap the names",
    )
}
