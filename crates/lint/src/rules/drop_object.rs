//! BC103: a view, function or computed column dropped.

use autogen_plan::Severity;
use autogen_schema::{Routine, RoutineKind};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC103",
    title: "a view, function or computed column dropped",
    severity: Severity::Warning,
    page: "Running code that still uses it will fail. No row is lost: the values of a generated column are computed again if it is added again. Deploy code that does not use it first, and drop it in a later revision.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let after = case.schema.after;
    let view = case.change.dropped_view().filter(|it| !after.views.contains_key(&it.name));
    let routine = case.change.dropped_routine().filter(|it| {
        let stays = after.routines.iter().any(|other| other.key() == it.key());
        it.kind != RoutineKind::Event && !stays
    });
    let object = view
        .map(|it| it.name.to_string())
        .or_else(|| routine.map(Routine::signature))
        .or_else(|| computed(case))?;
    case.first.then_some(())?;
    Finding::new(
        format!("code that still uses {object} will fail"),
        "deploy code that does not use it first",
    )
}

/// A generated column that is not recreated. Of others, the values are lost (DL102).
fn computed(case: &Case<'_>) -> Option<String> {
    let (table, column) = case.change.dropped_column()?;
    let after = case.schema.after.tables.get(table);
    let stays = after.is_some_and(|it| it.column(&column.name).is_some());
    (column.generated.is_some() && !stays).then(|| format!("{table}.{}", column.name))
}
