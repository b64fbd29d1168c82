//! Things that make way for others of their name: both in one statement, so
//! that where the new one fails over the rows, the old one is there still.

use std::collections::BTreeMap;

use autogen_schema::{
    Change, ColumnChange, Constraint, ConstraintChange, Index, IndexChange, IndexKey, QName,
};

/// For each index and check that is made in the place of another, the change
/// that takes the other away.
pub(super) fn replacements(changes: &[Change]) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    for (later, change) in changes.iter().enumerate() {
        let Some((made, false)) = subject(change) else { continue };
        let earlier = changes.iter().take(later).enumerate();
        let gone = earlier.filter_map(|(at, change)| Some((at, subject(change)?)));
        let mut same = gone.filter(|(_, (it, drops))| {
            *drops && it.table == made.table && it.name == made.name && it.kind == made.kind
        });
        if let Some((at, _)) = same.next_back()
            && !is_disturbed(changes, at, later)
        {
            found.insert(later, at);
        }
    }
    found
}

#[derive(PartialEq, Eq)]
struct Subject<'a> {
    table: &'a QName,
    name: &'a str,
    kind: u8,
}

/// What a change is about, and whether it takes it away.
fn subject(change: &Change) -> Option<(Subject<'_>, bool)> {
    match change {
        // MySQL keeps a hidden column for an expression, and makes and drops
        // none beside anything else.
        Change::Index(IndexChange::Create { index, .. } | IndexChange::Drop { index, .. })
            if computes(index) =>
        {
            None
        }
        Change::Index(IndexChange::Create { table, index }) => {
            Some((Subject { table, name: index.name.text()?, kind: 0 }, false))
        }
        Change::Index(IndexChange::Drop { table, index }) => {
            Some((Subject { table, name: index.name.text()?, kind: 0 }, true))
        }
        Change::Constraint(ConstraintChange::Add { table, constraint: Constraint::Check(it) }) => {
            Some((Subject { table, name: it.name.text()?, kind: 1 }, false))
        }
        Change::Constraint(ConstraintChange::Drop { table, constraint: Constraint::Check(it) }) => {
            Some((Subject { table, name: it.name.text()?, kind: 1 }, true))
        }
        _other => None,
    }
}

/// Whether a column that the old thing is about changes in between.
fn is_disturbed(changes: &[Change], gone: usize, made: usize) -> bool {
    let Some(old) = changes.get(gone) else { return true };
    let uses = |table: &QName, column: &str| match old {
        Change::Index(IndexChange::Drop { table: on, index }) => on == table && index.uses(column),
        Change::Constraint(ConstraintChange::Drop { table: on, constraint }) => {
            on == table && constraint.uses(column)
        }
        _other => false,
    };
    let between = changes.get(gone..made).unwrap_or_default();
    let shown = match (old, changes.get(made)) {
        (
            Change::Index(IndexChange::Drop { index: before, .. }),
            Some(Change::Index(IndexChange::Create { index: after, .. })),
        ) => only_visibility(before, after),
        _other => false,
    };
    between.iter().any(|change| match change {
        // An index that stays goes along with its column.
        Change::Column(ColumnChange::Alter { .. }) if shown => false,
        change => touches(change, &uses),
    })
}

/// Whether one of the changes is about such a column of the table.
pub(super) fn is_about(changes: &[Change], table: &QName, uses: impl Fn(&str) -> bool) -> bool {
    changes.iter().any(|change| touches(change, &|on, column| on == table && uses(column)))
}

fn touches(change: &Change, uses: &impl Fn(&QName, &str) -> bool) -> bool {
    match change {
        Change::Column(
            ColumnChange::Drop { table, column, .. } | ColumnChange::Add { table, column, .. },
        ) => uses(table, &column.name),
        Change::Column(ColumnChange::Alter { table, column }) => uses(table, &column.after.name),
        Change::Column(ColumnChange::Rename { table, name }) => {
            uses(table, &name.before) || uses(table, &name.after)
        }
        Change::Column(
            ColumnChange::RenameLabel { table, column, .. }
            | ColumnChange::Relabel { table, column, .. },
        ) => uses(table, column),
        _other => false,
    }
}

/// Whether an index is over an expression.
pub(super) fn computes(index: &Index) -> bool {
    index.parts.iter().any(|part| matches!(part.key, IndexKey::Expression(_)))
}

/// Whether an index differs from another only in whether plans look at it.
pub(super) fn only_visibility(before: &Index, after: &Index) -> bool {
    let mut same = before.clone();
    same.options.invisible = after.options.invisible;
    same == *after
}
