//! Programmable objects, whose body is SQL text: views, routines, triggers, policies.
//!
//! Servers rewrite the statements they receive. `definition` is the text that is compared:
//! the server's own, if a server was asked, otherwise the original. The original is kept next
//! to it, so that the same text is recognized without a server, and so that migrations read
//! as it was written.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::renamed_text::{NewName, Unqualified, rename_column};
use crate::{Callee, Expr, Pair, QName};

/// Metadata of an object: never compared, so two objects that differ only in it are equal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metadata<T>(pub T);

impl<T> PartialEq for Metadata<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Metadata<T> {}

impl<T> PartialOrd for Metadata<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Metadata<T> {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl<T> Metadata<Option<T>> {
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

/// The original text of an object, if `definition` differs from it.
pub type Source = Metadata<Option<String>>;

/// Whether a view is materialized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum ViewKind {
    Plain,
    Materialized,
}

impl ViewKind {
    /// The words in `CREATE .. name`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plain => "VIEW",
            Self::Materialized => "MATERIALIZED VIEW",
        }
    }
}

/// What the catalog stores for an object in addition to its declaration: its owner and its
/// privileges. They are lost when it is dropped, and restored when it is recreated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Access {
    /// Its owner, if it is not the connected user.
    pub owner: Option<String>,
    /// Whether the default privileges of PUBLIC are revoked.
    pub closed: bool,
    /// Grantee in SQL, privilege, and whether it has the grant option.
    pub grants: Vec<(String, String, bool)>,
}

/// What a view reads, according to the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[allow(missing_docs, reason = "named by their types")]
pub struct Reads {
    pub relations: BTreeSet<QName>,
    pub columns: BTreeSet<(QName, String)>,
    pub routines: BTreeSet<QName>,
    pub types: BTreeSet<QName>,
}

impl Reads {
    /// A relation was renamed.
    pub(crate) fn follow_relation(&mut self, name: &Pair<QName>) {
        replace(&mut self.relations, &name.before, &name.after);
        let own = self.columns.iter().filter(|(table, _)| *table == name.before);
        for column in own.cloned().collect::<Vec<_>>() {
            let renamed = (name.after.clone(), column.1.clone());
            replace(&mut self.columns, &column, &renamed);
        }
    }

    /// A column of a relation was renamed.
    pub(crate) fn follow_column(&mut self, table: &QName, name: &Pair<String>) {
        let place = |name: &String| (table.clone(), name.clone());
        replace(&mut self.columns, &place(&name.before), &place(&name.after));
    }

    /// A type was renamed.
    pub(crate) fn follow_type(&mut self, name: &Pair<QName>) {
        replace(&mut self.types, &name.before, &name.after);
    }
}

fn replace<T: Ord + Clone>(set: &mut BTreeSet<T>, before: &T, after: &T) {
    if set.remove(before) {
        set.insert(after.clone());
    }
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct View {
    /// Its name.
    pub name: QName,
    /// Whether it is materialized.
    pub kind: ViewKind,
    /// The whole statement that creates it, without a closing semicolon.
    pub definition: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The comments of its columns.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub column_comments: BTreeMap<String, String>,
    /// Its indexes, if it is materialized.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<ViewIndex>,
    /// Its triggers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// The original statement.
    #[serde(default, skip_serializing_if = "Metadata::is_none")]
    pub source: Source,
    /// Its columns and their types, if a server reported them.
    #[serde(skip)]
    pub columns: Metadata<Option<Vec<(String, String)>>>,
    /// What it reads, if a server reported it.
    #[serde(skip)]
    pub reads: Metadata<Option<Reads>>,
    /// Its owner and privileges.
    #[serde(skip)]
    pub access: Metadata<Access>,
}

impl View {
    /// A view without comments, indexes or triggers.
    pub fn new(name: QName, kind: ViewKind, definition: impl Into<String>) -> Self {
        Self {
            name,
            kind,
            definition: definition.into(),
            comment: None,
            column_comments: BTreeMap::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            source: Metadata(None),
            columns: Metadata(None),
            reads: Metadata(None),
            access: Metadata::default(),
        }
    }

    /// Whether the definition contains this name.
    pub fn names(&self, name: &str) -> bool {
        Expr::new(self.definition.as_str()).mentions(name)
    }

    /// Sorts indexes and triggers.
    pub fn sort(&mut self) {
        self.indexes.sort();
        self.triggers.sort();
    }
}

/// An index of a materialized view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ViewIndex {
    /// Its name.
    pub name: String,
    /// The whole statement that creates it.
    pub definition: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The original statement.
    #[serde(default, skip_serializing_if = "Metadata::is_none")]
    pub source: Source,
}

/// How a routine is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum RoutineKind {
    #[default]
    Function,
    Procedure,
    Aggregate,
    /// Called by the server on a schedule (MySQL).
    Event,
}

impl RoutineKind {
    /// The words in `CREATE .. name`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Function => "FUNCTION",
            Self::Procedure => "PROCEDURE",
            Self::Aggregate => "AGGREGATE",
            Self::Event => "EVENT",
        }
    }
}

