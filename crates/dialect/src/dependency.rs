//! How one object depends on another.

/// How one object depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DependencyKind {
    /// A key or an index contains the column, and works with any type of it.
    Holds,
    /// An expression, an operator class or an access method uses the column's type.
    Computes,
    /// A generated column is computed from the column, or by the routine.
    Generates,
    /// A foreign key uses the column or the key on either side.
    References,
    /// A constraint or index provides the unique key.
    Provides,
    /// A column, its default or a domain has the type.
    OfType,
    /// A partition, or a column of it, is inherited from its table.
    Inherits,
    /// An expression calls the routine.
    Calls,
    /// A default takes numbers from the sequence.
    Counts,
    /// A view, routine, trigger or policy reads it.
    Reads,
    /// A routine or trigger names it and needs it only to be created.
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
