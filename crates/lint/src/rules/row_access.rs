//! BC115: access to rows changes.

use autogen_plan::Severity;
use autogen_schema::{Change, Pair, Policy, PolicyChange, Protection, QName, RowSecurity};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC115",
    title: "access to rows changes",
    severity: Severity::Warning,
    page: "With row-level security, a role reads and writes only the rows that a policy allows; without a policy, none. No error says so: `SELECT` returns fewer rows, `UPDATE` and `DELETE` leave rows out, and only `INSERT` fails. After `ALTER TABLE t ENABLE ROW LEVEL SECURITY` this holds for all roles except the owner, superusers and roles with BYPASSRLS; after FORCE also for the owner, which many applications connect as. A new or changed policy (`CREATE POLICY p ON t USING (owner = current_user)`) allows or hides rows in the same silence.\n\nTest with the role of the application: `SET ROLE app; SELECT count(*) FROM t;`. Create the policies before row-level security is enabled, in the same migration. For policies and row-level security that are removed, see BC112.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Policy(change) = case.change else { return None };
    let security = security(case, change.on())?;
    case.first.then_some(())?;
    let message = match change {
        PolicyChange::Protect { table, protection } => {
            protected(table, *protection, security.after)
        }
        PolicyChange::Create { table, policy } => created(table, policy, &security),
        PolicyChange::Drop { .. } | PolicyChange::Comment { .. } => None,
    };
    Finding::new(message?, "test it with the role that the application connects as")
}

/// The row-level security of a table or a partition that exists before the plan.
fn security<'c>(case: &Case<'c>, on: &QName) -> Option<Pair<Option<&'c RowSecurity>>> {
    let was = case.origin.table(on).unwrap_or_else(|| on.clone());
    let before = case.schema.before.owner(&was)?;
    let after = case.schema.after.owner(on)?;
    Some(Pair::new(before, after).map(|it| it.row_security.as_ref()))
}

fn protected(
    table: &QName,
    protection: Pair<Protection>,
    security: Option<&RowSecurity>,
) -> Option<String> {
    let Pair { before, after } = protection;
    if !after.enabled {
        return None;
    }
    if before.enabled {
        let forced = after.forced && !before.forced;
        return forced.then(|| format!("the policies of {table} apply to its owner too"));
    }
    let names = security.into_iter().flat_map(|it| &it.policies).map(|it| it.name.as_str());
    let names: Vec<&str> = names.collect();
    let but = if after.forced { "" } else { ", except by its owner" };
    Some(match names.is_empty() {
        true => format!("no row of {table} is read or written{but}: it has no policy"),
        false => format!(
            "only rows of {table} that a policy allows are read and written{but}: {}",
            names.join(", ")
        ),
    })
}

/// A policy that is new or differs. If row-level security is enabled only now, that statement
/// reports it.
fn created(
    table: &QName,
    policy: &Policy,
    security: &Pair<Option<&RowSecurity>>,
) -> Option<String> {
    let enabled = |it: Option<&RowSecurity>| it.is_some_and(|it| it.enabled);
    if !enabled(security.before) || !enabled(security.after) {
        return None;
    }
    let name = &policy.name;
    let mut policies = security.before.into_iter().flat_map(|it| &it.policies);
    match policies.find(|it| it.name == *name) {
        Some(before) if before.definition == policy.definition => None,
        Some(_) => Some(format!("the policy {name} allows other rows of {table} than before")),
        None => Some(format!("the policy {name} changes which rows of {table} roles may use")),
    }
}
