//! DD111: a sequence without numbers.

use autogen_plan::Severity;
use autogen_schema::{Change, Pair, SequenceChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD111",
    title: "sequence runs out",
    severity: Severity::Warning,
    page: "PostgreSQL refuses bounds that leave out the number at which a sequence stands (22023). MariaDB takes new bounds that end before the number at which a sequence stands, and gives no number from then on (error 4084): whatever is inserted by it fails. Numbers that the server holds in its cache (`CACHE`, 1000 by default) count as given. Choose an end behind where it stands, or let it begin anew with RESTART where its numbers are free.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Sequence(SequenceChange::Alter(item)) = case.change else { return None };
    let there = case.origin.sequence(&item.before.name)?;
    let probe = case.dialect.probe_exhausted(&there, Pair::new(&item.before, &item.after))?;
    Finding::probed(
        Some(probe),
        format!("{} has no more numbers if it stands behind its new end", item.after.name),
        "choose an end behind where it stands, or let it begin anew by RESTART",
    )
}
