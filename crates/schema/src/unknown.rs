//! Objects that only the database has and no model ever named: they belong to somebody else.

use std::collections::BTreeSet;

use crate::{Declared, QName, Schema};

impl Declared {
    /// Notes the objects that only the database has and no model ever named: neither these models
    /// nor `named`, the schema at the end of the project's history.
    pub fn leave_unknown(&mut self, there: &Schema, named: &Schema) {
        let declared = &self.schema;
        let tables = there.tables.keys();
        let tables = tables
            .filter(|name| {
                !declared.tables.contains_key(*name) && !named.tables.contains_key(*name)
            })
            .filter(|name| !declared.views.contains_key(*name));
        let enums = there.enums.keys();
        let enums = enums
            .filter(|name| !declared.enums.contains_key(*name) && !named.enums.contains_key(*name));
        self.unknown = tables.chain(enums).cloned().collect();
    }
}

impl Schema {
    /// The schema without such objects, as the project's history knows it. An enum that one of
    /// the project's tables uses is kept.
    pub fn without_unknown(&self, unknown: &BTreeSet<QName>) -> Self {
        let mut own = self.clone();
        own.tables.retain(|name, _| !unknown.contains(name));
        let used = own.enum_columns();
        own.enums.retain(|name, _| !unknown.contains(name) || used.contains_key(name));
        let gone = |table: &QName| unknown.contains(table) && self.tables.contains_key(table);
        let owned =
            |owner: &Option<(QName, String)>| owner.as_ref().is_some_and(|(table, _)| gone(table));
        own.sequences.retain(|_, sequence| !owned(&sequence.owned_by));
        own.statistics.retain(|_, item| !gone(&item.table));
        own
    }
}