/// A function, procedure or event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Routine {
    /// Its name.
    pub name: QName,
    /// The types of its arguments, as the database prints them: they distinguish overloads.
    pub arguments: String,
    /// How it is called.
    #[serde(default)]
    pub kind: RoutineKind,
    /// The whole statement that creates it.
    pub definition: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The original statement.
    #[serde(default, skip_serializing_if = "Metadata::is_none")]
    pub source: Source,
    /// Its owner and privileges.
    #[serde(skip)]
    pub access: Metadata<Access>,
}

impl Routine {
    /// What identifies a routine: MySQL has a namespace for each kind.
    pub fn key(&self) -> (&QName, &str, RoutineKind) {
        (&self.name, &self.arguments, self.kind)
    }

    /// Whether a privilege on this name and these arguments is one on this routine.
    pub fn is_called(&self, name: &QName, arguments: &str) -> bool {
        self.name == *name && self.arguments == arguments
    }

    /// What its calls look like.
    pub fn callee(&self) -> Callee {
        Callee::new(&self.name.name, &self.arguments, &self.definition)
    }

    /// `name(types)`, or the bare name of an event.
    pub fn signature(&self) -> String {
        match self.kind {
            RoutineKind::Function | RoutineKind::Procedure | RoutineKind::Aggregate => {
                format!("{}({})", self.name, self.arguments)
            }
            RoutineKind::Event => self.name.to_string(),
        }
    }
}

/// When a trigger fires, by the session's replication role (PostgreSQL). Source: PostgreSQL
/// manual, ALTER TABLE.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Firing {
    /// In sessions that are not replicas: the default.
    #[default]
    Origin,
    /// Never.
    Disabled,
    /// In sessions that apply replicated changes.
    Replica,
    /// In all sessions.
    Always,
}

impl Firing {
    /// The clause of `ALTER TABLE` that sets it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Origin => "ENABLE TRIGGER",
            Self::Disabled => "DISABLE TRIGGER",
            Self::Replica => "ENABLE REPLICA TRIGGER",
            Self::Always => "ENABLE ALWAYS TRIGGER",
        }
    }
}

/// A trigger of a table or view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The whole statement that creates it, without a closing semicolon.
    pub definition: String,
    /// When it fires.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub firing: Firing,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The original statement.
    #[serde(default, skip_serializing_if = "Metadata::is_none")]
    pub source: Source,
}

impl Trigger {
    /// A trigger that fires by default, with its definition in the database's spelling.
    pub fn new(name: impl Into<String>, definition: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            definition: definition.into(),
            firing: Firing::Origin,
            comment: None,
            source: Metadata(None),
        }
    }
}

/// A row-level security policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The whole statement that creates it.
    pub definition: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The original statement.
    #[serde(default, skip_serializing_if = "Metadata::is_none")]
    pub source: Source,
}

/// An object whose definition is SQL text.
pub trait Defined {
    /// The text that is compared.
    fn definition(&self) -> &str;
    /// The original text, if it differs.
    fn source(&self) -> Option<&str>;
    /// Sets both.
    fn define(&mut self, definition: String, source: Option<String>);

    /// Renames something in the text, as servers do in the texts they store.
    fn rename(&mut self, before: &str, after: &str) {
        let renamed = |text: &str| Expr::new(text).rename_column(before, after).0;
        let (definition, source) = (renamed(self.definition()), self.source().map(renamed));
        self.define(definition, source);
    }

    /// What a name without a qualifier means in the text.
    fn unqualified(&self) -> Unqualified;

    /// Whether the columns that it gives keep their names when those that they are from are
    /// renamed.
    fn keeps_output(&self) -> bool;

    /// Renames a column of a table in the text. `on_table`: whether the object belongs to that
    /// table.
    fn rename_column(&mut self, table: &str, name: &Pair<String>, on_table: bool) {
        let (unqualified, keeps_output) = (self.unqualified(), self.keeps_output());
        let name = NewName { before: &name.before, after: &name.after, keeps_output };
        let renamed = |text: &str| rename_column(text, table, name, unqualified, on_table);
        let (definition, source) = (renamed(self.definition()), self.source().map(renamed));
        self.define(definition, source);
    }

    /// The text to create it with: the original, if known.
    fn statement(&self) -> &str {
        self.source().unwrap_or_else(|| self.definition())
    }
}

macro_rules! defined {
    ($($object:ty: $unqualified:ident, $keeps_output:expr;)+) => {$(
        impl Defined for $object {
            fn unqualified(&self) -> Unqualified {
                Unqualified::$unqualified
            }

            fn keeps_output(&self) -> bool {
                $keeps_output(self)
            }

            fn definition(&self) -> &str {
                &self.definition
            }

            fn source(&self) -> Option<&str> {
                self.source.0.as_deref()
            }

            fn define(&mut self, definition: String, source: Option<String>) {
                self.source = Metadata(source.filter(|text| *text != definition));
                self.definition = definition;
            }
        }
    )+};
}

// Only a server that tracks what a view reads, and reports it, keeps the names of its columns.
defined! {
    View: Column, |view: &View| view.reads.0.is_some();
    ViewIndex: Column, |_: &ViewIndex| false;
    Routine: Column, |_: &Routine| false;
    Trigger: Other, |_: &Trigger| false;
    Policy: Column, |_: &Policy| false;
}
