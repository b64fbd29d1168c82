//! BC112: integrity removed.

use autogen_plan::Severity;
use autogen_schema::{
    Change, Firing, Index, IndexKey, Pair, PolicyChange, Protection, QName, Table, TriggerChange,
};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC112",
    title: "integrity removed",
    severity: Severity::Note,
    page: "Without the constraint, the unique index or the trigger, the database accepts rows that violate the rule, and `ON CONFLICT` clauses that name the constraint fail. A table with row-level security but without policies shows no rows to most roles. Without row-level security it shows all rows to every role that may read it. Make sure that nothing relies on it.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let message = constraint(case)
        .or_else(|| unique_index(case))
        .or_else(|| trigger(case))
        .or_else(|| policy(case));
    case.first.then_some(())?;
    Finding::new(message?, "make sure that nothing relies on it")
}

fn constraint(case: &Case<'_>) -> Option<String> {
    let (table, constraint) = case.change.dropped_constraint()?;
    let after = case.schema.after.tables.get(table)?;
    let replaced = after.constraints().iter().any(|it| {
        std::mem::discriminant(it) == std::mem::discriminant(constraint)
            && it.name() == constraint.name()
    });
    let (kind, name) = (constraint.kind(), constraint.name());
    (!replaced).then(|| format!("the {kind} {name} no longer guards {table}"))
}

fn unique_index(case: &Case<'_>) -> Option<String> {
    let (table, index) = case.change.dropped_index().filter(|(_, it)| it.unique)?;
    let after = case.schema.after.tables.get(table)?;
    let name = index.name.text().unwrap_or("without a name");
    let guarded = !stays(after, index) || is_guarded(after, index);
    (!guarded).then(|| format!("the unique index {name} no longer guards {table}"))
}

/// Whether the columns of the index are kept.
fn stays(after: &Table, index: &Index) -> bool {
    after.columns.iter().any(|column| index.uses(&column.name))
}

/// Whether another index or key enforces the same rule.
fn is_guarded(after: &Table, index: &Index) -> bool {
    let keys = |index: &Index| -> Vec<IndexKey> {
        index.parts.iter().map(|part| part.key.clone()).collect()
    };
    let wanted = keys(index);
    let by_key = after.primary_key.as_ref().is_some_and(|key| {
        let columns = key.columns.iter().map(|part| IndexKey::Column(part.column.clone()));
        columns.eq(wanted.iter().cloned())
    });
    let alike = |other: &Index| keys(other) == wanted && other.predicate == index.predicate;
    by_key
        || after
            .indexes
            .iter()
            .any(|other| other.unique && (other.name == index.name || alike(other)))
}

/// A trigger that is not recreated, on a relation that is kept.
fn trigger(case: &Case<'_>) -> Option<String> {
    let Change::Trigger(change) = case.change else { return None };
    let after = case.schema.after;
    let (on, trigger) = match change {
        TriggerChange::Drop { on, trigger } => (on, trigger),
        TriggerChange::Firing { on, trigger, firing } => {
            return (firing.after == Firing::Disabled)
                .then(|| format!("the trigger {} of {on} no longer fires", trigger.name));
        }
        TriggerChange::Create { .. } | TriggerChange::Comment { .. } => return None,
    };
    let of_table = after.tables.get(on).map(|it| &it.triggers);
    let triggers = of_table.or(after.views.get(on).map(|it| &it.triggers))?;
    let stays = triggers.iter().any(|it| it.name == trigger.name);
    (!stays).then(|| format!("the trigger {} of {on} no longer fires", trigger.name))
}

fn policy(case: &Case<'_>) -> Option<String> {
    let Change::Policy(change) = case.change else { return None };
    let security = case.schema.after.owner(change.on())?.row_security.as_ref();
    match change {
        PolicyChange::Drop { table, policy } => {
            let mut policies = security.into_iter().flat_map(|it| &it.policies);
            let stays = policies.any(|it| it.name == policy.name);
            (!stays).then(|| format!("the policy {} of {table} no longer applies", policy.name))
        }
        PolicyChange::Protect { table, protection } => unprotected(table, *protection),
        PolicyChange::Create { .. } | PolicyChange::Comment { .. } => None,
    }
}

fn unprotected(table: &QName, protection: Pair<Protection>) -> Option<String> {
    let Pair { before, after } = protection;
    if before.enabled && !after.enabled {
        return Some(format!("whoever may read {table} sees all its rows"));
    }
    let forced = before.enabled && before.forced && !after.forced;
    forced.then(|| format!("the policies of {table} no longer apply to its owner"))
}
