//! Triggers.

use autogen_schema::{Defined, Firing, QName, Trigger, TriggerChange};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::postgres::{locks, render};
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn trigger(&mut self, change: &TriggerChange) {
        match change {
            TriggerChange::Create { on, trigger } => {
                let effect = self.on_table(on, locks::CREATE_TRIGGER);
                self.step(effect, trigger.statement().to_owned());
                if let Some(text) = &trigger.comment {
                    self.trigger_comment(on, trigger, Some(text));
                }
                if trigger.firing != Firing::Origin {
                    self.trigger_firing(on, trigger, trigger.firing);
                }
            }
            TriggerChange::Drop { on, .. } if self.request.goes_after(self.cause, on) => {}
            TriggerChange::Drop { on, trigger } => {
                let effect = self.on_table(on, locks::BRIEF);
                let name = Postgres.quote(&trigger.name);
                self.step(effect, format!("DROP TRIGGER {name} ON {}", Postgres.quote_name(on)));
            }
            TriggerChange::Comment { on, trigger, comment } => {
                self.trigger_comment(on, trigger, comment.after.as_deref());
            }
            TriggerChange::Firing { on, trigger, firing } => {
                self.trigger_firing(on, trigger, firing.after);
            }
        }
    }

    /// The effect if it is on a table; a view has none.
    fn on_table(&self, on: &QName, effect: Effect) -> Effect {
        if self.schema.tables.contains_key(on) { self.on(on, effect) } else { Effect::NONE }
    }

    fn trigger_firing(&mut self, on: &QName, trigger: &Trigger, firing: Firing) {
        // Source: PostgreSQL manual, ALTER TABLE: SHARE ROW EXCLUSIVE, as CREATE TRIGGER.
        let effect = self.on_table(on, locks::CREATE_TRIGGER);
        let (name, on) = (Postgres.quote(&trigger.name), Postgres.quote_name(on));
        self.step(effect, format!("ALTER TABLE {on} {} {name}", firing.words()));
    }

    fn trigger_comment(&mut self, on: &QName, trigger: &Trigger, text: Option<&str>) {
        let (name, on) = (Postgres.quote(&trigger.name), Postgres.quote_name(on));
        self.step(Effect::NONE, render::comment(&format!("TRIGGER {name} ON {on}"), text));
    }
}
