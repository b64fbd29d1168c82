//! InnoDB's algorithms for changing a table, and their locks.
//!
//! A statement names its algorithm and lock, so that the server rejects it instead of using a
//! worse one. The algorithm of each change was determined by trying all of them on MySQL 9.7
//! and MariaDB 10.11; for older versions it comes from [`Caps`].

use autogen_schema::{Column, ColumnType, GeneratedStorage, Index, IndexKey, Pair, Table};

use super::caps::Caps;
use super::{Flavor, charsets, types};
use crate::step::{Blocks, Cost, Effect, Work};

/// How a change is made, from the best algorithm to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Algorithm {
    /// Only the catalog changes; written as `ALGORITHM=INSTANT`.
    Instant,
    /// Only the catalog changes, but some servers call it INPLACE.
    Catalog,
    /// An index is built while reads and writes continue (MariaDB promises not to rebuild the
    /// table).
    Nocopy,
    /// The same, if the server has no word for it.
    Build,
    /// An index is built while writes wait.
    BuildShared,
    /// The table is rebuilt while reads and writes continue.
    Rebuild,
    /// The table is rebuilt while writes wait.
    RebuildShared,
    /// The rows are copied into a new table while writes wait.
    Copy,
}

impl Algorithm {
    /// The clauses of the statement.
    pub(super) fn clause(self) -> &'static str {
        match self {
            Self::Instant => "ALGORITHM=INSTANT",
            Self::Nocopy => "ALGORITHM=NOCOPY, LOCK=NONE",
            Self::Catalog | Self::Build | Self::Rebuild => "ALGORITHM=INPLACE, LOCK=NONE",
            Self::BuildShared | Self::RebuildShared => "ALGORITHM=INPLACE, LOCK=SHARED",
            Self::Copy => "ALGORITHM=COPY, LOCK=SHARED",
        }
    }

    /// What it does to the rows of the table.
    pub(super) fn work(self) -> Option<Work> {
        match self {
            Self::Copy => Some(Work::CopyTable),
            Self::BuildShared | Self::RebuildShared => Some(Work::SharedBuild),
            Self::Instant | Self::Nocopy | Self::Catalog | Self::Build | Self::Rebuild => None,
        }
    }

    /// Its lock and how long it is held.
    pub(super) fn effect(self) -> Effect {
        let (lock, blocks, cost) = match self {
            Self::Instant | Self::Catalog => {
                return BRIEF;
            }
            Self::Nocopy | Self::Build => ("LOCK=NONE", Blocks::Nothing, Cost::Scan),
            Self::BuildShared => ("LOCK=SHARED", Blocks::Writes, Cost::Scan),
            Self::Rebuild => ("LOCK=NONE", Blocks::Nothing, Cost::Rewrite),
            Self::RebuildShared | Self::Copy => ("LOCK=SHARED", Blocks::Writes, Cost::Rewrite),
        };
        Effect { lock, blocks, cost }
    }
}

/// The metadata lock that every change takes at its beginning and its end.
pub(super) const BRIEF: Effect =
    Effect { lock: "EXCLUSIVE metadata lock", blocks: Blocks::ReadsAndWrites, cost: Cost::Instant };

/// Rows are updated: writers of the same rows wait.
pub(super) const BACKFILL: Effect =
    Effect { lock: "row locks", blocks: Blocks::Nothing, cost: Cost::Rewrite };

/// Whether a table has full-text indexes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fulltext {
    Never,
    /// The last one was dropped; its hidden column stays until the table is rebuilt, and prevents
    /// instant changes of other columns. Found by experiment on MySQL 9.7 and MariaDB 10.11.
    Gone,
    There,
}

/// The properties of a table that determine the algorithm of a change.
#[derive(Clone, Copy)]
pub(super) struct TableState<'a> {
    pub(super) flavor: Flavor,
    pub(super) caps: &'a Caps,
    pub(super) table: &'a Table,
    pub(super) fulltext: Fulltext,
}

