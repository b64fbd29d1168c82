//! Row-level security: switched on and off, and its policies.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify, table_mut};
use crate::{Pair, Policy, QName, RowSecurity, Schema};

/// Whether row-level security is enabled, and whether it is forced for the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[allow(missing_docs, reason = "SQL's own words")]
pub struct Protection {
    pub enabled: bool,
    pub forced: bool,
}

impl Protection {
    /// The setting of a table.
    pub fn of(security: Option<&RowSecurity>) -> Self {
        security.map_or_else(Self::default, |it| Self { enabled: it.enabled, forced: it.forced })
    }
}

/// A change of a table's row-level security.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum PolicyChange {
    Create {
        table: QName,
        policy: Policy,
    },
    Drop {
        table: QName,
        policy: Policy,
    },
    /// `policy` has the comment before the change.
    Comment {
        table: QName,
        policy: Policy,
        comment: Pair<Option<String>>,
    },
    Protect {
        table: QName,
        protection: Pair<Protection>,
    },
}

impl PolicyChange {
    /// The table that the policy is on.
    pub fn on(&self) -> &QName {
        match self {
            Self::Create { table, .. }
            | Self::Drop { table, .. }
            | Self::Comment { table, .. }
            | Self::Protect { table, .. } => table,
        }
    }

    fn policy(&self) -> Option<&Policy> {
        match self {
            Self::Create { policy, .. }
            | Self::Drop { policy, .. }
            | Self::Comment { policy, .. } => Some(policy),
            Self::Protect { .. } => None,
        }
    }

    fn name(&self) -> &str {
        self.policy().map_or("", |policy| &policy.name)
    }
}

impl Alteration for PolicyChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create_policy",
            Self::Drop { .. } => "drop_policy",
            Self::Comment { .. } => "comment_policy",
            Self::Protect { .. } => "alter_row_security",
        }
    }

    fn object(&self) -> String {
        match self.policy() {
            Some(policy) => format!("{}.{}", self.on(), policy.name),
            None => self.on().to_string(),
        }
    }

    fn describe(&self) -> String {
        let (table, name) = (self.on(), self.name());
        match self {
            Self::Create { .. } => format!("create policy {name} on {table}"),
            Self::Drop { .. } => format!("drop policy {name} of {table}"),
            Self::Comment { .. } => format!("comment on policy {name} of {table}"),
            Self::Protect { protection: Pair { before, after }, .. } => {
                let words = [
                    (before.enabled != after.enabled, after.enabled, "enable", "disable"),
                    (before.forced != after.forced, after.forced, "force", "no longer force"),
                ];
                let words: Vec<&str> = words
                    .into_iter()
                    .filter(|(differs, ..)| *differs)
                    .map(|(_, on, yes, no)| if on { yes } else { no })
                    .collect();
                format!("{} row-level security of {table}", words.join(" and "))
            }
        }
    }

    fn slug(&self) -> String {
        let name = slugify(self.name());
        match self {
            Self::Create { .. } => format!("create_{name}"),
            Self::Drop { .. } => format!("drop_{name}"),
            Self::Comment { .. } => format!("comment_{name}"),
            Self::Protect { table, .. } => format!("protect_{}", slugify(&table.name)),
        }
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Create { table, policy } => Self::Drop { table, policy },
            Self::Drop { table, policy } => Self::Create { table, policy },
            Self::Comment { table, policy, comment } => Self::Comment {
                table,
                policy: Policy { comment: comment.after.clone(), ..policy },
                comment: comment.swap(),
            },
            Self::Protect { table, protection } => {
                Self::Protect { table, protection: protection.swap() }
            }
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        let table = table_mut(schema, self.on())?;
        let mut security = table.row_security.take().unwrap_or_default();
        let found = security.policies.iter().position(|it| it.name == self.name());
        let missing = || ApplyError::missing("policy", self.object());
        match self {
            Self::Create { policy, .. } => {
                if found.is_some() {
                    return Err(ApplyError::present("policy", self.object()));
                }
                security.policies.push(policy.clone());
            }
            Self::Drop { .. } => {
                security.policies.remove(found.ok_or_else(missing)?);
            }
            Self::Comment { comment, .. } => {
                let policy = &mut security.policies[found.ok_or_else(missing)?];
                policy.comment.clone_from(&comment.after);
            }
            Self::Protect { protection, .. } => {
                security.enabled = protection.after.enabled;
                security.forced = protection.after.forced;
            }
        }
        security.policies.sort();
        table.row_security = security.settled();
        Ok(())
    }

    /// None: policies are not part of an alteration of their table.
    fn table(&self) -> Option<&QName> {
        None
    }
}
