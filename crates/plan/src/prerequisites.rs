//! Prerequisites: schemas, extensions and collations. They are created before everything
//! else, and dropped after it.

use autogen_dialect::Dialect;
use autogen_schema::{Change, CollationChange, ExtensionChange, NamespaceChange};

/// Changes, with those of prerequisites separated.
pub(crate) struct Prerequisites {
    /// Creation of prerequisites.
    pub(crate) first: Vec<Change>,
    /// All other changes.
    pub(crate) rest: Vec<Change>,
    /// Drops of prerequisites.
    pub(crate) last: Vec<Change>,
}

impl Prerequisites {
    /// Separates them.
    pub(crate) fn of(dialect: Dialect, changes: Vec<Change>) -> Self {
        let mut found = Self { first: Vec::new(), rest: Vec::new(), last: Vec::new() };
        for change in changes {
            match &change {
                Change::Namespace(NamespaceChange::Create(_) | NamespaceChange::Alter(_))
                | Change::Extension(ExtensionChange::Create(_) | ExtensionChange::Alter(_))
                | Change::Collation(CollationChange::Create(_) | CollationChange::Alter(_)) => {
                    found.first.push(change);
                }
                Change::Namespace(NamespaceChange::Drop(_))
                | Change::Extension(ExtensionChange::Drop(_))
                | Change::Collation(CollationChange::Drop(_)) => found.last.push(change),
                Change::Enum(_)
                | Change::Domain(_)
                | Change::Sequence(_)
                | Change::Table(_)
                | Change::Column(_)
                | Change::Constraint(_)
                | Change::Index(_)
                | Change::Partition(_)
                | Change::Statistics(_)
                | Change::Grant(_)
                | Change::View(_)
                | Change::Routine(_)
                | Change::Trigger(_)
                | Change::Policy(_) => found.rest.push(change),
            }
        }
        found.first.sort_by_key(|change| (layer(change), depth(dialect, change), change.object()));
        found.last.sort_by_key(|change| {
            let depth = std::cmp::Reverse(depth(dialect, change));
            (std::cmp::Reverse(layer(change)), depth, change.object())
        });
        found
    }
}

/// Schemas come first: collations and extensions are in them.
fn layer(change: &Change) -> u8 {
    if matches!(change, Change::Namespace(_)) {
        0
    } else if matches!(change, Change::Extension(_)) {
        1
    } else {
        2
    }
}

/// Extensions that others require come before them.
fn depth(dialect: Dialect, change: &Change) -> usize {
    let mut depth = 0;
    let mut open = vec![change.object()];
    while let Some(name) = open.pop() {
        let needed = dialect.extension_needs(&name);
        depth += needed.len();
        open.extend(needed.iter().map(|it| (*it).to_owned()));
    }
    depth
}
