//! LK113: built while writes wait.

use autogen_dialect::Work;
use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK113",
    title: "built while nobody writes",
    severity: Severity::Warning,
    page: "MySQL and MariaDB do this in place, but under `LOCK=SHARED`: readers continue, writers wait. This concerns full-text, spatial and functional indexes, partitions whose rows move, a new AUTO_INCREMENT column, and on MariaDB most changes of a table with stored or indexed generated columns. On a large table, use a tool that copies online, or choose a quiet hour.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.step.does(Work::SharedBuild) {
        return None;
    }
    let table = case.change.table()?;
    Finding::new(
        format!("{table} or an index of it is rebuilt, and nobody can write to it meanwhile"),
        "on a large table, use a tool that copies online, or a quiet hour",
    )
}
