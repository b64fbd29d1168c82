//! The part of a database that is read.

use std::collections::BTreeSet;

use autogen_schema::{QName, matches_pattern};

/// Tables of other tools, or of autogen: never read, never changed.
pub const KNOWN_TABLES: [&str; 15] = [
    "__diesel_schema_migrations",
    "_prisma_migrations",
    "_sqlx_migrations",
    "alembic_version",
    "ar_internal_metadata",
    "atlas_schema_revisions",
    "autogen_history",
    "django_migrations",
    "flyway_schema_history",
    "knex_migrations",
    "knex_migrations_lock",
    "refinery_schema_history",
    "schema_migrations",
    "seaql_migrations",
    "spatial_ref_sys",
];

/// The part of a database that is read.
///
/// A pattern is a name with `*` for any characters and `?` for one; it is compared with the
/// table's name and with `schema.name`, also for tables of the default schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// PostgreSQL: the schemas to read; empty for the current one only. The names of objects in
    /// the current schema have no schema, whether it is listed here or not.
    pub schemas: Vec<String>,
    /// PostgreSQL: the schema that is current while reading, by default the session's.
    pub current: Option<String>,
    /// PostgreSQL: all schemas of users if `schemas` is empty; and those that it names may be
    /// missing. Used when two databases are compared.
    pub everything: bool,
    /// PostgreSQL: schemas that are read if they exist: those that models name.
    pub expected: BTreeSet<String>,
    /// Whether privileges are read.
    pub privileges: bool,
    /// Only tables and views that match one of these patterns; empty for all.
    pub include: Vec<String>,
    /// No table or view that matches one of these patterns.
    pub exclude: Vec<String>,
    /// MySQL: whether the server's own text of tables is read as well, with what no catalog view
    /// shows; see `Table::shown`.
    pub shown: bool,
}

impl Scope {
    /// Whether a table or view is read. `default_schema` is the real name of the schema of
    /// unqualified names.
    pub fn holds(&self, name: &QName, default_schema: &str) -> bool {
        if is_of_tool(name) {
            return false;
        }
        if self.include.is_empty() && self.exclude.is_empty() {
            return true;
        }
        let schema = name.schema.as_deref().unwrap_or(default_schema);
        let full = format!("{schema}.{}", name.name);
        let fits = |pattern: &String| {
            matches_pattern(pattern, &name.name) || matches_pattern(pattern, &full)
        };
        (self.include.is_empty() || self.include.iter().any(fits)) && !self.exclude.iter().any(fits)
    }
}

/// Whether the table belongs to another tool, or to autogen.
pub fn is_of_tool(name: &QName) -> bool {
    KNOWN_TABLES.binary_search(&name.name.as_str()).is_ok()
}

/// Whether a pattern matches a name, with or without its schema; `*` matches anything.
pub fn names(pattern: &str, name: &QName, default_schema: Option<&str>) -> bool {
    let schema = name.schema.as_deref().or(default_schema);
    let full = schema.map(|schema| format!("{schema}.{}", name.name));
    matches_pattern(pattern, &name.name) || full.is_some_and(|full| matches_pattern(pattern, &full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_tables_are_sorted() {
        assert!(KNOWN_TABLES.is_sorted());
    }

    #[test]
    fn patterns() {
        let scope = Scope { exclude: vec!["public.tmp_*".into()], ..Scope::default() };
        assert!(!scope.holds(&QName::bare("tmp_a"), "public"));
        assert!(scope.holds(&QName::bare("a"), "public"));
        assert!(!scope.holds(&QName::bare("seaql_migrations"), "public"));
    }
}
