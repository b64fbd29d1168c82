//! The kinds whose body is the database's own text: views, routines, triggers,
//! policies.
//!
//! Servers rewrite what they are told. `definition` is the text that counts:
//! the server's own, where a server was asked, else the one that somebody
//! wrote. What somebody wrote is kept beside it, so that the same text is known
//! again without a server, and so that migrations read as it was written.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Callee, Expr, Pair, QName};

/// Something that is known of an object and is no part of it: two objects that
/// differ in it alone are equal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Aside<T>(pub T);

impl<T> PartialEq for Aside<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Aside<T> {}

impl<T> PartialOrd for Aside<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Aside<T> {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl<T> Aside<Option<T>> {
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

/// The text of an object as somebody wrote it, where `definition` is another.
pub type Source = Aside<Option<String>>;

/// Whether a view keeps its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum ViewKind {
    Plain,
    Materialized,
}

impl ViewKind {
    /// As in `CREATE .. name`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plain => "VIEW",
            Self::Materialized => "MATERIALIZED VIEW",
        }
    }
}

/// What the catalog gives an object beside its definition and what is declared
/// of it: its owner and its privileges. They go with it, and come back with it
/// where it is made anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Access {
    /// Its owner, where that is not who reads it.
    pub owner: Option<String>,
    /// Whether everybody has lost what everybody has at first.
    pub closed: bool,
    /// Grantee as it stands in SQL, privilege, and whether they may pass it on.
    pub grants: Vec<(String, String, bool)>,
}

/// What a view reads, as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[allow(missing_docs, reason = "named by their types")]
pub struct Reads {
    pub relations: BTreeSet<QName>,
    pub columns: BTreeSet<(QName, String)>,
    pub routines: BTreeSet<QName>,
    pub types: BTreeSet<QName>,
}

impl Reads {
    /// A relation got another name.
    pub(crate) fn follow_relation(&mut self, name: &Pair<QName>) {
        replace(&mut self.relations, &name.before, &name.after);
        let own = self.columns.iter().filter(|(table, _)| *table == name.before);
        for column in own.cloned().collect::<Vec<_>>() {
            let renamed = (name.after.clone(), column.1.clone());
            replace(&mut self.columns, &column, &renamed);
        }
    }

    /// A column of a relation got another name.
    pub(crate) fn follow_column(&mut self, table: &QName, name: &Pair<String>) {
        let place = |name: &String| (table.clone(), name.clone());
        replace(&mut self.columns, &place(&name.before), &place(&name.after));
    }

    /// A type got another name.
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
    /// Whether it keeps its rows.
    pub kind: ViewKind,
    /// The whole statement that creates it, without a closing semicolon.
    pub definition: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The comments of its columns.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub column_comments: BTreeMap<String, String>,
    /// Its indexes, where it keeps its rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<ViewIndex>,
    /// Its triggers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// The statement as somebody wrote it.
    #[serde(default, skip_serializing_if = "Aside::is_none")]
    pub source: Source,
    /// Its columns and their types, where a server told them.
    #[serde(skip)]
    pub columns: Aside<Option<Vec<(String, String)>>>,
    /// What it reads, where a server told it.
    #[serde(skip)]
    pub reads: Aside<Option<Reads>>,
    /// Whose it is, and who may do what with it.
    #[serde(skip)]
    pub access: Aside<Access>,
}

impl View {
    /// A view with nothing on it.
    pub fn new(name: QName, kind: ViewKind, definition: impl Into<String>) -> Self {
        Self {
            name,
            kind,
            definition: definition.into(),
            comment: None,
            column_comments: BTreeMap::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            source: Aside(None),
            columns: Aside(None),
            reads: Aside(None),
            access: Aside::default(),
        }
    }

    /// Whether the definition names something.
    pub fn names(&self, name: &str) -> bool {
        Expr::new(self.definition.as_str()).mentions(name)
    }

    /// Puts indexes and triggers into one order.
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
    /// The statement as somebody wrote it.
    #[serde(default, skip_serializing_if = "Aside::is_none")]
    pub source: Source,
}