impl TableState<'_> {
    /// Whether a generated column rules out MariaDB's faster algorithms.
    fn has_generated(&self) -> bool {
        let indexed = |name: &str| self.table.indexes.iter().any(|index| index.uses(name));
        let heavy = |column: &Column| match column.generated.as_ref().map(|it| it.storage) {
            Some(GeneratedStorage::Stored) => true,
            Some(GeneratedStorage::Virtual) => indexed(&column.name),
            None => false,
        };
        self.flavor == Flavor::Mariadb && self.table.columns.iter().any(heavy)
    }

    /// Whether there is a virtual column after the named one, or anywhere. The servers treat one
    /// that moves as dropped and added.
    pub(super) fn virtual_behind(&self, name: Option<&str>) -> bool {
        let at = name.and_then(|name| self.table.columns.iter().position(|it| it.name == name));
        let behind = self.table.columns.iter().skip(at.map_or(0, |at| at + 1));
        behind.into_iter().any(is_virtual)
    }

    /// Whether this order moves a virtual column.
    fn moves_virtual(&self, order: &[String]) -> bool {
        let columns = self.table.columns.iter().enumerate();
        columns
            .filter(|(_, column)| is_virtual(column))
            .any(|(at, column)| order.get(at) != Some(&column.name))
    }

    fn has_fulltext(&self) -> bool {
        self.fulltext == Fulltext::There
    }

    /// Whether columns can be added and dropped only by rebuilding: after a full-text index, and
    /// with compressed pages.
    fn is_rigid(&self) -> bool {
        self.fulltext != Fulltext::Never
            || self.table.options.row_format.as_deref() == Some("COMPRESSED")
    }

    /// MySQL 9.7 and MariaDB have different names for the same algorithm.
    fn named(&self) -> Algorithm {
        if self.caps.instant_index_names { Algorithm::Instant } else { Algorithm::Catalog }
    }

    fn build(&self) -> Algorithm {
        if self.caps.nocopy { Algorithm::Nocopy } else { Algorithm::Build }
    }

    /// An in-place rebuild, unless a full-text index prevents it.
    pub(super) fn rebuild(&self) -> Algorithm {
        match self.flavor {
            Flavor::Mysql if self.has_fulltext() => Algorithm::Copy,
            Flavor::Mariadb if self.has_fulltext() => Algorithm::RebuildShared,
            Flavor::Mysql | Flavor::Mariadb => Algorithm::Rebuild,
        }
    }

    pub(super) fn add_column(&self, column: &Column) -> Algorithm {
        if column.identity.is_some() {
            return Algorithm::RebuildShared;
        }
        if column.generated.as_ref().is_some_and(|it| it.storage == GeneratedStorage::Stored) {
            return Algorithm::Copy;
        }
        let computed = match &column.default {
            Some(autogen_schema::Default::Expression(expr)) => {
                super::defaults::moment(expr.as_str()).is_none() && !expr.as_str().starts_with("b'")
            }
            Some(autogen_schema::Default::Literal(_)) | None => false,
        };
        let large = matches!(column.data_type, ColumnType::Text(_) | ColumnType::Json)
            && column.default.is_some();
        // If existing rows would get a zero date, which a strict server rejects if there are rows,
        // or an empty geometry.
        let nothing = !column.nullable
            && column.default.is_none()
            && column.generated.is_none()
            && types::begins_with_nothing(&column.data_type);
        match self.flavor {
            Flavor::Mysql if computed || large => Algorithm::Copy,
            Flavor::Mysql if nothing => self.rebuild(),
            // An expression that can give a different value for each row.
            Flavor::Mariadb if computed => Algorithm::Copy,
            Flavor::Mysql | Flavor::Mariadb if self.has_fulltext() => self.rebuild(),
            Flavor::Mariadb if self.has_generated() => Algorithm::RebuildShared,
            Flavor::Mysql | Flavor::Mariadb if self.is_rigid() && !is_virtual(column) => {
                self.rebuild()
            }
            Flavor::Mysql | Flavor::Mariadb => Algorithm::Instant,
        }
    }

    /// Whether InnoDB may cluster the table by the index: by the first unique one over required
    /// columns, where there is no primary key.
    ///
    /// Source: MySQL manual, "Clustered and Secondary Indexes".
    fn may_cluster(&self, index: &Index) -> bool {
        let required = |name: &str| self.table.column(name).is_some_and(|it| !it.nullable);
        self.table.primary_key.is_none()
            && index.unique
            && index.parts.iter().all(|part| match &part.key {
                IndexKey::Column(name) => part.prefix.is_none() && required(name),
                IndexKey::Expression(_) => false,
            })
    }

    fn clustering(&self) -> impl Iterator<Item = &Index> {
        self.table.indexes.iter().filter(|index| self.may_cluster(index))
    }

    pub(super) fn drop_column(&self, column: &Column) -> Algorithm {
        let name = &column.name;
        if self.clustering().any(|index| index.uses(name)) {
            return Algorithm::Copy;
        }
        let key = self.table.primary_key.as_ref();
        if key.is_some_and(|key| key.columns.iter().any(|part| part.column == *name))
            || self.has_fulltext()
        {
            return self.rebuild();
        }
        let storage = column.generated.as_ref().map(|it| it.storage);
        let stored = storage == Some(GeneratedStorage::Stored);
        let indexed = self.table.indexes.iter().any(|index| index.uses(name));
        let instant = self.caps.instant_drop_column;
        match self.flavor {
            Flavor::Mariadb if stored => Algorithm::RebuildShared,
            Flavor::Mariadb if self.has_generated() && storage.is_none() => Algorithm::Copy,
            Flavor::Mariadb if indexed && !self.is_rigid() => Algorithm::Nocopy,
            Flavor::Mysql if storage == Some(GeneratedStorage::Virtual) => {
                if indexed {
                    Algorithm::Build
                } else if self.virtual_behind(Some(name)) {
                    Algorithm::Catalog
                } else {
                    Algorithm::Instant
                }
            }
            Flavor::Mysql if indexed || !instant => Algorithm::Rebuild,
            Flavor::Mysql | Flavor::Mariadb if self.is_rigid() && storage.is_none() => {
                self.rebuild()
            }
            Flavor::Mysql | Flavor::Mariadb => Algorithm::Instant,
        }
    }

    /// `referenced`: whether a foreign key of another table references it.
    pub(super) fn rename_column(&self, referenced: bool) -> Algorithm {
        match self.flavor {
            Flavor::Mysql if referenced || !self.caps.instant_rename_column => Algorithm::Catalog,
            Flavor::Mysql | Flavor::Mariadb => Algorithm::Instant,
        }
    }

    pub(super) fn create_index(&self, index: &Index) -> Algorithm {
        let computed = index.parts.iter().any(|part| matches!(part.key, IndexKey::Expression(_)));
        match index.method.as_deref() {
            // The first one adds a hidden column.
            Some("fulltext") => Algorithm::RebuildShared,
            Some("spatial") => Algorithm::BuildShared,
            _ if computed => Algorithm::BuildShared,
            // The table is clustered by it from now on.
            _ if self.may_cluster(index) && self.clustering().next().is_none() => self.rebuild(),
            _ => self.build(),
        }
    }

    pub(super) fn drop_index(&self, index: &Index) -> Algorithm {
        match self.flavor {
            // The table is clustered in another way afterwards. MariaDB finds the next index of
            // the kind by itself.
            Flavor::Mysql if self.may_cluster(index) => Algorithm::Copy,
            Flavor::Mariadb if self.may_cluster(index) => match self.clustering().nth(1) {
                Some(_) => self.rebuild(),
                None => Algorithm::Copy,
            },
            Flavor::Mariadb => Algorithm::Nocopy,
            Flavor::Mysql => Algorithm::Catalog,
        }
    }

    /// A column that is added after the named one, or first.
    pub(super) fn add_between(&self, column: &Column, before: Option<&str>) -> Algorithm {
        let last = self.table.columns.last().map(|it| it.name.as_str());
        match self.flavor {
            Flavor::Mysql | Flavor::Mariadb if is_virtual(column) && before != last => {
                Algorithm::Copy
            }
            Flavor::Mariadb if self.virtual_behind(before) => Algorithm::Copy,
            Flavor::Mysql | Flavor::Mariadb => self.add_column(column),
        }
    }

    pub(super) fn reorder(&self, order: &[String]) -> Algorithm {
        match self.flavor {
            Flavor::Mariadb if self.moves_virtual(order) => Algorithm::Copy,
            Flavor::Mariadb if !self.has_generated() && !self.is_rigid() => Algorithm::Instant,
            Flavor::Mariadb if self.has_generated() => Algorithm::Copy,
            Flavor::Mysql | Flavor::Mariadb => self.rebuild(),
        }
    }

    pub(super) fn rename_index(&self) -> Algorithm {
        self.named()
    }

    pub(super) fn drop_foreign_key(&self) -> Algorithm {
        self.named()
    }

    pub(super) fn table_comment(&self) -> Algorithm {
        self.named()
    }

    pub(super) fn alter_column(&self, column: Pair<&Column>) -> Algorithm {
        let Pair { before, after } = column;
        let mut algorithm = self.change_type(column);
        if before.nullable != after.nullable {
            algorithm = algorithm.max(self.change_null(column));
        }
        if before.identity != after.identity {
            let quick = after.identity.is_none() && self.flavor == Flavor::Mariadb;
            algorithm = algorithm.max(if quick { Algorithm::Instant } else { Algorithm::Copy });
        }
        if before.generated != after.generated {
            algorithm = algorithm.max(self.recompute(after));
        }
        algorithm
    }

    fn change_null(&self, column: Pair<&Column>) -> Algorithm {
        let Pair { before, after } = column;
        let clusters = self.clustering().any(|index| index.uses(&before.name));
        // For MariaDB the default of a timestamp is never a constant.
        let timed = self.flavor == Flavor::Mariadb
            && !after.nullable
            && matches!(after.data_type, ColumnType::Timestamp { .. });
        match self.has_generated() || clusters || timed {
            true => Algorithm::Copy,
            false => self.rebuild(),
        }
    }

    /// Another expression of a generated column.
    fn recompute(&self, column: &Column) -> Algorithm {
        let computed = column.generated.as_ref().map(|it| it.storage);
        let indexed = self.table.indexes.iter().any(|index| index.uses(&column.name));
        match self.flavor {
            Flavor::Mariadb if computed == Some(GeneratedStorage::Virtual) && !indexed => {
                Algorithm::Instant
            }
            Flavor::Mysql | Flavor::Mariadb => Algorithm::Copy,
        }
    }

    fn change_type(&self, column: Pair<&Column>) -> Algorithm {
        let Pair { before, after } = column;
        let charset = |it: &Column| (it.charset.clone(), it.collation.clone());
        let recollated = charset(before) != charset(after);
        if before.data_type == after.data_type && !recollated {
            return Algorithm::Instant;
        }
        if recollated {
            return Algorithm::Copy;
        }
        match (&before.data_type, &after.data_type) {
            (ColumnType::InlineEnum(from), ColumnType::InlineEnum(to)) => {
                let bytes = |labels: &[String]| labels.len() > 255;
                appended(from, to, bytes(from) == bytes(to))
            }
            (ColumnType::Set(from), ColumnType::Set(to)) => {
                let bytes = |labels: &[String]| labels.len().div_ceil(8);
                appended(from, to, bytes(from) == bytes(to))
            }
            (ColumnType::Varchar(Some(from)), ColumnType::Varchar(Some(to))) if from <= to => {
                match self.keeps_length_byte(before, *from, *to) {
                    true => self.named_type(),
                    false => Algorithm::Copy,
                }
            }
            _other => Algorithm::Copy,
        }
    }

    /// The length of a value takes one byte up to 255 bytes of text, otherwise two. For an
    /// unknown character set, all usual ones are considered.
    fn keeps_length_byte(&self, column: &Column, before: u32, after: u32) -> bool {
        let collation = column.collation.as_ref().or(self.table.options.collation.as_ref());
        let widths: &[u32] = match collation.map(|it| charsets::charset_of(it)) {
            None => &[1, 3, 4],
            Some("utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030") => &[4],
            Some("utf8mb3" | "eucjpms" | "ujis") => &[3],
            Some("ucs2" | "big5" | "cp932" | "euckr" | "gb2312" | "gbk" | "sjis") => &[2],
            Some(_) => &[1],
        };
        widths.iter().all(|width| (before * width > 255) == (after * width > 255))
    }

    fn named_type(&self) -> Algorithm {
        match self.flavor {
            Flavor::Mariadb => Algorithm::Instant,
            Flavor::Mysql => Algorithm::Catalog,
        }
    }

    /// Another collation or character set of the table, for future columns.
    pub(super) fn table_collation(&self) -> Algorithm {
        self.named()
    }

    /// Whether text columns of the table follow a change of its character set.
    pub(super) fn has_text(&self) -> bool {
        self.table.columns.iter().any(|column| types::has_charset(&column.data_type))
    }
}

/// Labels appended at the end change only the catalog, if the storage size is the same.
fn appended(before: &[String], after: &[String], same_width: bool) -> Algorithm {
    if after.starts_with(before) && same_width { Algorithm::Instant } else { Algorithm::Copy }
}

/// Whether a column is computed when it is read.
pub(super) fn is_virtual(column: &Column) -> bool {
    column.generated.as_ref().is_some_and(|it| it.storage == GeneratedStorage::Virtual)
}
