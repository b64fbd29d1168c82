//! Constraints. A unique constraint is an index in MySQL.

use autogen_schema::{
    Change, Check, Column, Constraint, ConstraintChange, FkAction, ForeignKey, Index, IndexKey,
    IndexPart, Name, Pair, QName,
};

use super::{Lowering, index};
use crate::Dialect::Mysql;
use crate::ddl;
use crate::mysql::Flavor;
use crate::mysql::locks::Algorithm;
use crate::mysql::render;

impl Lowering<'_> {
    pub(super) fn constraint(&mut self, change: &ConstraintChange) {
        match change {
            ConstraintChange::Add { table, constraint } => self.add_constraint(table, constraint),
            ConstraintChange::Drop { table, constraint } => self.drop_constraint(table, constraint),
            ConstraintChange::Rename { table, constraint, name } => {
                self.rename_constraint(table, constraint, name);
            }
            // Constraints have no comments.
            ConstraintChange::Comment { .. } => {}
        }
    }

    fn add_constraint(&mut self, table: &QName, constraint: &Constraint) {
        self.possible_constraint(table, constraint);
        let algorithm = match constraint {
            Constraint::Check(check) if check.not_enforced => Algorithm::Instant,
            Constraint::PrimaryKey(_) => self.algorithm(table, |state| state.rebuild()),
            Constraint::Unique(_)
            | Constraint::ForeignKey(_)
            | Constraint::Check(_)
            | Constraint::Exclusion(_) => Algorithm::Copy,
        };
        let name = constraint.name().text().unwrap_or_default();
        if let Some((column, check)) = self.owner(table, constraint) {
            let definition = render::column(self.flavor, &column);
            let clause = format!("MODIFY COLUMN {definition} CHECK ({})", check.expr);
            self.alter(table, Algorithm::Copy, &[name], clause);
            return;
        }
        let shown = self.schema.tables.get(table).and_then(|it| render::shown_key(it, constraint));
        let definition = shown.unwrap_or_else(|| ddl::constraint(Mysql, constraint));
        let clause = format!("ADD {definition}");
        if let Some(cause) = self.replacing.get(&self.cause).copied() {
            if self.only_enforcement(cause, constraint) {
                let word =
                    if algorithm == Algorithm::Instant { "NOT ENFORCED" } else { "ENFORCED" };
                let clause = format!("ALTER CHECK {} {word}", Mysql.quote(name));
                self.alter(table, algorithm, &[&format!("+{name}"), "+constraint"], clause);
                return;
            }
            let current = std::mem::replace(&mut self.cause, cause);
            self.flush();
            let gone = self.drop_clause(constraint);
            self.alter(table, algorithm, &[&format!("-{name}")], gone);
            self.cause = current;
        }
        // A separate statement for each: an error then tells which rows violate which check.
        self.alter(table, algorithm, &[&format!("+{name}"), "+constraint"], clause);
    }

    /// Whether a check replaces one that differs only in ENFORCED, which only MySQL has.
    fn only_enforcement(&self, gone: usize, constraint: &Constraint) -> bool {
        let gone = self.request.changes.get(gone).and_then(Change::dropped_constraint);
        let Some((_, old)) = gone else { return false };
        let (Constraint::Check(before), Constraint::Check(after)) = (old, constraint) else {
            return false;
        };
        before.not_enforced != after.not_enforced
            && Check { not_enforced: after.not_enforced, ..before.clone() } == *after
    }

    /// The column that MariaDB stores a check with.
    fn owner<'c>(&self, table: &QName, constraint: &'c Constraint) -> Option<(Column, &'c Check)> {
        let Constraint::Check(check) = constraint else { return None };
        let column = self.schema.tables.get(table)?.column(check.name.text()?)?;
        (self.flavor == Flavor::Mariadb).then(|| (column.clone(), check))
    }

    fn drop_constraint(&mut self, table: &QName, constraint: &Constraint) {
        if let Some((column, _)) = self.owner(table, constraint) {
            let definition = render::column(self.flavor, &column);
            let clause = format!("MODIFY COLUMN {definition}");
            self.alter(table, Algorithm::Instant, &[&column.name], clause);
            return;
        }
        let name = format!("-{}", constraint.name().text().unwrap_or_default());
        let algorithm = match constraint {
            Constraint::PrimaryKey(_) => Algorithm::Copy,
            Constraint::ForeignKey(_) => self.algorithm(table, |state| state.drop_foreign_key()),
            Constraint::Check(_) => Algorithm::Instant,
            // The canonical form has neither.
            Constraint::Unique(_) | Constraint::Exclusion(_) => return,
        };
        let clause = self.drop_clause(constraint);
        self.alter(table, algorithm, &[&name], clause);
    }

    fn drop_clause(&self, constraint: &Constraint) -> String {
        let name = Mysql.quote(constraint.name().text().unwrap_or_default());
        match constraint {
            Constraint::PrimaryKey(_) => "DROP PRIMARY KEY".to_owned(),
            Constraint::ForeignKey(_) => format!("DROP FOREIGN KEY {name}"),
            Constraint::Check(_) if self.flavor == Flavor::Mysql => format!("DROP CHECK {name}"),
            Constraint::Check(_) | Constraint::Unique(_) | Constraint::Exclusion(_) => {
                format!("DROP CONSTRAINT {name}")
            }
        }
    }

    /// Neither server can rename constraints: they are dropped and added in one statement.
    fn rename_constraint(&mut self, table: &QName, constraint: &Constraint, name: &Pair<Name>) {
        let after = constraint.clone().with_name(name.after.clone());
        self.possible_constraint(table, &after);
        self.flush();
        let clause = self.drop_clause(constraint);
        self.alter(table, Algorithm::Copy, &[], clause);
        if let Some((at, renamed)) = self.index_of_key(table, constraint, name) {
            self.alter(table, Algorithm::Copy, &[], index::rename_clause(renamed));
            if let Some(change) = self.request.changes.get(at) {
                self.apply(change);
            }
            self.done_before.insert(at);
        }
        let clause = format!("ADD {}", ddl::constraint(Mysql, &after));
        self.alter(table, Algorithm::Copy, &[], clause);
        self.flush();
    }

    /// The later change that renames the index of a foreign key along with it. The server
    /// renames an index that it created by itself, and not one that was declared; said in the
    /// same statement, it is right for both.
    fn index_of_key(
        &self,
        table: &QName,
        constraint: &Constraint,
        name: &Pair<Name>,
    ) -> Option<(usize, &'_ Pair<Name>)> {
        let Constraint::ForeignKey(_) = constraint else { return None };
        let later = self.request.changes.iter().enumerate().skip(self.cause + 1);
        later
            .filter_map(|(at, change)| Some((at, change.renamed_index()?)))
            .find(|(_, (on, renamed))| *on == table && *renamed == name)
            .map(|(at, (_, renamed))| (at, renamed))
    }

    /// Whether a foreign key references exactly the columns of a unique key.
    fn is_unique_end(&self, table: &QName, key: &ForeignKey) -> bool {
        let now = self.schema.tables.get(&key.references);
        let later = self.ends.after.tables.get(&key.references);
        let Some(parent) = now.filter(|_| key.references != *table).or(later).or(now) else {
            return true;
        };
        let is = |columns: Vec<&str>| columns.iter().eq(key.referenced_columns.iter());
        let primary = parent.primary_key.as_ref().map(|it| &it.columns);
        let uniques = parent.uniques.iter().map(|it| &it.columns).chain(primary);
        let mut named = uniques.map(|it| it.iter().map(|part| part.column.as_str()).collect());
        let unique = |index: &Index| {
            let columns: Option<Vec<&str>> = index.parts.iter().map(whole_column).collect();
            index.unique && columns.is_some_and(is)
        };
        named.any(is) || parent.indexes.iter().any(unique)
    }

    /// Refuses constraints that no server, or not this version, supports.
    pub(super) fn possible_constraint(&mut self, table: &QName, constraint: &Constraint) {
        let object = format!("{table}.{}", constraint.name());
        let dialect = self.flavor.dialect();
        match constraint {
            Constraint::Exclusion(_) => self.refuse(
                "A0442",
                object,
                format!("{dialect} has no exclusion constraints"),
                "remove it from the model, or check the rows by a trigger",
            ),
            Constraint::ForeignKey(key) if key.deferrable.is_some() => self.refuse(
                "A0442",
                object,
                format!("{dialect} checks foreign keys at once, and can't defer the check"),
                "remove `deferrable` from the model",
            ),
            Constraint::ForeignKey(key)
                if [key.on_delete, key.on_update].contains(&FkAction::SetDefault) =>
            {
                self.refuse(
                    "A0442",
                    object,
                    format!("InnoDB, the engine of {dialect}, has no SET DEFAULT for foreign keys"),
                    "choose another action",
                );
            }
            Constraint::ForeignKey(key)
                if self.caps.unique_references && !self.is_unique_end(table, key) =>
            {
                self.refuse(
                    "A0442",
                    object,
                    format!(
                        "this {dialect} allows no foreign key to columns of {} that are not \
                         unique together",
                        key.references
                    ),
                    "reference all columns of the primary key or of a unique key, or make these \
                     unique",
                );
            }
            Constraint::Check(Check { .. })
            | Constraint::ForeignKey(_)
            | Constraint::PrimaryKey(_)
            | Constraint::Unique(_) => {}
        }
    }
}

/// The column of an index part, if it is the whole column.
fn whole_column(part: &IndexPart) -> Option<&str> {
    match &part.key {
        IndexKey::Column(name) if part.prefix.is_none() => Some(name.as_str()),
        IndexKey::Column(_) | IndexKey::Expression(_) => None,
    }
}
