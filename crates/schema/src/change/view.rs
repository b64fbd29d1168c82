//! Views: created, dropped, with another definition, comments or indexes. Their triggers have
//! changes of their own.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify};
use crate::{Pair, QName, Schema, View, ViewKind};

/// A change of a view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum ViewChange {
    Create(Box<View>),
    Drop(Box<View>),
    /// In place: another definition where the database allows it, comments, indexes.
    Alter(Box<Pair<View>>),
}

impl ViewChange {
    fn view(&self) -> &View {
        match self {
            Self::Create(view) | Self::Drop(view) => view,
            Self::Alter(view) => &view.after,
        }
    }

    fn words(&self) -> &'static str {
        match self.view().kind {
            ViewKind::Plain => "view",
            ViewKind::Materialized => "materialized view",
        }
    }
}

impl Alteration for ViewChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_view",
            Self::Drop(_) => "drop_view",
            Self::Alter(_) => "alter_view",
        }
    }

    fn object(&self) -> String {
        self.view().name.to_string()
    }

    fn describe(&self) -> String {
        let (words, name) = (self.words(), &self.view().name);
        match self {
            Self::Create(_) => format!("create {words} {name}"),
            Self::Drop(_) => format!("drop {words} {name}"),
            Self::Alter(view) => format!("alter {words} {name}: {}", aspects(view).join(", ")),
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.view().name.name);
        match self {
            Self::Create(_) => format!("create_{name}"),
            Self::Drop(_) => format!("drop_{name}"),
            Self::Alter(_) => format!("alter_{name}"),
        }
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create(view) => Self::Drop(view),
            Self::Drop(view) => Self::Create(view),
            Self::Alter(view) => Self::Alter(Box::new(view.swap())),
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let name = &self.view().name;
        let missing = || ApplyError::missing("view", name);
        match self {
            Self::Create(view) => match schema.views.insert(name.clone(), (**view).clone()) {
                Some(_) => Err(ApplyError::present("view", name)),
                None => Ok(()),
            },
            Self::Drop(_) => schema.views.remove(name).map(|_| ()).ok_or_else(missing),
            Self::Alter(view) => {
                let there = schema.views.get_mut(name).ok_or_else(missing)?;
                let triggers = std::mem::take(&mut there.triggers);
                *there = View { triggers, ..view.after.clone() };
                Ok(())
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}

/// What differs, in words.
fn aspects(view: &Pair<View>) -> Vec<&'static str> {
    let Pair { before, after } = view;
    [
        (before.definition != after.definition, "definition"),
        (before.indexes != after.indexes, "indexes"),
        (before.comment != after.comment, "comment"),
        (before.column_comments != after.column_comments, "comments of columns"),
    ]
    .into_iter()
    .filter_map(|(differs, word)| differs.then_some(word))
    .collect()
}
