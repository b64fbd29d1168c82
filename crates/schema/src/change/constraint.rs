//! Constraints: added, dropped, renamed. A constraint whose structure differs is dropped and
//! added.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify, table_mut};
use crate::{Constraint, Name, Pair, QName, Schema, Table};

/// A change of a constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum ConstraintChange {
    Add {
        table: QName,
        constraint: Constraint,
    },
    Drop {
        table: QName,
        constraint: Constraint,
    },
    /// `constraint` has the name before the change.
    Rename {
        table: QName,
        constraint: Constraint,
        name: Pair<Name>,
    },
    /// `constraint` has the comment before the change.
    Comment {
        table: QName,
        constraint: Constraint,
        comment: Pair<Option<String>>,
    },
}

impl ConstraintChange {
    fn place(&self) -> (&QName, &Constraint) {
        match self {
            Self::Add { table, constraint }
            | Self::Drop { table, constraint }
            | Self::Rename { table, constraint, .. }
            | Self::Comment { table, constraint, .. } => (table, constraint),
        }
    }
}

impl Alteration for ConstraintChange {
    fn kind(&self) -> &'static str {
        let (_, constraint) = self.place();
        match (self, constraint) {
            (Self::Add { .. }, Constraint::PrimaryKey(_)) => "add_primary_key",
            (Self::Add { .. }, Constraint::Unique(_)) => "add_unique",
            (Self::Add { .. }, Constraint::ForeignKey(_)) => "add_foreign_key",
            (Self::Add { .. }, Constraint::Check(_)) => "add_check",
            (Self::Add { .. }, Constraint::Exclusion(_)) => "add_exclusion",
            (Self::Drop { .. }, Constraint::PrimaryKey(_)) => "drop_primary_key",
            (Self::Drop { .. }, Constraint::Unique(_)) => "drop_unique",
            (Self::Drop { .. }, Constraint::ForeignKey(_)) => "drop_foreign_key",
            (Self::Drop { .. }, Constraint::Check(_)) => "drop_check",
            (Self::Drop { .. }, Constraint::Exclusion(_)) => "drop_exclusion",
            (Self::Rename { .. }, Constraint::PrimaryKey(_)) => "rename_primary_key",
            (Self::Rename { .. }, Constraint::Unique(_)) => "rename_unique",
            (Self::Rename { .. }, Constraint::ForeignKey(_)) => "rename_foreign_key",
            (Self::Rename { .. }, Constraint::Check(_)) => "rename_check",
            (Self::Rename { .. }, Constraint::Exclusion(_)) => "rename_exclusion",
            (Self::Comment { .. }, _) => "comment_constraint",
        }
    }

    fn object(&self) -> String {
        let (table, constraint) = self.place();
        match constraint.name().text() {
            Some(name) => format!("{table}.{name}"),
            None => format!("{table}.({})", outline(constraint)),
        }
    }

    fn describe(&self) -> String {
        let (table, constraint) = self.place();
        let kind = constraint.kind();
        let what = match constraint.name().text() {
            Some(name) => format!("{kind} {name} ({})", outline(constraint)),
            None => format!("{kind} ({})", outline(constraint)),
        };
        match self {
            Self::Add { .. } => format!("add {what} to {table}"),
            Self::Drop { .. } => format!("drop {what} from {table}"),
            Self::Rename { name, .. } => {
                format!("rename {kind} {} of {table} to {}", name.before, name.after)
            }
            Self::Comment { .. } => format!("comment on {what} of {table}"),
        }
    }

    fn slug(&self) -> String {
        let (table, constraint) = self.place();
        let table = slugify(&table.name);
        let kind = constraint.kind().replace(' ', "_");
        match self {
            Self::Add { .. } => format!("add_{table}_{kind}"),
            Self::Drop { .. } => format!("drop_{table}_{kind}"),
            Self::Rename { .. } => format!("rename_{table}_{kind}"),
            Self::Comment { .. } => format!("comment_{table}_{kind}"),
        }
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Add { table, constraint } => Self::Drop { table, constraint },
            Self::Drop { table, constraint } => Self::Add { table, constraint },
            Self::Rename { table, constraint, name } => Self::Rename {
                table,
                constraint: constraint.with_name(name.after.clone()),
                name: name.swap(),
            },
            Self::Comment { table, constraint, comment } => Self::Comment {
                table,
                constraint: constraint.with_comment(comment.after.clone()),
                comment: comment.swap(),
            },
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let (table, constraint) = self.place();
        let table = table_mut(schema, table)?;
        let done = match self {
            Self::Add { .. } => add(table, constraint.clone()),
            Self::Drop { .. } => remove(table, constraint),
            Self::Rename { name, .. } => {
                remove(table, constraint)
                    && add(table, constraint.clone().with_name(name.after.clone()))
            }
            Self::Comment { comment, .. } => {
                remove(table, constraint)
                    && add(table, constraint.clone().with_comment(comment.after.clone()))
            }
        };
        match (done, self) {
            (true, _) => Ok(()),
            (false, Self::Add { .. }) => Err(ApplyError::present(constraint.kind(), self.object())),
            (false, Self::Drop { .. } | Self::Rename { .. } | Self::Comment { .. }) => {
                Err(ApplyError::missing(constraint.kind(), self.object()))
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        Some(self.place().0)
    }
}

/// The columns or the expression, for messages about a constraint without a name.
fn outline(constraint: &Constraint) -> String {
    let keyed = |parts: &[crate::KeyPart]| {
        let names: Vec<&str> = parts.iter().map(|part| part.column.as_str()).collect();
        names.join(", ")
    };
    match constraint {
        Constraint::PrimaryKey(it) => keyed(&it.columns),
        Constraint::Unique(it) => keyed(&it.columns),
        Constraint::ForeignKey(it) => format!("{} -> {}", it.columns.join(", "), it.references),
        Constraint::Check(it) => it.expr.to_string(),
        Constraint::Exclusion(it) => it.method.clone(),
    }
}

fn add(table: &mut Table, constraint: Constraint) -> bool {
    match constraint {
        Constraint::PrimaryKey(it) if table.primary_key.is_none() => table.primary_key = Some(it),
        Constraint::PrimaryKey(_) => return false,
        Constraint::Unique(it) => table.uniques.push(it),
        Constraint::ForeignKey(it) => table.foreign_keys.push(it),
        Constraint::Check(it) => table.checks.push(it),
        Constraint::Exclusion(it) => table.exclusions.push(it),
    }
    table.sort();
    true
}

fn remove(table: &mut Table, constraint: &Constraint) -> bool {
    fn take<T: PartialEq>(list: &mut Vec<T>, item: &T) -> bool {
        let found = list.iter().position(|other| other == item);
        found.map(|at| list.remove(at)).is_some()
    }
    match constraint {
        Constraint::PrimaryKey(it) => table.primary_key.take_if(|key| key == it).is_some(),
        Constraint::Unique(it) => take(&mut table.uniques, it),
        Constraint::ForeignKey(it) => take(&mut table.foreign_keys, it),
        Constraint::Check(it) => take(&mut table.checks, it),
        Constraint::Exclusion(it) => take(&mut table.exclusions, it),
    }
}
