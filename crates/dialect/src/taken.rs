//! The names that an object takes: what bears one has to be gone before another can.

use autogen_schema::{Constraint, Index, ObjectId, PrimaryKey, QName};

use crate::Dialect;

/// A name that one object at a time can bear.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TakenName {
    /// In a schema, among tables, views and all that has its names from the same list.
    Relation(QName),
    /// In a schema, among foreign keys.
    ForeignKey(QName),
    /// In a schema, among checks.
    Check(QName),
    /// In a schema, among routines: two of one name at once may leave a call unclear.
    Routine(QName),
    /// On a table, among its constraints and indexes.
    Part(QName, String),
}

impl Dialect {
    /// The name of an object that is no part of a table, if others may be in its way.
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

    /// The names that a constraint takes. There is one primary key at a time, whatever it
    /// is called.
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

    /// The names that an index takes.
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

    /// Whether the foreign keys of all tables of a schema share their names.
    fn names_keys_once(self) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => false,
            Self::Mysql | Self::Mariadb => true,
        }
    }

    /// Whether the checks of all tables of a schema share their names.
    fn names_checks_once(self) -> bool {
        match self {
            Self::Sqlite | Self::Postgres | Self::Mariadb => false,
            Self::Mysql => true,
        }
    }
}
