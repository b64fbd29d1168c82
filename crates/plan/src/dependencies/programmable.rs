//! The dependencies of views, routines, triggers and policies: from the catalog, or as far as
//! the words of their texts show.

use std::collections::BTreeMap;

use autogen_dialect::{DependencyKind, Dialect};
use autogen_schema::{Callee, ObjectId, Policy, QName, Schema, Table, Trigger};

use super::Walk;
use super::uses::Uses;

/// What texts can name, by the spelling that they would use.
struct Named<'s> {
    dialect: Dialect,
    /// Tables, partitions and views, with the table whose columns they have.
    relations: BTreeMap<String, Vec<Relation<'s>>>,
    types: BTreeMap<String, Vec<&'s QName>>,
    routines: BTreeMap<String, Vec<(ObjectId, Callee)>>,
}

type Relation<'s> = (&'s QName, Option<&'s Table>);

pub(super) fn walk(dialect: Dialect, schema: &Schema, walk: &mut Walk) {
    let named = Named::of(dialect, schema, walk);
    for view in schema.views.values() {
        let dependent = ObjectId::Relation(view.name.clone());
        named.add(walk, &dependent, DependencyKind::Reads, &Uses::of_view(dialect, view));
        named.triggers(walk, &view.name, &view.triggers);
    }
    for routine in &schema.routines {
        let dependent = ObjectId::routine(routine);
        let bonds = Uses::bonds_of_routine(dialect, routine);
        named.add(walk, &dependent, DependencyKind::Reads, &bonds);
        named.add(walk, &dependent, DependencyKind::Names, &Uses::of_routine(dialect, routine));
    }
    for table in schema.tables.values() {
        named.attached(walk, table);
        let partitions = table.partitioning.iter().flat_map(|it| it.all());
        partitions.for_each(|it| named.attached(walk, &it.own));
    }
}

impl<'s> Named<'s> {
    fn of(dialect: Dialect, schema: &'s Schema, walk: &Walk) -> Self {
        let mut relations: BTreeMap<String, Vec<Relation<'s>>> = BTreeMap::new();
        let mut add = |name: &'s QName, table: Option<&'s Table>| {
            relations.entry(dialect.mentioned_as(&name.name)).or_default().push((name, table));
        };
        schema.views.keys().for_each(|name| add(name, None));
        for table in schema.tables.values() {
            add(&table.name, Some(table));
            let partitions = table.partitioning.iter().flat_map(|it| it.names());
            partitions.for_each(|name| add(name, Some(table)));
        }
        let mut types: BTreeMap<String, Vec<&QName>> = BTreeMap::new();
        for name in schema.enums.keys().chain(schema.domains.keys()) {
            types.entry(dialect.mentioned_as(&name.name)).or_default().push(name);
        }
        let mut routines: BTreeMap<String, Vec<(ObjectId, Callee)>> = BTreeMap::new();
        for (id, callee) in walk.routines.values().flatten() {
            let found = routines.entry(dialect.mentioned_as(callee.name())).or_default();
            found.push((id.clone(), callee.clone()));
        }
        Self { dialect, relations, types, routines }
    }

    /// The triggers and policies of a table.
    fn attached(&self, walk: &mut Walk, table: &Table) {
        self.triggers(walk, &table.name, &table.triggers);
        let policies = table.row_security.iter().flat_map(|it| &it.policies);
        policies.for_each(|it| self.policy(walk, &table.name, it));
    }

    fn triggers(&self, walk: &mut Walk, on: &QName, triggers: &[Trigger]) {
        for trigger in triggers {
            let dependent = ObjectId::Trigger(on.clone(), trigger.name.clone());
            let uses = Uses::of_trigger(self.dialect, on, trigger);
            self.add_on(walk, &dependent, on, &uses);
            if let Some(name) = self.dialect.trigger_neighbour(&trigger.definition) {
                walk.add(&dependent, DependencyKind::Names, &ObjectId::Trigger(on.clone(), name));
            }
        }
    }

    fn policy(&self, walk: &mut Walk, on: &QName, policy: &Policy) {
        let dependent = ObjectId::Policy(on.clone(), policy.name.clone());
        self.add_on(walk, &dependent, on, &Uses::of_policy(self.dialect, on, policy));
    }

    /// What an object on a relation uses: always that relation.
    fn add_on(&self, walk: &mut Walk, dependent: &ObjectId, on: &QName, uses: &Uses) {
        self.add(walk, dependent, DependencyKind::Reads, uses);
        let there = self.relations.get(&self.dialect.mentioned_as(&on.name));
        for relation in there.into_iter().flatten().filter(|(name, _)| *name == on) {
            relation_used(walk, dependent, DependencyKind::Reads, uses, *relation);
        }
    }

    fn add(&self, walk: &mut Walk, dependent: &ObjectId, kind: DependencyKind, uses: &Uses) {
        for word in uses.words() {
            for relation in self.relations.get(word).into_iter().flatten() {
                if uses.relation(relation.0) {
                    relation_used(walk, dependent, kind, uses, *relation);
                }
            }
            let types = self.types.get(word).into_iter().flatten();
            for name in types.filter(|name| uses.data_type(name)) {
                walk.add(dependent, kind, &ObjectId::Type((*name).clone()));
            }
            let routines = self.routines.get(word).into_iter().flatten();
            for (id, _) in routines.filter(|(_, callee)| uses.calls(callee)) {
                walk.add(dependent, kind, id);
            }
        }
    }
}

/// The relation, and those of its columns that are used.
fn relation_used(
    walk: &mut Walk,
    dependent: &ObjectId,
    kind: DependencyKind,
    uses: &Uses,
    (name, table): Relation<'_>,
) {
    walk.add(dependent, kind, &ObjectId::Relation(name.clone()));
    for column in table.iter().flat_map(|it| &it.columns) {
        if uses.column(name, &column.name) {
            walk.add(dependent, kind, &ObjectId::column(name, &column.name));
        }
    }
}
