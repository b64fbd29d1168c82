//! The rule for each pair of types: what a change of type does to existing values.
//! `docs/type-changes.md` is written from it.

use autogen_schema::ColumnType;

use crate::mysql::{self, Flavor};
use crate::{Dialect, postgres, sqlite};

/// What a change of type does to values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeRule {
    /// The rows are unchanged.
    Free,
    /// Every row is rewritten, and no value is lost.
    Converted,
    /// Values may not fit, or lose something; a probe finds such values, and the migration is
    /// refused if there are any.
    Checked,
    /// Values may not fit, and no query can find them; a hazard warns about it.
    Announced,
    /// There is no conversion; the user has to provide one (`#[autogen(using = "..")]`).
    Impossible,
}

impl Dialect {
    /// The rule for a change from one type to the other.
    pub fn type_rule(self, before: &ColumnType, after: &ColumnType) -> TypeRule {
        let flavor = match self {
            Self::Sqlite | Self::Postgres => None,
            Self::Mysql => Some(Flavor::Mysql),
            Self::Mariadb => Some(Flavor::Mariadb),
        };
        if let Some(flavor) = flavor {
            let canonical = |it| mysql::types::canonical(flavor, it);
            return self.canonical_rule(&canonical(before), &canonical(after));
        }
        self.canonical_rule(before, after)
    }

    fn canonical_rule(self, before: &ColumnType, after: &ColumnType) -> TypeRule {
        let (free, possible) = match self {
            Self::Sqlite => (false, true),
            Self::Mysql | Self::Mariadb => mysql::convert::how(before, after),
            Self::Postgres => postgres::convert::how(before, after),
        };
        if before == after || free {
            return TypeRule::Free;
        }
        if !possible {
            return TypeRule::Impossible;
        }
        if !self.is_lossy(before, after) {
            return TypeRule::Converted;
        }
        let misfit = match self {
            Self::Sqlite => sqlite::convert::misfit("value", before, after),
            Self::Postgres => postgres::convert::misfit("value", before, after),
            Self::Mysql | Self::Mariadb => mysql::convert::misfit("value", before, after),
        };
        if misfit.is_some() || after.enum_name().is_some() {
            TypeRule::Checked
        } else {
            TypeRule::Announced
        }
    }
}
