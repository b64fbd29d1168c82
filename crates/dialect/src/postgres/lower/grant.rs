//! Privileges.

use std::collections::BTreeMap;

use autogen_schema::{GrantChange, Grantable, QName, Schema};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn grant(&mut self, change: &GrantChange) {
        let (GrantChange::Grant { on, to, .. } | GrantChange::Revoke { on, to, .. }) = change;
        let role = role(to.as_deref());
        if change.closes() == Some(true) {
            let on = object(on);
            self.step(Effect::NONE, format!("REVOKE EXECUTE ON {on} FROM {role}"));
            return;
        }
        let sql = match change {
            // They are dropped with their object.
            GrantChange::Revoke { .. } if self.is_going(on) => return,
            GrantChange::Revoke { .. } if change.closes().is_some() => {
                format!("GRANT EXECUTE ON {} TO {role}", object(on))
            }
            GrantChange::Grant { grantable, privileges, .. } => {
                let option = if *grantable { " WITH GRANT OPTION" } else { "" };
                format!("GRANT {} ON {} TO {role}{option}", words(on, privileges), object(on))
            }
            GrantChange::Revoke { privileges, .. } => {
                format!("REVOKE {} ON {} FROM {role}", words(on, privileges), object(on))
            }
        };
        self.step(Effect::NONE, sql);
    }

    /// Whether the object is dropped for good.
    fn is_going(&self, on: &Grantable) -> bool {
        let (now, after) = (&self.schema, &*self.ends.after);
        let routine = |schema: &Schema, name: &QName, arguments: &String| {
            schema.routines.iter().any(|it| it.is_called(name, arguments))
        };
        let there = |schema: &Schema| match on {
            Grantable::Relation(name) => {
                schema.tables.contains_key(name) || schema.views.contains_key(name)
            }
            Grantable::Sequence(name) => schema.sequences.contains_key(name),
            Grantable::Schema(name) => schema.namespaces.contains_key(name),
            Grantable::Column(table, column) => {
                schema.views.contains_key(table)
                    || schema.tables.get(table).is_some_and(|it| it.column(column).is_some())
            }
            Grantable::Routine(name, arguments) => routine(schema, name, arguments),
        };
        there(now) && !there(after)
    }

    /// Whether privileges are compared.
    pub(super) fn compares_privileges(&self) -> bool {
        let schema = self.request.schema;
        !schema.before.grants.is_empty() || !schema.after.grants.is_empty()
    }

    /// The current privileges on a recreated object.
    pub(super) fn grant_again(&mut self, anew: impl Fn(&Grantable) -> bool) {
        let mut groups: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for grant in self.schema.grants.iter().filter(|it| anew(&it.on)) {
            let holder = (grant.on.clone(), grant.to.clone(), grant.grantable);
            groups.entry(holder).or_default().push(grant.privilege.clone());
        }
        for ((on, to, grantable), privileges) in groups {
            self.grant(&GrantChange::Grant { on, to, grantable, privileges });
        }
    }
}

/// Whether it is on this table or view, or on a column of it.
pub(super) fn is_of(on: &Grantable, relation: &QName) -> bool {
    match on {
        Grantable::Relation(name) | Grantable::Column(name, _) => name == relation,
        Grantable::Sequence(_) | Grantable::Schema(_) | Grantable::Routine(..) => false,
    }
}

/// The privileges; those on a column name it each.
fn words(on: &Grantable, privileges: &[String]) -> String {
    let column = match on {
        Grantable::Column(_, column) => format!(" ({})", Postgres.quote(column)),
        Grantable::Relation(_)
        | Grantable::Sequence(_)
        | Grantable::Schema(_)
        | Grantable::Routine(..) => String::new(),
    };
    let words: Vec<String> = privileges.iter().map(|it| format!("{it}{column}")).collect();
    words.join(", ")
}

fn object(on: &Grantable) -> String {
    match on {
        Grantable::Relation(name) | Grantable::Column(name, _) => {
            format!("TABLE {}", Postgres.quote_name(name))
        }
        Grantable::Routine(name, arguments) => {
            format!("ROUTINE {}({arguments})", Postgres.quote_name(name))
        }
        Grantable::Sequence(name) => format!("SEQUENCE {}", Postgres.quote_name(name)),
        Grantable::Schema(name) => format!("SCHEMA {}", Postgres.quote(name)),
    }
}

fn role(to: Option<&str>) -> String {
    to.map_or_else(|| "PUBLIC".to_owned(), |name| Postgres.quote(name))
}
