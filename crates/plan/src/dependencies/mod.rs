//! The dependencies between the objects of one schema: the only reader of which names an
//! expression, a view or a routine uses.

mod late;
mod programmable;
mod table;
#[cfg(test)]
mod tests;
mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_dialect::{DependencyKind, Dialect};
use autogen_schema::{
    Callee, ColumnType, Default, Domain, Expr, ObjectId, QName, RoutineKind, Schema,
};

pub use self::late::{LateTexts, Named};
pub(crate) use self::uses::Uses;

/// The dependencies of one schema. That a part depends on its relation is implied.
#[derive(Debug, Default)]
pub(crate) struct Dependencies {
    numbers: BTreeMap<ObjectId, usize>,
    objects: Vec<ObjectId>,
    /// By the object that others depend on.
    dependents: Vec<BTreeSet<Edge>>,
    /// By the dependent object.
    dependencies: Vec<BTreeSet<Edge>>,
}

/// The kind, and the number of the object at the other end.
type Edge = (DependencyKind, usize);

impl Dependencies {
    /// Finds them, in one walk.
    pub(crate) fn of(dialect: Dialect, schema: &Schema) -> Self {
        let mut walk = Walk::of(schema);
        schema.domains.values().for_each(|it| walk.domain(it));
        schema.tables.values().for_each(|it| walk.table(dialect, it));
        for statistics in schema.statistics.values() {
            let table = schema.tables.get(&statistics.table).map(Arc::as_ref);
            walk.statistics(table, statistics);
        }
        programmable::walk(dialect, schema, &mut walk);
        walk.found
    }

    /// The dependents of an object, with the kind.
    pub(crate) fn dependents(
        &self,
        on: &ObjectId,
    ) -> impl Iterator<Item = (DependencyKind, &ObjectId)> {
        self.ends(&self.dependents, on)
    }

    /// The dependencies of an object, with the kind.
    pub(crate) fn dependencies(
        &self,
        of: &ObjectId,
    ) -> impl Iterator<Item = (DependencyKind, &ObjectId)> {
        self.ends(&self.dependencies, of)
    }

    fn ends<'s>(
        &'s self,
        edges: &'s [BTreeSet<Edge>],
        from: &ObjectId,
    ) -> impl Iterator<Item = (DependencyKind, &'s ObjectId)> {
        let found = self.numbers.get(from).and_then(|number| edges.get(*number));
        let ends = found.into_iter().flatten();
        ends.filter_map(|(kind, number)| Some((*kind, self.objects.get(*number)?)))
    }

    fn add(&mut self, dependent: &ObjectId, kind: DependencyKind, on: &ObjectId) {
        let (dependent, on) = (self.number(dependent), self.number(on));
        self.dependents[on].insert((kind, dependent));
        self.dependencies[dependent].insert((kind, on));
    }

    fn number(&mut self, object: &ObjectId) -> usize {
        if let Some(number) = self.numbers.get(object) {
            return *number;
        }
        let number = self.objects.len();
        self.numbers.insert(object.clone(), number);
        self.objects.push(object.clone());
        self.dependents.push(BTreeSet::new());
        self.dependencies.push(BTreeSet::new());
        number
    }
}

/// A walk through a schema.
struct Walk {
    found: Dependencies,
    /// The routines that an expression can call, by their names in lower case.
    routines: BTreeMap<String, Vec<(ObjectId, Callee)>>,
    /// Each relation is also a type, that of its rows.
    relations: BTreeSet<QName>,
}

impl Walk {
    fn of(schema: &Schema) -> Self {
        let mut routines: BTreeMap<String, Vec<(ObjectId, Callee)>> = BTreeMap::new();
        for routine in schema.routines.iter().filter(|it| it.kind != RoutineKind::Event) {
            let named = routines.entry(routine.name.name.to_lowercase()).or_default();
            named.push((ObjectId::routine(routine), routine.callee()));
        }
        let relations = schema.tables.keys().chain(schema.views.keys()).cloned().collect();
        Self { found: Dependencies::default(), routines, relations }
    }

    fn add(&mut self, dependent: &ObjectId, kind: DependencyKind, on: &ObjectId) {
        if dependent != on {
            self.found.add(dependent, kind, on);
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
            self.add(dependent, kind, &routine);
        }
    }

    /// The object that defines a type: an enum, a domain, or a relation whose row type it is.
    fn of_type(&self, data_type: &ColumnType) -> Option<ObjectId> {
        let rows = || data_type.of_rows().filter(|it| self.relations.contains(it));
        let named = data_type.named().cloned().map(ObjectId::Type);
        named.or_else(|| rows().map(ObjectId::Relation))
    }

    /// The routines that a default calls, and the sequences that it uses.
    fn default(&mut self, dependent: &ObjectId, default: Option<&Default>) {
        if let Some(Default::Expression(expr)) = default {
            self.calls(dependent, DependencyKind::Calls, expr);
            for sequence in expr.sequences() {
                self.add(dependent, DependencyKind::Counts, &ObjectId::Sequence(sequence));
            }
        }
    }

    fn domain(&mut self, domain: &Domain) {
        let dependent = ObjectId::Type(domain.name.clone());
        if let Some(base) = self.of_type(&domain.base) {
            self.add(&dependent, DependencyKind::OfType, &base);
        }
        self.default(&ObjectId::domain_default(&domain.name), domain.default.as_ref());
        for check in &domain.checks {
            let dependent = ObjectId::domain_check(&domain.name, check);
            self.calls(&dependent, DependencyKind::Calls, &check.expr);
        }
    }
}
