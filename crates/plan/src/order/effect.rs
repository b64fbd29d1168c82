//! The effect of a change on objects: those that it creates, removes or alters, and those
//! that must exist before it, or until it.

use std::collections::BTreeSet;

use autogen_dialect::{Dialect, TakenName};
use autogen_schema::{
    Change, Check, Column, ColumnChange, ConstraintChange, Default, Domain, DomainChange,
    EnumChange, GrantChange, Grantable, Index, IndexChange, Name, ObjectId, Pair, Partition,
    PartitionChange, Partitioning, PolicyChange, Protection, QName, RoutineChange, RoutineKind,
    SequenceChange, StatisticsChange, Table, TableChange, TriggerChange, ViewChange,
};

/// What only one object at a time can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Taken {
    Name(TakenName),
    /// The privileges of a role on an object.
    Privileges(String, String),
}

/// What a change does.
#[derive(Debug)]
pub(super) struct Effect {
    dialect: Dialect,
    /// Exist only after the change.
    pub(super) creates: Vec<ObjectId>,
    /// Exist only before the change.
    pub(super) removes: Vec<ObjectId>,
    /// Exist before and after it, and differ.
    pub(super) alters: Vec<ObjectId>,
    /// Must be in their final state when the change is made.
    pub(super) needs: Vec<ObjectId>,
    /// Must be in their former state until the change is made.
    pub(super) releases: Vec<ObjectId>,
    /// Must be free for the change.
    pub(super) takes: Vec<Taken>,
    /// Is free after the change.
    pub(super) frees: Vec<Taken>,
}

impl Effect {
    pub(super) fn of(dialect: Dialect, change: &Change) -> Self {
        let mut effect = Self {
            dialect,
            creates: Vec::new(),
            removes: Vec::new(),
            alters: Vec::new(),
            needs: Vec::new(),
            releases: Vec::new(),
            takes: Vec::new(),
            frees: Vec::new(),
        };
        match change {
            // These are never sorted: they come first or last.
            Change::Namespace(_) | Change::Extension(_) | Change::Collation(_) => {}
            Change::Enum(change) => effect.of_enum(change),
            Change::Domain(change) => effect.of_domain(change),
            Change::Sequence(change) => effect.of_sequence(change),
            Change::Table(change) => effect.of_table(change),
            Change::Column(change) => effect.of_column(change),
            Change::Constraint(change) => effect.of_constraint(change),
            Change::Index(change) => effect.of_index(change),
            Change::Partition(change) => effect.of_partition(change),
            Change::Statistics(change) => effect.of_statistics(change),
            Change::Grant(change) => effect.of_grant(change),
            Change::View(change) => effect.of_view(change),
            Change::Routine(change) => effect.of_routine(change),
            Change::Trigger(change) => effect.of_trigger(change),
            Change::Policy(change) => effect.of_policy(change),
        }
        effect
    }

    fn create(&mut self, object: ObjectId) {
        self.takes.extend(self.dialect.taken(&object).map(Taken::Name));
        self.creates.push(object);
    }

    fn remove(&mut self, object: ObjectId) {
        self.frees.extend(self.dialect.taken(&object).map(Taken::Name));
        self.removes.push(object);
    }

    fn rename(&mut self, name: Pair<ObjectId>) {
        self.remove(name.before);
        self.create(name.after);
    }

    fn of_enum(&mut self, change: &EnumChange) {
        let id = |name: &QName| ObjectId::Type(name.clone());
        match change {
            EnumChange::Create(item) => self.create(id(&item.name)),
            EnumChange::Drop(item) => self.remove(id(&item.name)),
            EnumChange::Rename(name) => self.rename(name.as_ref().map(id)),
            EnumChange::RenameValue { of, .. } => self.alters.push(id(of)),
            EnumChange::Alter(item) => self.alters.push(id(&item.after.name)),
        }
    }

    fn of_domain(&mut self, change: &DomainChange) {
        let id = |name: &QName| ObjectId::Type(name.clone());
        match change {
            DomainChange::Create(item) => {
                self.create(id(&item.name));
                self.creates.extend(domain_parts(item));
            }
            DomainChange::Drop(item) => {
                self.remove(id(&item.name));
                self.removes.extend(domain_parts(item));
            }
            DomainChange::Rename(name) => self.rename(name.as_ref().map(id)),
            DomainChange::Alter(item) => self.alter_domain(item),
        }
    }

