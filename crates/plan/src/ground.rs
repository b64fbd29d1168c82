//! Schemas, extensions and collations: the ground that all else stands on. They come
//! before everything, and go after everything.

use autogen_dialect::Dialect;
use autogen_schema::{Change, CollationChange, ExtensionChange, NamespaceChange};

/// Changes, with those apart that come first and last.
pub(crate) struct Grounded {
    /// What everything may need.
    pub(crate) first: Vec<Change>,
    /// All else.
    pub(crate) rest: Vec<Change>,
    /// What nothing needs any more.
    pub(crate) last: Vec<Change>,
}

/// Sets the ground apart.
pub(crate) fn split(dialect: Dialect, changes: Vec<Change>) -> Grounded {
    let mut grounded = Grounded { first: Vec::new(), rest: Vec::new(), last: Vec::new() };
    for change in changes {
        match &change {
            Change::Namespace(NamespaceChange::Create(_) | NamespaceChange::Alter(_))
            | Change::Extension(ExtensionChange::Create(_) | ExtensionChange::Alter(_))
            | Change::Collation(CollationChange::Create(_) | CollationChange::Alter(_)) => {
                grounded.first.push(change);
            }
            Change::Namespace(NamespaceChange::Drop(_))
            | Change::Extension(ExtensionChange::Drop(_))
            | Change::Collation(CollationChange::Drop(_)) => grounded.last.push(change),
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
            | Change::Policy(_) => grounded.rest.push(change),
        }
    }
    grounded.first.sort_by_key(|change| (layer(change), depth(dialect, change), change.object()));
    grounded.last.sort_by_key(|change| {
        let depth = std::cmp::Reverse(depth(dialect, change));
        (std::cmp::Reverse(layer(change)), depth, change.object())
    });
    grounded
}

/// Schemas lie lowest, collations and extensions live in them.
fn layer(change: &Change) -> u8 {
    if matches!(change, Change::Namespace(_)) {
        0
    } else if matches!(change, Change::Extension(_)) {
        1
    } else {
        2
    }
}

/// Extensions that others need come before them.
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
