//! Collations.

use autogen_schema::{Collation, CollationChange};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::postgres::collation::create;
use crate::postgres::render;
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn collation(&mut self, change: &CollationChange) {
        match change {
            CollationChange::Create(item) => {
                self.step(Effect::NONE, create(item));
                if item.comment.is_some() {
                    self.comment_collation(item);
                }
            }
            CollationChange::Drop(item) => {
                let name = Postgres.quote_name(&item.name);
                self.step(Effect::NONE, format!("DROP COLLATION {name}"));
            }
            CollationChange::Alter(item) => {
                let bare = |it: &Collation| Collation { comment: None, ..it.clone() };
                if bare(&item.before) != bare(&item.after) {
                    self.refuse(
                        "A0433",
                        format!("collation {}", item.after.name),
                        "the definition of a collation can't be changed".to_owned(),
                        "declare one under another name, and use it in the columns",
                    );
                } else {
                    self.comment_collation(&item.after);
                }
            }
        }
    }

    fn comment_collation(&mut self, item: &Collation) {
        let object = format!("COLLATION {}", Postgres.quote_name(&item.name));
        self.step(Effect::NONE, render::comment(&object, item.comment.as_deref()));
    }
}
