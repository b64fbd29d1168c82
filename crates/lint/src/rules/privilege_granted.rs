//! BC117: privilege granted.

use autogen_dialect::Dialect;
use autogen_plan::Severity;
use autogen_schema::{Change, Grant, GrantChange, Grantable, Identity, QName, Schema, Table};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC117",
    title: "privilege granted",
    severity: Severity::Note,
    page: "More roles may read or change something that exists already: `GRANT SELECT ON TABLE t TO app`. If the role is PUBLIC, every role of the server may. WITH GRANT OPTION also lets the role pass the privilege on. Make sure that this is wanted. Privileges on objects that the same migration creates are not reported.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Privileges { role, on, changed, passing, grantable } = privileges(case, true)?;
    let pass = if grantable { ", and may pass it on" } else { "" };
    let message = match changed.is_empty() {
        true => format!("{role} may pass on {passing} on {on}"),
        false => format!("{role} gets {} on {on}{pass}", changed.join(", ")),
    };
    Finding::new(message, "make sure that this is wanted")
}

/// What a role gains or loses.
pub(super) struct Privileges {
    pub(super) role: String,
    pub(super) on: String,
    /// The privileges that the role has only on one side. If there are none, only the right to
    /// pass them on changes.
    pub(super) changed: Vec<String>,
    /// All privileges of the change.
    pub(super) passing: String,
    pub(super) grantable: bool,
}

/// The privileges that a change gives to a role, or takes from it, on an object that exists
/// before the plan.
pub(super) fn privileges(case: &Case<'_>, gained: bool) -> Option<Privileges> {
    let Change::Grant(change) = case.change else { return None };
    let (GrantChange::Grant { on, to, grantable, privileges }
    | GrantChange::Revoke { on, to, grantable, privileges }) = change;
    // REVOKE from PUBLIC is represented as a privilege in its place.
    let gains = matches!(change, GrantChange::Grant { .. }) != change.closes().is_some();
    if gains != gained || !case.first || !is_there(case, on) {
        return None;
    }
    let role = to.clone().unwrap_or_else(|| "PUBLIC".to_owned());
    if change.closes().is_some() {
        let changed = vec!["EXECUTE".to_owned()];
        return Some(Privileges {
            role,
            on: on.to_string(),
            changed,
            passing: String::new(),
            grantable: false,
        });
    }
    let other = if gained { case.schema.before } else { case.schema.after };
    let keeps = |privilege: &&String| !has(other, on, to.as_ref(), privilege);
    let changed: Vec<String> = privileges.iter().filter(keeps).cloned().collect();
    let option_differs = *grantable && changed.is_empty();
    (!changed.is_empty() || option_differs).then(|| Privileges {
        role,
        on: on.to_string(),
        changed,
        passing: privileges.join(", "),
        grantable: *grantable,
    })
}

/// Whether the role has the privilege, with or without the right to pass it on.
fn has(schema: &Schema, on: &Grantable, to: Option<&String>, privilege: &str) -> bool {
    let same = |it: &Grant| it.on == *on && it.to.as_ref() == to && it.privilege == privilege;
    schema.grants.iter().any(same)
}

fn is_there(case: &Case<'_>, on: &Grantable) -> bool {
    let before = case.schema.before;
    let relation =
        |name: &QName| case.origin.table(name).is_some() || before.views.contains_key(name);
    match on {
        Grantable::Relation(name) => relation(name),
        Grantable::Column(table, column) => {
            case.origin.column(table, column).is_some() || before.views.contains_key(table)
        }
        Grantable::Sequence(name) => {
            case.origin.sequence(name).is_some()
                || before.tables.values().any(|it| counts(case.dialect, it, name))
        }
        Grantable::Schema(name) => before.namespaces.contains_key(name),
        Grantable::Routine(name, arguments) => {
            before.routines.iter().any(|it| it.is_called(name, arguments))
        }
    }
}

/// Whether a column of the table owns this sequence.
fn counts(dialect: Dialect, table: &Table, sequence: &QName) -> bool {
    table.columns.iter().any(|column| match &column.identity {
        Some(Identity::Serial(Some(own))) => own == sequence,
        Some(_) => dialect.serial_sequence(&table.name, &column.name) == *sequence,
        None => false,
    })
}
