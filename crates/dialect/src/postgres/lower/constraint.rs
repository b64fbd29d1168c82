//! Constraints and indexes.

use autogen_schema::{
    Change, Constraint, ConstraintChange, Deferrable, ForeignKey, Index, IndexChange, QName,
};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::ddl;
use crate::postgres::{index, locks, render};
use crate::step::{Effect, Work};

impl Lowering<'_> {
    pub(super) fn constraint(&mut self, change: &ConstraintChange) {
        match change {
            // Only deferrability differs: no row is checked again.
            ConstraintChange::Drop { table, constraint }
                if self.moved(table, constraint).is_some() => {}
            ConstraintChange::Add { table, constraint }
                if let Some(moment) = self.moved(table, constraint) =>
            {
                let name = Postgres.quote(constraint.name().text().unwrap_or_default());
                self.alter(table, locks::BRIEF, &format!("ALTER CONSTRAINT {name} {moment}"));
            }
            ConstraintChange::Add { table, constraint } => {
                let effect = self.on(table, add_effect(constraint));
                let clause = ddl::constraint(Postgres, constraint);
                self.alter(table, effect, &format!("ADD {clause}"));
                self.constraint_comment(table, constraint);
            }
            ConstraintChange::Drop { table, constraint } => {
                let name = Postgres.quote(constraint.name().text().unwrap_or_default());
                self.alter(table, locks::BRIEF, &format!("DROP CONSTRAINT {name}"));
            }
            ConstraintChange::Rename { table, name, .. } => {
                let before = Postgres.quote(name.before.text().unwrap_or_default());
                let after = Postgres.quote(name.after.text().unwrap_or_default());
                self.alter(table, locks::BRIEF, &format!("RENAME CONSTRAINT {before} TO {after}"));
            }
            ConstraintChange::Comment { table, constraint, comment } => {
                let object = constraint_object(table, constraint);
                self.step(locks::QUIET, render::comment(&object, comment.after.as_deref()));
            }
        }
    }

    /// The new deferrability of a foreign key that is dropped and added with no other difference,
    /// and whose two tables do not change otherwise. Source:
    /// <https://www.postgresql.org/docs/15/sql-altertable.html>, ALTER CONSTRAINT.
    fn moved(&self, on: &QName, constraint: &Constraint) -> Option<&'static str> {
        let Constraint::ForeignKey(key) = constraint else { return None };
        let same =
            |other: &ForeignKey| ForeignKey { deferrable: key.deferrable, ..other.clone() } == *key;
        let own = |(table, other): &(&QName, &ForeignKey)| *table == on && same(other);
        let changes = self.request.changes;
        let (_, goes) = changes.iter().filter_map(Change::dropped_foreign_key).rfind(own)?;
        let (_, comes) = changes.iter().filter_map(Change::added_foreign_key).rfind(own)?;
        let of_either = |table: &QName| table == on || *table == key.references;
        let disturbs = |change: &Change| {
            change.dropped_foreign_key().filter(own).is_none() && disturbs(change, of_either)
        };
        if comes.deferrable == goes.deferrable || changes.iter().any(disturbs) {
            return None;
        }
        Some(match comes.deferrable {
            None => "NOT DEFERRABLE",
            Some(Deferrable::InitiallyImmediate) => "DEFERRABLE INITIALLY IMMEDIATE",
            Some(Deferrable::InitiallyDeferred) => "DEFERRABLE INITIALLY DEFERRED",
        })
    }

    /// `ALTER TABLE` with one clause.
    pub(super) fn alter(&mut self, table: &QName, effect: Effect, clause: &str) {
        self.step(effect, format!("ALTER TABLE {} {clause}", Postgres.quote_name(table)));
    }

    pub(super) fn constraint_comment(&mut self, table: &QName, constraint: &Constraint) {
        if let Some(text) = constraint.comment() {
            self.step(
                locks::QUIET,
                render::comment(&constraint_object(table, constraint), Some(text)),
            );
        }
    }

    pub(super) fn index(&mut self, change: &IndexChange) {
        match change {
            IndexChange::Create { table, index } => self.create_index(table, index),
            IndexChange::Drop { table, index } => {
                let name = Postgres.quote_name(&index_name(table, index.name.text()));
                self.step(locks::BRIEF, format!("DROP INDEX {name}"));
            }
            IndexChange::Rename { table, name, .. } => {
                let before = Postgres.quote_name(&index_name(table, name.before.text()));
                let after = Postgres.quote(name.after.text().unwrap_or_default());
                self.step(locks::QUIET, format!("ALTER INDEX {before} RENAME TO {after}"));
            }
            IndexChange::Comment { table, index, comment } => {
                let name = Postgres.quote_name(&index_name(table, index.name.text()));
                let object = format!("INDEX {name}");
                self.step(locks::QUIET, render::comment(&object, comment.after.as_deref()));
            }
            IndexChange::Tune { table, index, storage } => {
                let name = Postgres.quote_name(&index_name(table, index.name.text()));
                let effect = index::effect(storage.as_ref());
                self.storage(&format!("INDEX {name}"), effect, storage.as_ref());
            }
        }
    }

    pub(super) fn create_index(&mut self, table: &QName, index: &Index) {
        let effect = self.on(table, locks::CREATE_INDEX);
        self.work(Work::BuildIndex, effect, ddl::create_index(Postgres, table, index));
        self.index_comment(table, index);
    }

    pub(super) fn index_comment(&mut self, table: &QName, index: &Index) {
        if let Some(text) = &index.comment {
            let name = Postgres.quote_name(&index_name(table, index.name.text()));
            self.step(Effect::NONE, render::comment(&format!("INDEX {name}"), Some(text)));
        }
    }
}

fn constraint_object(table: &QName, constraint: &Constraint) -> String {
    let name = Postgres.quote(constraint.name().text().unwrap_or_default());
    format!("CONSTRAINT {name} ON {}", Postgres.quote_name(table))
}

/// An index is in the schema of its table.
fn index_name(table: &QName, name: Option<&str>) -> QName {
    table.sibling(name.unwrap_or_default())
}

fn add_effect(constraint: &Constraint) -> Effect {
    match constraint {
        Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::Exclusion(_) => locks::SCAN,
        Constraint::ForeignKey(key) if key.not_valid => locks::ADD_FOREIGN_KEY_NOT_VALID,
        Constraint::ForeignKey(_) => locks::ADD_FOREIGN_KEY,
        Constraint::Check(check) if check.not_valid || check.not_enforced => locks::BRIEF,
        Constraint::Check(_) => locks::SCAN,
    }
}

/// Whether a change of such a table, or of the type of its columns, needs the foreign key to
/// be recreated.
fn disturbs(change: &Change, of_either: impl Fn(&QName) -> bool) -> bool {
    match change {
        Change::Column(_) | Change::Table(_) | Change::Partition(_) => {
            change.table().is_some_and(of_either)
        }
        Change::Constraint(_) => change.dropped_constraint().is_some_and(|(it, _)| of_either(it)),
        Change::Enum(_) => change.altered_enum().is_some(),
        Change::Domain(_) => change.altered_domain().is_some(),
        Change::Namespace(_)
        | Change::Extension(_)
        | Change::Collation(_)
        | Change::Sequence(_)
        | Change::Index(_)
        | Change::Statistics(_)
        | Change::Grant(_)
        | Change::View(_)
        | Change::Routine(_)
        | Change::Trigger(_)
        | Change::Policy(_) => false,
    }
}
