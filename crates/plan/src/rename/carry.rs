//! Applies renames, in an order in which each new name is free.

use autogen_schema::{
    Change, ColumnChange, DomainChange, EnumChange, Pair, Rename, Schema, SequenceChange,
    TableChange,
};

use super::due::labels;
use super::{has_relation, has_type, refused};
use crate::PlanError;

pub(super) struct Carried {
    pub(super) schema: Schema,
    pub(super) changes: Vec<Change>,
}

impl Carried {
    /// Applies renames, those first whose new name is free. If names are exchanged in a cycle,
    /// one gets a temporary name.
    pub(super) fn all(&mut self, mut pending: Vec<Rename>) -> Result<(), PlanError> {
        while !pending.is_empty() {
            let free = pending.iter().position(|rename| !self.is_taken(rename));
            match free {
                Some(at) => {
                    let rename = pending.remove(at);
                    self.one(&rename)?;
                }
                None => {
                    let (aside, rest) = set_aside(pending.remove(0));
                    if self.is_taken(&aside) {
                        return Err(refused(&aside, "the new name is taken"));
                    }
                    if !pending.iter().any(|other| frees(other, &rest)) {
                        return Err(refused(&rest, "the new name is taken"));
                    }
                    self.one(&aside)?;
                    pending.push(rest);
                }
            }
        }
        Ok(())
    }

    fn is_taken(&self, rename: &Rename) -> bool {
        match rename {
            Rename::Table { after, .. } => has_relation(&self.schema, after),
            Rename::Type { after, .. } => has_type(&self.schema, after),
            Rename::Column { table, after, .. } => {
                self.schema.tables.get(table).is_some_and(|table| table.column(after).is_some())
            }
            Rename::Value { of, after, .. } => {
                self.schema.enums.get(of).is_some_and(|item| item.values.contains(after))
            }
            Rename::Label { table, column, after, .. } => {
                labels(&self.schema, table, column).is_some_and(|labels| labels.contains(after))
            }
        }
    }

    fn one(&mut self, rename: &Rename) -> Result<(), PlanError> {
        let change = change(&self.schema, rename);
        change.apply(&mut self.schema).map_err(|error| refused(rename, &error.to_string()))?;
        self.changes.push(change);
        Ok(())
    }
}

/// Whether `other` frees the name that `rename` needs.
pub(super) fn frees(other: &Rename, rename: &Rename) -> bool {
    match (other, rename) {
        (Rename::Table { before, .. }, Rename::Table { after, .. })
        | (Rename::Type { before, .. }, Rename::Type { after, .. }) => before == after,
        (
            Rename::Column { table, before, .. },
            Rename::Column { table: other_table, after, .. },
        ) => table == other_table && before == after,
        (Rename::Value { of, before, .. }, Rename::Value { of: other_of, after, .. }) => {
            of == other_of && before == after
        }
        (
            Rename::Label { table, column, before, .. },
            Rename::Label { table: other_table, column: other_column, after, .. },
        ) => table == other_table && column == other_column && before == after,
        (
            Rename::Table { .. }
            | Rename::Type { .. }
            | Rename::Column { .. }
            | Rename::Value { .. }
            | Rename::Label { .. },
            _,
        ) => false,
    }
}

/// The rename in two halves, through an unused name.
fn set_aside(rename: Rename) -> (Rename, Rename) {
    let aside = |name: &str| format!("{name}__swap");
    match rename {
        Rename::Table { before, after } => {
            let middle = before.sibling(aside(&before.name));
            (
                Rename::Table { before, after: middle.clone() },
                Rename::Table { before: middle, after },
            )
        }
        Rename::Type { before, after } => {
            let middle = before.sibling(aside(&before.name));
            (Rename::Type { before, after: middle.clone() }, Rename::Type { before: middle, after })
        }
        Rename::Column { table, before, after } => {
            let middle = aside(&before);
            (
                Rename::Column { table: table.clone(), before, after: middle.clone() },
                Rename::Column { table, before: middle, after },
            )
        }
        Rename::Value { of, before, after } => {
            let middle = aside(&before);
            (
                Rename::Value { of: of.clone(), before, after: middle.clone() },
                Rename::Value { of, before: middle, after },
            )
        }
        Rename::Label { table, column, before, after } => {
            let middle = aside(&before);
            let half = |before, after| Rename::Label {
                table: table.clone(),
                column: column.clone(),
                before,
                after,
            };
            (half(before, middle.clone()), half(middle, after))
        }
    }
}

fn change(schema: &Schema, rename: &Rename) -> Change {
    match rename.clone() {
        Rename::Table { before, after } if schema.sequences.contains_key(&before) => {
            SequenceChange::Rename(Pair::new(before, after)).into()
        }
        Rename::Type { before, after } if schema.domains.contains_key(&before) => {
            DomainChange::Rename(Pair::new(before, after)).into()
        }
        Rename::Table { before, after } => TableChange::Rename(Pair::new(before, after)).into(),
        Rename::Column { table, before, after } => {
            ColumnChange::Rename { table, name: Pair::new(before, after) }.into()
        }
        Rename::Type { before, after } => EnumChange::Rename(Pair::new(before, after)).into(),
        Rename::Value { of, before, after } => {
            EnumChange::RenameValue { of, value: Pair::new(before, after) }.into()
        }
        Rename::Label { table, column, before, after } => {
            ColumnChange::RenameLabel { table, column, label: Pair::new(before, after) }.into()
        }
    }
}
