//! What only a database has, and no model ever named, is somebody else's; and what
//! nobody could read of the models.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Declared, Origin, QName, Schema};

/// Something in the sources that may declare a table, and that nobody could read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unread {
    /// Where it stands.
    pub origin: Origin,
    /// What it is, such as ``the macro `entities!` ``.
    pub what: String,
    /// Why it could not be read.
    pub why: String,
    /// The table whose model it stands at, where it could only change that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<QName>,
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Origin { file, line, column } = &self.origin;
        write!(f, "{file}:{line}:{column}: {}: {}", self.what, self.why)
    }
}

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