/// What a routine is called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum RoutineKind {
    #[default]
    Function,
    Procedure,
    Aggregate,
    /// What the server itself calls, by the clock (MySQL).
    Event,
}

impl RoutineKind {
    /// As in `CREATE .. name`.
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
    /// The types of the arguments that it takes, as the database prints them:
    /// what tells it from others of its name.
    pub arguments: String,
    /// What it is called by.
    #[serde(default)]
    pub kind: RoutineKind,
    /// The whole statement that creates it.
    pub definition: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The statement as somebody wrote it.
    #[serde(default, skip_serializing_if = "Aside::is_none")]
    pub source: Source,
    /// Whose it is, and who may do what with it.
    #[serde(skip)]
    pub access: Aside<Access>,
}

impl Routine {
    /// What no two routines share: MySQL has a name space for each kind.
    pub fn key(&self) -> (&QName, &str, RoutineKind) {
        (&self.name, &self.arguments, self.kind)
    }

    /// Whether a privilege on this name and these arguments is one on it.
    pub fn is_called(&self, name: &QName, arguments: &str) -> bool {
        self.name == *name && self.arguments == arguments
    }

    /// What calls of it look like.
    pub fn callee(&self) -> Callee {
        Callee::new(&self.name.name, &self.arguments, &self.definition)
    }

    /// `name(types)`, or the name of what nobody calls.
    pub fn signature(&self) -> String {
        match self.kind {
            RoutineKind::Function | RoutineKind::Procedure | RoutineKind::Aggregate => {
                format!("{}({})", self.name, self.arguments)
            }
            RoutineKind::Event => self.name.to_string(),
        }
    }
}

/// When a trigger fires, by the role that the session plays in replication
/// (PostgreSQL). Source: PostgreSQL manual, ALTER TABLE.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Firing {
    /// Where the change began: so it is unless somebody says otherwise.
    #[default]
    Origin,
    /// Never.
    Disabled,
    /// Where the change is replayed.
    Replica,
    /// Everywhere.
    Always,
}

impl Firing {
    /// The words of `ALTER TABLE` that bring it about.
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
    /// The statement as somebody wrote it.
    #[serde(default, skip_serializing_if = "Aside::is_none")]
    pub source: Source,
}

impl Trigger {
    /// A trigger that fires as any other, in the database's words.
    pub fn new(name: impl Into<String>, definition: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            definition: definition.into(),
            firing: Firing::Origin,
            comment: None,
            source: Aside(None),
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
    /// The statement as somebody wrote it.
    #[serde(default, skip_serializing_if = "Aside::is_none")]
    pub source: Source,
}

/// An object whose definition is a text.
pub trait Defined {
    /// The text that counts.
    fn definition(&self) -> &str;
    /// The text as somebody wrote it, where it is another.
    fn source(&self) -> Option<&str>;
    /// Sets both.
    fn define(&mut self, definition: String, source: Option<String>);

    /// The text after something that it names got another name: what servers do
    /// to the texts that they store.
    fn rename(&mut self, before: &str, after: &str) {
        let renamed = |text: &str| Expr::new(text).rename_column(before, after).0;
        let (definition, source) = (renamed(self.definition()), self.source().map(renamed));
        self.define(definition, source);
    }

    /// The text to create it by: as it was written, if that is known.
    fn statement(&self) -> &str {
        self.source().unwrap_or_else(|| self.definition())
    }
}

macro_rules! defined {
    ($($object:ty),+) => {$(
        impl Defined for $object {
            fn definition(&self) -> &str {
                &self.definition
            }

            fn source(&self) -> Option<&str> {
                self.source.0.as_deref()
            }

            fn define(&mut self, definition: String, source: Option<String>) {
                self.source = Aside(source.filter(|text| *text != definition));
                self.definition = definition;
            }
        }
    )+};
}

defined!(View, ViewIndex, Routine, Trigger, Policy);
