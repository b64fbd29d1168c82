//! Row-level security.

use autogen_schema::{Defined, Pair, Policy, PolicyChange, Protection, QName};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::postgres::{locks, render};
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn policy(&mut self, change: &PolicyChange) {
        match change {
            PolicyChange::Create { table, policy } => {
                let effect = self.on(table, locks::BRIEF);
                self.step(effect, policy.statement().to_owned());
                if let Some(text) = &policy.comment {
                    self.policy_comment(table, policy, Some(text));
                }
            }
            PolicyChange::Drop { table, .. } | PolicyChange::Protect { table, .. }
                if self.request.goes_after(self.cause, table) => {}
            PolicyChange::Drop { table, policy } => {
                let effect = self.on(table, locks::BRIEF);
                let (name, table) = (Postgres.quote(&policy.name), Postgres.quote_name(table));
                self.step(effect, format!("DROP POLICY {name} ON {table}"));
            }
            PolicyChange::Comment { table, policy, comment } => {
                self.policy_comment(table, policy, comment.after.as_deref());
            }
            PolicyChange::Protect { table, protection } => self.protect(table, *protection),
        }
    }

    fn protect(&mut self, table: &QName, protection: Pair<Protection>) {
        let Pair { before, after } = protection;
        let mut clauses = Vec::new();
        if before.enabled != after.enabled {
            clauses.push(if after.enabled { "ENABLE" } else { "DISABLE" });
        }
        if before.forced != after.forced {
            clauses.push(if after.forced { "FORCE" } else { "NO FORCE" });
        }
        let clauses: Vec<String> =
            clauses.iter().map(|word| format!("{word} ROW LEVEL SECURITY")).collect();
        let effect = self.on(table, locks::BRIEF);
        let table = Postgres.quote_name(table);
        self.step(effect, format!("ALTER TABLE {table} {}", clauses.join(", ")));
    }

    fn policy_comment(&mut self, table: &QName, policy: &Policy, text: Option<&str>) {
        let (name, table) = (Postgres.quote(&policy.name), Postgres.quote_name(table));
        self.step(Effect::NONE, render::comment(&format!("POLICY {name} ON {table}"), text));
    }
}
