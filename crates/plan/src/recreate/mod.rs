//! What must be dropped and recreated because something that it depends on changes: a
//! worklist over the dependencies of the schema before, from what is dropped, or altered in a
//! way that invalidates, to the dependents.

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use autogen_dialect::{DependencyKind, Dialect};
use autogen_schema::{
    Callee, Change, Default, Domain, ObjectId, Pair, Partitioning, QName, Routine, RoutineKind,
    Schema, Table,
};

use crate::dependencies::Dependencies;

type Kinds = BTreeSet<DependencyKind>;

/// The recreated objects.
#[derive(Debug, Default)]
pub(crate) struct Recreated {
    objects: BTreeSet<ObjectId>,
    /// The relations that contain one of them.
    relations: BTreeSet<QName>,
    /// The routines that are dropped or recreated.
    gone: Vec<Callee>,
}

impl Recreated {
    /// What the changes invalidate, and what that invalidates in turn. `renamed`: whether objects
    /// were renamed before; `server`: the version, if known.
    pub(crate) fn find(
        dialect: Dialect,
        schema: Pair<&Schema>,
        changes: &[Change],
        renamed: bool,
        server: Option<u32>,
    ) -> Self {
        let invalid = Invalid::find(dialect, schema, changes, server);
        if invalid.0.is_empty() {
            return Self::default();
        }
        let dependencies = Dependencies::of(dialect, schema.before);
        let read_from = read_from(dialect, changes, renamed);
        let mut found = Self::spread(&dependencies, schema.after, invalid, read_from);
        let dropped: BTreeSet<ObjectId> =
            changes.iter().filter_map(Change::dropped_routine).map(ObjectId::routine).collect();
        let gone = |it: &&Routine| {
            let id = ObjectId::routine(it);
            is_called(it) && (found.objects.contains(&id) || dropped.contains(&id))
        };
        found.gone = schema.before.routines.iter().filter(gone).map(Routine::callee).collect();
        found
    }

    fn spread(
        dependencies: &Dependencies,
        after: &Schema,
        invalid: Invalid,
        read_from: ReadFrom,
    ) -> Self {
        let mut found = Self::default();
        let Invalid(mut work) = invalid;
        let mut done: BTreeMap<ObjectId, Kinds> = BTreeMap::new();
        while let Some((on, kinds)) = work.pop_first() {
            let before = done.entry(on.clone()).or_default();
            let new: Kinds = kinds.difference(before).copied().collect();
            before.extend(&new);
            let mut push = |id: &ObjectId, kinds: Kinds| {
                work.entry(id.clone()).or_default().extend(kinds);
            };
            for (kind, dependent) in dependencies.dependents(&on) {
                let ignored = kind == DependencyKind::Reads && !read_from.counts(&on)
                    || kind == DependencyKind::Generates && !stays_generated(after, dependent);
                if ignored || !new.contains(&kind) {
                    continue;
                }
                match kind {
                    DependencyKind::OfType | DependencyKind::Inherits => {
                        push(dependent, new.clone());
                    }
                    DependencyKind::Provides => {
                        push(dependent, Kinds::from([DependencyKind::References]));
                    }
                    DependencyKind::Counts | DependencyKind::Names => {}
                    DependencyKind::Holds
                    | DependencyKind::Computes
                    | DependencyKind::Generates
                    | DependencyKind::References
                    | DependencyKind::Calls
                    | DependencyKind::Reads => {
                        if found.insert(dependent) && kind != DependencyKind::Calls {
                            push(dependent, Kinds::from(DependencyKind::ALL));
                        }
                    }
                }
            }
        }
        found
    }

    fn insert(&mut self, object: &ObjectId) -> bool {
        self.relations.extend(object.relation().cloned());
        self.objects.insert(object.clone())
    }

    /// Whether nothing is.
    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Whether this object is recreated.
    pub(crate) fn has(&self, object: &ObjectId) -> bool {
        self.objects.contains(object)
    }

    /// Whether a part of the table, or of one of its partitions, is recreated.
    pub(crate) fn touches(&self, table: &Table) -> bool {
        let mut partitions = table.partitioning.iter().flat_map(Partitioning::names);
        !self.relations.is_empty()
            && (self.relations.contains(&table.name)
                || partitions.any(|name| self.relations.contains(name)))
    }

    /// Whether the default calls such a routine.
    pub(crate) fn interrupts(&self, default: Option<&Default>) -> bool {
        default.is_some_and(|it| self.gone.iter().any(|routine| it.calls(routine)))
    }

    /// The domain without the parts that call such a routine.
    pub(crate) fn without_calls(&self, domain: &Domain) -> Domain {
        let mut bare = domain.clone();
        if self.interrupts(bare.default.as_ref()) {
            bare.default = None;
        }
        bare.checks.retain(|it| !self.gone.iter().any(|routine| it.expr.calls(routine)));
        bare
    }
}

/// A generated column becomes plain before the columns that it was computed from change.
fn stays_generated(after: &Schema, id: &ObjectId) -> bool {
    let ObjectId::Column(table, name) = id else { return true };
    let column = after.tables.get(table).and_then(|it| it.column(name));
    column.is_some_and(|it| it.generated.is_some())
}

/// An event is not called by anything.
fn is_called(routine: &Routine) -> bool {
    routine.kind != RoutineKind::Event
}

/// Which changes of an object require the texts that read it to be dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReadFrom {
    /// The server rejects any change of an object that a text reads.
    Anything,
    /// Texts only have to be valid: a dropped view takes those that read it along.
    Views,
    Nothing,
}

