//! From changes to SQLite's statements: native `ALTER TABLE` if it suffices, otherwise one
//! rebuild of the table for all its changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_schema::{
    Change, Column, ColumnChange, Constraint, ConstraintChange, Default, Defined, EnumChange,
    ForeignKey, GeneratedStorage, Index, IndexChange, QName, Schema, Table, TableChange,
    TriggerChange, ViewChange,
};

use super::{locks, rebuild, render};
use crate::Dialect::Sqlite;
use crate::ddl;
use crate::step::{Effect, Refusal, Request, Step, Work};
use crate::trigger::OwnDrops;

/// Lowers all changes: those of one table together, at the position of the first.
pub(crate) fn lower(request: &Request<'_>) -> Result<Vec<Step>, Vec<Refusal>> {
    if request.changes.is_empty() {
        return Ok(Vec::new());
    }
    let mut by_table: BTreeMap<&QName, Vec<usize>> = BTreeMap::new();
    for (cause, change) in request.changes.iter().enumerate() {
        if let Some(table) = change.table().filter(|_| !stands_alone(change)) {
            by_table.entry(table).or_default().push(cause);
        }
    }
    let mut lowering = Lowering {
        request,
        schema: request.schema.before.clone(),
        steps: Vec::new(),
        refusals: Vec::new(),
        done: BTreeSet::new(),
        own_drops: OwnDrops::of(Sqlite, request.changes),
    };
    for (cause, change) in request.changes.iter().enumerate() {
        let group = change.table().and_then(|table| by_table.get(table));
        match group {
            Some(group) if !stands_alone(change) => lowering.group(group),
            Some(_) | None => lowering.alone(cause, change),
        }
    }
    if lowering.refusals.is_empty() { Ok(lowering.steps) } else { Err(lowering.refusals) }
}

impl Lowering<'_> {
    fn view(&mut self, cause: usize, change: &ViewChange) {
        let drop = |name: &QName| format!("DROP VIEW {}", Sqlite.quote_name(name));
        match change {
            ViewChange::Create(view) => {
                self.step(cause, Effect::NONE, view.statement().to_owned());
            }
            ViewChange::Drop(view) => self.step(cause, locks::BRIEF, drop(&view.name)),
            ViewChange::Alter(view) => {
                self.step(cause, locks::BRIEF, drop(&view.before.name));
                self.step(cause, Effect::NONE, view.after.statement().to_owned());
            }
        }
    }

    fn trigger(&mut self, cause: usize, change: &TriggerChange) {
        match change {
            TriggerChange::Create { trigger, .. } => {
                self.step(cause, locks::BRIEF, trigger.statement().to_owned());
            }
            TriggerChange::Drop { on, trigger }
                if self.request.goes_after(cause, on) && !self.own_drops.has(on, trigger) => {}
            TriggerChange::Drop { trigger, .. } => {
                let sql = format!("DROP TRIGGER {}", Sqlite.quote(&trigger.name));
                self.step(cause, locks::BRIEF, sql);
            }
            // SQLite has no comments, and every trigger fires.
            TriggerChange::Comment { .. } | TriggerChange::Firing { .. } => {}
        }
    }
}

/// Whether a change is never part of a rebuild.
fn stands_alone(change: &Change) -> bool {
    match change {
        Change::Enum(_)
        | Change::Namespace(_)
        | Change::Extension(_)
        | Change::Collation(_)
        | Change::Domain(_)
        | Change::Sequence(_)
        | Change::Partition(_)
        | Change::Grant(_)
        | Change::Statistics(_)
        | Change::View(_)
        | Change::Routine(_)
        | Change::Trigger(_)
        | Change::Policy(_) => true,
        Change::Table(change) => match change {
            TableChange::Create(_) | TableChange::Drop(_) | TableChange::Rename(_) => true,
            TableChange::Comment { .. }
            | TableChange::Options { .. }
            | TableChange::Reorder { .. } => false,
        },
        Change::Column(ColumnChange::Rename { .. } | ColumnChange::RenameLabel { .. }) => true,
        Change::Column(
            ColumnChange::Add { .. }
            | ColumnChange::Drop { .. }
            | ColumnChange::Alter { .. }
            | ColumnChange::Relabel { .. },
        )
        | Change::Constraint(_)
        | Change::Index(_) => false,
    }
}

