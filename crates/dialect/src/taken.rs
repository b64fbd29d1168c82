//! The names that an object occupies: an object of the same name must be dropped first.

use autogen_schema::{Constraint, Index, ObjectId, PrimaryKey, QName};

use crate::Dialect;

/// A name that only one object at a time can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TakenName {
    /// In a schema, among tables, views and all that share their namespace.
    Relation(QName),
    /// In a schema, among foreign keys.
    ForeignKey(QName),
    /// In a schema, among checks.
    Check(QName),
    /// In a schema, among routines: with two of one name, a call may be ambiguous.
    Routine(QName),
    /// On a table, among its constraints and indexes.
    Part(QName, String),
}

impl Dialect {
    /// The name of an object that is not part of a table, if it can conflict with others.
    ///
    /// Source: PostgreSQL manual, "`pg_class`" and "`pg_type`": tables, views, sequences and
    /// indexes share names, and each relation has a type of its name.
    pub fn taken(self, object: &ObjectId) -> Option<TakenName> {
        match object {
            ObjectId::Relation(name) | ObjectId::Sequence(name) | ObjectId::Type(name) => {
                Some(TakenName::Relation(name.clone()))
            }
            ObjectId::Routine(name, ..) => Some(TakenName::Routine(name.clone())),
            ObjectId::Schema(_)
            | ObjectId::Extension(_)
            | ObjectId::Collation(_)
            | ObjectId::Column(..)
            | ObjectId::Default(..)
            | ObjectId::Key(..)
            | ObjectId::Constraint(..)
            | ObjectId::Index(..)
            | ObjectId::Trigger(..)
            | ObjectId::Policy(..)
            | ObjectId::Statistics(_) => None,
        }
    }

    /// The names that a constraint occupies. A table has one primary key at a time, under any
    /// name.
    ///
    /// Sources: PostgreSQL manual, CREATE TABLE, `CONSTRAINT`; MySQL manual, "FOREIGN KEY
    /// Constraints" and "CHECK Constraints"; MariaDB's on the same.
    pub fn taken_by_constraint(self, table: &QName, constraint: &Constraint) -> Vec<TakenName> {
        let part = |name: &str| TakenName::Part(table.clone(), name.to_owned());
        let mut taken = Vec::new();
        if let Constraint::PrimaryKey(_) = constraint {
            taken.push(part(PrimaryKey::KIND));
        }
        let Some(name) = constraint.name().text() else { return taken };
        taken.push(part(name));
        let within = table.sibling(name);
        let relation = self.indexes_are_relations().then(|| TakenName::Relation(within.clone()));
        match constraint {
            Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::Exclusion(_) => {
                taken.extend(relation);
            }
            Constraint::ForeignKey(_) => {
                taken.extend(self.names_keys_once().then_some(TakenName::ForeignKey(within)));
            }
            Constraint::Check(_) => {
                taken.extend(self.names_checks_once().then_some(TakenName::Check(within)));
            }
        }
        taken
    }

    /// The names that an index occupies.
    pub fn taken_by_index(self, table: &QName, index: &Index) -> Vec<TakenName> {
        let Some(name) = index.name.text() else { return Vec::new() };
        let mut taken = vec![TakenName::Part(table.clone(), name.to_owned())];
        if self.indexes_are_relations() {
            taken.push(TakenName::Relation(table.sibling(name)));
        }
        taken
    }

    fn indexes_are_relations(self) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => true,
            Self::Mysql | Self::Mariadb => false,
        }
    }

    /// Whether foreign key names are unique in a schema.
    fn names_keys_once(self) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => false,
            Self::Mysql | Self::Mariadb => true,
        }
    }

    /// Whether check names are unique in a schema.
    fn names_checks_once(self) -> bool {
        match self {
            Self::Sqlite | Self::Postgres | Self::Mariadb => false,
            Self::Mysql => true,
        }
    }
}
