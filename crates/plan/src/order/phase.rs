//! The order in which a careful person would write the script, if nothing forces another.

use autogen_schema::{
    Change, ColumnChange, Constraint, ConstraintChange, DomainChange, EnumChange, GrantChange,
    IndexChange, PartitionChange, PolicyChange, QName, Routine, RoutineChange, RoutineKind,
    SequenceChange, StatisticsChange, TableChange, TriggerChange, ViewChange,
};

/// Phase, table, name.
pub(super) type SortKey = (u8, Option<QName>, String);

pub(super) fn sort_key(change: &Change) -> SortKey {
    let phase = match change {
        Change::Namespace(_) | Change::Extension(_) | Change::Collation(_) => 3,
        Change::Domain(change) => domain_phase(change),
        Change::Sequence(change) => sequence_phase(change),
        Change::Partition(change) => partition_phase(change),
        Change::Statistics(change) => statistics_phase(change),
        Change::Grant(change) => grant_phase(change),
        Change::View(ViewChange::Drop(_))
        | Change::Trigger(TriggerChange::Drop { .. })
        | Change::Policy(PolicyChange::Drop { .. }) => 0,
        Change::Routine(change) => routine_phase(change),
        Change::Policy(PolicyChange::Protect { .. }) => 10,
        Change::View(ViewChange::Create(_) | ViewChange::Alter(_)) => 11,
        Change::Trigger(TriggerChange::Create { .. })
        | Change::Policy(PolicyChange::Create { .. }) => 12,
        Change::Trigger(TriggerChange::Comment { .. } | TriggerChange::Firing { .. })
        | Change::Policy(PolicyChange::Comment { .. }) => 13,
        Change::Constraint(ConstraintChange::Drop { constraint, .. }) => match constraint {
            Constraint::ForeignKey(_) => 0,
            Constraint::PrimaryKey(_)
            | Constraint::Unique(_)
            | Constraint::Check(_)
            | Constraint::Exclusion(_) => 1,
        },
        Change::Index(IndexChange::Drop { .. }) => 1,
        Change::Constraint(ConstraintChange::Rename { .. })
        | Change::Index(IndexChange::Rename { .. }) => 2,
        Change::Enum(
            EnumChange::Create(_)
            | EnumChange::Alter(_)
            | EnumChange::Rename(_)
            | EnumChange::RenameValue { .. },
        ) => 3,
        Change::Table(TableChange::Create(_) | TableChange::Rename(_)) => 4,
        Change::Table(TableChange::Options { .. }) => 5,
        Change::Column(ColumnChange::Drop { .. }) => 6,
        Change::Column(
            ColumnChange::Alter { .. }
            | ColumnChange::Add { .. }
            | ColumnChange::Rename { .. }
            | ColumnChange::RenameLabel { .. }
            | ColumnChange::Relabel { .. },
        ) => 7,
        Change::Table(TableChange::Reorder { .. }) => 8,
        Change::Constraint(ConstraintChange::Add { constraint, .. }) => match constraint {
            Constraint::PrimaryKey(_)
            | Constraint::Unique(_)
            | Constraint::Check(_)
            | Constraint::Exclusion(_) => 8,
            Constraint::ForeignKey(_) => 10,
        },
        Change::Index(IndexChange::Create { .. } | IndexChange::Tune { .. }) => 9,
        Change::Table(TableChange::Drop(_)) => 11,
        Change::Enum(EnumChange::Drop(_)) => 12,
        Change::Table(TableChange::Comment { .. })
        | Change::Constraint(ConstraintChange::Comment { .. })
        | Change::Index(IndexChange::Comment { .. }) => 13,
    };
    (phase, change.table().cloned(), change.object())
}

fn domain_phase(change: &DomainChange) -> u8 {
    match change {
        DomainChange::Create(_) | DomainChange::Rename(_) | DomainChange::Alter(_) => 3,
        DomainChange::Drop(_) => 12,
    }
}

fn sequence_phase(change: &SequenceChange) -> u8 {
    match change {
        SequenceChange::Create(_) | SequenceChange::Rename(_) | SequenceChange::Alter(_) => 3,
        SequenceChange::Own { owner, .. } if owner.after.is_none() => 5,
        SequenceChange::Own { .. } => 8,
        SequenceChange::Declare { declared, .. } if declared.after => 0,
        SequenceChange::Declare { .. } => 13,
        SequenceChange::Drop(_) => 12,
    }
}

fn partition_phase(change: &PartitionChange) -> u8 {
    match change {
        PartitionChange::Detach { .. } => 0,
        PartitionChange::Attach { .. } => 10,
        PartitionChange::Drop { .. } => 5,
        PartitionChange::Divide { partitioning, .. } if partitioning.after.is_none() => 5,
        PartitionChange::Create { .. } | PartitionChange::Divide { .. } => 9,
        PartitionChange::Comment { .. } => 13,
    }
}

fn statistics_phase(change: &StatisticsChange) -> u8 {
    match change {
        StatisticsChange::Drop(_) => 1,
        StatisticsChange::Create(_) => 9,
        StatisticsChange::Alter(_) => 13,
    }
}

fn grant_phase(change: &GrantChange) -> u8 {
    match change {
        GrantChange::Revoke { .. } => 0,
        GrantChange::Grant { .. } => 13,
    }
}

/// An event is dropped before anything that it uses changes, and created last.
fn routine_phase(change: &RoutineChange) -> u8 {
    let is_event = |routine: &Routine| routine.kind == RoutineKind::Event;
    match change {
        RoutineChange::Create(routine) if is_event(routine) => 13,
        RoutineChange::Alter(routine) if is_event(&routine.after) => 13,
        RoutineChange::Drop(routine) if is_event(routine) => 0,
        RoutineChange::Create(_) | RoutineChange::Alter(_) => 3,
        RoutineChange::Drop(_) => 12,
    }
}
