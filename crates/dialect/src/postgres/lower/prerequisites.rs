//! Schemas and extensions.

use autogen_schema::{Extension, ExtensionChange, NamespaceChange};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::postgres::render;
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn namespace(&mut self, change: &NamespaceChange) {
        let name = Postgres.quote(&change_name(change).name);
        let object = format!("SCHEMA {name}");
        match change {
            NamespaceChange::Create(item) => {
                self.step(Effect::NONE, format!("CREATE SCHEMA {name}"));
                if let Some(text) = &item.comment {
                    self.step(Effect::NONE, render::comment(&object, Some(text)));
                }
            }
            // Without CASCADE: unknown objects in it are kept.
            NamespaceChange::Drop(_) => {
                self.step(Effect::NONE, format!("DROP SCHEMA {name}"));
            }
            NamespaceChange::Alter(item) => {
                let text = item.after.comment.as_deref();
                self.step(Effect::NONE, render::comment(&object, text));
            }
        }
    }

    pub(super) fn extension(&mut self, change: &ExtensionChange) {
        match change {
            ExtensionChange::Create(item) => {
                let mut sql = format!("CREATE EXTENSION {}", Postgres.quote(&item.name));
                if let Some(schema) = &item.schema {
                    sql.push_str(&format!(" SCHEMA {}", Postgres.quote(schema)));
                }
                if let Some(version) = &item.version {
                    sql.push_str(&format!(" VERSION {}", Postgres.quote_text(version)));
                }
                self.step(Effect::NONE, sql);
                if item.comment.is_some() {
                    self.comment_extension(item);
                }
            }
            ExtensionChange::Drop(item) => {
                let name = Postgres.quote(&item.name);
                self.step(Effect::NONE, format!("DROP EXTENSION {name}"));
            }
            ExtensionChange::Alter(item) => {
                let name = Postgres.quote(&item.after.name);
                if item.before.schema != item.after.schema {
                    let schema = item.after.schema.as_deref().unwrap_or("public");
                    let schema = Postgres.quote(schema);
                    self.step(Effect::NONE, format!("ALTER EXTENSION {name} SET SCHEMA {schema}"));
                }
                if let Some(version) = &item.after.version
                    && item.before.version != item.after.version
                {
                    let version = Postgres.quote_text(version);
                    self.step(Effect::NONE, format!("ALTER EXTENSION {name} UPDATE TO {version}"));
                }
                if item.before.comment != item.after.comment {
                    self.comment_extension(&item.after);
                }
            }
        }
    }

    fn comment_extension(&mut self, item: &Extension) {
        let name = Postgres.quote(&item.name);
        let sql = match item.comment.as_deref() {
            Some(text) => {
                let text = Some(text).filter(|text| !text.is_empty());
                render::comment(&format!("EXTENSION {name}"), text)
            }
            // Only the server knows the extension's own comment.
            None => {
                let literal = Postgres.quote_text(&item.name);
                let body = format!(
                    "BEGIN EXECUTE (SELECT format('COMMENT ON EXTENSION %I IS %L', name, comment) \
                     FROM pg_catalog.pg_available_extensions WHERE name = {literal}); END"
                );
                match body.contains('$') {
                    true => format!("DO {}", Postgres.quote_text(&body)),
                    false => format!("DO $${body}$$"),
                }
            }
        };
        self.step(Effect::NONE, sql);
    }
}

fn change_name(change: &NamespaceChange) -> &autogen_schema::Namespace {
    match change {
        NamespaceChange::Create(item) | NamespaceChange::Drop(item) => item,
        NamespaceChange::Alter(item) => &item.after,
    }
}
