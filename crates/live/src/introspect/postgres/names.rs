//! Names: an object's schema in our terms, and names that PostgreSQL generated.

use std::collections::BTreeMap;

use autogen_dialect::postgres::sequence::make_object_name;
use autogen_dialect::{Dialect, qualified};
use autogen_schema::QName;

/// The schemas and classes by which names are resolved.
#[derive(Debug)]
pub(super) struct Naming {
    /// The real name of the default schema.
    pub(super) default_schema: String,
    /// Our names for other schemas: while objects are normalized, a throwaway schema stands for
    /// each. An empty name is the default schema.
    pub(super) aliases: BTreeMap<String, String>,
    pub(super) opclasses: BTreeMap<i64, String>,
    pub(super) collations: BTreeMap<i64, String>,
}

impl Naming {
    /// A name; the default schema's objects have no schema.
    pub(super) fn name(&self, schema: &str, name: impl Into<String>) -> QName {
        let schema = self.aliases.get(schema).map_or(schema, String::as_str);
        let said = schema != self.default_schema && !schema.is_empty();
        QName::new(said.then(|| schema.to_owned()), name)
    }

    /// A text of the catalog, without the name of the default schema.
    pub(super) fn text(&self, text: &str) -> String {
        qualified(Dialect::Postgres, text, |schema| {
            if schema == self.default_schema {
                return Some(String::new());
            }
            let alias = self.aliases.get(schema)?;
            if alias.is_empty() {
                return Some(String::new());
            }
            Some(format!("{}.", Dialect::Postgres.quote(alias)))
        })
    }

    /// A collation: its bare name if PostgreSQL finds it without a schema, otherwise quoted with
    /// its schema.
    pub(super) fn collation(&self, schema: &str, name: &str) -> String {
        if self.is_visible(schema) {
            return name.to_owned();
        }
        Dialect::Postgres.quote_name(&QName::new(Some(schema.to_owned()), name))
    }

    /// An operator class in SQL, quoted if necessary.
    pub(super) fn opclass(&self, schema: &str, name: &str) -> String {
        if !self.is_visible(schema) {
            return Dialect::Postgres.quote_name(&QName::new(Some(schema.to_owned()), name));
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.chars().all(plain) { name.to_owned() } else { Dialect::Postgres.quote(name) }
    }

    fn is_visible(&self, schema: &str) -> bool {
        schema == "pg_catalog" || schema == self.default_schema
    }
}

/// Whether PostgreSQL generates this name for a serial column's sequence if it is free:
/// table, column and `seq`, with table and column shortened to fit. A name with a number at
/// its end is recorded, since statements about the sequence need it.
///
/// Source: `makeObjectName` and `ChooseRelationName` in `src/backend/commands/indexcmds.c`.
pub(super) fn is_chosen_sequence(name: &str, table: &str, column: &str) -> bool {
    name == make_object_name(table, column, "seq")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_names_that_postgresql_chooses() {
        assert!(is_chosen_sequence("t_id_seq", "t", "id"));
        assert!(!is_chosen_sequence("t_id_seq1", "t", "id"));
        assert!(!is_chosen_sequence("u_id_seq", "t", "id"));
        assert!(!is_chosen_sequence("t_id", "t", "id"));
        let (table, column) = ("t".repeat(60), "c".repeat(60));
        let expected = format!("{}_{}_seq", "t".repeat(29), "c".repeat(29));
        assert!(is_chosen_sequence(&expected, &table, &column));
        assert_eq!(make_object_name(&"é".repeat(40), "id", "seq").len(), 2 * 28 + 7);
        assert_eq!(make_object_name(&"é".repeat(40), "idx", "seq").len(), 2 * 27 + 8);
    }
}
