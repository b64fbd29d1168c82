//! What changes wait for, and what one does to it.

use std::collections::BTreeSet;

use autogen_schema::QName;

/// References (child, parent) that do not count.
pub(super) type Loose = BTreeSet<(QName, QName)>;

/// Something that changes wait for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    Table(QName),
    Column(QName, String),
    /// What rows hold in a column, where a plan changes that: into a type that is
    /// made anew, or to other labels.
    Values(QName, String),
    Type(QName),
    Sequence(QName),
    /// A name in the schema of a table: constraints and indexes.
    Name(QName, String),
    /// Some columns of a table as the target of foreign keys.
    Key(QName, Vec<String>),
    /// All that makes the rows of a table what they are: columns, keys, indexes.
    Keys(QName),
    /// A table that was made anew, with its rows.
    Whole(QName),
    /// A table whose rows outlive a crash.
    Logged(QName),
    /// A table whose rows do not: it may refer to any.
    Unlogged(QName),
    /// All routines of a name, in any schema.
    Routine(String),
}

impl Resource {
    /// Whether it is this table or view, or a part of it.
    pub(super) fn is_of(&self, owner: Option<&QName>) -> bool {
        match self {
            Self::Table(name)
            | Self::Column(name, _)
            | Self::Values(name, _)
            | Self::Name(name, _)
            | Self::Key(name, _)
            | Self::Keys(name)
            | Self::Whole(name)
            | Self::Logged(name)
            | Self::Unlogged(name) => owner == Some(name),
            Self::Type(_) | Self::Sequence(_) | Self::Routine(_) => false,
        }
    }
}

/// What a change does to resources.
#[derive(Debug, Default)]
pub(super) struct Footprint {
    /// There only after the change.
    pub(super) creates: Vec<Resource>,
    /// There only before the change.
    pub(super) removes: Vec<Resource>,
    /// Must be there, in its state after the plan.
    pub(super) needs: Vec<Resource>,
    /// Is let go by the change; must be there until then.
    pub(super) releases: Vec<Resource>,
}
