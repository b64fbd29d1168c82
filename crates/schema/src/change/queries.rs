//! Queries on a change, one per form. A new kind of change matches none of them until it is
//! added here.

use super::{
    Change, ColumnChange, ConstraintChange, DomainChange, EnumChange, IndexChange, NamespaceChange,
    PartitionChange, PolicyChange, RoutineChange, SequenceChange, TableChange, TriggerChange,
    ViewChange,
};
use crate::{
    Column, Constraint, Domain, EnumType, ForeignKey, Index, Name, Namespace, Pair, Partition,
    Partitioning, Policy, QName, Routine, Table, TableOptions, Trigger, View,
};

/// `fn name(&self) -> Option<answer>`: the answer if the change has this form.
macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident: $form:pat => $answer:expr, $type:ty;)+) => {
        impl Change {
            $(
                $(#[$doc])*
                pub fn $name(&self) -> Option<$type> {
                    if let $form = self { Some($answer) } else { None }
                }
            )+
        }
    };
}

questions! {
    /// The schema of the server that it drops.
    dropped_namespace: Self::Namespace(NamespaceChange::Drop(item)) => item, &Namespace;
    /// The table that it creates.
    created_table: Self::Table(TableChange::Create(table)) => table, &Table;
    /// The table that it drops.
    dropped_table: Self::Table(TableChange::Drop(table)) => table, &Table;
    /// The names of the table that it renames.
    renamed_table: Self::Table(TableChange::Rename(name)) => name, &Pair<QName>;
    /// The options that it changes, with their table.
    changed_options: Self::Table(TableChange::Options { table, options }) => (table, options), (&QName, &Pair<TableOptions>);
    /// The sequence that it renames.
    renamed_sequence: Self::Sequence(SequenceChange::Rename(name)) => name, &Pair<QName>;
    /// The column that it adds, with its table.
    added_column: Self::Column(ColumnChange::Add { table, column, .. }) => (table, column), (&QName, &Column);
    /// The column that it drops, with its table.
    dropped_column: Self::Column(ColumnChange::Drop { table, column, .. }) => (table, column), (&QName, &Column);
    /// The column that it alters, with its table.
    altered_column: Self::Column(ColumnChange::Alter { table, column }) => (table, column), (&QName, &Pair<Column>);
    /// The names of the column that it renames, with its table.
    renamed_column: Self::Column(ColumnChange::Rename { table, name }) => (table, name), (&QName, &Pair<String>);
    /// The column whose rows are relabelled, with its table.
    relabelled_column: Self::Column(ColumnChange::Relabel { table, column, .. }) => (table, column), (&QName, &String);
    /// The constraint that it adds, with its table.
    added_constraint: Self::Constraint(ConstraintChange::Add { table, constraint }) => (table, constraint), (&QName, &Constraint);
    /// The constraint that it drops, with its table.
    dropped_constraint: Self::Constraint(ConstraintChange::Drop { table, constraint }) => (table, constraint), (&QName, &Constraint);
    /// The foreign key that it adds, with its table.
    added_foreign_key: Self::Constraint(ConstraintChange::Add { table, constraint: Constraint::ForeignKey(key) }) => (table, key), (&QName, &ForeignKey);
    /// The foreign key that it drops, with its table.
    dropped_foreign_key: Self::Constraint(ConstraintChange::Drop { table, constraint: Constraint::ForeignKey(key) }) => (table, key), (&QName, &ForeignKey);
    /// The index that it creates, with its table.
    created_index: Self::Index(IndexChange::Create { table, index }) => (table, index), (&QName, &Index);
    /// The names of the index that it renames, with its table.
    renamed_index: Self::Index(IndexChange::Rename { table, name, .. }) => (table, name), (&QName, &Pair<Name>);
    /// The index that it drops, with its table.
    dropped_index: Self::Index(IndexChange::Drop { table, index }) => (table, index), (&QName, &Index);
    /// The partition that it creates, with the relation that it is a partition of.
    created_partition: Self::Partition(PartitionChange::Create { of, partition, .. }) => (of, partition), (&QName, &Partition);
    /// The partition that it drops, with the relation that it was a partition of.
    dropped_partition: Self::Partition(PartitionChange::Drop { of, partition, .. }) => (of, partition), (&QName, &Partition);
    /// The table that becomes partitioned or plain, and its partitioning.
    divided_table: Self::Partition(PartitionChange::Divide { table, partitioning }) => (table, partitioning), (&QName, &Pair<Option<Partitioning>>);
    /// The domain that it alters.
    altered_domain: Self::Domain(DomainChange::Alter(item)) => item, &Pair<Domain>;
    /// The enum that it alters.
    altered_enum: Self::Enum(EnumChange::Alter(item)) => item, &Pair<EnumType>;
    /// The names of the enum that it renames.
    renamed_enum: Self::Enum(EnumChange::Rename(name)) => name, &Pair<QName>;
    /// The domain that it drops.
    dropped_domain: Self::Domain(DomainChange::Drop(item)) => item, &Domain;
    /// The enum that it drops.
    dropped_enum: Self::Enum(EnumChange::Drop(item)) => item, &EnumType;
    /// The view that it creates.
    created_view: Self::View(ViewChange::Create(view)) => view, &View;
    /// The view that it alters.
    altered_view: Self::View(ViewChange::Alter(view)) => view, &Pair<View>;
    /// The view that it drops.
    dropped_view: Self::View(ViewChange::Drop(view)) => view, &View;
    /// The routine that it creates.
    created_routine: Self::Routine(RoutineChange::Create(routine)) => routine, &Routine;
    /// The routine that it drops.
    dropped_routine: Self::Routine(RoutineChange::Drop(routine)) => routine, &Routine;
    /// The trigger that it creates, with its relation.
    created_trigger: Self::Trigger(TriggerChange::Create { on, trigger }) => (on, trigger), (&QName, &Trigger);
    /// The trigger that it drops, with its relation.
    dropped_trigger: Self::Trigger(TriggerChange::Drop { on, trigger }) => (on, trigger), (&QName, &Trigger);
    /// The policy that it creates, with its table.
    created_policy: Self::Policy(PolicyChange::Create { table, policy }) => (table, policy), (&QName, &Policy);
    /// The label that it renames, with its type.
    renamed_value: Self::Enum(EnumChange::RenameValue { of, value, .. }) => (of, value), (&QName, &Pair<String>);
}

impl Change {
    /// The table, view or partition of the trigger or policy that it changes.
    pub fn attached_to(&self) -> Option<&QName> {
        match self {
            Self::Trigger(change) => Some(change.on()),
            Self::Policy(change) => Some(change.on()),
            Self::Namespace(_)
            | Self::Extension(_)
            | Self::Collation(_)
            | Self::Enum(_)
            | Self::Domain(_)
            | Self::Sequence(_)
            | Self::Table(_)
            | Self::Column(_)
            | Self::Constraint(_)
            | Self::Index(_)
            | Self::Partition(_)
            | Self::Statistics(_)
            | Self::Grant(_)
            | Self::View(_)
            | Self::Routine(_) => None,
        }
    }
}
