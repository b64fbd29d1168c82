//! A whole schema: the root of the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    Collation, Column, ColumnType, Defined, Domain, EnumType, Expr, Extension, ForeignKey, Grant,
    Metadata, Namespace, Outside, Partitioning, QName, Routine, Sequence, Statistics, Table,
    Trigger, View,
};

/// Something in the catalog that we can't represent: reported, never touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unsupported {
    /// A stable code, explained by `autogen explain`.
    pub code: String,
    /// The object, as `kind name`.
    pub object: String,
    /// What it is and why it is left alone.
    pub message: String,
}

/// A database schema, keyed by names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "named by their types")]
pub struct Schema {
    #[serde(with = "listed", skip_serializing_if = "BTreeMap::is_empty")]
    pub namespaces: BTreeMap<String, Namespace>,
    #[serde(with = "listed", skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<String, Extension>,
    #[serde(with = "listed", skip_serializing_if = "BTreeMap::is_empty")]
    pub collations: BTreeMap<QName, Collation>,
    #[serde(with = "listed", skip_serializing_if = "BTreeMap::is_empty")]
    pub enums: BTreeMap<QName, EnumType>,
    #[serde(with = "listed", skip_serializing_if = "BTreeMap::is_empty")]
    pub domains: BTreeMap<QName, Domain>,
    #[serde(with = "listed", skip_serializing_if = "BTreeMap::is_empty")]
    pub sequences: BTreeMap<QName, Sequence>,
    /// Shared: the states of a plan differ in few tables.
    #[serde(with = "listed")]
    pub tables: BTreeMap<QName, Arc<Table>>,
    #[serde(with = "listed", skip_serializing_if = "BTreeMap::is_empty")]
    pub views: BTreeMap<QName, View>,
    #[serde(with = "listed", skip_serializing_if = "BTreeMap::is_empty")]
    pub statistics: BTreeMap<QName, Statistics>,
    /// Overloads differ in their arguments only, hence a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routines: Vec<Routine>,
    /// Privileges, where they are compared; not those of owners.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub grants: BTreeSet<Grant>,
    /// The default collation of this database's tables (MySQL), where the server reported it:
    /// used for tables that declare none.
    #[serde(skip_serializing_if = "Metadata::is_none")]
    pub collation: Metadata<Option<String>>,
    /// The default collations of character sets, where the server reported others than its
    /// family's defaults (MySQL, MariaDB since 11.5).
    #[serde(skip_serializing_if = "Metadata::is_none")]
    pub charsets: Metadata<Option<Box<BTreeMap<String, String>>>>,
    /// What is outside of the schemas that were read.
    #[serde(skip)]
    pub outside: Metadata<Outside>,
    /// What the catalog has and this tree cannot represent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsupported: Vec<Unsupported>,
}

impl Schema {
    /// The base type of a domain without a collation of its own, through any number of domains; of
    /// a domain that restricts its values only with `restricted`.
    pub fn underlying<'a>(&'a self, data_type: &'a ColumnType, restricted: bool) -> &'a ColumnType {
        let mut found = data_type;
        // Not more often than there are domains: a file may declare two domains over each other.
        for _ in 0..self.domains.len() {
            let ColumnType::Domain(name) = found else { break };
            let domain = self.domains.get(name).filter(|domain| {
                let is_free = domain.checks.is_empty() && domain.nullable;
                domain.collation.is_none() && (restricted || is_free)
            });
            let Some(domain) = domain else { break };
            found = &domain.base;
        }
        found
    }

    /// Adds a table under its own name; returns the table that it replaces.
    pub fn add_table(&mut self, table: impl Into<Arc<Table>>) -> Option<Arc<Table>> {
        let table = table.into();
        self.tables.insert(table.name.clone(), table)
    }

