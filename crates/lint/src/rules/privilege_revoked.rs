//! BC116: privilege revoked.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

use super::privilege_granted::{Privileges, privileges};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC116",
    title: "privilege revoked",
    severity: Severity::Warning,
    page: "Running code that connects as the role, or as a member of it, fails with \"permission denied\" from this statement on: `REVOKE INSERT ON TABLE t FROM app`. If the role is PUBLIC, that is every role without a grant of its own. Deploy code that does without the privilege first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Privileges { role, on, changed, passing, .. } = privileges(case, false)?;
    let message = match changed.is_empty() {
        true => format!("{role} may no longer pass on {passing} on {on}"),
        false => {
            format!("{role} loses {} on {on}, and code that needs it will fail", changed.join(", "))
        }
    };
    Finding::new(message, "deploy code that does without it first")
}
