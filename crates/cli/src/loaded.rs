//! A schema that was read, with its context.

use std::collections::BTreeSet;

use autogen_dialect::{Dialect, SqlFile, declare, without_schema};
use autogen_live::Connection;
use autogen_schema::{Declared, DeclaredObject};

use crate::error::{Error, unknown_dialect};
/// A schema that was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) declared: Declared,
    /// The database family, if the source determines it.
    pub(crate) dialect: Option<Dialect>,
    /// The connection, for further queries.
    pub(crate) connection: Option<Connection>,
    /// The project's `.sql` files; `None` if it has none.
    pub(crate) scripts: Option<Vec<SqlFile>>,
    /// Whether everything in it was named by models, or created by the project's migrations.
    pub(crate) own: bool,
}

impl Loaded {
    /// As [`Self::complete`], if no other side determines the database.
    pub(crate) fn complete_for(&mut self, dialect: Option<Dialect>) -> Result<(), Error> {
        match dialect {
            Some(dialect) => {
                let default = Some("public").filter(|_| dialect.has_schemas());
                self.complete(dialect, default)
            }
            None if self.scripts.is_some() => Err(unknown_dialect()),
            None => Ok(()),
        }
    }

    /// The schemas that models and files name. Problems in the files are reported when they are
    /// added.
    pub(crate) fn namespaces(&self) -> BTreeSet<String> {
        let Some(files) = &self.scripts else { return self.declared.namespaces() };
        let mut declared = self.declared.clone();
        let _ = declare(Dialect::Postgres, None, files, &mut declared);
        declared.namespaces()
    }

    /// Adds the declarations of the `.sql` files, once their database is known. Names in the
    /// default schema become unqualified.
    pub(crate) fn complete(
        &mut self,
        dialect: Dialect,
        default_schema: Option<&str>,
    ) -> Result<(), Error> {
        if !self.declared.is_models() && self.scripts.is_none() {
            return Ok(());
        }
        self.declared.choose(dialect.name());
        if let Some(default) = default_schema {
            self.declared.rebase(default);
            for view in self.declared.schema.views.values_mut() {
                view.definition = without_schema(dialect, &view.definition, default);
            }
        }
        for name in self.declared.schema.views.keys() {
            let origin = self.declared.origins.get(name).cloned().unwrap_or_default();
            self.declared.places.entry(DeclaredObject::View(name.clone())).or_insert(origin);
        }
        match self.scripts.take() {
            Some(files) => Ok(declare(dialect, default_schema, &files, &mut self.declared)?),
            None => Ok(()),
        }
    }
}
