//! DL106: drop sequence.

use autogen_plan::Severity;
use autogen_schema::{Change, SequenceChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL106",
    title: "drop sequence",
    severity: Severity::Warning,
    page: "The current value of the sequence is lost. If it is created again, on the way down or under another name, it starts from the beginning, and returns numbers that are in use. Rename a sequence with --rename to keep its value.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Sequence(SequenceChange::Drop(item)) = case.change else { return None };
    Finding::new(
        format!("the current value of {} is lost", item.name),
        "to keep the value under another name, pass --rename",
    )
}
