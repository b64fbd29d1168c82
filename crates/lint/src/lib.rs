//! Hazards of a plan: what loses data, fails on rows, breaks running code,
//! locks or rewrites. One rule per file; its text is its documentation.

mod rules;

use std::collections::BTreeSet;

use autogen_dialect::{Dialect, Step};
use autogen_plan::{Direction, Hazard, Plan, Severity};
use autogen_schema::{Change, Pair, QName, Schema, TableChange};

/// A rule.
pub struct Rule {
    /// Its stable code; never reused.
    pub code: &'static str,
    /// Its name.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about and what to do, for `autogen explain`.
    pub page: &'static str,
    check: fn(&Case<'_>) -> Option<Finding>,
}

/// What a rule looks at: one change, at one of its steps.
pub(crate) struct Case<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) schema: Pair<&'a Schema>,
    pub(crate) change: &'a Change,
    pub(crate) step: &'a Step,
    /// Whether the step is the first one for the change.
    pub(crate) first: bool,
    /// Whether the plan itself makes the table, so that it is empty and unused.
    pub(crate) new_table: bool,
}

/// What a rule has to say.
pub(crate) struct Finding {
    pub(crate) message: String,
    pub(crate) safer: String,
}

impl Finding {
    pub(crate) fn new(message: impl Into<String>, safer: impl Into<String>) -> Option<Self> {
        Some(Self { message: message.into(), safer: safer.into() })
    }
}

/// All rules, by code.
pub fn rules() -> &'static [Rule] {
    rules::ALL
}

/// Hangs the hazards on the steps of a plan, up and down.
pub fn annotate(plan: &mut Plan) {
    let dialect = plan.dialect;
    let schema = plan.schema.as_ref();
    direct(dialect, schema, &mut plan.up);
    direct(dialect, schema.swap(), &mut plan.down);
}

fn direct(dialect: Dialect, schema: Pair<&Schema>, direction: &mut Direction) {
    let created: BTreeSet<&QName> = direction
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Table(TableChange::Create(table)) => Some(&table.name),
            _other => None,
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut said = BTreeSet::new();
    for planned in direction.groups.iter_mut().flat_map(|group| &mut group.steps) {
        for cause in planned.step.causes.clone() {
            let Some(change) = direction.changes.get(cause) else { continue };
            let case = Case {
                dialect,
                schema,
                change,
                step: &planned.step,
                first: seen.insert(cause),
                new_table: change.table().is_some_and(|table| created.contains(table)),
            };
            for rule in rules() {
                let Some(finding) = (rule.check)(&case) else { continue };
                if said.insert((rule.code, cause)) {
                    planned.hazards.push(Hazard {
                        code: rule.code,
                        severity: rule.severity,
                        message: finding.message,
                        safer: finding.safer,
                    });
                }
            }
        }
        planned.hazards.sort_by_key(|it| (std::cmp::Reverse(it.severity), it.code));
        planned.hazards.dedup();
    }
}
