//! From changes to MySQL's statements.
//!
//! Every statement commits by itself and cannot be rolled back: steps run outside of
//! transactions, in an order in which each leaves a schema that the next can continue from.
//! Clauses for one table that use the same algorithm share one `ALTER TABLE`; those with
//! different algorithms do not, since all would use the worst.

mod column;
mod constraint;
mod convert;
mod index;
mod key;
mod partition;
mod replace;
mod sequence;
mod table;
mod text;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{Change, Column, Expr, Index, Pair, Partitioning, QName, Schema, Table};

use super::Flavor;
use super::caps::{self, Caps};
use super::locks::{Algorithm, Fulltext, TableState};
use crate::Dialect::Mysql;
use crate::step::{Cost, Effect, Refusal, Request, Step, Work};

/// The subject of a clause that sets the table's comment. Combined with a column's rename, no
/// server makes it instantly.
const COMMENT: &str = "COMMENT=";

/// Clauses that wait for more of the same table and algorithm.
struct Alter {
    table: QName,
    /// `None` for a table that this plan created, where nobody waits, or if its engine has no
    /// algorithms.
    algorithm: Option<Algorithm>,
    effect: Effect,
    clauses: Vec<String>,
    causes: Vec<usize>,
    /// What the clauses name: `+` for created, `-` for dropped, otherwise columns. A second
    /// clause for the same one needs a separate statement, except one that creates what another
    /// drops.
    touched: BTreeSet<String>,
    /// Columns by their names before and after the statement, which renames all at once: two can
    /// exchange their names without a third name.
    renamed: Vec<Pair<String>>,
    /// All their names, before and after.
    called: BTreeSet<String>,
}

impl Alter {
    fn new(table: &QName, algorithm: Option<Algorithm>, effect: Effect) -> Self {
        Self {
            table: table.clone(),
            algorithm,
            effect,
            clauses: Vec::new(),
            causes: Vec::new(),
            touched: BTreeSet::new(),
            renamed: Vec::new(),
            called: BTreeSet::new(),
        }
    }

    /// Adds the rename of a column.
    fn rename(&mut self, name: &Pair<String>) {
        match self.renamed.iter_mut().find(|it| it.after == name.before) {
            Some(there) => there.after.clone_from(&name.after),
            None => self.renamed.push(name.clone()),
        }
        self.renamed.retain(|it| it.before != it.after);
        self.called.extend([name.before.clone(), name.after.clone()]);
    }

    /// Whether nothing else prevents a rename in this statement.
    fn takes(&self, table: &QName, algorithm: Option<Algorithm>, name: &Pair<String>) -> bool {
        let free = |name: &String| {
            !self.touched.iter().any(|it| it.trim_start_matches(['+', '-']) == name)
        };
        self.table == *table
            && !(algorithm == Some(Algorithm::Instant) && self.touched.contains(COMMENT))
            && self.algorithm.is_some() == algorithm.is_some()
            && (self.clauses.is_empty()
                || self.algorithm.map(Algorithm::clause) == algorithm.map(Algorithm::clause))
            && free(&name.before)
            && free(&name.after)
    }

    fn clashes(&self, name: &str) -> bool {
        let made = name.strip_prefix('-').map(|name| format!("+{name}"));
        let plain = name.trim_start_matches(['+', '-']);
        let option = self.algorithm == Some(Algorithm::Instant) && name == COMMENT;
        option && !self.renamed.is_empty()
            || self.called.contains(plain)
            || self.touched.contains(name)
            || made.is_some_and(|name| self.touched.contains(&name))
    }
}

/// The state in which one change is lowered.
pub(crate) struct Lowering<'a> {
    flavor: Flavor,
    caps: Caps,
    request: &'a Request<'a>,
    /// The schema before the current change.
    schema: Schema,
    /// Both schemas, in names that are valid between the renames.
    ends: Pair<Cow<'a, Schema>>,
    /// The tables that this plan has created so far: nobody waits for them.
    created: BTreeSet<QName>,
    open: Option<Alter>,
    /// Indexes of a foreign key that can be dropped only once another exists.
    postponed: Vec<index::Postponed>,
    /// For each object that replaces another, the change that drops the other.
    replacing: BTreeMap<usize, usize>,
    /// Changes that were made together with an earlier one.
    done_before: BTreeSet<usize>,
    /// The previous partitioning of tables whose partitions are created or dropped.
    dividing: BTreeMap<QName, Partitioning>,
    steps: Vec<Step>,
    refusals: Vec<Refusal>,
    cause: usize,
}

