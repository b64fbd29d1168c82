//! Extended statistics: created, dropped, altered. Those about other columns
//! are dropped and created.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, insert, slugify, take};
use crate::{IndexKey, Pair, QName, Schema, Statistics};

/// A change of extended statistics.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum StatisticsChange {
    Create(Box<Statistics>),
    Drop(Box<Statistics>),
    /// Another target or comment.
    Alter(Box<Pair<Statistics>>),
}

impl StatisticsChange {
    fn item(&self) -> &Statistics {
        match self {
            Self::Create(item) | Self::Drop(item) => item,
            Self::Alter(item) => &item.after,
        }
    }
}

impl Alteration for StatisticsChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_statistics",
            Self::Drop(_) => "drop_statistics",
            Self::Alter(_) => "alter_statistics",
        }
    }

    fn object(&self) -> String {
        self.item().name.to_string()
    }

    fn describe(&self) -> String {
        let (name, table) = (&self.item().name, &self.item().table);
        match self {
            Self::Create(_) => format!("create statistics {name} on {table}"),
            Self::Drop(_) => format!("drop statistics {name} of {table}"),
            Self::Alter(_) => format!("alter statistics {name} of {table}"),
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.object());
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
            Self::Create(item) => Self::Drop(item),
            Self::Drop(item) => Self::Create(item),
            Self::Alter(item) => Self::Alter(Box::new(item.swap())),
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let all = &mut schema.statistics;
        match self {
            Self::Create(item) => insert(all, "statistics", item.name.clone(), (**item).clone()),
            Self::Drop(item) => take(all, "statistics", &item.name).map(drop),
            Self::Alter(item) => {
                take(all, "statistics", &item.before.name)?;
                insert(all, "statistics", item.after.name.clone(), item.after.clone())
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        Some(&self.item().table)
    }
}

/// Statistics follow a rename of their table.
pub(super) fn follow_table(schema: &mut Schema, name: &Pair<QName>) {
    for item in schema.statistics.values_mut().filter(|item| item.table == name.before) {
        item.table.clone_from(&name.after);
    }
}

/// Statistics follow a rename of their columns.
pub(super) fn follow_column(schema: &mut Schema, table: &QName, name: &Pair<String>) {
    for item in schema.statistics.values_mut().filter(|item| item.table == *table) {
        for key in &mut item.on {
            *key = match std::mem::replace(key, IndexKey::Column(String::new())) {
                IndexKey::Column(column) if column == name.before => {
                    IndexKey::Column(name.after.clone())
                }
                IndexKey::Column(column) => IndexKey::Column(column),
                IndexKey::Expression(expr) => {
                    IndexKey::Expression(expr.rename_column(&name.before, &name.after))
                }
            };
        }
        item.on.sort();
    }
}
