//! BC101: rename table.

use autogen_plan::Severity;
use autogen_schema::{Change, TableChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC101",
    title: "rename table",
    severity: Severity::Warning,
    page: "Code that runs with the old name fails from the moment of the rename. Deploy both together, or put a view of the old name in between.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Table(TableChange::Rename(name)) = case.change else { return None };
    if !case.first {
        return None;
    }
    Finding::new(
        format!("running code that says {} fails", name.before),
        "put a view of the old name in between until all code is deployed",
    )
}
