//! DD111: a sequence without numbers.

use autogen_plan::Severity;
use autogen_schema::{Change, Pair, SequenceChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD111",
    title: "sequence runs out",
    severity: Severity::Warning,
    page: "PostgreSQL refuses bounds that exclude the current value of a sequence (22023). MariaDB accepts such bounds, but then returns no more numbers (error 4084), and inserts that use the sequence fail. Numbers in the server's cache (`CACHE`, 1000 by default) count as used. Choose an end past the current value, or restart the sequence with RESTART where numbers are free.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Sequence(SequenceChange::Alter(item)) = case.change else { return None };
    let there = case.origin.sequence(&item.before.name)?;
    let probe = case.dialect.probe_exhausted(&there, Pair::new(&item.before, &item.after))?;
    Finding::probed(
        Some(probe),
        format!("{} has no numbers left if its current value is past its new end", item.after.name),
        "choose an end past its current value, or restart it by RESTART",
    )
}
