//! What each server version supports: one table.
//!
//! Sources: MySQL manual, 17.12.1 "Online DDL Operations" and the release notes of 8.0;
//! MariaDB's "InnoDB Online DDL Overview" and release notes; experiments on MySQL 9.7 and
//! MariaDB 10.11.

use serde::Serialize;

use super::Flavor;

/// What a server supports from some version on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Caps {
    /// The server of the version.
    pub flavor: Flavor,
    /// The first version, as `major * 10000 + minor * 100 + patch`.
    pub since: u32,
    /// The version for people.
    pub version: &'static str,
    /// `ADD COLUMN .., ALGORITHM=INSTANT` at the end of the table.
    pub instant_add_column: bool,
    /// `DROP COLUMN .., ALGORITHM=INSTANT`.
    pub instant_drop_column: bool,
    /// `RENAME COLUMN .., ALGORITHM=INSTANT`.
    pub instant_rename_column: bool,
    /// Renaming an index changes only the catalog, without an explicit algorithm (MariaDB).
    pub instant_index_names: bool,
    /// `ALGORITHM=NOCOPY`.
    pub nocopy: bool,
    /// Indexes on expressions.
    pub functional_indexes: bool,
    /// Indexes that are stored in descending order.
    pub descending_indexes: bool,
    /// Columns that `SELECT *` does not show.
    pub invisible_columns: bool,
    /// Indexes that query plans ignore.
    pub invisible_indexes: bool,
    /// Checks that can be disabled.
    pub check_enforcement: bool,
    /// The type `vector`.
    pub vectors: bool,
    /// Foreign keys must reference all columns of a unique key
    /// (`restrict_fk_on_non_standard_key`).
    pub unique_references: bool,
    /// How often `ALGORITHM=INSTANT` can add or drop columns before the table must be rebuilt, if
    /// there is a limit.
    pub row_versions: Option<u32>,
}

const MYSQL_8_0: Caps = Caps {
    flavor: Flavor::Mysql,
    since: 80_016,
    version: "8.0.16",
    instant_add_column: true,
    instant_drop_column: false,
    instant_rename_column: false,
    instant_index_names: false,
    nocopy: false,
    functional_indexes: true,
    descending_indexes: true,
    invisible_columns: false,
    invisible_indexes: true,
    check_enforcement: true,
    vectors: false,
    unique_references: false,
    row_versions: None,
};

const MARIADB_10_6: Caps = Caps {
    flavor: Flavor::Mariadb,
    since: 100_600,
    version: "10.6",
    instant_add_column: true,
    instant_drop_column: true,
    instant_rename_column: true,
    instant_index_names: true,
    nocopy: true,
    functional_indexes: false,
    descending_indexes: false,
    invisible_columns: true,
    invisible_indexes: true,
    check_enforcement: false,
    vectors: false,
    unique_references: false,
    row_versions: None,
};

/// The versions with changes, the oldest first.
pub const TABLE: [Caps; 9] = [
    MYSQL_8_0,
    Caps { since: 80_023, version: "8.0.23", invisible_columns: true, ..MYSQL_8_0 },
    Caps {
        since: 80_029,
        version: "8.0.29",
        invisible_columns: true,
        instant_drop_column: true,
        instant_rename_column: true,
        row_versions: Some(64),
        ..MYSQL_8_0
    },
    Caps {
        since: 80_400,
        version: "8.4",
        invisible_columns: true,
        instant_drop_column: true,
        instant_rename_column: true,
        unique_references: true,
        row_versions: Some(64),
        ..MYSQL_8_0
    },
    Caps {
        since: 90_100,
        version: "9.1",
        invisible_columns: true,
        instant_drop_column: true,
        instant_rename_column: true,
        vectors: true,
        unique_references: true,
        row_versions: Some(255),
        ..MYSQL_8_0
    },
    MARIADB_10_6,
    Caps { since: 100_800, version: "10.8", descending_indexes: true, ..MARIADB_10_6 },
    Caps { since: 101_100, version: "10.11", descending_indexes: true, ..MARIADB_10_6 },
    Caps {
        since: 110_700,
        version: "11.7",
        descending_indexes: true,
        vectors: true,
        ..MARIADB_10_6
    },
];

impl Caps {
    /// Each capability and its value in this version, for people.
    pub fn abilities(&self) -> Vec<(&'static str, String)> {
        let yes = |can: bool| if can { "yes" } else { "no" }.to_owned();
        let versions = match self.row_versions {
            Some(most) => format!("{most} times"),
            None => "no limit".to_owned(),
        };
        vec![
            ("ADD COLUMN at once", yes(self.instant_add_column)),
            ("DROP COLUMN at once", yes(self.instant_drop_column)),
            ("RENAME COLUMN at once", yes(self.instant_rename_column)),
            ("before a rebuild", versions),
            ("RENAME INDEX at once", yes(self.instant_index_names)),
            ("ALGORITHM=NOCOPY", yes(self.nocopy)),
            ("indexes over expressions", yes(self.functional_indexes)),
            ("descending indexes", yes(self.descending_indexes)),
            ("invisible columns", yes(self.invisible_columns)),
            ("invisible indexes", yes(self.invisible_indexes)),
            ("checks NOT ENFORCED", yes(self.check_enforcement)),
            ("type vector", yes(self.vectors)),
            ("unique parent keys only", yes(self.unique_references)),
        ]
    }
}

/// What a server supports; without a version, what every supported one does.
pub fn caps(flavor: Flavor, version: Option<u32>) -> Caps {
    let oldest = match flavor {
        Flavor::Mysql => MYSQL_8_0,
        Flavor::Mariadb => MARIADB_10_6,
    };
    let fits = |it: &&Caps| it.flavor == flavor && version.is_some_and(|at| it.since <= at);
    TABLE.iter().filter(fits).max_by_key(|it| it.since).copied().unwrap_or(oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_that_fits() {
        assert_eq!(caps(Flavor::Mysql, Some(90_704)).version, "9.1");
        assert_eq!(caps(Flavor::Mysql, Some(80_028)).version, "8.0.23");
        assert_eq!(caps(Flavor::Mariadb, Some(101_119)).version, "10.11");
        assert_eq!(caps(Flavor::Mariadb, None).version, "10.6");
    }
}
