//! What a change of a column invalidates in MySQL and MariaDB: only foreign keys.

use std::collections::BTreeSet;

use autogen_schema::{Column, ColumnType, Pair, TableOptions};

use super::{Flavor, types};
use crate::DependencyKind;

/// A column's change; `options` are those of its table.
pub(crate) fn column(
    flavor: Flavor,
    column: Pair<&Column>,
    options: Pair<&TableOptions>,
) -> BTreeSet<DependencyKind> {
    let Pair { before, after } = column;
    match keeps_references(flavor, before, after) && keeps_text(before, options) {
        true => BTreeSet::new(),
        false => BTreeSet::from([DependencyKind::References]),
    }
}

/// Whether foreign keys from or to a column survive its change. Both sides must have the same
/// type, and text the same collation; MySQL allows longer text, and MariaDB a column that
/// becomes auto-increment.
///
/// Source: experiments on MySQL 9.7 and MariaDB 10.11, with `foreign_key_checks` on.
fn keeps_references(flavor: Flavor, before: &Column, after: &Column) -> bool {
    let spelled = before.charset == after.charset && before.collation == after.collation;
    let typed = match (&before.data_type, &after.data_type) {
        (ColumnType::Varchar(Some(from)), ColumnType::Varchar(Some(to))) if from <= to => {
            from == to || flavor == Flavor::Mysql
        }
        (from, to) => from == to,
    };
    let counted = before.identity == after.identity || flavor == Flavor::Mariadb;
    spelled && typed && counted && before.generated == after.generated
}

/// Whether a text column keeps its character set and collation when its table's change.
fn keeps_text(column: &Column, options: Pair<&TableOptions>) -> bool {
    let said = |it: &TableOptions| (it.charset.clone(), it.collation.clone());
    column.charset.is_some()
        || column.collation.is_some()
        || !types::has_charset(&column.data_type)
        || said(options.before) == said(options.after)
}
