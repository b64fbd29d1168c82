//! Sequences.

use autogen_schema::{Pair, QName, Sequence, SequenceChange};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::postgres::{locks, render, sequence};
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn sequence(&mut self, change: &SequenceChange) {
        match change {
            SequenceChange::Create(item) => {
                self.step(Effect::NONE, render::create_sequence(item));
                if let Some(text) = &item.comment {
                    self.step(Effect::NONE, render::comment(&object(&item.name), Some(text)));
                }
            }
            SequenceChange::Drop(item) => {
                let name = Postgres.quote_name(&item.name);
                self.step(locks::BRIEF, format!("DROP SEQUENCE {name}"));
            }
            SequenceChange::Rename(name) => self.rename_sequence(name),
            SequenceChange::Alter(item) => self.alter_sequence(item),
            SequenceChange::Declare { .. } => {}
            SequenceChange::Own { sequence, owner } => {
                let owner = match &owner.after {
                    Some((table, column)) => {
                        format!("{}.{}", Postgres.quote_name(table), Postgres.quote(column))
                    }
                    None => "NONE".to_owned(),
                };
                let name = Postgres.quote_name(sequence);
                self.step(locks::BRIEF, format!("ALTER SEQUENCE {name} OWNED BY {owner}"));
            }
        }
    }

    pub(super) fn rename_sequence(&mut self, name: &Pair<QName>) {
        let mut current = name.before.clone();
        if name.before.schema != name.after.schema {
            let target = self.schema_word(&name.after);
            let from = Postgres.quote_name(&current);
            self.step(locks::BRIEF, format!("ALTER SEQUENCE {from} SET SCHEMA {target}"));
            current.schema.clone_from(&name.after.schema);
        }
        if name.before.name != name.after.name {
            let from = Postgres.quote_name(&current);
            let to = Postgres.quote(&name.after.name);
            self.step(locks::BRIEF, format!("ALTER SEQUENCE {from} RENAME TO {to}"));
        }
    }

    /// The schema of a name, if it must be written.
    pub(super) fn schema_word(&self, name: &QName) -> String {
        Postgres.quote(name.schema.as_deref().unwrap_or("public"))
    }

    fn alter_sequence(&mut self, item: &Pair<Sequence>) {
        let Pair { before, after } = item;
        let mut words = Vec::new();
        if before.data_type != after.data_type {
            let data_type = after.data_type.as_ref();
            let word = data_type.map_or_else(|| "bigint".to_owned(), |it| Postgres.render_type(it));
            words.push(format!("AS {word}"));
        }
        let options = item.as_ref().map(|it| &it.options);
        let types = item.as_ref().map(|it| it.data_type.as_ref());
        words.extend(sequence::changed(options, types));
        let name = Postgres.quote_name(&after.name);
        if let Some(sql) = sequence::lifted(&Postgres.quote_text(&name), options, types) {
            self.step(Effect::NONE, sql);
        }
        if !words.is_empty() {
            self.step(locks::BRIEF, format!("ALTER SEQUENCE {name} {}", words.join(" ")));
        }
        if before.comment != after.comment {
            let text = after.comment.as_deref();
            self.step(locks::QUIET, render::comment(&object(&after.name), text));
        }
    }
}

fn object(name: &QName) -> String {
    format!("SEQUENCE {}", Postgres.quote_name(name))
}
