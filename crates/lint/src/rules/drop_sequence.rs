//! DL106: drop sequence.

use autogen_plan::Severity;
use autogen_schema::{Change, SequenceChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL106",
    title: "drop sequence",
    severity: Severity::Warning,
    page: "How far the sequence has counted is lost: where it comes back, on the way down or under another name, it begins anew, and gives numbers that are in use. Rename a sequence with --rename to keep its count.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Sequence(SequenceChange::Drop(item)) = case.change else { return None };
    Finding::new(
        format!("how far {} has counted is lost", item.name),
        "to keep the count under another name, say --rename",
    )
}
