//! Hazards of a plan: what loses data, fails on rows, breaks running code, locks or rewrites.
//! One rule per file; its text is its documentation.

mod origin;
mod rows;
mod rules;

use std::collections::BTreeSet;

use autogen_dialect::{Dialect, Step, Work};
use autogen_plan::{DirectionPlan, Hazard, LateTexts, Plan, Severity};
use autogen_schema::{Change, Column, Fill, Pair, QName, Schema, Unsupported, Using};

use origin::{FormerNames, Renames};

/// A rule.
pub struct Rule {
    /// Its stable code; never reused.
    pub code: &'static str,
    /// Its name.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Its documentation, for `autogen explain`.
    pub page: &'static str,
    check: fn(&Case<'_>) -> Option<Finding>,
}

/// The input of a rule: one change, at one of its steps.
pub(crate) struct Case<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) schema: Pair<&'a Schema>,
    pub(crate) change: &'a Change,
    pub(crate) step: &'a Step,
    /// Whether the step is the first one for the change.
    pub(crate) first: bool,
    /// Whether the plan itself creates the table, so that it is empty and unused.
    pub(crate) new_table: bool,
    /// The names of its objects before the plan.
    pub(crate) origin: FormerNames<'a>,
    /// The given values of new columns.
    pub(crate) fills: &'a [Fill],
    /// The given conversions.
    pub(crate) usings: &'a [Using],
    /// Whether an earlier schema is restored.
    pub(crate) restoring: bool,
    /// What autogen cannot represent on either side.
    pub(crate) unsupported: &'a [Unsupported],
    /// The objects that only the database has, as kinds and names.
    pub(crate) undeclared: &'a BTreeSet<(&'static str, String)>,
    /// The texts that are compiled only when they run, and that the plan keeps.
    pub(crate) late_texts: &'a LateTexts,
}

impl Case<'_> {
    /// Whether MySQL copies the table for the step.
    pub(crate) fn copies(&self) -> bool {
        self.step.does(Work::CopyTable)
    }

    /// The altered column after the whole plan, which may alter it again.
    pub(crate) fn finally<'c>(&'c self, table: &QName, column: &'c Pair<Column>) -> &'c Column {
        let after = self.schema.after.tables.get(table);
        after.and_then(|it| it.column(&column.after.name)).unwrap_or(&column.after)
    }
}

/// The result of a rule.
pub(crate) struct Finding {
    pub(crate) message: String,
    pub(crate) safer: String,
    /// A query that returns a row if the hazard really applies.
    pub(crate) probe: Option<String>,
}

impl Finding {
    pub(crate) fn new(message: impl Into<String>, safer: impl Into<String>) -> Option<Self> {
        Self::probed(None, message, safer)
    }

    /// A finding that a query can confirm.
    pub(crate) fn probed(
        probe: Option<String>,
        message: impl Into<String>,
        safer: impl Into<String>,
    ) -> Option<Self> {
        Some(Self { message: message.into(), safer: safer.into(), probe })
    }
}

/// All rules, by code.
pub fn rules() -> &'static [Rule] {
    rules::ALL
}

/// The rules whose hazard is that rows or values are lost, and not that the migration fails.
pub const LOSSES: [&str; 3] = ["DL101", "DL102", "DL104"];

/// Adds the hazards to the steps of a plan, up and down.
pub fn annotate(plan: &mut Plan) {
    let dialect = plan.dialect;
    let schema = plan.schema.as_ref();
    let unmanaged = plan.unmanaged.iter();
    let undeclared = unmanaged.map(|it| (it.kind, it.object.clone())).collect();
    let left_alone = LeftAlone { unsupported: &plan.unsupported, undeclared };
    direct(dialect, schema, &left_alone, &mut plan.up, false);
    direct(dialect, schema.swap(), &left_alone, &mut plan.down, true);
}

/// What the plan does not compare.
struct LeftAlone<'p> {
    /// What autogen cannot represent on either side.
    unsupported: &'p [Unsupported],
    /// The objects that only the database has, as kinds and names.
    undeclared: BTreeSet<(&'static str, String)>,
}

fn direct(
    dialect: Dialect,
    schema: Pair<&Schema>,
    left_alone: &LeftAlone<'_>,
    direction: &mut DirectionPlan,
    restoring: bool,
) {
    let DirectionPlan { changes, groups, fills, usings, .. } = direction;
    let (changes, fills, usings) = (&*changes, &*fills, &*usings);
    if changes.is_empty() {
        return;
    }
    let created: BTreeSet<&QName> = changes.iter().flat_map(Change::new_tables).collect();
    let renames = Renames::of(changes);
    let late_texts = LateTexts::kept(dialect, schema.before, schema.after);
    let tables = origin::with_tables(dialect, schema, changes);
    let schema = tables.as_ref().map_or(schema, Pair::as_ref);
    let mut seen = BTreeSet::new();
    let mut said = BTreeSet::new();
    for planned in groups.iter_mut().flat_map(|group| &mut group.steps) {
        for cause in planned.step.causes.clone() {
            let Some(change) = changes.get(cause) else { continue };
            let case = Case {
                dialect,
                schema,
                change,
                step: &planned.step,
                first: seen.insert(cause),
                new_table: change.table().is_some_and(|table| created.contains(table)),
                origin: renames.before(cause, schema),
                fills,
                usings,
                restoring,
                unsupported: left_alone.unsupported,
                undeclared: &left_alone.undeclared,
                late_texts: &late_texts,
            };
            for rule in rules() {
                let Some(finding) = (rule.check)(&case) else { continue };
                if said.insert((rule.code, cause)) {
                    planned.hazards.push(Hazard {
                        code: rule.code,
                        severity: rule.severity,
                        message: finding.message,
                        safer: finding.safer,
                        probe: finding.probe,
                        found: None,
                    });
                }
            }
        }
        planned.hazards.sort_by_key(|it| (std::cmp::Reverse(it.severity), it.code));
        planned.hazards.dedup();
    }
}
