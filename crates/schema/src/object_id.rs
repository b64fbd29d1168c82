//! The name of any object of a schema, or of a part of one.

use std::collections::BTreeSet;
use std::fmt;

use crate::{
    Check, Constraint, Expr, Index, IndexKey, IndexPart, KeyPart, Name, QName, Routine, RoutineKind,
};

/// Names any object of a schema, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectId {
    /// A schema of the server.
    Schema(String),
    /// An extension.
    Extension(String),
    /// A collation.
    Collation(QName),
    /// An enum or a domain.
    Type(QName),
    /// A sequence.
    Sequence(QName),
    /// A table, a partition or a view.
    Relation(QName),
    /// A column of a relation.
    Column(QName, String),
    /// The default of a column of a relation; that of a domain has no column.
    Default(QName, String),
    /// Columns of a table, sorted, that are unique together: what foreign keys reference.
    Key(QName, Vec<String>),
    /// A constraint of a table or domain, by its name, or by its definition where it has none.
    Constraint(QName, String),
    /// An index of a table, by its name, or by its definition where it has none.
    Index(QName, String),
    /// A trigger of a relation.
    Trigger(QName, String),
    /// A policy of a relation.
    Policy(QName, String),
    /// Extended statistics.
    Statistics(QName),
    /// A routine, with the types of its arguments.
    Routine(QName, String, RoutineKind),
}

impl ObjectId {
    /// A column.
    pub fn column(table: &QName, column: &str) -> Self {
        Self::Column(table.clone(), column.to_owned())
    }

    /// A routine.
    pub fn routine(routine: &Routine) -> Self {
        Self::Routine(routine.name.clone(), routine.arguments.clone(), routine.kind)
    }

    /// A constraint of a table.
    pub fn constraint(table: &QName, constraint: &Constraint) -> Self {
        let label = label(constraint.name(), || match constraint {
            Constraint::PrimaryKey(it) => format!("primary key {}", columns(&it.columns)),
            Constraint::Unique(it) => format!("unique {}", columns(&it.columns)),
            Constraint::ForeignKey(it) => {
                format!("foreign key {} {}", it.columns.join(" "), it.references)
            }
            Constraint::Check(it) => format!("check {}", it.expr),
            Constraint::Exclusion(it) => {
                format!("exclude {}", parts(it.elements.iter().map(|(part, _)| part)))
            }
        });
        Self::Constraint(table.clone(), label)
    }

    /// An index of a table.
    pub fn index(table: &QName, index: &Index) -> Self {
        let predicate = index.predicate.as_ref().map_or("", Expr::as_str);
        let described = || format!("index {} {predicate}", parts(index.parts.iter()));
        Self::Index(table.clone(), label(&index.name, described))
    }

    /// The id of a unique key's columns, in any order, as foreign keys reference them.
    pub fn key<'c>(table: &QName, columns: impl Iterator<Item = &'c String>) -> Self {
        let sorted: BTreeSet<&String> = columns.collect();
        Self::Key(table.clone(), sorted.into_iter().cloned().collect())
    }

    /// The default of a domain.
    pub fn domain_default(domain: &QName) -> Self {
        Self::Default(domain.clone(), String::new())
    }

    /// A check of a domain.
    pub fn domain_check(domain: &QName, check: &Check) -> Self {
        Self::constraint(domain, &Constraint::Check(check.clone()))
    }

    /// The relation or domain that it is a part of.
    pub fn relation(&self) -> Option<&QName> {
        match self {
            Self::Column(name, _)
            | Self::Default(name, _)
            | Self::Key(name, _)
            | Self::Constraint(name, _)
            | Self::Index(name, _)
            | Self::Trigger(name, _)
            | Self::Policy(name, _) => Some(name),
            Self::Schema(_)
            | Self::Extension(_)
            | Self::Collation(_)
            | Self::Type(_)
            | Self::Sequence(_)
            | Self::Relation(_)
            | Self::Statistics(_)
            | Self::Routine(..) => None,
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(name) | Self::Extension(name) => f.write_str(name),
            Self::Collation(name)
            | Self::Type(name)
            | Self::Sequence(name)
            | Self::Relation(name)
            | Self::Statistics(name) => write!(f, "{name}"),
            Self::Column(name, part)
            | Self::Default(name, part)
            | Self::Constraint(name, part)
            | Self::Index(name, part)
            | Self::Trigger(name, part)
            | Self::Policy(name, part) => write!(f, "{name}.{part}"),
            Self::Key(name, columns) => write!(f, "{name}({})", columns.join(", ")),
            Self::Routine(name, arguments, _) => write!(f, "{name}({arguments})"),
        }
    }
}

fn label(name: &Name, described: impl FnOnce() -> String) -> String {
    name.text().map_or_else(described, str::to_owned)
}

fn columns(parts: &[KeyPart]) -> String {
    parts.iter().map(|it| it.column.as_str()).collect::<Vec<_>>().join(" ")
}

fn parts<'p>(parts: impl Iterator<Item = &'p IndexPart>) -> String {
    let text = |part: &'p IndexPart| match &part.key {
        IndexKey::Column(name) => name.as_str(),
        IndexKey::Expression(expr) => expr.as_str(),
    };
    parts.map(text).collect::<Vec<_>>().join(" ")
}
