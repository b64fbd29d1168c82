//! Views.

use autogen_schema::{Access, Defined, Pair, View, ViewChange, ViewIndex};

use super::grant::is_of;
use super::{Lowering, or_replace};
use crate::Dialect::Postgres;
use crate::postgres::{locks, render};
use crate::step::{Effect, Work};

impl Lowering<'_> {
    pub(super) fn view(&mut self, change: &ViewChange) {
        match change {
            ViewChange::Create(view) => self.create_view(view),
            ViewChange::Drop(view) => self.step(
                locks::BRIEF,
                format!("DROP {} {}", view.kind.words(), Postgres.quote_name(&view.name)),
            ),
            ViewChange::Alter(view) => self.alter_view(view),
        }
    }

    fn create_view(&mut self, view: &View) {
        self.step(Effect::NONE, view.statement().to_owned());
        for index in &view.indexes {
            self.create_view_index(view, index, Effect::NONE);
        }
        if view.comment.is_some() {
            self.view_comment(view, Effect::NONE);
        }
        for (column, text) in &view.column_comments {
            self.view_column_comment(view, column, Some(text), Effect::NONE);
        }
        let name = Postgres.quote_name(&view.name);
        let what = format!("{} {name}", view.kind.words());
        if self.compares_privileges() {
            // The privileges then come from the plan.
            let owner = Access { grants: Vec::new(), closed: false, ..view.access.0.clone() };
            self.grant_again(|it| is_of(it, &view.name));
            self.give_back(&owner, &what, &name);
        } else {
            self.give_back(&view.access.0, &what, &name);
        }
    }

    fn alter_view(&mut self, view: &Pair<View>) {
        let Pair { before, after } = view;
        if before.definition != after.definition {
            self.step(locks::BRIEF, or_replace(after.statement()));
        }
        let same = |one: &ViewIndex, other: &ViewIndex| {
            one.name == other.name && one.definition == other.definition
        };
        let missing =
            |all: &[ViewIndex], index: &ViewIndex| !all.iter().any(|other| same(other, index));
        for index in before.indexes.iter().filter(|index| missing(&after.indexes, index)) {
            let name = Postgres.quote_name(&after.name.sibling(index.name.as_str()));
            self.step(locks::BRIEF, format!("DROP INDEX {name}"));
        }
        for index in after.indexes.iter().filter(|index| missing(&before.indexes, index)) {
            self.create_view_index(after, index, locks::CREATE_INDEX);
        }
        for index in &after.indexes {
            let existing = before.indexes.iter().find(|other| same(other, index));
            if existing.is_some_and(|other| other.comment != index.comment) {
                self.view_index_comment(after, index, locks::QUIET);
            }
        }
        if before.comment != after.comment {
            self.view_comment(after, locks::QUIET);
        }
        let gone = before.column_comments.keys();
        for column in gone.filter(|column| !after.column_comments.contains_key(*column)) {
            self.view_column_comment(after, column, None, locks::QUIET);
        }
        for (column, text) in &after.column_comments {
            if before.column_comments.get(column) != Some(text) {
                self.view_column_comment(after, column, Some(text), locks::QUIET);
            }
        }
    }

    fn create_view_index(&mut self, view: &View, index: &ViewIndex, effect: Effect) {
        self.work(Work::BuildIndex, effect, index.statement().to_owned());
        if index.comment.is_some() {
            self.view_index_comment(view, index, Effect::NONE);
        }
    }

    fn view_index_comment(&mut self, view: &View, index: &ViewIndex, effect: Effect) {
        let name = Postgres.quote_name(&view.name.sibling(index.name.as_str()));
        self.step(effect, render::comment(&format!("INDEX {name}"), index.comment.as_deref()));
    }

    fn view_comment(&mut self, view: &View, effect: Effect) {
        let object = format!("{} {}", view.kind.words(), Postgres.quote_name(&view.name));
        self.step(effect, render::comment(&object, view.comment.as_deref()));
    }

    fn view_column_comment(
        &mut self,
        view: &View,
        column: &str,
        text: Option<&str>,
        effect: Effect,
    ) {
        let (view, column) = (Postgres.quote_name(&view.name), Postgres.quote(column));
        self.step(effect, render::comment(&format!("COLUMN {view}.{column}"), text));
    }
}
