//! BC103: a view or function dropped.

use autogen_plan::Severity;
use autogen_schema::{Change, RoutineChange, RoutineKind, ViewChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC103",
    title: "a view or function dropped",
    severity: Severity::Warning,
    page: "Running code that still says its name fails. Deploy code that does not use it first, and drop it in a later revision.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let after = case.schema.after;
    let object = match case.change {
        Change::View(ViewChange::Drop(view)) if !after.views.contains_key(&view.name) => {
            view.name.to_string()
        }
        Change::Routine(RoutineChange::Drop(routine))
            if routine.kind != RoutineKind::Event
                && !after.routines.iter().any(|it| it.key() == routine.key()) =>
        {
            routine.signature()
        }
        _other => return None,
    };
    case.first.then_some(())?;
    Finding::new(
        format!("running code that says {object} fails"),
        "deploy code that does not use it first",
    )
}