    fn alter_domain(&mut self, domain: &Pair<Domain>) {
        let Pair { before, after } = domain;
        let bare = |it: &Domain| Domain { default: None, checks: Vec::new(), ..it.clone() };
        if bare(before) != bare(after) {
            self.alters.push(ObjectId::Type(after.name.clone()));
        }
        let checks = domain.as_ref().map(|it| it.checks.iter().collect::<BTreeSet<_>>());
        let id = |check: &&Check| ObjectId::domain_check(&after.name, check);
        self.removes.extend(checks.before.difference(&checks.after).map(id));
        self.creates.extend(checks.after.difference(&checks.before).map(id));
        let default = ObjectId::domain_default(&after.name);
        self.default(default, domain.as_ref().map(|it| it.default.as_ref()));
    }

    fn default(&mut self, object: ObjectId, default: Pair<Option<&Default>>) {
        match (default.before, default.after) {
            (Some(before), Some(after)) if before != after => self.alters.push(object),
            (None, Some(_)) => self.creates.push(object),
            (Some(_), None) => self.removes.push(object),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    fn of_sequence(&mut self, change: &SequenceChange) {
        let id = |name: &QName| ObjectId::Sequence(name.clone());
        let column = |table: &QName, column: &str| ObjectId::column(table, column);
        match change {
            SequenceChange::Create(item) => self.create(id(&item.name)),
            SequenceChange::Drop(item) => self.remove(id(&item.name)),
            SequenceChange::Rename(name) => self.rename(name.as_ref().map(id)),
            SequenceChange::Alter(item) => self.alters.push(id(&item.after.name)),
            // Other changes of the sequence and the column come after it becomes explicit, and
            // before it becomes implicit.
            SequenceChange::Declare { table, column: owner, sequence, declared } => {
                let list = if declared.after { &mut self.releases } else { &mut self.needs };
                list.extend([column(table, &owner.after.name), id(&sequence.name)]);
            }
            SequenceChange::Own { sequence, owner } => {
                let own = id(sequence);
                if owner.after.is_some() {
                    self.needs.push(own)
                } else {
                    self.releases.push(own)
                }
                self.needs.extend(owner.after.iter().map(|(table, it)| column(table, it)));
                if let Some((table, it)) = &owner.before {
                    self.releases.extend([column(table, it), ObjectId::Relation(table.clone())]);
                }
            }
        }
    }

    fn of_table(&mut self, change: &TableChange) {
        let id = |name: &QName| ObjectId::Relation(name.clone());
        match change {
            TableChange::Create(table) => self.create_table(table),
            TableChange::Drop(table) => self.remove_table(table),
            TableChange::Rename(name) => self.rename(name.as_ref().map(id)),
            TableChange::Reorder { table, columns } => {
                self.needs.extend(columns.after.iter().map(|it| ObjectId::column(table, it)));
            }
            TableChange::Comment { table, .. } | TableChange::Options { table, .. } => {
                self.needs.push(id(table));
            }
        }
    }

    fn create_table(&mut self, table: &Table) {
        parts(table).into_iter().for_each(|it| self.create(it));
        self.takes.extend(names(self.dialect, table));
        partitions(table).for_each(|it| self.create_partition(it));
    }

    fn remove_table(&mut self, table: &Table) {
        parts(table).into_iter().for_each(|it| self.remove(it));
        self.frees.extend(names(self.dialect, table));
        partitions(table).for_each(|it| self.remove_partition(it));
    }

    fn create_partition(&mut self, partition: &Partition) {
        // Otherwise partitions are named within their table.
        if self.dialect.partitions_are_tables() {
            self.create_table(&partition.own);
        }
        below(partition).for_each(|it| self.create_partition(it));
    }

    fn remove_partition(&mut self, partition: &Partition) {
        if self.dialect.partitions_are_tables() {
            self.remove_table(&partition.own);
        }
        below(partition).for_each(|it| self.remove_partition(it));
    }

    fn of_column(&mut self, change: &ColumnChange) {
        let id = |table: &QName, name: &str| ObjectId::column(table, name);
        match change {
            ColumnChange::Add { table, column, .. } => {
                column_parts(table, column).into_iter().for_each(|it| self.create(it));
            }
            ColumnChange::Drop { table, column, .. } => {
                column_parts(table, column).into_iter().for_each(|it| self.remove(it));
            }
            ColumnChange::Rename { table, name } => {
                self.rename(name.as_ref().map(|it| id(table, it)));
            }
            ColumnChange::RenameLabel { table, column, .. } => self.needs.push(id(table, column)),
            ColumnChange::Relabel { table, column, .. } => self.alters.push(id(table, column)),
            ColumnChange::Alter { table, column } => self.alter_column(table, column),
        }
    }

    fn alter_column(&mut self, table: &QName, column: &Pair<Column>) {
        let name = &column.after.name;
        self.alters.push(ObjectId::column(table, name));
        let default = ObjectId::Default(table.clone(), name.clone());
        self.default(default, column.as_ref().map(|it| it.default.as_ref()));
    }

    fn of_constraint(&mut self, change: &ConstraintChange) {
        let taken = |table, constraint| {
            let names = self.dialect.taken_by_constraint(table, constraint);
            names.into_iter().map(Taken::Name).collect::<Vec<_>>()
        };
        match change {
            ConstraintChange::Add { table, constraint } => {
                self.takes = taken(table, constraint);
                self.creates.push(ObjectId::constraint(table, constraint));
            }
            ConstraintChange::Drop { table, constraint } => {
                self.frees = taken(table, constraint);
                self.removes.push(ObjectId::constraint(table, constraint));
            }
            ConstraintChange::Rename { table, constraint, name } => {
                let renamed = |name: &Name| constraint.clone().with_name(name.clone());
                (self.frees, self.takes) =
                    (taken(table, &renamed(&name.before)), taken(table, &renamed(&name.after)));
            }
            ConstraintChange::Comment { table, constraint, .. } => {
                self.needs.push(ObjectId::constraint(table, constraint));
            }
        }
    }

    fn of_index(&mut self, change: &IndexChange) {
        let taken = |table, index: &Index| {
            let names = self.dialect.taken_by_index(table, index);
            names.into_iter().map(Taken::Name).collect::<Vec<_>>()
        };
        match change {
            IndexChange::Create { table, index } => {
                self.takes = taken(table, index);
                self.creates.push(ObjectId::index(table, index));
            }
            IndexChange::Drop { table, index } => {
                self.frees = taken(table, index);
                self.removes.push(ObjectId::index(table, index));
            }
            IndexChange::Rename { table, index, name } => {
                let renamed = |name: &Name| index.with_name(name.clone());
                (self.frees, self.takes) =
                    (taken(table, &renamed(&name.before)), taken(table, &renamed(&name.after)));
            }
            IndexChange::Comment { table, index, .. } | IndexChange::Tune { table, index, .. } => {
                self.needs.push(ObjectId::index(table, index));
            }
        }
    }

    fn of_partition(&mut self, change: &PartitionChange) {
        let id = |name: &QName| ObjectId::Relation(name.clone());
        match change {
            PartitionChange::Create { of, partition, .. } => {
                self.create_partition(partition);
                self.needs.push(id(of));
            }
            PartitionChange::Drop { of, partition, .. } => {
                self.remove_partition(partition);
                self.releases.push(id(of));
            }
            // A relation of its name exists all the time.
            PartitionChange::Attach { of, .. } => self.needs.push(id(of)),
            PartitionChange::Detach { of, .. } => self.releases.push(id(of)),
            PartitionChange::Comment { partition, .. } => self.needs.push(id(partition)),
            PartitionChange::Divide { partitioning, .. } => {
                let all = |side: &Option<Partitioning>| -> Vec<Partition> {
                    side.iter().flat_map(|it| &it.partitions).cloned().collect()
                };
                all(&partitioning.before).iter().for_each(|it| self.remove_partition(it));
                all(&partitioning.after).iter().for_each(|it| self.create_partition(it));
            }
        }
    }

    fn of_statistics(&mut self, change: &StatisticsChange) {
        let id = |name: &QName| ObjectId::Statistics(name.clone());
        match change {
            StatisticsChange::Create(item) => self.create(id(&item.name)),
            StatisticsChange::Drop(item) => self.remove(id(&item.name)),
            StatisticsChange::Alter(item) => self.needs.push(id(&item.after.name)),
        }
    }

    fn of_grant(&mut self, change: &GrantChange) {
        let object = |on: &Grantable| match on {
            Grantable::Relation(name) => vec![ObjectId::Relation(name.clone())],
            Grantable::Sequence(name) => vec![ObjectId::Sequence(name.clone())],
            Grantable::Column(table, column) => vec![ObjectId::column(table, column)],
            Grantable::Routine(name, arguments) => {
                let id = |kind| ObjectId::Routine(name.clone(), arguments.clone(), kind);
                CALLED.map(id).to_vec()
            }
            Grantable::Schema(_) => Vec::new(),
        };
        // The same privilege may be dropped in one form and created in another.
        let privileges = |on: &Grantable, to: &Option<String>| {
            Taken::Privileges(on.to_string(), to.clone().unwrap_or_default())
        };
        match change {
            GrantChange::Grant { on, to, .. } => {
                self.takes.push(privileges(on, to));
                self.needs.extend(object(on));
            }
            GrantChange::Revoke { on, to, .. } => {
                self.frees.push(privileges(on, to));
                self.releases.extend(object(on));
            }
        }
    }

    fn of_view(&mut self, change: &ViewChange) {
        let id = |name: &QName| ObjectId::Relation(name.clone());
        match change {
            ViewChange::Create(view) => self.create(id(&view.name)),
            ViewChange::Drop(view) => self.remove(id(&view.name)),
            ViewChange::Alter(view) => self.alters.push(id(&view.after.name)),
        }
    }

    fn of_routine(&mut self, change: &RoutineChange) {
        match change {
            RoutineChange::Create(routine) => self.create(ObjectId::routine(routine)),
            RoutineChange::Drop(routine) => self.remove(ObjectId::routine(routine)),
            RoutineChange::Alter(item) => self.alters.push(ObjectId::routine(&item.after)),
        }
    }

    fn of_trigger(&mut self, change: &TriggerChange) {
        let id = |on: &QName, name: &str| ObjectId::Trigger(on.clone(), name.to_owned());
        match change {
            TriggerChange::Create { on, trigger } => self.create(id(on, &trigger.name)),
            TriggerChange::Drop { on, trigger } => self.remove(id(on, &trigger.name)),
            TriggerChange::Comment { on, trigger, .. }
            | TriggerChange::Firing { on, trigger, .. } => self.needs.push(id(on, &trigger.name)),
        }
    }

    fn of_policy(&mut self, change: &PolicyChange) {
        let id = |on: &QName, name: &str| ObjectId::Policy(on.clone(), name.to_owned());
        match change {
            PolicyChange::Create { table, policy } => self.create(id(table, &policy.name)),
            PolicyChange::Drop { table, policy } => self.remove(id(table, &policy.name)),
            PolicyChange::Comment { table, policy, .. } => self.needs.push(id(table, &policy.name)),
            PolicyChange::Protect { table, protection } => {
                let gone = protection.after == Protection::default();
                let list = if gone { &mut self.releases } else { &mut self.needs };
                list.push(ObjectId::Relation(table.clone()));
            }
        }
    }
}

/// The kinds of routines that have privileges.
const CALLED: [RoutineKind; 3] =
    [RoutineKind::Function, RoutineKind::Procedure, RoutineKind::Aggregate];

/// A table, its columns, and the constraints and indexes that are created with it.
fn parts(table: &Table) -> Vec<ObjectId> {
    let mut all = vec![ObjectId::Relation(table.name.clone())];
    all.extend(table.columns.iter().flat_map(|it| column_parts(&table.name, it)));
    all.extend(table.constraints().iter().map(|it| ObjectId::constraint(&table.name, it)));
    all.extend(table.indexes.iter().map(|it| ObjectId::index(&table.name, it)));
    all
}

fn domain_parts(domain: &Domain) -> Vec<ObjectId> {
    let checks = domain.checks.iter().map(|it| ObjectId::domain_check(&domain.name, it));
    let default = domain.default.iter().map(|_| ObjectId::domain_default(&domain.name));
    checks.chain(default).collect()
}

fn column_parts(table: &QName, column: &Column) -> Vec<ObjectId> {
    let default = column.default.iter();
    let default = default.map(|_| ObjectId::Default(table.clone(), column.name.clone()));
    std::iter::once(ObjectId::column(table, &column.name)).chain(default).collect()
}

/// The names of the constraints and indexes of a table.
fn names(dialect: Dialect, table: &Table) -> Vec<Taken> {
    let constraints = table.constraints();
    let constraints =
        constraints.iter().flat_map(|it| dialect.taken_by_constraint(&table.name, it));
    let indexes = table.indexes.iter().flat_map(|it| dialect.taken_by_index(&table.name, it));
    constraints.chain(indexes).map(Taken::Name).collect()
}

fn partitions(table: &Table) -> impl Iterator<Item = &Partition> {
    table.partitioning.iter().flat_map(|it| &it.partitions)
}

fn below(partition: &Partition) -> impl Iterator<Item = &Partition> {
    partition.partitioning.iter().flat_map(|it| &it.partitions)
}