struct Lowering<'a> {
    request: &'a Request<'a>,
    /// The schema before the current change.
    schema: Schema,
    steps: Vec<Step>,
    refusals: Vec<Refusal>,
    done: BTreeSet<usize>,
    own_drops: OwnDrops,
}

impl Lowering<'_> {
    fn step(&mut self, cause: usize, effect: Effect, sql: String) {
        self.steps.push(Step::new(cause, effect, sql));
    }

    fn apply(&mut self, change: &Change) {
        if let Err(error) = change.apply(&mut self.schema) {
            self.refusals.push(Refusal {
                code: "A0401",
                object: change.object(),
                message: error.to_string(),
                hint: "report this as a bug".to_owned(),
            });
        }
    }

    fn alone(&mut self, cause: usize, change: &Change) {
        match change {
            Change::View(change) => self.view(cause, change),
            Change::Trigger(change) => self.trigger(cause, change),
            // SQLite has neither.
            Change::Routine(_) | Change::Policy(_) => {}
            // Enums are text in SQLite; the other kinds do not exist.
            Change::Enum(
                EnumChange::Create(_)
                | EnumChange::Drop(_)
                | EnumChange::Rename(_)
                | EnumChange::RenameValue { .. }
                | EnumChange::Alter(_),
            )
            | Change::Namespace(_)
            | Change::Extension(_)
            | Change::Collation(_)
            | Change::Domain(_)
            | Change::Sequence(_)
            | Change::Partition(_)
            | Change::Grant(_)
            | Change::Statistics(_) => {}
            Change::Table(TableChange::Create(table)) => {
                self.step(cause, Effect::NONE, render::create_table(table));
                for index in &table.indexes {
                    let sql = ddl::create_index(Sqlite, &table.name, index);
                    self.step(cause, Effect::NONE, sql);
                }
                for trigger in &table.triggers {
                    self.step(cause, Effect::NONE, trigger.statement().to_owned());
                }
            }
            Change::Table(TableChange::Drop(table)) => {
                self.step(
                    cause,
                    locks::BRIEF,
                    format!("DROP TABLE {}", Sqlite.quote_name(&table.name)),
                );
                if let Some(step) = self.steps.last_mut() {
                    // With foreign keys on, DROP TABLE deletes the rows first, and with them the
                    // rows that reference them.
                    step.foreign_keys_off = true;
                }
            }
            Change::Table(TableChange::Rename(name)) => {
                let (before, after) = (&name.before, &name.after);
                let sql = format!(
                    "ALTER TABLE {} RENAME TO {}",
                    Sqlite.quote_name(before),
                    Sqlite.quote_name(after)
                );
                self.step(cause, locks::BRIEF, sql);
            }
            Change::Column(ColumnChange::Rename { table, name }) => {
                let sql = format!(
                    "ALTER TABLE {} RENAME COLUMN {} TO {}",
                    Sqlite.quote_name(table),
                    Sqlite.quote(&name.before),
                    Sqlite.quote(&name.after)
                );
                self.step(cause, locks::BRIEF, sql);
            }
            // Columns have no labels of their own in SQLite.
            Change::Column(ColumnChange::RenameLabel { .. }) => {}
            Change::Table(
                TableChange::Comment { .. }
                | TableChange::Options { .. }
                | TableChange::Reorder { .. },
            )
            | Change::Column(
                ColumnChange::Add { .. }
                | ColumnChange::Drop { .. }
                | ColumnChange::Alter { .. }
                | ColumnChange::Relabel { .. },
            )
            | Change::Constraint(_)
            | Change::Index(_) => {}
        }
        self.apply(change);
    }

    /// All changes of one table, once.
    fn group(&mut self, causes: &[usize]) {
        if causes.iter().any(|cause| self.done.contains(cause)) {
            return;
        }
        self.done.extend(causes);
        let changes: Vec<&Change> =
            causes.iter().map(|cause| &self.request.changes[*cause]).collect();
        let Some(table) = changes.first().and_then(|change| change.table()).cloned() else {
            return;
        };
        let before = self.schema.tables.get(&table).cloned();
        let native = before.as_ref().and_then(|before| self.native(before, causes));
        for change in &changes {
            self.apply(change);
        }
        match (native, before, self.schema.tables.get(&table)) {
            (Some(steps), _, _) => self.steps.extend(steps),
            (None, Some(before), Some(_)) if self.holds_unsaid(&before) => {
                self.refusals.push(Refusal {
                    code: "A0405",
                    object: table.to_string(),
                    message: "this requires a rebuild, which would lose a part of the table that \
                              can't be represented"
                        .to_owned(),
                    hint: "`autogen inspect` names the part: remove it by hand first, or write \
                           the revision by hand"
                        .to_owned(),
                });
            }
            (None, Some(before), Some(after)) => {
                let steps = rebuild::rebuild(self.request, &self.schema, &before, after, causes);
                self.steps.extend(steps);
            }
            (None, _, _) => {}
        }
    }

    /// Whether the catalog has more about the table than our data model.
    fn holds_unsaid(&self, table: &Table) -> bool {
        let label = format!("table {}", table.name.name);
        self.request.schema.before.unsupported.iter().any(|item| item.object == label)
    }

    /// The statements, if SQLite can make all the changes without a rebuild.
    fn native(&self, before: &Table, causes: &[usize]) -> Option<Vec<Step>> {
        let mut table = before.clone();
        let mut steps = Vec::new();
        let keys = self.new_column_keys(causes);
        for cause in causes {
            let change = &self.request.changes[*cause];
            let (effect, sql) = match change {
                Change::Column(ColumnChange::Add { column, .. }) => {
                    let key = keys.iter().find(|key| key.columns == [column.name.clone()]);
                    (locks::BRIEF, self.add_column(&table, column, key)?)
                }
                Change::Column(ColumnChange::Drop { column, .. }) => {
                    (locks::REWRITE, self.drop_column(&table, column)?)
                }
                Change::Column(ColumnChange::Relabel { table: of, column, labels }) => {
                    let sql = ddl::relabel(Sqlite, of, table.column(column)?, labels, "");
                    let update = format!("UPDATE {}", render::or_abort(&table));
                    (locks::REWRITE, sql.replacen("UPDATE ", &update, 1))
                }
                Change::Constraint(ConstraintChange::Add {
                    constraint: Constraint::ForeignKey(key),
                    ..
                }) if keys.contains(key) => (Effect::NONE, String::new()),
                Change::Index(IndexChange::Create { table, index }) => {
                    (locks::SCAN, ddl::create_index(Sqlite, table, index))
                }
                Change::Index(IndexChange::Drop { index, .. }) => (locks::BRIEF, drop_index(index)),
                Change::Index(IndexChange::Rename { table, index, name }) => {
                    steps.push(Step::new(*cause, locks::BRIEF, drop_index(index)));
                    let index = index.with_name(name.after.clone());
                    (locks::SCAN, ddl::create_index(Sqlite, table, &index))
                }
                Change::Enum(_)
                | Change::Namespace(_)
                | Change::Extension(_)
                | Change::Collation(_)
                | Change::Domain(_)
                | Change::Sequence(_)
                | Change::Partition(_)
                | Change::Grant(_)
                | Change::Statistics(_)
                | Change::Table(_)
                | Change::Column(
                    ColumnChange::Rename { .. }
                    | ColumnChange::Alter { .. }
                    | ColumnChange::RenameLabel { .. },
                )
                | Change::Constraint(_)
                | Change::Index(IndexChange::Comment { .. } | IndexChange::Tune { .. })
                | Change::View(_)
                | Change::Routine(_)
                | Change::Trigger(_)
                | Change::Policy(_) => return None,
            };
            let mut step = Step::new(*cause, effect, sql);
            step.work.extend(work(change));
            if !step.sql.is_empty() {
                steps.push(step);
            }
            let mut alone = Schema::default();
            alone.add_table(table);
            change.apply(&mut alone).ok()?;
            table = Arc::unwrap_or_clone(alone.tables.remove(&before.name)?);
        }
        Some(steps)
    }

    /// Foreign keys that `ADD COLUMN .. REFERENCES` can add: unnamed, over one new column without
    /// a default.
    fn new_column_keys(&self, causes: &[usize]) -> Vec<ForeignKey> {
        let changes = || causes.iter().map(|cause| &self.request.changes[*cause]);
        let new = |name: &str| {
            let mut added = changes().filter_map(Change::added_column);
            added.any(|(_, it)| it.name == name && it.default.is_none() && it.nullable)
        };
        changes()
            .filter_map(Change::added_foreign_key)
            .map(|(_, key)| key)
            .filter(|key| matches!(key.columns.as_slice(), [column] if new(column)))
            .cloned()
            .collect()
    }

    /// Source: <https://sqlite.org/lang_altertable.html#alter_table_add_column>.
    fn add_column(
        &self,
        table: &Table,
        column: &Column,
        key: Option<&ForeignKey>,
    ) -> Option<String> {
        let constant = match &column.default {
            Some(Default::Literal(_)) => true,
            Some(Default::Expression(_)) => false,
            None => column.nullable || column.generated.is_some(),
        };
        let stored =
            column.generated.as_ref().is_some_and(|it| it.storage == GeneratedStorage::Stored);
        let filled = self
            .request
            .fills
            .iter()
            .any(|fill| fill.table == table.name && fill.column == column.name);
        if !constant || stored || filled || column.identity.is_some() {
            return None;
        }
        let mut sql = format!(
            "ALTER TABLE {} ADD COLUMN {}",
            Sqlite.quote_name(&table.name),
            render::column(column)
        );
        if let Some(key) = key {
            if let Some(name) = key.name.text() {
                sql.push_str(&format!(" CONSTRAINT {}", Sqlite.quote(name)));
            }
            sql.push_str(&format!(" {}", ddl::references(Sqlite, key)));
        }
        Some(sql)
    }

    /// Source: <https://sqlite.org/lang_altertable.html#alter_table_drop_column>. A trigger that
    /// names the column would break without an error.
    fn drop_column(&self, table: &Table, column: &Column) -> Option<String> {
        let name = &column.name;
        let used = table.constraints().iter().any(|constraint| constraint.uses(name))
            || table.indexes.iter().any(|index| index.uses(name))
            || table
                .columns
                .iter()
                .any(|other| other.generated.as_ref().is_some_and(|it| it.expr.mentions(name)))
            || self.schema.views.values().any(|view| mentions(&view.definition, name))
            || self
                .schema
                .tables
                .values()
                .flat_map(|table| &table.triggers)
                .any(|trigger| mentions(&trigger.definition, name));
        if used {
            return None;
        }
        Some(format!(
            "ALTER TABLE {} DROP COLUMN {}",
            Sqlite.quote_name(&table.name),
            Sqlite.quote(name)
        ))
    }
}

fn drop_index(index: &Index) -> String {
    format!("DROP INDEX {}", Sqlite.quote(index.name.text().unwrap_or_default()))
}

fn mentions(definition: &str, column: &str) -> bool {
    autogen_schema::Expr::new(definition).mentions(column)
}

/// What a change in place does to rows. An index is rebuilt to rename it.
fn work(change: &Change) -> Option<Work> {
    let builds =
        matches!(change, Change::Index(IndexChange::Create { .. } | IndexChange::Rename { .. }));
    let relabels = change.relabelled_column().map(|_| Work::Backfill);
    relabels.or(builds.then_some(Work::BuildIndex))
}