/// Lowers the changes one by one, except those of a primary key.
pub(crate) fn lower(flavor: Flavor, request: &Request<'_>) -> Result<Vec<Step>, Vec<Refusal>> {
    if request.changes.is_empty() {
        return Ok(Vec::new());
    }
    let mut lowering = Lowering {
        flavor,
        caps: caps::caps(flavor, request.server),
        request,
        schema: request.schema.before.clone(),
        ends: request.ends(),
        created: BTreeSet::new(),
        open: None,
        postponed: Vec::new(),
        replacing: replace::replacements(request.changes),
        done_before: BTreeSet::new(),
        dividing: BTreeMap::new(),
        steps: Vec::new(),
        refusals: Vec::new(),
        cause: 0,
    };
    let together = key::groups(request.changes);
    for cause in lowering.by_way() {
        let Some(change) = request.changes.get(cause) else { continue };
        lowering.cause = cause;
        match together.iter().find(|group| group.contains(&cause)) {
            Some(group) if group.last() == Some(&cause) => lowering.key_group(group),
            Some(_) => continue,
            None if lowering.done_before.contains(&cause) => continue,
            // It is dropped together with the creation of its successor.
            None if lowering.replacing.values().any(|gone| *gone == cause) => {
                lowering.apply(change);
            }
            None => {
                lowering.change(change);
                lowering.apply(change);
            }
        }
        lowering.created.extend(change.created_table().map(|table| table.name.clone()));
    }
    lowering.drop_postponed();
    lowering.flush();
    if lowering.refusals.is_empty() { Ok(lowering.steps) } else { Err(lowering.refusals) }
}

