//! Privileges: granted and revoked.

use serde::{Deserialize, Serialize};

use super::{Alteration, ApplyError, slugify};
use crate::{Grant, Grantable, Pair, QName, Schema};

/// A change of privileges: all privileges of one role on one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their fields")]
pub enum GrantChange {
    Grant { on: Grantable, to: Option<String>, grantable: bool, privileges: Vec<String> },
    Revoke { on: Grantable, to: Option<String>, grantable: bool, privileges: Vec<String> },
}

impl GrantChange {
    fn parts(&self) -> (&Grantable, &str, &[String]) {
        match self {
            Self::Grant { on, to, privileges, .. } | Self::Revoke { on, to, privileges, .. } => {
                (on, to.as_deref().unwrap_or("public"), privileges)
            }
        }
    }

    /// Whether it revokes EXECUTE on a routine from PUBLIC (true), or grants it again (false).
    pub fn closes(&self) -> Option<bool> {
        let closed = self.parts().2.iter().any(|it| it == Grant::CLOSED);
        closed.then_some(matches!(self, Self::Grant { .. }))
    }

    fn grants(&self) -> Vec<Grant> {
        match self {
            Self::Grant { on, to, grantable, privileges }
            | Self::Revoke { on, to, grantable, privileges } => {
                let grant = |privilege: &String| Grant {
                    on: on.clone(),
                    to: to.clone(),
                    grantable: *grantable,
                    privilege: privilege.clone(),
                };
                privileges.iter().map(grant).collect()
            }
        }
    }
}

impl Alteration for GrantChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::Grant { .. } => "grant",
            Self::Revoke { .. } => "revoke",
        }
    }

    fn object(&self) -> String {
        self.parts().0.to_string()
    }

    fn describe(&self) -> String {
        let (on, to, privileges) = self.parts();
        let privileges = privileges.join(", ");
        match self.closes() {
            Some(true) => return format!("revoke EXECUTE on {on} from {to}"),
            Some(false) => return format!("grant EXECUTE on {on} to {to}"),
            None => {}
        }
        match self {
            Self::Grant { grantable: true, .. } => {
                format!("grant {privileges} on {on} to {to} with grant option")
            }
            Self::Grant { .. } => format!("grant {privileges} on {on} to {to}"),
            Self::Revoke { .. } => format!("revoke {privileges} on {on} from {to}"),
        }
    }

    fn slug(&self) -> String {
        let name = slugify(&self.object());
        match self {
            Self::Grant { .. } => format!("grant_{name}"),
            Self::Revoke { .. } => format!("revoke_{name}"),
        }
    }

    fn loses_data(&self) -> bool {
        false
    }

    fn inverse(&self) -> Self {
        match self.clone() {
            Self::Grant { on, to, grantable, privileges } => {
                Self::Revoke { on, to, grantable, privileges }
            }
            Self::Revoke { on, to, grantable, privileges } => {
                Self::Grant { on, to, grantable, privileges }
            }
        }
    }

    fn apply(&self, schema: &mut Schema) -> Result<(), ApplyError> {
        for grant in self.grants() {
            let known = schema.grants.contains(&grant);
            match (self, known) {
                (Self::Grant { .. }, true) => {
                    return Err(ApplyError::present("privilege", self.describe()));
                }
                (Self::Revoke { .. }, false) => {
                    return Err(ApplyError::missing("privilege", self.describe()));
                }
                (Self::Grant { .. }, false) => drop(schema.grants.insert(grant)),
                (Self::Revoke { .. }, true) => drop(schema.grants.remove(&grant)),
            }
        }
        Ok(())
    }

    fn table(&self) -> Option<&QName> {
        None
    }
}

/// Privileges follow a rename of their object.
pub(super) fn follow(schema: &mut Schema, name: &Pair<QName>) {
    let renamed = |mut grant: Grant| {
        if let Grantable::Relation(on) | Grantable::Sequence(on) | Grantable::Column(on, _) =
            &mut grant.on
            && *on == name.before
        {
            on.clone_from(&name.after);
        }
        grant
    };
    schema.grants = std::mem::take(&mut schema.grants).into_iter().map(renamed).collect();
}

/// Privileges on a column follow a rename of the column.
pub(super) fn follow_column(schema: &mut Schema, table: &QName, name: &Pair<String>) {
    let renamed = |mut grant: Grant| {
        if let Grantable::Column(on, column) = &mut grant.on
            && on == table
            && *column == name.before
        {
            column.clone_from(&name.after);
        }
        grant
    };
    schema.grants = std::mem::take(&mut schema.grants).into_iter().map(renamed).collect();
}
