//! What depends on what in one schema: the only reader of which names an expression, a
//! view or a routine uses.

mod programmable;
mod table;
#[cfg(test)]
mod tests;
mod uses;

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{DependencyKind, Dialect};
use autogen_schema::{Callee, Default, Domain, Expr, ObjectId, RoutineKind, Schema};

pub(crate) use self::uses::Uses;

/// The dependencies of one schema, by what they are on.
#[derive(Debug, Default)]
pub(crate) struct Dependencies {
    dependents: BTreeMap<ObjectId, BTreeSet<(DependencyKind, ObjectId)>>,
}

impl Dependencies {
    /// Finds them, in one walk.
    pub(crate) fn of(dialect: Dialect, schema: &Schema) -> Self {
        let mut walk = Walk::of(schema);
        schema.domains.values().for_each(|it| walk.domain(it));
        schema.tables.values().for_each(|it| walk.table(it));
        for statistics in schema.statistics.values() {
            if let Some(table) = schema.tables.get(&statistics.table) {
                walk.statistics(table, statistics);
            }
        }
        programmable::walk(dialect, schema, &mut walk);
        walk.found
    }

    /// What depends on the object, and how.
    pub(crate) fn dependents(
        &self,
        on: &ObjectId,
    ) -> impl Iterator<Item = (DependencyKind, &ObjectId)> {
        self.dependents.get(on).into_iter().flatten().map(|(kind, dependent)| (*kind, dependent))
    }
}

/// A walk through a schema.
struct Walk {
    found: Dependencies,
    /// The routines that an expression can call, by their names in lower case.
    routines: BTreeMap<String, Vec<(ObjectId, Callee)>>,
}

impl Walk {
    fn of(schema: &Schema) -> Self {
        let mut routines: BTreeMap<String, Vec<(ObjectId, Callee)>> = BTreeMap::new();
        for routine in schema.routines.iter().filter(|it| it.kind != RoutineKind::Event) {
            let named = routines.entry(routine.name.name.to_lowercase()).or_default();
            named.push((ObjectId::routine(routine), routine.callee()));
        }
        Self { found: Dependencies::default(), routines }
    }

    fn add(&mut self, dependent: &ObjectId, kind: DependencyKind, on: ObjectId) {
        if *dependent != on {
            let dependents = self.found.dependents.entry(on).or_default();
            dependents.insert((kind, dependent.clone()));
        }
    }

    /// The routines that the expression calls.
    fn calls(&mut self, dependent: &ObjectId, kind: DependencyKind, expr: &Expr) {
        if self.routines.is_empty() {
            return;
        }
        let names: BTreeSet<String> =
            expr.identifiers().iter().map(|name| name.to_lowercase()).collect();
        let named = names.iter().filter_map(|name| self.routines.get(name)).flatten();
        let called = named.filter(|(_, callee)| expr.calls(callee)).map(|(id, _)| id.clone());
        for routine in called.collect::<Vec<_>>() {
            self.add(dependent, kind, routine);
        }
    }

    /// The routines that a default calls.
    fn default(&mut self, dependent: &ObjectId, default: Option<&Default>) {
        if let Some(Default::Expression(expr)) = default {
            self.calls(dependent, DependencyKind::Calls, expr);
        }
    }

    fn domain(&mut self, domain: &Domain) {
        let own = ObjectId::Type(domain.name.clone());
        self.default(&own, domain.default.as_ref());
        for check in &domain.checks {
            self.calls(&own, DependencyKind::Calls, &check.expr);
        }
    }
}
