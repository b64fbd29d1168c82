//! Indexes.

use autogen_schema::{
    Change, ColumnType, ForeignKey, Index, IndexChange, IndexKey, Name, Pair, QName, Table,
};

use super::{Lowering, replace};
use crate::Dialect::Mysql;
use crate::mysql::implied::serves;
use crate::mysql::locks::Algorithm;
use crate::mysql::render;

/// An index that a foreign key still needs.
#[derive(Debug, Clone)]
pub(super) struct Postponed {
    table: QName,
    index: Index,
    cause: usize,
}

impl Lowering<'_> {
    pub(super) fn index(&mut self, change: &IndexChange) {
        match change {
            IndexChange::Create { table, index } => self.create_index(table, index),
            IndexChange::Drop { table, index } if self.is_needed(table, index) => {
                let successor = self.successor(table, index);
                let (index, cause) = ((**index).clone(), self.cause);
                self.postponed.push(Postponed { table: table.clone(), index, cause });
                for at in successor.into_iter().flatten() {
                    self.make_ahead(at);
                }
            }
            IndexChange::Drop { table, index } => self.drop_index(table, index),
            IndexChange::Rename { table, name, .. } => {
                let algorithm = self.algorithm(table, |state| state.rename_index());
                let (before, after) =
                    (name.before.text().unwrap_or_default(), name.after.text().unwrap_or_default());
                let about = [&made(before), &made(after), &gone(before)];
                self.alter(table, algorithm, &about.map(String::as_str), rename_clause(name));
            }
            // A comment is part of an index, which is rebuilt for it.
            IndexChange::Comment { table, index, comment } => {
                let commented = Index { comment: comment.after.clone(), ..(**index).clone() };
                self.replace_index(table, index, &commented);
            }
            // MySQL's indexes have no storage parameters.
            IndexChange::Tune { .. } => {}
        }
    }

    /// The change that creates the foreign key's next index, if the drop of the current one
    /// cannot wait for it: one of its columns is dropped before. Before it are the changes that
    /// add its columns.
    fn successor(&self, table: &QName, old: &Index) -> Option<Vec<usize>> {
        let owner = self.schema.tables.get(table)?;
        let first = self.cause + 1;
        let mut later = self.request.changes.iter().enumerate().skip(first);
        let (at, new) = later.find_map(|(at, change)| {
            let (_, index) = change.created_index().filter(|(on, _)| *on == table)?;
            self.replaces(table, old, index).then_some((at, index))
        })?;
        let between = self.request.changes.get(first..at)?;
        let mut dropped = between.iter().filter_map(Change::dropped_column);
        let pressing = dropped.any(|(on, column)| on == table && old.uses(&column.name));
        let mut ahead = Vec::new();
        for part in &new.parts {
            let IndexKey::Column(name) = &part.key else { return None };
            if owner.column(name).is_none() {
                ahead.push(first + added(between, table, name)?);
            }
        }
        let others = (first..at).zip(between).filter(|(at, _)| !ahead.contains(at));
        let others = others.map(|(_, change)| change);
        let disturbed = replace::is_about(others, table, |column| new.uses(column));
        ahead.push(at);
        (pressing && !disturbed).then_some(ahead)
    }

    /// Makes a change earlier than planned: an index in place of those that wait for it, and
    /// its new columns.
    fn make_ahead(&mut self, successor: usize) {
        let Some(change) = self.request.changes.get(successor) else { return };
        let current = std::mem::replace(&mut self.cause, successor);
        self.change(change);
        self.apply(change);
        self.done_before.insert(successor);
        self.cause = current;
    }

    fn create_index(&mut self, table: &QName, index: &Index) {
        self.possible_index(table, index);
        let mut algorithm = self.algorithm(table, |state| state.create_index(index));
        let name = index.name.text().unwrap_or_default();
        let before = self.replaced_index();
        if let Some((cause, old)) = &before {
            if replace::only_visibility(old, index) {
                self.show_index(table, index);
                return;
            }
            algorithm = algorithm.max(self.algorithm(table, |state| state.drop_index(old)));
            self.flush();
            self.take_away(table, algorithm, old, *cause);
        }
        // If it replaces the index of a foreign key, both happen in one statement.
        let waiting = std::mem::take(&mut self.postponed);
        let (here, elsewhere) = waiting
            .into_iter()
            .partition(|it| it.table == *table && self.replaces(table, &it.index, index));
        self.postponed = elsewhere;
        if before.is_none() && !here.is_empty() {
            self.flush();
        }
        for Postponed { index: old, cause, .. } in here {
            algorithm = algorithm.max(self.algorithm(table, |state| state.drop_index(&old)));
            self.take_away(table, algorithm, &old, cause);
        }
        let clause = format!("ADD {}", render::index(self.flavor, index));
        self.alone_if(replace::computes(index));
        self.alter(table, algorithm, &[&made(name)], clause);
        self.alone_if(replace::computes(index));
    }

    /// A virtual column, also the hidden one of an expression, is added and dropped only in a
    /// separate statement.
    pub(super) fn alone_if(&mut self, computes: bool) {
        if computes {
            self.flush();
        }
    }

    /// The index that the current one replaces.
    fn replaced_index(&self) -> Option<(usize, Index)> {
        let cause = *self.replacing.get(&self.cause)?;
        let (_, index) = self.request.changes.get(cause)?.dropped_index()?;
        Some((cause, index.clone()))
    }

    fn take_away(&mut self, table: &QName, algorithm: Algorithm, index: &Index, cause: usize) {
        let current = std::mem::replace(&mut self.cause, cause);
        let name = index.name.text().unwrap_or_default();
        self.alter(table, algorithm, &[&gone(name)], drop_clause(index));
        self.cause = current;
    }

    fn show_index(&mut self, table: &QName, index: &Index) {
        let algorithm = self.algorithm(table, |state| state.rename_index());
        let name = index.name.text().unwrap_or_default();
        let word = render::visibility(self.flavor, index.options.invisible);
        self.alter(
            table,
            algorithm,
            &[&made(name)],
            format!("ALTER INDEX {} {word}", Mysql.quote(name)),
        );
    }

    fn drop_index(&mut self, table: &QName, index: &Index) {
        let algorithm = self.algorithm(table, |state| state.drop_index(index));
        let name = index.name.text().unwrap_or_default();
        self.alone_if(replace::computes(index));
        self.alter(table, algorithm, &[&gone(name)], drop_clause(index));
        self.alone_if(replace::computes(index));
    }

    fn replace_index(&mut self, table: &QName, before: &Index, after: &Index) {
        let algorithm = self.algorithm(table, |state| state.create_index(after));
        let name = after.name.text().unwrap_or_default();
        self.alter(table, algorithm, &[&gone(name)], drop_clause(before));
        let clause = format!("ADD {}", render::index(self.flavor, after));
        self.alter(table, algorithm, &[&made(name)], clause);
    }

    /// Whether a foreign key that is kept has no other index.
    fn is_needed(&self, table: &QName, index: &Index) -> bool {
        let Some(owner) = self.schema.tables.get(table) else { return false };
        let rest: Vec<&Index> = owner.indexes.iter().filter(|it| *it != index).collect();
        let leans = |key: &ForeignKey| {
            serves(owner, std::iter::once(index), &key.columns)
                && !serves(owner, rest.iter().copied(), &key.columns)
        };
        let child = owner.foreign_keys.iter().any(leans);
        child && !self.request.goes_after(self.cause, table)
    }

    /// Whether every foreign key that uses the old index can use the new one or another.
    fn replaces(&self, table: &QName, old: &Index, new: &Index) -> bool {
        let Some(owner) = self.schema.tables.get(table) else { return true };
        let there = || owner.indexes.iter().chain(std::iter::once(new));
        owner.foreign_keys.iter().all(|key| {
            !serves(owner, std::iter::once(old), &key.columns)
                || serves(owner, there(), &key.columns)
        })
    }

    pub(super) fn drop_postponed(&mut self) {
        for Postponed { table, index, cause } in std::mem::take(&mut self.postponed) {
            self.cause = cause;
            self.drop_index(&table, &index);
        }
    }

    /// Refuses indexes that no server, or not this version, supports.
    pub(super) fn possible_index(&mut self, table: &QName, index: &Index) {
        let object = format!("{table}.{}", index.name);
        let dialect = self.flavor.dialect();
        let computed = replace::computes(index);
        if index.predicate.is_some() {
            self.refuse(
                "A0443",
                object.clone(),
                format!("{dialect} has no partial indexes"),
                "remove `where` from the model, or limit the index to other databases by \
                 `dialects(..)`; for uniqueness, index a generated column that is NULL in the \
                 other rows",
            );
        }
        if computed && !self.caps.functional_indexes {
            self.refuse(
                "A0443",
                object.clone(),
                format!("{dialect} has no indexes over expressions"),
                "index a generated column with this expression",
            );
        }
        if index.nulls_not_distinct {
            self.refuse(
                "A0443",
                object.clone(),
                format!("{dialect} treats NULLs as different in unique indexes"),
                "remove `nulls_not_distinct` from the model, or make the columns required",
            );
        }
        let known = ["fulltext", "spatial"];
        if let Some(method) = index.method.as_deref().filter(|it| !known.contains(it)) {
            self.refuse(
                "A0443",
                object.clone(),
                format!("{dialect} has no index method {method}"),
                "remove the method from the model",
            );
        }
        if index.method.is_none()
            && let Some(column) = self.endless_part(table, index)
        {
            self.refuse(
                "A0444",
                object,
                format!(
                    "column {column} is too long for an index, which needs a number of first \
                         characters"
                ),
                "give the number, as in #[autogen(index(\"body(20)\"))] on the struct, or give the \
                 column a length",
            );
        }
    }

    /// A part over a text or blob without the required prefix length.
    fn endless_part<'i>(&self, table: &QName, index: &'i Index) -> Option<&'i str> {
        let ends = &self.ends;
        let owners = [ends.after.tables.get(table), ends.before.tables.get(table)];
        let find = |owner: &Table, name: &str| owner.column(name).map(|it| it.data_type.clone());
        index.parts.iter().filter(|part| part.prefix.is_none()).find_map(|part| match &part.key {
            IndexKey::Column(name) => {
                let found = owners.iter().flatten().find_map(|owner| find(owner, name))?;
                let endless =
                    matches!(found, ColumnType::Text(_) | ColumnType::Blob(_) | ColumnType::Json);
                endless.then_some(name.as_str())
            }
            IndexKey::Expression(_) => None,
        })
    }
}

/// The change among these that adds a column whose value is its own.
fn added(changes: &[Change], table: &QName, name: &str) -> Option<usize> {
    changes.iter().position(|change| {
        change.added_column().is_some_and(|(on, column)| {
            on == table && column.name == name && column.generated.is_none()
        })
    })
}

pub(super) fn rename_clause(name: &Pair<Name>) -> String {
    let quoted = name.as_ref().map(|name| Mysql.quote(name.text().unwrap_or_default()));
    format!("RENAME INDEX {} TO {}", quoted.before, quoted.after)
}

fn made(name: &str) -> String {
    format!("+index {name}")
}

fn gone(name: &str) -> String {
    format!("-index {name}")
}

fn drop_clause(index: &Index) -> String {
    format!("DROP INDEX {}", Mysql.quote(index.name.text().unwrap_or_default()))
}
