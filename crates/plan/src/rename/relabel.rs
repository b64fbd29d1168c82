//! Values of enums that the database stores as plain text: a rename changes only rows.

use std::collections::BTreeMap;

use autogen_schema::{Change, ColumnChange, ColumnType, Pair, QName, Rename, Schema};

use super::due::{News, is_in_rows};
use super::{Wishes, has_column};

/// The result for labels in rows.
pub(super) struct Relabels {
    /// The changes, one for each column.
    pub(super) changes: Vec<Change>,
    /// Declared renames that may be applied already.
    pub(super) unclear: Vec<Rename>,
}

/// Finds the given ones, and those that are declared for the first time. `schema` is the
/// schema after the renames.
pub(super) fn find(
    schema: &Schema,
    wanted: &Schema,
    wishes: &Wishes<'_>,
    given: Vec<Rename>,
) -> Relabels {
    let mut labels: BTreeMap<(QName, String), Vec<Pair<String>>> = BTreeMap::new();
    let mut unclear = Vec::new();
    let declared = wishes.declared.iter().flat_map(|rename| {
        let places = at_columns(schema, wanted, wishes.expanded(rename.clone()));
        places.into_iter().map(|it| (wishes.news(rename), it))
    });
    let given = given.into_iter().map(|it| (News::New, it));
    for (news, rename) in given.chain(declared).filter(|(_, it)| is_in_rows(schema, it)) {
        let Rename::Label { table, column, before, after } = &rename else { continue };
        let place = (table.clone(), column.clone());
        let label = Pair::new(before.clone(), after.clone());
        if labels.get(&place).is_some_and(|known| known.contains(&label)) {
            continue;
        }
        match news {
            News::New | News::Freed if has_column(wanted, table, column) => {
                labels.entry(place).or_default().push(label);
            }
            News::Unknown if wishes.done.is_none() => unclear.push(rename),
            News::New | News::Freed | News::Unknown => {}
        }
    }
    let changes = labels.into_iter().map(|((table, column), mut labels)| {
        labels.sort();
        ColumnChange::Relabel { table, column, labels }.into()
    });
    Relabels { changes: changes.collect(), unclear }
}

/// The values of a type that the plan creates are in rows until then.
fn at_columns(schema: &Schema, wanted: &Schema, renames: Vec<Rename>) -> Vec<Rename> {
    let at = |rename: Rename| {
        let Rename::Value { of, before, after } = &rename else { return vec![rename] };
        if schema.enums.contains_key(of) {
            return Vec::new();
        }
        let tables = wanted.tables.values();
        let columns = tables.flat_map(|table| {
            let columns = table.columns.iter();
            let typed = columns.filter(|column| column.data_type == ColumnType::Enum(of.clone()));
            typed.map(|column| Rename::Label {
                table: table.name.clone(),
                column: column.name.clone(),
                before: before.clone(),
                after: after.clone(),
            })
        });
        columns.collect()
    };
    renames.into_iter().flat_map(at).collect()
}