    /// Each table with the table of the same name in another schema. Both maps are walked in
    /// step, which for a whole schema is cheaper than a lookup per name.
    pub fn tables_beside<'s>(
        &'s self,
        other: &'s Self,
    ) -> impl Iterator<Item = (&'s Arc<Table>, Option<&'s Arc<Table>>)> {
        let mut others = other.tables.iter().peekable();
        self.tables.iter().map(move |(name, table)| {
            while others.next_if(|(there, _)| *there < name).is_some() {}
            let found = others.next_if(|(there, _)| *there == name);
            (table, found.map(|(_, other)| other))
        })
    }

    /// A table, mutable.
    pub fn table_mut(&mut self, name: &QName) -> Option<&mut Table> {
        self.tables.get_mut(name).map(Arc::make_mut)
    }

    /// A table, or the own objects of a partition.
    pub fn owner(&self, name: &QName) -> Option<&Table> {
        if let Some(table) = self.tables.get(name) {
            return Some(table);
        }
        let root = self.partitioned_by(name)?;
        let (_, partition) = root.partitioning.as_ref()?.find(&root.name, name)?;
        Some(&partition.own)
    }

    /// A table, or the own objects of a partition, mutable.
    pub(crate) fn owner_mut(&mut self, name: &QName) -> Option<&mut Table> {
        if self.tables.contains_key(name) {
            return self.table_mut(name);
        }
        let root = self.partitioned_by(name)?.name.clone();
        let partitioning = self.table_mut(&root)?.partitioning.as_mut()?;
        partitioning.partition_mut(name).map(|it| &mut *it.own)
    }

    /// All partitions, at any depth, each with the table at the top.
    pub fn partitions(&self) -> BTreeMap<&QName, &Arc<Table>> {
        let tables = self.tables.values();
        let names = tables.filter_map(|table| Some((table, table.partitioning.as_ref()?.names())));
        names.flat_map(|(table, names)| names.into_iter().map(move |name| (name, table))).collect()
    }

    /// The table that has a partition of this name, at any depth.
    fn partitioned_by(&self, partition: &QName) -> Option<&Arc<Table>> {
        let holds = |table: &&Arc<Table>| {
            let partitions = table.partitioning.iter().flat_map(Partitioning::all);
            partitions.into_iter().any(|it| it.name == *partition)
        };
        self.tables.values().find(holds)
    }

    /// Brings every table into some form. Tables that already have the form stay shared with the
    /// schemas that this one was cloned from.
    pub fn reform_tables(&mut self, mut form: impl FnMut(&mut Table)) {
        for table in self.tables.values_mut() {
            if let Some(table) = Arc::get_mut(table) {
                form(table);
                continue;
            }
            let mut formed = Table::clone(table);
            form(&mut formed);
            if formed != **table {
                *table = Arc::new(formed);
            }
        }
    }

    /// The triggers, policies and view indexes that name a table, on whichever relation they are,
    /// mutable.
    pub(crate) fn attached_texts(&mut self, table: &str) -> Vec<(Option<QName>, &mut dyn Defined)> {
        let names = |text: &dyn Defined| Expr::new(text.definition()).mentions(table);
        let mut found: Vec<(Option<QName>, &mut dyn Defined)> = Vec::new();
        for holder in self.tables.values_mut() {
            if holder.texts().into_iter().any(names) {
                let on = Some(holder.name.clone());
                let texts = Arc::make_mut(holder).texts_mut();
                let texts = texts.into_iter().filter(|text| names(*text));
                found.extend(texts.map(|text| (on.clone(), text)));
            }
        }
        let on_views = self.views.values_mut().flat_map(|view| &mut view.triggers);
        let on_views = on_views.map(|trigger| trigger as &mut dyn Defined);
        found.extend(on_views.filter(|text| names(*text)).map(|text| (None, text)));
        found
    }

    /// The foreign keys that reference a table, mutable.
    pub(crate) fn foreign_keys_to(
        &mut self,
        parent: &QName,
    ) -> impl Iterator<Item = &mut ForeignKey> {
        let points = move |key: &ForeignKey| key.references == *parent;
        self.tables
            .values_mut()
            .filter(move |table| table.all_foreign_keys().any(points))
            .flat_map(|table| Arc::make_mut(table).foreign_keys_mut())
            .filter(move |key| points(key))
    }

    /// The columns of each enum type, arrays of it included: a table and a name.
    pub fn enum_columns(&self) -> BTreeMap<QName, Vec<(QName, String)>> {
        let mut found: BTreeMap<QName, Vec<(QName, String)>> = BTreeMap::new();
        for table in self.tables.values() {
            for column in &table.columns {
                if let Some(name) = column.data_type.enum_name() {
                    let place = (table.name.clone(), column.name.clone());
                    found.entry(name.clone()).or_default().push(place);
                }
            }
        }
        found
    }

    /// The columns of an enum's or domain's type, arrays of it included, mutable.
    pub(crate) fn columns_of(&mut self, item: &QName) -> impl Iterator<Item = &mut Column> {
        let is_of = move |column: &Column| column.data_type.named() == Some(item);
        self.columns_where(is_of)
    }

    /// The columns of all tables that match, mutable.
    pub(crate) fn columns_where(
        &mut self,
        is_of: impl Fn(&Column) -> bool + Copy,
    ) -> impl Iterator<Item = &mut Column> {
        self.tables
            .values_mut()
            .filter(move |table| table.columns.iter().any(is_of))
            .flat_map(|table| &mut Arc::make_mut(table).columns)
            .filter(move |column| is_of(column))
    }

    /// Adds an enum under its own name; returns the enum that it replaces.
    pub fn add_enum(&mut self, item: EnumType) -> Option<EnumType> {
        self.enums.insert(item.name.clone(), item)
    }

    /// The triggers of a table or view.
    pub fn triggers_mut(&mut self, on: &QName) -> Option<&mut Vec<Trigger>> {
        if self.views.contains_key(on) {
            return self.views.get_mut(on).map(|view| &mut view.triggers);
        }
        self.owner_mut(on).map(|table| &mut table.triggers)
    }

    /// Takes from another schema the original statements of objects whose text, in the server's
    /// spelling, is the same there.
    pub fn remember(&mut self, other: &Self) {
        self.with_texts_of(other, learn);
    }

    /// Takes over the line ends of texts that differ in nothing else: a git checkout may have
    /// other line ends than the database received.
    pub fn take_line_ends(&mut self, other: &Self) {
        self.with_texts_of(other, |text, known| {
            let unix = |text: &dyn Defined| text.definition().replace("\r\n", "\n");
            if text.definition() != known.definition() && unix(text) == unix(known) {
                let source = text.source().map(str::to_owned);
                text.define(known.definition().to_owned(), source);
            }
        });
    }

    /// Visits each text together with the text of the same object in another schema.
    fn with_texts_of(&mut self, other: &Self, look: fn(&mut dyn Defined, &dyn Defined)) {
        let triggers = |triggers: &mut [Trigger], known: &[Trigger]| {
            for trigger in triggers {
                if let Some(known) = known.iter().find(|it| it.name == trigger.name) {
                    look(trigger, known);
                }
            }
        };
        for (name, view) in &mut self.views {
            let Some(known) = other.views.get(name) else { continue };
            look(view, known);
            triggers(&mut view.triggers, &known.triggers);
            for index in &mut view.indexes {
                if let Some(known) = known.indexes.iter().find(|it| it.name == index.name) {
                    look(index, known);
                }
            }
        }
        for routine in &mut self.routines {
            if let Some(known) = other.routines.iter().find(|it| it.key() == routine.key()) {
                look(routine, known);
            }
        }
        for (name, table) in &mut self.tables {
            let bare = table.triggers.is_empty() && table.row_security.is_none();
            let Some(known) = other.tables.get(name).filter(|_| !bare) else { continue };
            let table = Arc::make_mut(table);
            triggers(&mut table.triggers, &known.triggers);
            let policies = || known.row_security.iter().flat_map(|it| &it.policies);
            for policy in table.row_security.iter_mut().flat_map(|it| &mut it.policies) {
                if let Some(known) = policies().find(|it| it.name == policy.name) {
                    look(policy, known);
                }
            }
        }
    }

    /// The first 16 hex digits of the SHA-256 of the schema's JSON: equal
    /// schemas have equal fingerprints, on every machine.
    pub fn fingerprint(&self) -> String {
        let bare = self.has_sources().then(|| self.without_sources());
        // Serializing plain trees with string keys cannot fail.
        let bytes = serde_json::to_vec(bare.as_ref().unwrap_or(self)).unwrap_or_default();
        hex(&Sha256::digest(bytes)[..8])
    }

    fn has_sources(&self) -> bool {
        !self.collation.is_none()
            || !self.charsets.is_none()
            || !self.views.is_empty()
            || !self.routines.is_empty()
            || self.tables.values().any(|it| !it.triggers.is_empty() || it.row_security.is_some())
    }

    /// Without the original statements that are kept next to the server's text.
    fn without_sources(&self) -> Self {
        let mut schema =
            Self { collation: Metadata(None), charsets: Metadata(None), ..self.clone() };
        for view in schema.views.values_mut() {
            view.source.0 = None;
            view.triggers.iter_mut().for_each(|it| it.source.0 = None);
            view.indexes.iter_mut().for_each(|it| it.source.0 = None);
        }
        schema.routines.iter_mut().for_each(|it| it.source.0 = None);
        let hung =
            |table: &&mut Arc<Table>| !table.triggers.is_empty() || table.row_security.is_some();
        for table in schema.tables.values_mut().filter(hung) {
            for text in Arc::make_mut(table).texts_mut() {
                text.define(text.definition().to_owned(), None);
            }
        }
        schema
    }
}

