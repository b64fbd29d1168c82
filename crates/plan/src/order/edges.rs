//! Which change must come before which.

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{DependencyKind, Dialect};
use autogen_schema::{Change, ObjectId, Pair, QName, Schema};

use super::effect::{Effect, Taken};
use crate::dependencies::Dependencies;
use crate::diff::cycles::circular;

/// The changes, by their indexes, with those that wait for them.
#[derive(Debug, Default)]
pub(super) struct Edges(BTreeMap<usize, BTreeSet<usize>>);

impl Edges {
    pub(super) fn add(&mut self, first: usize, later: usize) {
        if first != later {
            self.0.entry(first).or_default().insert(later);
        }
    }

    pub(super) fn has(&self, first: usize, later: usize) -> bool {
        self.0.get(&first).is_some_and(|all| all.contains(&later))
    }

    /// The changes that wait for this one, which are removed.
    pub(super) fn take(&mut self, first: usize) -> BTreeSet<usize> {
        self.0.remove(&first).unwrap_or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (usize, usize)> {
        self.0.iter().flat_map(|(first, all)| all.iter().map(|later| (*first, *later)))
    }
}

/// The dependencies of a change.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Objects that must be in their final state.
    pub(super) needs: BTreeSet<ObjectId>,
    /// Objects that the change stops using for good.
    released: BTreeSet<ObjectId>,
    /// Objects that it uses before, and may use afterwards.
    used: BTreeSet<ObjectId>,
}

impl Usage {
    /// Whether it must come before this object is dropped or altered.
    pub(super) fn releases(&self, object: &ObjectId) -> bool {
        self.released.contains(object) || self.used.contains(object)
    }
}

/// The changes by what they do to an object.
#[derive(Debug, Default)]
struct Doers(BTreeMap<ObjectId, Vec<usize>>);

impl Doers {
    fn of(effects: &[Effect], pick: impl Fn(&Effect) -> &Vec<ObjectId>) -> Self {
        let mut found = Self::default();
        for (at, effect) in effects.iter().enumerate() {
            for object in pick(effect) {
                found.0.entry(object.clone()).or_default().push(at);
            }
        }
        found
    }

    fn to(&self, object: &ObjectId) -> impl Iterator<Item = usize> {
        self.0.get(object).into_iter().flatten().copied()
    }
}

/// The dependencies of the changes: of new objects in the schema after, of old ones in the
/// schema before.
pub(super) fn usages(
    dialect: Dialect,
    schema: Pair<&Schema>,
    changes: &[Change],
    effects: &[Effect],
) -> Vec<Usage> {
    let loose = loose_references(changes);
    let graph = schema.map(|it| Dependencies::of(dialect, it));
    let is_view = |name: &QName| schema.before.views.contains_key(name);
    let views = |object: &ObjectId| matches!(object, ObjectId::Relation(name) if is_view(name));
    let released = |object: &ObjectId| {
        let found = reached(&graph.before, object, &loose, |kind| kind != DependencyKind::Names);
        // A text may exist longer than what it names; a view is recreated after those that it
        // reads, and so is dropped before them.
        let outlives = !dialect.texts_go_first() && (is_text(object) || views(object));
        let own = object.relation();
        let kept = |on: &ObjectId| !outlives || views(on) || is_relation(on, own);
        found.into_iter().filter(kept).collect::<BTreeSet<_>>()
    };
    let needed = |object: &ObjectId| reached(&graph.after, object, &loose, |_| true);
    effects
        .iter()
        .map(|effect| Usage {
            needs: effect
                .needs
                .iter()
                .cloned()
                .chain(effect.creates.iter().flat_map(needed))
                .chain(effect.alters.iter().flat_map(needed))
                .collect(),
            released: effect.removes.iter().flat_map(released).collect(),
            used: effect
                .releases
                .iter()
                .cloned()
                .chain(effect.alters.iter().flat_map(released))
                .collect(),
        })
        .collect()
}

fn is_text(object: &ObjectId) -> bool {
    matches!(object, ObjectId::Routine(..) | ObjectId::Trigger(..) | ObjectId::Policy(..))
}

