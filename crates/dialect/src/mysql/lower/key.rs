//! A primary key and auto-increment change in one statement: the old key cannot be dropped
//! before the new one exists while a column is auto-increment, and together they use a better
//! algorithm than apart.

use std::collections::{BTreeMap, BTreeSet};

use autogen_schema::{
    Change, Column, Constraint, Index, IndexChange, Pair, PrimaryKey, QName, Table,
};

use super::Lowering;
use crate::Dialect::Mysql;
use crate::ddl;
use crate::mysql::Flavor;
use crate::mysql::implied::serves;
use crate::mysql::locks::Algorithm;
use crate::mysql::render;

/// For each table whose key changes, the changes that are made together, as indexes into the
/// list: those of the key and of its columns, before or after.
pub(super) fn groups(changes: &[Change]) -> Vec<Vec<usize>> {
    let mut keys: BTreeMap<&QName, BTreeSet<&str>> = BTreeMap::new();
    for change in changes {
        let Some((table, key)) = key(change) else { continue };
        let columns = key.columns.iter().map(|part| part.column.as_str());
        keys.entry(table).or_default().extend(columns);
    }
    let mut groups: BTreeMap<&QName, Vec<usize>> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        let Some((table, column)) = member(change) else { continue };
        let Some(columns) = keys.get(table) else { continue };
        if column.is_none_or(|it| columns.contains(it.name.as_str()) || it.identity.is_some()) {
            groups.entry(table).or_default().push(at);
        }
    }
    for (table, group) in &mut groups {
        group.retain(|at| !is_base(changes, table, *at));
        join_computed(changes, table, group);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// Whether an added column is used by an existing column that becomes generated: that one
/// cannot wait for the group.
fn is_base(changes: &[Change], table: &QName, at: usize) -> bool {
    let Some((_, base)) = changes.get(at).and_then(Change::added_column) else { return false };
    let computed = |(owner, column): (&QName, &Pair<Column>)| {
        let generated = column.after.generated.as_ref();
        owner == table && generated.is_some_and(|generated| generated.expr.mentions(&base.name))
    };
    base.identity.is_none() && changes.iter().filter_map(Change::altered_column).any(computed)
}

/// A new column that is computed from a column of such a group cannot be added before the
/// group.
fn join_computed(changes: &[Change], table: &QName, group: &mut Vec<usize>) {
    let added = |at: &usize| Some(changes.get(*at)?.added_column()?.1);
    let (bases, computed): (Vec<_>, Vec<_>) = changes
        .iter()
        .enumerate()
        .filter(|(_, change)| member(change).is_some_and(|(of, _)| of == table))
        .map(|(at, _)| at)
        .partition(|at| group.contains(at));
    let bases: Vec<&str> = bases.iter().filter_map(added).map(|it| it.name.as_str()).collect();
    for at in computed {
        let generated = added(&at).and_then(|it| it.generated.as_ref());
        if generated.is_some_and(|it| bases.iter().any(|base| it.expr.mentions(base))) {
            group.push(at);
        }
    }
    group.sort_unstable();
}

/// The table of a change that may belong to such a group, and its column; `None` for the key
/// itself.
fn member(change: &Change) -> Option<(&QName, Option<&Column>)> {
    if let Some((table, _)) = key(change) {
        return Some((table, None));
    }
    let altered = || {
        let (table, column) = change.altered_column()?;
        let counts = column.before.identity.is_some();
        Some((table, if counts { &column.before } else { &column.after }))
    };
    let moved = change.added_column().or_else(|| change.dropped_column()).or_else(altered);
    moved.map(|(table, column)| (table, Some(column)))
}

/// The primary key that a change adds or drops, with its table.
fn key(change: &Change) -> Option<(&QName, &PrimaryKey)> {
    let (table, constraint) = change.added_constraint().or_else(|| change.dropped_constraint())?;
    if let Constraint::PrimaryKey(key) = constraint { Some((table, key)) } else { None }
}

impl Lowering<'_> {
    pub(super) fn key_group(&mut self, group: &[usize]) {
        let changes: Vec<(usize, &Change)> =
            group.iter().filter_map(|at| Some((*at, self.request.changes.get(*at)?))).collect();
        let Some(table) =
            changes.iter().find_map(|(_, change)| member(change)).map(|(table, _)| table.clone())
        else {
            return;
        };
        let mut clauses = Vec::new();
        let mut algorithm = self.algorithm(&table, |state| state.rebuild());
        let dropped = changes.iter().any(|(_, change)| change.dropped_constraint().is_some());
        let added = changes.iter().any(|(_, change)| change.added_constraint().is_some());
        for (cause, change) in &changes {
            self.cause = *cause;
            let Some((needed, clause)) = self.key_clause(&table, change) else { continue };
            algorithm = algorithm.max(needed);
            clauses.push((*cause, clause));
        }
        if dropped && !added {
            algorithm = Algorithm::Copy;
        }
        let standing_in = if dropped { self.stand_in_for_key(&table, group) } else { Vec::new() };
        for (cause, index) in &standing_in {
            algorithm = algorithm.max(self.algorithm(&table, |state| state.create_index(index)));
            clauses.push((*cause, format!("ADD {}", render::index(self.flavor, index))));
        }
        // MySQL removes auto-increment only by copying; MariaDB in the catalog.
        let quick = self.flavor == Flavor::Mariadb && !dropped && !added;
        if quick && changes.iter().all(|(_, change)| forgets(change)) {
            algorithm = Algorithm::Instant;
        }
        self.flush();
        for (cause, clause) in clauses {
            self.cause = cause;
            self.alter(&table, algorithm, &[], clause);
        }
        self.flush();
        for (_, change) in changes {
            self.apply(change);
        }
        for (cause, index) in standing_in {
            let create = IndexChange::Create { table: table.clone(), index: Box::new(index) };
            self.apply(&Change::Index(create));
            self.done_before.insert(cause);
        }
    }

    /// The clause of a change of the group.
    fn key_clause(&mut self, table: &QName, change: &Change) -> Option<(Algorithm, String)> {
        if let Some((_, constraint)) = change.added_constraint() {
            return Some((
                Algorithm::Rebuild,
                format!("ADD {}", ddl::constraint(Mysql, constraint)),
            ));
        }
        if change.dropped_constraint().is_some() {
            return Some((Algorithm::Rebuild, "DROP PRIMARY KEY".to_owned()));
        }
        if let Some((_, column)) = change.added_column() {
            return Some(self.key_column(table, column));
        }
        if let Some((_, column)) = change.dropped_column() {
            let pulls = self.pulls_virtual(table, &column.name);
            let own = if pulls { Algorithm::Copy } else { Algorithm::Rebuild };
            return Some((own, format!("DROP COLUMN {}", Mysql.quote(&column.name))));
        }
        let (_, column) = change.altered_column()?;
        self.known_type(table, &column.after);
        if column.before.data_type != column.after.data_type {
            self.convert(table, column);
        }
        self.fill_nulls(table, column);
        let own = self.algorithm(table, |state| state.alter_column(column.as_ref()));
        Some((own, format!("MODIFY COLUMN {}", self.restated(table, &column.after))))
    }

    /// A new column of the group, which exists already if it was filled.
    fn key_column(&mut self, table: &QName, column: &Column) -> (Algorithm, String) {
        self.known_type(table, column);
        if let Some(fill) = self.fill(table, column).filter(|_| !column.nullable) {
            self.key_column_first(table, column, fill.as_str());
            let open = column.clone().nullable();
            let own = self.algorithm(table, |state| state.alter_column(Pair::new(&open, column)));
            let clause = format!("MODIFY COLUMN {}", self.restated(table, column));
            return (own.max(Algorithm::Rebuild), clause);
        }
        let own = match column.generated {
            // Also a virtual one, which can be added instantly only in a separate statement.
            Some(_) => Algorithm::Copy,
            None => self.algorithm(table, |state| state.add_column(column)),
        };
        (own, format!("ADD COLUMN {}", render::column(self.flavor, column)))
    }

    /// Indexes that are created later, for foreign keys that used the key: the server requires
    /// them in the statement that drops the key.
    fn stand_in_for_key(&self, table: &QName, group: &[usize]) -> Vec<(usize, Index)> {
        let Some(owner) = self.schema.tables.get(table) else { return Vec::new() };
        let bare = Table { primary_key: None, ..(**owner).clone() };
        let needs = |index: &Index| {
            bare.foreign_keys.iter().any(|key| {
                serves(owner, &owner.indexes, &key.columns)
                    && !serves(&bare, &bare.indexes, &key.columns)
                    && serves(&bare, [index], &key.columns)
            })
        };
        let last = group.last().copied().unwrap_or_default();
        let later = self.request.changes.iter().enumerate().skip(last);
        later
            .filter_map(|(at, change)| {
                let (_, index) = change.created_index().filter(|(on, _)| *on == table)?;
                let free = !self.replacing.contains_key(&at);
                (free && needs(index)).then(|| (at, index.clone()))
            })
            .collect()
    }

    /// A new column of a key gets its values before the key is created.
    fn key_column_first(&mut self, table: &QName, column: &Column, fill: &str) {
        let open = column.clone().nullable();
        let algorithm = self.algorithm(table, |state| state.add_column(&open));
        let definition = render::column(self.flavor, &open);
        self.flush();
        self.alter(table, algorithm, &[&column.name], format!("ADD COLUMN {definition}"));
        self.backfill(table, column, fill);
    }
}

fn forgets(change: &Change) -> bool {
    change.altered_column().is_some_and(|(_, column)| {
        let mut same = column.after.clone();
        same.identity.clone_from(&column.before.identity);
        same == column.before
    })
}
