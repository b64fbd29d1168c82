//! Domains: created, dropped, renamed, altered.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, insert, slugify, take};
use crate::{Domain, Pair, QName, Schema};

/// A change of a domain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum DomainChange {
    Create(Box<Domain>),
    Drop(Box<Domain>),
    Rename(Pair<QName>),
    Alter(Box<Pair<Domain>>),
}

impl Alteration for DomainChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create(_) => "create_domain",
            Self::Drop(_) => "drop_domain",
            Self::Rename(_) => "rename_domain",
            Self::Alter(_) => "alter_domain",
        }
    }

    fn object(&self) -> String {
        match self {
            Self::Create(item) | Self::Drop(item) => item.name.to_string(),
            Self::Rename(name) => name.before.to_string(),
            Self::Alter(item) => item.after.name.to_string(),
        }
    }

    fn describe(&self) -> String {
        let name = self.object();
        match self {
            Self::Create(_) => format!("create domain {name}"),
            Self::Drop(_) => format!("drop domain {name}"),
            Self::Rename(to) => format!("rename domain {name} to {}", to.after),
            Self::Alter(item) => format!("alter domain {name}: {}", aspects(item).join(", ")),
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.object());
        match self {
            Self::Create(_) => format!("create_{name}"),
            Self::Drop(_) => format!("drop_{name}"),
            Self::Rename(_) => format!("rename_{name}"),
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
            Self::Rename(name) => Self::Rename(name.swap()),
            Self::Alter(item) => Self::Alter(Box::new(item.swap())),
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let all = &mut schema.domains;
        match self {
            Self::Create(item) => insert(all, "domain", item.name.clone(), (**item).clone()),
            Self::Drop(item) => take(all, "domain", &item.name).map(drop),
            Self::Rename(name) => {
                let mut item = take(all, "domain", &name.before)?;
                item.name = name.after.clone();
                insert(all, "domain", name.after.clone(), item)?;
                rename_uses(schema, name);
                Ok(())
            }
            Self::Alter(item) => {
                take(all, "domain", &item.before.name)?;
                insert(all, "domain", item.after.name.clone(), item.after.clone())
            }
        }
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}

fn rename_uses(schema: &mut Schema, name: &Pair<QName>) {
    for column in schema.columns_of(&name.before) {
        column.data_type.rename_type(&name.before, &name.after);
    }
    for domain in schema.domains.values_mut() {
        domain.base.rename_type(&name.before, &name.after);
    }
    super::routine::follow_type(schema, name);
    super::spelled::follow_type(schema, name);
}

/// What differs, in words.
fn aspects(item: &Pair<Domain>) -> Vec<&'static str> {
    let Pair { before, after } = item;
    [
        (before.base != after.base, "type"),
        (before.collation != after.collation, "collation"),
        (before.nullable && !after.nullable, "set not null"),
        (!before.nullable && after.nullable, "drop not null"),
        (before.default != after.default, "default"),
        (before.checks != after.checks, "checks"),
        (before.comment != after.comment, "comment"),
    ]
    .into_iter()
    .filter_map(|(differs, word)| differs.then_some(word))
    .collect()
}