fn learn(text: &mut dyn Defined, known: &dyn Defined) {
    if text.definition() == known.definition() {
        text.define(known.definition().to_owned(), known.source().map(str::to_owned));
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A map written as the list of its values: the objects contain their names.
mod listed {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::{
        Collation, Domain, EnumType, Extension, Namespace, QName, Sequence, Statistics, Table, View,
    };

    pub(super) trait Named {
        type Key: Ord;
        fn key(&self) -> Self::Key;
    }

    macro_rules! named {
        ($($object:ty => $key:ty),+ $(,)?) => {$(
            impl Named for $object {
                type Key = $key;
                fn key(&self) -> $key {
                    self.name.clone()
                }
            }
        )+};
    }

    named! {
        Namespace => String,
        Extension => String,
        EnumType => QName,
        Domain => QName,
        Collation => QName,
        Sequence => QName,
        Statistics => QName,
        Arc<Table> => QName,
        View => QName,
    }

    pub(super) fn serialize<S, T>(
        map: &BTreeMap<T::Key, T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
        T: Named + Serialize,
    {
        serializer.collect_seq(map.values())
    }

    pub(super) fn deserialize<'de, D, T>(deserializer: D) -> Result<BTreeMap<T::Key, T>, D::Error>
    where
        D: Deserializer<'de>,
        T: Named + Deserialize<'de>,
    {
        let items = Vec::<T>::deserialize(deserializer)?;
        Ok(items.into_iter().map(|item| (item.key(), item)).collect())
    }
}