impl Lowering<'_> {
    /// The changes in order, but consecutive changes of one table's columns are grouped by
    /// algorithm, so that the table is copied once.
    fn by_way(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.request.changes.len()).collect();
        let plain = |at: &usize| {
            let (table, column) = self.request.changes.get(*at)?.altered_column()?;
            let computed = column.before.generated.is_some() || column.after.generated.is_some();
            (!computed).then_some((table, column))
        };
        let one_run = |one: &usize, next: &usize| match (plain(one), plain(next)) {
            (Some((table, _)), Some((other, _))) => table == other,
            (Some(_) | None, _) => false,
        };
        for run in order.chunk_by_mut(one_run) {
            run.sort_by_key(|at| {
                plain(at).map(|(table, column)| {
                    self.algorithm(table, |state| state.alter_column(column.as_ref()))
                })
            });
        }
        order
    }

    fn change(&mut self, change: &Change) {
        if let Some((on, _)) = change.dropped_trigger()
            && self.request.goes_after(self.cause, on)
        {
            return;
        }
        match change {
            Change::Table(change) => self.table(change),
            Change::Column(change) => self.column(change),
            Change::Constraint(change) => self.constraint(change),
            Change::Index(change) => self.index(change),
            Change::View(change) => self.view(change),
            Change::Routine(change) => self.routine(change),
            Change::Trigger(change) => self.trigger(change),
            Change::Partition(change) => self.partition(change),
            Change::Sequence(change) => self.sequence(change),
            // The canonical form contains none of these.
            Change::Namespace(_)
            | Change::Extension(_)
            | Change::Collation(_)
            | Change::Enum(_)
            | Change::Domain(_)
            | Change::Statistics(_)
            | Change::Grant(_)
            | Change::Policy(_) => {}
        }
    }

    fn apply(&mut self, change: &Change) {
        if let Err(error) = change.apply(&mut self.schema) {
            self.refuse("A0401", change.object(), error.to_string(), "report this as a bug");
        }
        if let Some((table, column)) = change.added_column() {
            self.put_in_place(table, &column.name);
        }
    }

    /// A separate statement.
    fn step(&mut self, effect: Effect, sql: String) {
        self.flush();
        let step = Step { transaction: false, ..Step::new(self.cause, effect, sql) };
        self.steps.push(step);
    }

    /// A separate statement that does something to rows.
    fn work(&mut self, work: impl Into<Option<Work>>, effect: Effect, sql: String) {
        self.step(effect, sql);
        if let Some(step) = self.steps.last_mut() {
            step.work.extend(work.into());
        }
    }

    /// A clause of `ALTER TABLE`, for some columns or indexes.
    fn alter(&mut self, table: &QName, algorithm: Algorithm, about: &[&str], clause: String) {
        let (algorithm, effect) = self.stated(table, algorithm);
        let fits = self.open.as_ref().is_some_and(|open| {
            open.table == *table
                && open.algorithm.map(Algorithm::clause) == algorithm.map(Algorithm::clause)
                && about.iter().all(|name| !open.clashes(name))
        });
        if !fits {
            self.flush();
        }
        let open = self.open.get_or_insert_with(|| Alter::new(table, algorithm, effect));
        open.touched.extend(about.iter().map(|name| (*name).to_owned()));
        open.clauses.push(clause);
        if !open.causes.contains(&self.cause) {
            open.causes.push(self.cause);
        }
        if rank(effect.cost) > rank(open.effect.cost) {
            open.effect = effect;
        }
    }

    /// The algorithm that a statement names, and its lock.
    fn stated(&self, table: &QName, algorithm: Algorithm) -> (Option<Algorithm>, Effect) {
        let made = self.created.contains(table);
        let other_engine =
            self.schema.tables.get(table).is_some_and(|it| it.options.engine.is_some());
        let effect = match (made, other_engine) {
            (true, _) => Effect::NONE,
            (false, true) => Algorithm::Copy.effect(),
            (false, false) => algorithm.effect(),
        };
        ((!made && !other_engine).then_some(algorithm), effect)
    }

    /// Renames a column, together with other renames.
    fn call(&mut self, table: &QName, algorithm: Algorithm, name: &Pair<String>) {
        let (algorithm, effect) = self.stated(table, algorithm);
        if !self.open.as_ref().is_some_and(|open| open.takes(table, algorithm, name)) {
            self.flush();
        }
        let open = self.open.get_or_insert_with(|| Alter::new(table, algorithm, effect));
        open.algorithm = open.algorithm.max(algorithm);
        if rank(effect.cost) > rank(open.effect.cost) {
            open.effect = effect;
        }
        open.rename(name);
        if !open.causes.contains(&self.cause) {
            open.causes.push(self.cause);
        }
    }

    /// Ends the open statement.
    fn flush(&mut self) {
        let Some(open) = self.open.take() else { return };
        let renamed = open.renamed.iter().map(|name| {
            let (before, after) = (Mysql.quote(&name.before), Mysql.quote(&name.after));
            format!("RENAME COLUMN {before} TO {after}")
        });
        let mut clauses: Vec<String> = renamed.chain(open.clauses).collect();
        if clauses.is_empty() {
            return;
        }
        clauses.extend(open.algorithm.map(|algorithm| algorithm.clause().to_owned()));
        let table = Mysql.quote_name(&open.table);
        let single = clauses.len() <= 1 + usize::from(open.algorithm.is_some());
        let sql = match single {
            true => format!("ALTER TABLE {table} {}", clauses.join(", ")),
            false => format!("ALTER TABLE {table}\n    {}", clauses.join(",\n    ")),
        };
        let mut causes = open.causes.into_iter();
        let Some(first) = causes.next() else { return };
        let mut step = Step { transaction: false, ..Step::new(first, open.effect, sql) };
        step.causes.extend(causes);
        step.work.extend(open.algorithm.and_then(Algorithm::work));
        self.steps.push(step);
    }

    fn refuse(&mut self, code: &'static str, object: String, message: String, hint: &str) {
        self.refusals.push(Refusal { code, object, message, hint: hint.to_owned() });
    }

    /// The effect on this table: none if the plan itself created it.
    fn on(&self, table: &QName, effect: Effect) -> Effect {
        if self.created.contains(table) { Effect::NONE } else { effect }
    }

    /// The algorithm of a change of a table in its current state.
    fn algorithm(&self, table: &QName, ask: impl Fn(TableState<'_>) -> Algorithm) -> Algorithm {
        let missing = Table::new(table.clone());
        let found = self.schema.tables.get(table);
        let table = found.map_or(&missing, |table| &**table);
        ask(self.state(table))
    }

    fn state<'t>(&'t self, table: &'t Table) -> TableState<'t> {
        let is_fulltext = |index: &Index| index.method.as_deref() == Some("fulltext");
        let has = |table: &Table| table.indexes.iter().any(is_fulltext);
        // A change that waits for its successor has not happened until then.
        let waits = |(later, earlier): (&usize, &usize)| {
            let gone = self.request.changes.get(*earlier).and_then(Change::dropped_index);
            *later >= self.cause
                && *earlier <= self.cause
                && gone.is_some_and(|(on, index)| *on == table.name && is_fulltext(index))
        };
        let before = self.ends.before.tables.get(&table.name);
        let fulltext = if has(table) || self.replacing.iter().any(waits) {
            Fulltext::There
        } else if before.is_some_and(|it| has(it)) {
            Fulltext::Gone
        } else {
            Fulltext::Never
        };
        TableState { flavor: self.flavor, caps: &self.caps, table, fulltext }
    }

    /// The value of a required column in existing rows.
    fn fill(&self, table: &QName, column: &Column) -> Option<Expr> {
        let given =
            self.request.fills.iter().find(|it| it.table == *table && it.column == column.name);
        given.map(|it| it.expr.clone())
    }
}

fn rank(cost: Cost) -> u8 {
    match cost {
        Cost::Instant => 0,
        Cost::Scan => 1,
        Cost::Rewrite => 2,
    }
}
