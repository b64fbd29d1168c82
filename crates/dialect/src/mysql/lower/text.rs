//! Views, routines, events and triggers: created by their original statements.

use autogen_schema::{
    Defined, Pair, QName, Routine, RoutineChange, RoutineKind, TriggerChange, ViewChange,
};

use super::Lowering;
use crate::Dialect::Mysql;
use crate::mysql::event::Event;
use crate::mysql::locks;
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn view(&mut self, change: &ViewChange) {
        let drop = |name: &QName| format!("DROP VIEW {}", Mysql.quote_name(name));
        match change {
            ViewChange::Create(view) => {
                self.step(Effect::NONE, view.statement().to_owned());
            }
            ViewChange::Drop(view) => self.step(locks::BRIEF, drop(&view.name)),
            ViewChange::Alter(view) => {
                self.step(locks::BRIEF, or_replace(view.after.statement()));
            }
        }
    }

    pub(super) fn routine(&mut self, change: &RoutineChange) {
        let drop = |it: &Routine| {
            let word = match it.kind {
                RoutineKind::Function | RoutineKind::Aggregate => "FUNCTION",
                RoutineKind::Procedure => "PROCEDURE",
                RoutineKind::Event => "EVENT",
            };
            format!("DROP {word} {}", Mysql.quote_name(&it.name))
        };
        match change {
            RoutineChange::Create(routine) => {
                self.step(Effect::NONE, self.written(routine).to_owned());
            }
            RoutineChange::Drop(routine) => self.step(Effect::NONE, drop(routine)),
            RoutineChange::Alter(routine) if routine.after.kind == RoutineKind::Event => {
                self.event(routine);
            }
            RoutineChange::Alter(routine) => {
                self.step(Effect::NONE, drop(&routine.before));
                self.step(Effect::NONE, routine.after.statement().to_owned());
            }
        }
    }

    /// A restored event keeps its start, which its original statement does not contain.
    fn written<'r>(&self, routine: &'r Routine) -> &'r str {
        match routine.kind {
            RoutineKind::Event if self.request.restoring => routine.definition(),
            RoutineKind::Function
            | RoutineKind::Procedure
            | RoutineKind::Aggregate
            | RoutineKind::Event => routine.statement(),
        }
    }

    /// In one statement: it always exists, and keeps running if its times are unchanged.
    fn event(&mut self, routine: &Pair<Routine>) {
        let dialect = self.flavor.dialect();
        let before = Event::read(dialect, routine.before.definition());
        let after = Event::read(dialect, self.written(&routine.after));
        let altered = before.zip(after).and_then(|(before, after)| before.alter(&after));
        if let Some(sql) = altered {
            self.step(Effect::NONE, sql);
        }
    }

    pub(super) fn trigger(&mut self, change: &TriggerChange) {
        match change {
            TriggerChange::Create { trigger, .. } => {
                self.step(locks::BRIEF, trigger.statement().to_owned());
            }
            TriggerChange::Drop { trigger, .. } => {
                let sql = format!("DROP TRIGGER {}", Mysql.quote(&trigger.name));
                self.step(locks::BRIEF, sql);
            }
            // Comments are not stored, and every trigger fires.
            TriggerChange::Comment { .. } | TriggerChange::Firing { .. } => {}
        }
    }
}

/// `CREATE ..` as `CREATE OR REPLACE ..`.
fn or_replace(statement: &str) -> String {
    let mut words = statement.split_whitespace();
    let create = words.next().is_some_and(|word| word.eq_ignore_ascii_case("create"));
    let already = words.next().is_some_and(|word| word.eq_ignore_ascii_case("or"));
    match statement.trim_start().get(6..) {
        Some(rest) if create && !already => format!("CREATE OR REPLACE{rest}"),
        Some(_) | None => statement.to_owned(),
    }
}
