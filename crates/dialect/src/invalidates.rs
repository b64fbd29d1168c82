//! Which dependents of an object a change invalidates: they must be dropped before the change
//! and recreated after it.

use std::collections::BTreeSet;

use autogen_schema::{Column, ColumnType, Pair, TableOptions};

use crate::mysql::{self, Flavor};
use crate::{DependencyKind, Dialect, postgres};

impl Dialect {
    /// The kinds of dependents that a change of a column invalidates, if the database makes the
    /// change in place; `options` are those of its table, `server` is the version, if known.
    pub fn invalidates(
        self,
        column: Pair<&Column>,
        options: Pair<&TableOptions>,
        server: Option<u32>,
    ) -> BTreeSet<DependencyKind> {
        match self {
            Self::Postgres => postgres::invalidates::column(column, server),
            Self::Mysql => mysql::invalidates::column(Flavor::Mysql, column, options),
            Self::Mariadb => mysql::invalidates::column(Flavor::Mariadb, column, options),
            // The table is copied into a new one, with everything on it.
            Self::Sqlite => BTreeSet::new(),
        }
    }

    /// Whether a column that is generated afterwards stays through the change, so that it is not
    /// dropped and added; `invalid`: whether what it is computed from changes.
    pub fn keeps_generated(
        self,
        column: Pair<&Column>,
        invalid: bool,
        server: Option<u32>,
    ) -> bool {
        match self {
            Self::Sqlite | Self::Mysql | Self::Mariadb => true,
            Self::Postgres => postgres::invalidates::keeps_generated(column, invalid, server),
        }
    }

    /// The kinds of dependents that a change of type invalidates.
    pub fn invalidated_by_type(self, types: Pair<&ColumnType>) -> BTreeSet<DependencyKind> {
        match self {
            Self::Postgres => postgres::invalidates::data_type(types),
            Self::Mysql | Self::Mariadb | Self::Sqlite => BTreeSet::new(),
        }
    }
}