impl ReadFrom {
    fn counts(self, on: &ObjectId) -> bool {
        match self {
            Self::Anything => true,
            Self::Views => matches!(on, ObjectId::Relation(_)),
            Self::Nothing => false,
        }
    }
}

fn read_from(dialect: Dialect, changes: &[Change], renamed: bool) -> ReadFrom {
    let drops_column = || changes.iter().any(|it| it.dropped_column().is_some());
    if dialect.binds_texts() {
        ReadFrom::Anything
    } else if dialect.rereads_texts() && (renamed || drops_column()) {
        ReadFrom::Views
    } else {
        ReadFrom::Nothing
    }
}

/// What is dropped, or altered in a way that invalidates, with the kinds of dependents that
/// it invalidates.
#[derive(Default)]
struct Invalid(BTreeMap<ObjectId, Kinds>);

impl Invalid {
    fn find(
        dialect: Dialect,
        schema: Pair<&Schema>,
        changes: &[Change],
        server: Option<u32>,
    ) -> Self {
        let mut found = Self::default();
        for change in changes {
            found.dropped(schema.after, change);
            found.relations(dialect, change);
            found.types(dialect, change);
        }
        for (before, after) in schema.before.tables_beside(schema.after) {
            if let Some(after) = after.filter(|it| *it != before) {
                found.table(dialect, Pair::new(before, after), server);
            }
        }
        found
    }

    fn add(&mut self, object: ObjectId, kinds: impl IntoIterator<Item = DependencyKind>) {
        let mut kinds = kinds.into_iter().peekable();
        if kinds.peek().is_some() {
            self.0.entry(object).or_default().extend(kinds);
        }
    }

    /// Columns and routines. Keys and indexes on a column that is dropped for good are dropped
    /// too, or get another column.
    fn dropped(&mut self, after: &Schema, change: &Change) {
        if let Some((table, column)) = change.dropped_column() {
            let comes_back =
                after.tables.get(table).is_some_and(|it| it.column(&column.name).is_some());
            let id = ObjectId::column(table, &column.name);
            match comes_back {
                true => self.add(id, DependencyKind::ALL),
                false => self.add(id, [DependencyKind::Reads, DependencyKind::Inherits]),
            }
        }
        if let Some(routine) = change.dropped_routine().filter(|it| is_called(it)) {
            self.add(ObjectId::routine(routine), DependencyKind::ALL);
        }
    }

    /// Tables and views. The rows of a table that becomes partitioned move to a new table.
    fn relations(&mut self, dialect: Dialect, change: &Change) {
        let divided = change.divided_table().map(|(name, _)| name);
        let table = change.dropped_table().map(|it| &it.name).or(divided);
        let view = change.dropped_view().map(|it| &it.name);
        let reads_tables = table.filter(|_| dialect.binds_texts());
        if let Some(name) = reads_tables.or(view) {
            self.add(ObjectId::Relation(name.clone()), [DependencyKind::Reads]);
        }
        // Statistics of a materialized view are dropped with it.
        if let Some(name) = view {
            self.add(ObjectId::Relation(name.clone()), [DependencyKind::Holds]);
        }
    }

    /// Types that are dropped, or whose values change.
    fn types(&mut self, dialect: Dialect, change: &Change) {
        let dropped = change.dropped_enum().map(|it| &it.name);
        if let Some(name) = dropped.or_else(|| change.dropped_domain().map(|it| &it.name)) {
            self.of_type(name, [DependencyKind::Reads]);
        }
        if let Some(item) = change.altered_enum().filter(|it| !it.after.extends(&it.before)) {
            self.of_type(&item.before.name, OTHER_VALUES);
        }
        if let Some(item) = change.altered_domain().filter(|it| !it.before.same_base(&it.after)) {
            let kinds = dialect.invalidated_by_type(item.as_ref().map(|it| &it.base));
            self.of_type(&item.before.name, kinds);
            self.of_type(&item.before.name, [DependencyKind::Reads, DependencyKind::Generates]);
        }
    }

    fn of_type(&mut self, name: &QName, kinds: impl IntoIterator<Item = DependencyKind>) {
        let kinds = kinds.into_iter().chain([DependencyKind::OfType, DependencyKind::Inherits]);
        self.add(ObjectId::Type(name.clone()), kinds);
    }

    fn table(&mut self, dialect: Dialect, table: Pair<&Table>, server: Option<u32>) {
        let options = table.map(|it| &it.options);
        for column in &table.before.columns {
            let Some(after) = table.after.column(&column.name) else { continue };
            let kinds = dialect.invalidates(Pair::new(column, after), options, server);
            if !kinds.is_empty() {
                let id = ObjectId::column(&table.before.name, &column.name);
                self.add(id, kinds.into_iter().chain([DependencyKind::Inherits]));
            }
        }
        if dialect.checks_references() {
            let (before, after) = (keys(table.before), keys(table.after));
            for (_, key) in before.difference(&after) {
                self.add(key.clone(), [DependencyKind::References]);
            }
        }
    }
}

/// The dependents of a type's values and operators.
const OTHER_VALUES: [DependencyKind; 4] = [
    DependencyKind::Reads,
    DependencyKind::Generates,
    DependencyKind::Computes,
    DependencyKind::References,
];

/// The keys that foreign keys can reference, with the kind of object that provides them.
fn keys(table: &Table) -> BTreeSet<(&'static str, ObjectId)> {
    table
        .unique_keys()
        .into_iter()
        .map(|(kind, columns)| (kind, ObjectId::key(&table.name, columns.into_iter())))
        .collect()
}
