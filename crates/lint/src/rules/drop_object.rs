//! BC103: a view or function dropped.

use autogen_plan::Severity;
use autogen_schema::{Routine, RoutineKind};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC103",
    title: "a view or function dropped",
    severity: Severity::Warning,
    page: "Running code that still uses it will fail. Deploy code that does not use it first, and drop it in a later revision.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let after = case.schema.after;
    let view = case.change.dropped_view().filter(|it| !after.views.contains_key(&it.name));
    let routine = case.change.dropped_routine().filter(|it| {
        let stays = after.routines.iter().any(|other| other.key() == it.key());
        it.kind != RoutineKind::Event && !stays
    });
    let object = view.map(|it| it.name.to_string()).or_else(|| routine.map(Routine::signature))?;
    case.first.then_some(())?;
    Finding::new(
        format!("code that still uses {object} will fail"),
        "deploy code that does not use it first",
    )
}
