//! Standalone sequences: created, dropped, renamed, altered, given an owner.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, grant, insert, slugify, table_mut, take};
use crate::{Column, Default, Pair, QName, Schema, Sequence};

/// A change of a sequence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum SequenceChange {
    /// The created sequence has no owner: that is a separate change, since the owner may need the
    /// sequence first.
    Create(Box<Sequence>),
    Drop(Box<Sequence>),
    Rename(Pair<QName>),
    /// Another type, other options or another comment.
    Alter(Box<Pair<Sequence>>),
    /// `OWNED BY` another column, or none: the sequence is dropped together with its owner.
    Own {
        sequence: QName,
        owner: Pair<Option<(QName, String)>>,
    },
    /// The sequence of a serial column is declared explicitly, or no longer is. Nothing is
    /// executed.
    Declare {
        table: QName,
        column: Box<Pair<Column>>,
        sequence: Box<Sequence>,
        declared: Pair<bool>,
    },
}

impl Alteration for SequenceChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_sequence",
            Self::Drop(_) => "drop_sequence",
            Self::Rename(_) => "rename_sequence",
            Self::Alter(_) => "alter_sequence",
            Self::Own { .. } => "own_sequence",
            Self::Declare { .. } => "declare_sequence",
        }
    }

    fn object(&self) -> String {
        match self {
            Self::Create(item) | Self::Drop(item) => item.name.to_string(),
            Self::Rename(name) => name.before.to_string(),
            Self::Alter(item) => item.after.name.to_string(),
            Self::Own { sequence, .. } => sequence.to_string(),
            Self::Declare { sequence, .. } => sequence.name.to_string(),
        }
    }

    fn describe(&self) -> String {
        let name = self.object();
        match self {
            Self::Create(_) => format!("create sequence {name}"),
            Self::Drop(_) => format!("drop sequence {name}"),
            Self::Rename(to) => format!("rename sequence {name} to {}", to.after),
            Self::Alter(item) => format!("alter sequence {name}: {}", aspects(item).join(", ")),
            Self::Own { owner, .. } => match &owner.after {
                Some((table, column)) => format!("let {table}.{column} own sequence {name}"),
                None => format!("remove the owner of sequence {name}"),
            },
            Self::Declare { table, column, .. } => {
                format!("{table}.{} uses sequence {name}", column.after.name)
            }
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.object());
        match self {
            Self::Create(_) => format!("create_{name}"),
            Self::Drop(_) => format!("drop_{name}"),
            Self::Rename(_) => format!("rename_{name}"),
            Self::Alter(_) => format!("alter_{name}"),
            Self::Own { .. } | Self::Declare { .. } => format!("own_{name}"),
        }
    }

    fn loses_data(&self) -> bool {
        match self {
            // The counter is lost.
            Self::Drop(_) => true,
            Self::Create(_)
            | Self::Rename(_)
            | Self::Alter(_)
            | Self::Own { .. }
            | Self::Declare { .. } => false,
        }
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create(item) => Self::Drop(item),
            Self::Drop(item) => Self::Create(item),
            Self::Rename(name) => Self::Rename(name.swap()),
            Self::Alter(item) => Self::Alter(Box::new(item.swap())),
            Self::Own { sequence, owner } => Self::Own { sequence, owner: owner.swap() },
            Self::Declare { table, column, sequence, declared } => Self::Declare {
                table,
                column: Box::new(column.swap()),
                sequence,
                declared: declared.swap(),
            },
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let all = &mut schema.sequences;
        match self {
            Self::Create(item) => insert(all, "sequence", item.name.clone(), (**item).clone()),
            Self::Drop(item) => take(all, "sequence", &item.name).map(drop),
            Self::Rename(name) => rename(schema, name),
            Self::Alter(item) => {
                let before = take(all, "sequence", &item.before.name)?;
                let after = Sequence { owned_by: before.owned_by, ..item.after.clone() };
                insert(all, "sequence", after.name.clone(), after)
            }
            Self::Own { sequence, owner } => {
                let missing = || ApplyError::missing("sequence", sequence);
                all.get_mut(sequence).ok_or_else(missing)?.owned_by.clone_from(&owner.after);
                Ok(())
            }
            Self::Declare { table, column, sequence, declared } => {
                if declared.after {
                    insert(all, "sequence", sequence.name.clone(), (**sequence).clone())?;
                } else {
                    take(all, "sequence", &sequence.name)?;
                }
                let columns = &mut table_mut(schema, table)?.columns;
                let found = columns.iter_mut().find(|it| it.name == column.before.name);
                let missing = || ApplyError::missing("column", &column.before.name);
                *found.ok_or_else(missing)? = column.after.clone();
                Ok(())
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}

fn rename(schema: &mut Schema, name: &Pair<QName>) -> Result<(), ApplyError> {
    if schema.tables.contains_key(&name.after) || schema.views.contains_key(&name.after) {
        return Err(ApplyError::present("relation", &name.after));
    }
    let mut item = take(&mut schema.sequences, "sequence", &name.before)?;
    item.name = name.after.clone();
    insert(&mut schema.sequences, "sequence", name.after.clone(), item)?;
    follow(schema, name);
    grant::follow(schema, name);
    Ok(())
}

/// Servers store which sequence a default uses, not its name, so defaults follow a rename.
pub(super) fn follow(schema: &mut Schema, name: &Pair<QName>) {
    let counts = |column: &Column| match &column.default {
        Some(Default::Expression(expr)) => expr.sequences().contains(&name.before),
        Some(Default::Literal(_)) | None => false,
    };
    for column in schema.columns_where(counts) {
        if let Some(Default::Expression(expr)) = &mut column.default {
            *expr = expr.rename_sequence(&name.before, &name.after);
        }
    }
}

/// What differs, in words.
fn aspects(item: &Pair<Sequence>) -> Vec<&'static str> {
    let Pair { before, after } = item;
    let options = Pair::new(&before.options, &after.options);
    [
        (before.data_type != after.data_type, "type"),
        (options.before.increment != options.after.increment, "increment"),
        (options.before.min_value != options.after.min_value, "minimum"),
        (options.before.max_value != options.after.max_value, "maximum"),
        (options.before.start != options.after.start, "start"),
        (options.before.cache != options.after.cache, "cache"),
        (options.before.cycle != options.after.cycle, "cycle"),
        (before.comment != after.comment, "comment"),
    ]
    .into_iter()
    .filter_map(|(differs, word)| differs.then_some(word))
    .collect()
}
