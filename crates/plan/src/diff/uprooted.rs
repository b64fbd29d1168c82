//! What takes the ground from under the things that stand on it.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::Dialect;
use autogen_schema::{
    Callee, Column, Constraint, Default, Domain, Expr, Index, IndexKey, KeyPart, Pair,
    Partitioning, QName, Schema, Table,
};

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
    /// Types that are made anew, and the values of their columns with them; and
    /// whether operators take the new one as they took the old one.
    types: BTreeMap<QName, bool>,
}

impl Uprooted {
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
            && self.ends.is_empty()
            && self.keys.is_empty()
            && self.routines.is_empty()
            && self.types.is_empty()
    }

    /// Whether the column's type is made anew.
    pub(super) fn of_type(&self, column: &Column) -> bool {
        column.data_type.named().is_some_and(|name| self.types.contains_key(name))
    }

    /// Whether a default calls what goes.
    pub(super) fn in_default(&self, default: &Default) -> bool {
        self.routines.iter().any(|it| default.calls(it))
    }

    /// Whether an expression calls what goes.
    pub(super) fn in_expr(&self, expr: &Expr) -> bool {
        self.routines.iter().any(|it| expr.calls(it))
    }

    /// Whether something in this table calls what goes, or is of a type that
    /// does.
    pub(super) fn in_table(&self, table: &Table) -> bool {
        let column = |it: &Column| {
            it.default.as_ref().is_some_and(|it| self.in_default(it))
                || it.generated.as_ref().is_some_and(|it| self.in_expr(&it.expr))
        };
        let typed = !self.types.is_empty() && table.columns.iter().any(|it| self.of_type(it));
        let calls = !self.routines.is_empty()
            && (table.columns.iter().any(column)
                || table.indexes.iter().any(|it| self.in_index(it))
                || table.constraints().iter().any(|it| self.in_constraint(it)));
        let mut partitions = table.partitioning.iter().flat_map(Partitioning::all);
        typed || calls || partitions.any(|it| self.in_table(&it.own))
    }

    /// Whether a part of statistics calls what goes, or computes something from a
    /// column whose operators change.
    pub(super) fn in_statistics(&self, table: &QName, key: &IndexKey) -> bool {
        let computes = |expr: &Expr| {
            self.columns.iter().any(|(of, column)| of == table && expr.mentions(column))
        };
        self.routines.iter().any(|it| key.calls(it))
            || matches!(key, IndexKey::Expression(expr) if computes(expr))
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
    let types = match dialect.has_enum_types() {
        true => remade_types(dialect, schema),
        false => BTreeMap::new(),
    };
    let mut found = Uprooted { routines, types, ..Uprooted::default() };
    for (before, after) in schema.before.tables_beside(schema.after) {
        let Some(after) = after.filter(|it| *it != before || found.in_table(before)) else {
            continue;
        };
        for column in &before.columns {
            let other = after.column(&column.name);
            let of_type = column.data_type.named().and_then(|name| found.types.get(name));
            let anew = of_type.is_some_and(|keeps_operators| !keeps_operators);
            let keeps = |it: &Column| dialect.keeps_operators(&column.data_type, &it.data_type);
            if other.is_some_and(|it| anew || !keeps(it)) {
                found.columns.insert((before.name.clone(), column.name.clone()));
            }
            let remade = |it| is_remade(dialect, Pair::new(column, it), &found);
            let options = Pair::new(&before.options, &after.options);
            let stays = |it| dialect.keeps_references(column, it) && !remade(it);
            if other.is_some_and(|it| anew || !stays(it) || !dialect.keeps_text(it, options)) {
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

/// Enums that lose or reorder values, and domains over another type.
fn remade_types(dialect: Dialect, schema: Pair<&Schema>) -> BTreeMap<QName, bool> {
    let (old, new) = (schema.before, schema.after);
    let enums = old.enums.values().filter(|before| {
        let after = new.enums.get(&before.name);
        after.is_some_and(|after| !is_extended(&before.values, &after.values))
    });
    let domains = old.domains.values().filter_map(|before| {
        let after = new.domains.get(&before.name)?;
        let keeps = dialect.keeps_operators(&before.base, &after.base);
        is_rebuilt(Pair::new(before, after)).then(|| (before.name.clone(), keeps))
    });
    enums.map(|it| (it.name.clone(), false)).chain(domains).collect()
}

/// Whether values are only added.
pub(super) fn is_extended(before: &[String], after: &[String]) -> bool {
    let mut after = after.iter();
    before.iter().all(|value| after.any(|it| it == value))
}

/// Whether a domain is made anew.
pub(super) fn is_rebuilt(item: Pair<&Domain>) -> bool {
    item.before.base != item.after.base || item.before.collation != item.after.collation
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

/// Whether the database needs a new column for this.
pub(super) fn is_remade(dialect: Dialect, column: Pair<&Column>, uprooted: &Uprooted) -> bool {
    let Pair { before, after } = column;
    let becomes = before.generated != after.generated && after.generated.is_some();
    let retyped = before.generated.is_some() && before.data_type != after.data_type;
    let shaken = before.generated.as_ref().is_some_and(|it| uprooted.in_expr(&it.expr));
    !dialect.alters_generated() && (becomes || ((retyped || shaken) && after.generated.is_some()))
}
