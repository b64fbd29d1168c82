//! How one object depends on another.

/// How one object depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DependencyKind {
    /// A key or an index has the column, and what it does with it is the column's own.
    Holds,
    /// An expression, an operator class or an access method computes from the column.
    Computes,
    /// A generated column is computed from the column, or by the routine.
    Generates,
    /// A foreign key has the column, or the key, at one of its ends.
    References,
    /// A unique key is what the constraint or index makes it.
    Provides,
    /// A column, its default or a domain is of the type.
    OfType,
    /// A partition, or a column of it, is that of its table.
    Inherits,
    /// An expression calls the routine.
    Calls,
    /// A default counts by the sequence.
    Counts,
    /// A view, routine, trigger or policy reads it.
    Reads,
    /// A routine or trigger names it, and needs it only when it is created.
    Names,
}

impl DependencyKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Holds,
        Self::Computes,
        Self::Generates,
        Self::References,
        Self::Provides,
        Self::OfType,
        Self::Inherits,
        Self::Calls,
        Self::Counts,
        Self::Reads,
        Self::Names,
    ];
}
