//! Objects that replace others of the same name: both in one statement, so that if creating
//! the new one fails on existing rows, the old one still exists.

use std::collections::BTreeMap;

use autogen_schema::{Change, ColumnChange, Constraint, Index, IndexKey, QName};

/// For each index and check that replaces another, the change that drops the other.
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

/// The object of a change, and whether the change drops it.
fn subject(change: &Change) -> Option<(Subject<'_>, bool)> {
    let drops = change.dropped_index().is_some() || change.dropped_constraint().is_some();
    if let Some((table, index)) = change.created_index().or_else(|| change.dropped_index()) {
        // MySQL stores a hidden column for an expression, and adds and drops it only in a separate
        // statement.
        let name = index.name.text().filter(|_| !computes(index))?;
        return Some((Subject { table, name, kind: 0 }, drops));
    }
    let (table, constraint) = change.added_constraint().or_else(|| change.dropped_constraint())?;
    let Constraint::Check(check) = constraint else { return None };
    Some((Subject { table, name: check.name.text()?, kind: 1 }, drops))
}

/// Whether a column of the old object changes in between.
fn is_disturbed(changes: &[Change], gone: usize, made: usize) -> bool {
    let Some(old) = changes.get(gone) else { return true };
    let (index, constraint) = (old.dropped_index(), old.dropped_constraint());
    let uses = |table: &QName, column: &str| {
        index.is_some_and(|(on, it)| on == table && it.uses(column))
            || constraint.is_some_and(|(on, it)| on == table && it.uses(column))
    };
    let between = changes.get(gone..made).unwrap_or_default();
    let new = changes.get(made).and_then(Change::created_index);
    let shown = index.zip(new).is_some_and(|((_, old), (_, new))| only_visibility(old, new));
    // An index that is kept follows its column.
    let along = |change: &Change| shown && change.altered_column().is_some();
    between.iter().any(|change| !along(change) && touches(change, &uses))
}

/// Whether one of the changes concerns such a column of the table.
pub(super) fn is_about<'c>(
    changes: impl IntoIterator<Item = &'c Change>,
    table: &QName,
    uses: impl Fn(&str) -> bool,
) -> bool {
    changes.into_iter().any(|change| touches(change, &|on, column| on == table && uses(column)))
}

fn touches(change: &Change, uses: &impl Fn(&QName, &str) -> bool) -> bool {
    let Change::Column(change) = change else { return false };
    match change {
        ColumnChange::Drop { table, column, .. } | ColumnChange::Add { table, column, .. } => {
            uses(table, &column.name)
        }
        ColumnChange::Alter { table, column } => uses(table, &column.after.name),
        ColumnChange::Rename { table, name } => {
            uses(table, &name.before) || uses(table, &name.after)
        }
        ColumnChange::RenameLabel { table, column, .. }
        | ColumnChange::Relabel { table, column, .. } => uses(table, column),
    }
}

/// Whether an index has an expression.
pub(super) fn computes(index: &Index) -> bool {
    index.parts.iter().any(|part| matches!(part.key, IndexKey::Expression(_)))
}

/// Whether an index differs from another only in visibility.
pub(super) fn only_visibility(before: &Index, after: &Index) -> bool {
    let mut same = before.clone();
    same.options.invisible = after.options.invisible;
    same == *after
}
