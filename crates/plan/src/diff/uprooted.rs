//! What takes the ground from under the things that stand on it.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{
    Callee, Column, Constraint, Default, Domain, Expr, Index, IndexKey, KeyPart, Pair, QName,
    Schema, Table,
};

use super::column::is_remade;

/// What takes the ground from under the things that stand on it: they have to
/// be taken away before and put back afterwards.
#[derive(Debug, Default)]
pub(super) struct Uprooted {
    /// Columns whose operators change with their type.
    pub(super) columns: BTreeSet<(QName, String)>,
    /// Columns that change in a way which no foreign key on either end allows.
    pub(super) ends: BTreeSet<(QName, String)>,
    /// Keys (a table and its sorted columns) that foreign keys may point at,
    /// and that go, or change their kind.
    pub(super) keys: BTreeSet<(QName, Vec<String>)>,
    /// The routines that go, for good or for a while. Whatever calls them lets
    /// them go.
    pub(super) routines: BTreeSet<Callee>,
}

impl Uprooted {
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
            && self.ends.is_empty()
            && self.keys.is_empty()
            && self.routines.is_empty()
    }

    /// Whether a default calls what goes.
    pub(super) fn in_default(&self, default: &Default) -> bool {
        self.routines.iter().any(|it| default.calls(it))
    }

    /// Whether an expression calls what goes.
    pub(super) fn in_expr(&self, expr: &Expr) -> bool {
        self.routines.iter().any(|it| expr.calls(it))
    }

    /// Whether something in this table calls what goes.
    pub(super) fn in_table(&self, table: &Table) -> bool {
        let column = |it: &Column| {
            it.default.as_ref().is_some_and(|it| self.in_default(it))
                || it.generated.as_ref().is_some_and(|it| self.in_expr(&it.expr))
        };
        !self.routines.is_empty()
            && (table.columns.iter().any(column)
                || table.indexes.iter().any(|it| self.in_index(it))
                || table.constraints().iter().any(|it| self.in_constraint(it)))
    }

    /// Whether a part of an index, or of statistics, calls what goes.
    pub(super) fn in_key(&self, key: &IndexKey) -> bool {
        self.routines.iter().any(|it| key.calls(it))
    }

    pub(super) fn in_domain(&self, domain: &Domain) -> bool {
        domain.default.as_ref().is_some_and(|it| self.in_default(it))
            || domain.checks.iter().any(|it| self.in_expr(&it.expr))
    }

    /// The domain without what calls what goes.
    pub(super) fn torn(&self, domain: &Domain) -> Domain {
        let mut bare = domain.clone();
        bare.default = bare.default.filter(|it| !self.in_default(it));
        bare.checks.retain(|it| !self.in_expr(&it.expr));
        bare
    }

    pub(super) fn in_index(&self, index: &Index) -> bool {
        self.routines.iter().any(|it| index.calls(it))
    }

    pub(super) fn in_constraint(&self, constraint: &Constraint) -> bool {
        self.routines.iter().any(|it| constraint.calls(it))
    }
}

pub(super) fn uprooted(
    dialect: Dialect,
    schema: Pair<&Schema>,
    routines: BTreeSet<Callee>,
) -> Uprooted {
    let mut found = Uprooted { routines, ..Uprooted::default() };
    for (before, after) in schema.before.tables_beside(schema.after) {
        let Some(after) = after.filter(|it| *it != before || found.in_table(before)) else {
            continue;
        };
        for column in &before.columns {
            let other = after.column(&column.name);
            if other.is_some_and(|it| !dialect.keeps_operators(&column.data_type, &it.data_type)) {
                found.columns.insert((before.name.clone(), column.name.clone()));
            }
            let remade = |it| is_remade(dialect, Pair::new(column, it), &found);
            let options = Pair::new(&before.options, &after.options);
            let stays = |it| dialect.keeps_references(column, it) && !remade(it);
            if other.is_some_and(|it| !stays(it) || !dialect.keeps_text(it, options)) {
                found.ends.insert((before.name.clone(), column.name.clone()));
            }
        }
        if dialect.checks_references() {
            let (old, new) = (keys(before), keys(after));
            let gone = old.into_iter().filter(|key| !new.contains(key));
            found.keys.extend(gone.map(|(_, columns)| (before.name.clone(), columns)));
        }
    }
    found
}

/// The columns that foreign keys can point at, with the kind of thing that
/// makes them unique.
fn keys(table: &Table) -> BTreeSet<(u8, Vec<String>)> {
    let sorted = |parts: &[KeyPart]| {
        parts.iter().map(|part| part.column.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let mut all: BTreeSet<(u8, Vec<String>)> = BTreeSet::new();
    all.extend(table.primary_key.iter().map(|key| (0, sorted(&key.columns))));
    all.extend(table.uniques.iter().map(|unique| (1, sorted(&unique.columns))));
    for index in table.indexes.iter().filter(|it| it.unique && it.predicate.is_none()) {
        let columns: BTreeSet<String> = index
            .parts
            .iter()
            .filter_map(|part| match &part.key {
                IndexKey::Column(name) => Some(name.clone()),
                IndexKey::Expression(_) => None,
            })
            .collect();
        all.insert((2, columns.into_iter().collect()));
    }
    all
}
