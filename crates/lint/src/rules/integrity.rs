//! BC112: integrity removed.

use autogen_plan::Severity;
use autogen_schema::{Change, ConstraintChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC112",
    title: "integrity removed",
    severity: Severity::Note,
    page: "Without the constraint, rows that break the rule can come in unseen, and `ON CONFLICT` clauses that name it fail.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Constraint(ConstraintChange::Drop { table, constraint }) = case.change else {
        return None;
    };
    let after = case.schema.after.tables.get(table)?;
    let replaced = after.constraints().iter().any(|it| {
        std::mem::discriminant(it) == std::mem::discriminant(constraint)
            && it.name() == constraint.name()
    });
    if !case.first || replaced {
        return None;
    }
    Finding::new(
        format!("the {} {} no longer guards {table}", constraint.kind(), constraint.name()),
        "make sure that nothing relies on it",
    )
}
