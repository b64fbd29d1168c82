//! From changes to PostgreSQL's statements.

mod access;
mod actions;
mod collation;
mod column;
mod constraint;
mod domain;
mod enum_type;
mod grant;
mod identity;
mod partition;
mod policy;
mod prerequisites;
mod routine;
mod sequence;
mod statistics;
mod table;
mod trigger;
mod view;

use std::borrow::Cow;
use std::collections::BTreeSet;

use autogen_schema::{Change, Column, Expr, Pair, QName, Schema};

use crate::step::{Effect, Refusal, Request, Step, Work};

/// The state in which one change is lowered.
pub(crate) struct Lowering<'a> {
    request: &'a Request<'a>,
    /// The schema before the current change.
    schema: Schema,
    /// Both schemas, in names that are valid between the renames.
    ends: Pair<Cow<'a, Schema>>,
    /// The tables that this plan has created so far: nobody waits for them.
    created: BTreeSet<QName>,
    steps: Vec<Step>,
    refusals: Vec<Refusal>,
    cause: usize,
}

/// Lowers the changes one by one.
pub(crate) fn lower(request: &Request<'_>) -> Result<Vec<Step>, Vec<Refusal>> {
    if request.changes.is_empty() {
        return Ok(Vec::new());
    }
    let mut lowering = Lowering {
        request,
        schema: request.schema.before.clone(),
        ends: request.ends(),
        created: BTreeSet::new(),
        steps: Vec::new(),
        refusals: Vec::new(),
        cause: 0,
    };
    for (cause, change) in request.changes.iter().enumerate() {
        lowering.cause = cause;
        lowering.change(change);
        lowering.created.extend(change.new_tables().into_iter().cloned());
        if let Err(error) = change.apply(&mut lowering.schema) {
            lowering.refuse("A0401", change.object(), error.to_string(), "report this as a bug");
        }
    }
    if lowering.refusals.is_empty() { Ok(lowering.steps) } else { Err(lowering.refusals) }
}

impl Lowering<'_> {
    fn change(&mut self, change: &Change) {
        match change {
            Change::Namespace(change) => self.namespace(change),
            Change::Extension(change) => self.extension(change),
            Change::Collation(change) => self.collation(change),
            Change::Enum(change) => self.enum_type(change),
            Change::Domain(change) => self.domain(change),
            Change::Sequence(change) => self.sequence(change),
            Change::Table(change) => self.table(change),
            Change::Column(change) => self.column(change),
            Change::Constraint(change) => self.constraint(change),
            Change::Index(change) => self.index(change),
            Change::Partition(change) => self.partition(change),
            Change::Statistics(change) => self.statistics(change),
            Change::Grant(change) => self.grant(change),
            Change::View(change) => self.view(change),
            Change::Routine(change) => self.routine(change),
            Change::Trigger(change) => self.trigger(change),
            Change::Policy(change) => self.policy(change),
        }
    }

    fn step(&mut self, effect: Effect, sql: String) {
        self.steps.push(Step::new(self.cause, effect, sql));
    }

    /// A step that does something to rows.
    fn work(&mut self, work: Work, effect: Effect, sql: String) {
        self.steps.push(Step::new(self.cause, effect, sql).doing(work));
    }

    fn refuse(&mut self, code: &'static str, object: String, message: String, hint: &str) {
        self.refusals.push(Refusal { code, object, message, hint: hint.to_owned() });
    }

    /// The effect on this table: none if the plan itself created it.
    fn on(&self, table: &QName, effect: Effect) -> Effect {
        if self.created.contains(table) { Effect::NONE } else { effect }
    }

    /// The value of a required column in existing rows.
    fn fill(&self, table: &QName, column: &Column) -> Option<Expr> {
        let given =
            self.request.fills.iter().find(|it| it.table == *table && it.column == column.name);
        given.map(|it| it.expr.clone())
    }
}

/// `CREATE ..` as `CREATE OR REPLACE ..`.
fn or_replace(statement: &str) -> String {
    let rest = statement.get(6..).unwrap_or_default();
    if statement.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("create")) {
        return format!("CREATE OR REPLACE{rest}");
    }
    statement.to_owned()
}
