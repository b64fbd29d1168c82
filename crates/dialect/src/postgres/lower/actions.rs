//! The clauses for one column in one statement.

use crate::step::{Effect, Work};

/// The clauses of one `ALTER TABLE`, with the worst of their effects.
pub(super) struct Actions {
    pub(super) name: String,
    pub(super) clauses: Vec<String>,
    pub(super) effect: Effect,
    pub(super) default_dropped: bool,
    pub(super) work: Vec<Work>,
}

impl Default for Actions {
    fn default() -> Self {
        Self {
            name: String::new(),
            clauses: Vec::new(),
            effect: Effect::NONE,
            default_dropped: false,
            work: Vec::new(),
        }
    }
}

impl Actions {
    pub(super) fn add(&mut self, effect: Effect, clause: &str) {
        self.clauses.push(format!("ALTER COLUMN {} {clause}", self.name));
        if (effect.cost, effect.blocks) >= (self.effect.cost, self.effect.blocks) {
            self.effect = effect;
        }
    }
}
