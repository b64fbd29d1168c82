//! LK107: domain constraint reads tables.

use autogen_dialect::Cost;
use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK107",
    title: "domain constraint reads tables",
    severity: Severity::Warning,
    page: "A new constraint of a domain is checked in every column of its type, in all tables; writes to them wait. On large tables, add the check NOT VALID, and validate it in another transaction.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let item = case.change.altered_domain()?;
    if case.step.effect.cost != Cost::Scan {
        return None;
    }
    Finding::new(
        format!("every column of domain {} is read, and writes wait", item.after.name),
        "on large tables, add the check NOT VALID and validate it later",
    )
}
