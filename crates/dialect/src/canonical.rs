//! The canonical form of a schema: the schema as a database would return it, so that
//! afterwards the comparison is structural.
//!
//! Law: canonicalize is idempotent, and a schema that was created and read back is the
//! canonical form of itself, with its names settled.

pub(crate) mod common;

use autogen_schema::{Declared, Schema, Table};

use crate::mysql::{self, Flavor};
use crate::{Dialect, postgres, sqlite};

impl Dialect {
    /// The schema in this database's form: types that it does not distinguish become one, what it
    /// cannot represent is removed, implied options become explicit.
    #[must_use]
    pub fn canonicalize(self, schema: &Schema) -> Schema {
        self.canonicalize_owned(schema.clone())
    }

    /// Brings the tables into their canonical form in place, without a second copy of them.
    pub fn canonicalize_tables(self, declared: &mut Declared) {
        if !self.has_enum_types() {
            declared.note_enum_columns();
        }
        let schema = &mut declared.schema;
        let tables = std::mem::take(&mut schema.tables);
        let whole = Schema { tables, ..schema.clone() };
        schema.tables = self.canonicalize_owned(whole).tables;
    }

    fn canonicalize_owned(self, schema: Schema) -> Schema {
        match self {
            Self::Sqlite => sqlite::canonical::canonicalize(schema),
            Self::Postgres => postgres::canonical::canonicalize(schema),
            Self::Mysql => mysql::canonical::canonicalize(Flavor::Mysql, schema),
            Self::Mariadb => mysql::canonical::canonicalize(Flavor::Mariadb, schema),
        }
    }

    /// Removes from the declaration, in canonical form, what this database does by default;
    /// `before` is the current schema.
    pub fn leave_out_defaults(self, before: &Schema, wanted: &mut Schema) {
        match self {
            Self::Sqlite | Self::Postgres => {}
            Self::Mysql | Self::Mariadb => {
                if let Some(collation) = &before.collation.0 {
                    mysql::canonical::leave_out_default(collation, wanted);
                }
            }
        }
    }

    /// The canonical schema as it is after creation: free names get their generated name, and
    /// auto-increment this database's form.
    #[must_use]
    pub fn as_created(self, schema: &Schema) -> Schema {
        let mut schema = self.canonicalize(schema);
        schema.reform_tables(|table| self.settle(None, table));
        for check in schema.domains.values_mut().flat_map(|domain| &mut domain.checks) {
            check.name = check.name.clone().settled();
        }
        schema
    }

    /// Settles the free names and the auto-increment of a canonical table, and adds the indexes
    /// that the server creates by itself. `before` is the current table.
    pub fn settle(self, before: Option<&Table>, table: &mut Table) {
        for column in &mut table.columns {
            column.identity = column.identity.take().map(|identity| self.settle_identity(identity));
        }
        if let Some(key) = &mut table.primary_key {
            key.name = key.name.clone().settled();
        }
        table.uniques.iter_mut().for_each(|it| it.name = it.name.clone().settled());
        table.foreign_keys.iter_mut().for_each(|it| it.name = it.name.clone().settled());
        table.checks.iter_mut().for_each(|it| it.name = it.name.clone().settled());
        table.exclusions.iter_mut().for_each(|it| it.name = it.name.clone().settled());
        table.indexes.iter_mut().for_each(|it| it.name = it.name.clone().settled());
        match self {
            Self::Sqlite | Self::Postgres => {}
            Self::Mysql | Self::Mariadb => mysql::implied::complete(before, table),
        }
        table.sort();
    }
}