fn is_relation(object: &ObjectId, name: Option<&QName>) -> bool {
    matches!(object, ObjectId::Relation(it) if Some(it) == name)
}

/// References (child, parent) that are ignored.
type Loose = BTreeSet<(QName, QName)>;

/// References in a cycle that are part of their tables, in a database without checks at
/// creation.
fn loose_references(changes: &[Change]) -> Loose {
    let created: Vec<_> = changes.iter().filter_map(Change::created_table).collect();
    let dropped: Vec<_> = changes.iter().filter_map(Change::dropped_table).collect();
    let mut loose = circular(&created);
    loose.extend(circular(&dropped));
    loose
}

/// The dependencies of an object, and what provides them: a key's constraint, a type's
/// column, a part's relation.
fn reached(
    graph: &Dependencies,
    object: &ObjectId,
    loose: &Loose,
    counts: impl Fn(DependencyKind) -> bool,
) -> BTreeSet<ObjectId> {
    let is_loose = |kind: DependencyKind, on: &ObjectId| {
        let ends = object.relation().cloned().zip(on.relation().cloned());
        kind == DependencyKind::References && ends.is_some_and(|ends| loose.contains(&ends))
    };
    let direct = graph.dependencies(object);
    let direct = direct.filter(|(kind, on)| counts(*kind) && !is_loose(*kind, on));
    let mut open: Vec<ObjectId> = direct.map(|(_, on)| on.clone()).collect();
    open.extend(object.relation().cloned().map(ObjectId::Relation));
    let mut found = BTreeSet::new();
    while let Some(on) = open.pop() {
        let made_of = graph.dependencies(&on).filter(|(kind, _)| makes_up(*kind));
        open.extend(made_of.map(|(_, part)| part.clone()).filter(|part| !found.contains(part)));
        open.extend(on.relation().cloned().map(ObjectId::Relation));
        found.insert(on);
    }
    found
}

fn makes_up(kind: DependencyKind) -> bool {
    match kind {
        DependencyKind::OfType | DependencyKind::Inherits | DependencyKind::Provides => true,
        DependencyKind::Holds
        | DependencyKind::Computes
        | DependencyKind::Generates
        | DependencyKind::References
        | DependencyKind::Calls
        | DependencyKind::Counts
        | DependencyKind::Reads
        | DependencyKind::Names => false,
    }
}

/// New objects come after their dependencies, old ones are dropped before; an object that
/// needs a name comes after the one that frees it.
pub(super) fn edges(effects: &[Effect], usages: &[Usage]) -> Edges {
    let creators = Doers::of(effects, |it| &it.creates);
    let removers = Doers::of(effects, |it| &it.removes);
    let alterers = Doers::of(effects, |it| &it.alters);
    let mut edges = Edges::default();
    for (at, (effect, usage)) in effects.iter().zip(usages).enumerate() {
        // What it uses before and after exists all the time.
        let left = usage.used.difference(&usage.needs);
        for on in usage.released.iter().chain(left) {
            removers.to(on).chain(alterers.to(on)).for_each(|other| edges.add(at, other));
        }
        let removed = effect.creates.iter().flat_map(|object| removers.to(object));
        removed.for_each(|other| edges.add(other, at));
        let needed = usage.needs.iter().chain(&effect.alters);
        needed.flat_map(|on| creators.to(on)).for_each(|other| edges.add(other, at));
    }
    for (at, usage) in usages.iter().enumerate() {
        for first in usage.needs.iter().flat_map(|on| alterers.to(on)) {
            if !edges.has(at, first) {
                edges.add(first, at);
            }
        }
    }
    names(effects, &mut edges);
    edges
}

fn names(effects: &[Effect], edges: &mut Edges) {
    let mut freed: BTreeMap<&Taken, Vec<usize>> = BTreeMap::new();
    for (at, effect) in effects.iter().enumerate() {
        effect.frees.iter().for_each(|name| freed.entry(name).or_default().push(at));
    }
    for (at, effect) in effects.iter().enumerate() {
        for first in effect.takes.iter().flat_map(|name| freed.get(name)).flatten() {
            edges.add(*first, at);
        }
    }
}
