//! Schemas and extensions: the ground that all else stands on. They come
//! before everything, and go after everything.

use autogen_dialect::Dialect;
use autogen_schema::{Change, ExtensionChange, NamespaceChange};

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
            | Change::Extension(ExtensionChange::Create(_) | ExtensionChange::Alter(_)) => {
                grounded.first.push(change);
            }
            Change::Namespace(NamespaceChange::Drop(_))
            | Change::Extension(ExtensionChange::Drop(_)) => grounded.last.push(change),
            _other => grounded.rest.push(change),
        }
    }
    grounded
        .first
        .sort_by_key(|change| (!is_namespace(change), depth(dialect, change), change.object()));
    grounded.last.sort_by_key(|change| {
        let depth = std::cmp::Reverse(depth(dialect, change));
        (is_namespace(change), depth, change.object())
    });
    grounded
}

fn is_namespace(change: &Change) -> bool {
    matches!(change.kind(), "create_schema" | "comment_schema" | "drop_schema")
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
