//! What only a database has, and no model ever named, is somebody else's.

use std::collections::BTreeSet;

use crate::{Declared, QName, Schema};

impl Declared {
    /// Notes what only the database has and no model ever named: neither these
    /// models nor `named`, the schema that the project's history ends at.
    pub fn leave_strangers(&mut self, there: &Schema, named: &Schema) {
        let own = &self.schema;
        let tables = there.tables.keys();
        let tables = tables
            .filter(|it| !own.tables.contains_key(*it) && !named.tables.contains_key(*it))
            .filter(|it| !own.views.contains_key(*it));
        let enums = there.enums.keys();
        let enums =
            enums.filter(|it| !own.enums.contains_key(*it) && !named.enums.contains_key(*it));
        self.strangers = tables.chain(enums).cloned().collect();
    }
}

impl Schema {
    /// The schema without strangers, as a project's history knows it. An enum that
    /// a table of its own uses stays.
    pub fn without_strangers(&self, strangers: &BTreeSet<QName>) -> Self {
        let mut own = self.clone();
        own.tables.retain(|name, _| !strangers.contains(name));
        let used = own.enum_columns();
        own.enums.retain(|name, _| !strangers.contains(name) || used.contains_key(name));
        let gone = |table: &QName| strangers.contains(table) && self.tables.contains_key(table);
        let owned =
            |owner: &Option<(QName, String)>| owner.as_ref().is_some_and(|(table, _)| gone(table));
        own.sequences.retain(|_, sequence| !owned(&sequence.owned_by));
        own.statistics.retain(|_, item| !gone(&item.table));
        own
    }
}
