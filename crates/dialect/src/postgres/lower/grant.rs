//! Privileges.

use autogen_schema::{GrantChange, Grantable, QName};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn grant(&mut self, change: &GrantChange) {
        let sql = match change {
            GrantChange::Grant { on, to, grantable, privileges } => {
                let option = if *grantable { " WITH GRANT OPTION" } else { "" };
                let words = privileges.join(", ");
                format!("GRANT {words} ON {} TO {}{option}", object(on), role(to.as_deref()))
            }
            GrantChange::Revoke { on, to, privileges, .. } => {
                let words = privileges.join(", ");
                format!("REVOKE {words} ON {} FROM {}", object(on), role(to.as_deref()))
            }
        };
        self.step(Effect::NONE, sql);
    }

    /// Whether privileges are a part of the comparison.
    pub(super) fn compares_privileges(&self) -> bool {
        let schema = self.request.schema;
        !schema.before.grants.is_empty() || !schema.after.grants.is_empty()
    }

    /// The privileges on a table that is made anew.
    pub(super) fn grant_again(&mut self, table: &QName) {
        let on = Grantable::Relation(table.clone());
        let grants: Vec<_> = self.schema.grants.iter().filter(|it| it.on == on).cloned().collect();
        for grant in grants {
            self.grant(&GrantChange::Grant {
                on: grant.on,
                to: grant.to,
                grantable: grant.grantable,
                privileges: vec![grant.privilege],
            });
        }
    }
}

fn object(on: &Grantable) -> String {
    match on {
        Grantable::Relation(name) => format!("TABLE {}", Postgres.quote_name(name)),
        Grantable::Sequence(name) => format!("SEQUENCE {}", Postgres.quote_name(name)),
        Grantable::Schema(name) => format!("SCHEMA {}", Postgres.quote(name)),
    }
}

fn role(to: Option<&str>) -> String {
    to.map_or_else(|| "PUBLIC".to_owned(), |name| Postgres.quote(name))
}
