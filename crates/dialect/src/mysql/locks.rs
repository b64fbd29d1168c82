//! The ways in which InnoDB changes a table, and what each locks.
//!
//! A statement says its algorithm and lock, so that the server refuses where it
//! would have to do worse. Which way each change takes was asked of MySQL 9.7
//! and MariaDB 10.11 by trying all of them; older versions by [`Caps`].

use autogen_schema::{
    Column, ColumnType, GeneratedStorage, Index, IndexKey, IndexPart, Pair, Table,
};

use super::caps::Caps;
use super::{Flavor, charsets, types};
use crate::step::{Blocks, Cost, Effect, Work};

/// How a change is made, from the best way to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Only the catalog changes; said as `ALGORITHM=INSTANT`.
    Instant,
    /// Only the catalog changes, but older or other servers call it INPLACE.
    Catalog,
    /// An index is built beside the table while everybody goes on (MariaDB
    /// promises not to rebuild the table).
    Nocopy,
    /// The same, where the server has no word for it.
    Build,
    /// An index is built while nobody writes.
    BuildShared,
    /// The table is built anew while everybody goes on.
    Rebuild,
    /// The table is built anew while nobody writes.
    RebuildShared,
    /// The rows are copied into a new table while nobody writes.
    Copy,
}

impl Way {
    /// What the statement says.
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

    /// What it locks, and for how long.
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

/// Full-text indexes, as far as a table has them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fulltext {
    Never,
    /// The last one is gone; the hidden column that it needed stays until the
    /// table is built anew, and keeps others from coming and going at once.
    /// Asked of MySQL 9.7 and MariaDB 10.11.
    Gone,
    There,
}

/// A table as far as it decides on the way of a change.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) flavor: Flavor,
    pub(super) caps: &'a Caps,
    pub(super) table: &'a Table,
    pub(super) fulltext: Fulltext,
}

impl Ground<'_> {
    /// Whether MariaDB loses its quick ways over a generated column.
    fn has_generated(&self) -> bool {
        let indexed = |name: &str| self.table.indexes.iter().any(|index| index.uses(name));
        let heavy = |column: &Column| match column.generated.as_ref().map(|it| it.storage) {
            Some(GeneratedStorage::Stored) => true,
            Some(GeneratedStorage::Virtual) => indexed(&column.name),
            None => false,
        };
        self.flavor == Flavor::Mariadb && self.table.columns.iter().any(heavy)
    }

    /// Whether a virtual column stands behind the named one, or anywhere. The
    /// servers take one that gets another place for one that goes and comes.
    pub(super) fn virtual_behind(&self, name: Option<&str>) -> bool {
        let at = name.and_then(|name| self.table.columns.iter().position(|it| it.name == name));
        let behind = self.table.columns.iter().skip(at.map_or(0, |at| at + 1));
        behind.into_iter().any(is_virtual)
    }

    /// Whether a virtual column gets another place in this order.
    fn moves_virtual(&self, order: &[String]) -> bool {
        let columns = self.table.columns.iter().enumerate();
        columns.filter(|(_, it)| is_virtual(it)).any(|(at, it)| order.get(at) != Some(&it.name))
    }

    fn has_fulltext(&self) -> bool {
        self.fulltext == Fulltext::There
    }

    /// Whether columns come and go only with the whole table: behind a full-text
    /// index, and where pages are compressed.
    fn is_rigid(&self) -> bool {
        self.fulltext != Fulltext::Never
            || self.table.options.row_format.as_deref() == Some("COMPRESSED")
    }

    /// MySQL 9.7 and MariaDB differ in the name of the same thing.
    fn named(&self) -> Way {
        if self.caps.instant_index_names { Way::Instant } else { Way::Catalog }
    }

    fn build(&self) -> Way {
        if self.caps.nocopy { Way::Nocopy } else { Way::Build }
    }

    /// A rebuild in place, where no full-text index stands in its way.
    pub(super) fn rebuild(&self) -> Way {
        match self.flavor {
            Flavor::Mysql if self.has_fulltext() => Way::Copy,
            Flavor::Mariadb if self.has_fulltext() => Way::RebuildShared,
            Flavor::Mysql | Flavor::Mariadb => Way::Rebuild,
        }
    }

    pub(super) fn add_column(&self, column: &Column) -> Way {
        if column.identity.is_some() {
            return Way::RebuildShared;
        }
        if column.generated.as_ref().is_some_and(|it| it.storage == GeneratedStorage::Stored) {
            return Way::Copy;
        }
        let computed = match &column.default {
            Some(autogen_schema::Default::Expression(expr)) => {
                super::defaults::moment(expr.as_str()).is_none() && !expr.as_str().starts_with("b'")
            }
            Some(autogen_schema::Default::Literal(_)) | None => false,
        };
        let large = matches!(column.data_type, ColumnType::Text(_) | ColumnType::Json)
            && column.default.is_some();
        // With no value to begin with but a zero date, which a strict server
        // takes for no row, or an empty geometry.
        let nothing = !column.nullable
            && column.default.is_none()
            && column.generated.is_none()
            && types::begins_with_nothing(&column.data_type);
        match self.flavor {
            Flavor::Mysql if computed || large => Way::Copy,
            Flavor::Mysql if nothing => self.rebuild(),
            // An expression that can give a different value for each row.
            Flavor::Mariadb if computed => Way::Copy,
            Flavor::Mysql | Flavor::Mariadb if self.has_fulltext() => self.rebuild(),
            Flavor::Mariadb if self.has_generated() => Way::RebuildShared,
            Flavor::Mysql | Flavor::Mariadb if self.is_rigid() && !is_virtual(column) => {
                self.rebuild()
            }
            Flavor::Mysql | Flavor::Mariadb => Way::Instant,
        }
    }

    pub(super) fn drop_column(&self, column: &Column) -> Way {
        let name = &column.name;
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
            Flavor::Mariadb if stored => Way::RebuildShared,
            Flavor::Mariadb if self.has_generated() && storage.is_none() => Way::Copy,
            Flavor::Mariadb if indexed && !self.is_rigid() => Way::Nocopy,
            Flavor::Mysql if storage == Some(GeneratedStorage::Virtual) => {
                if indexed {
                    Way::Build
                } else if self.virtual_behind(Some(name)) {
                    Way::Catalog
                } else {
                    Way::Instant
                }
            }
            Flavor::Mysql if indexed || !instant => Way::Rebuild,
            Flavor::Mysql | Flavor::Mariadb if self.is_rigid() && storage.is_none() => {
                self.rebuild()
            }
            Flavor::Mysql | Flavor::Mariadb => Way::Instant,
        }
    }

    /// `referenced` tells whether a foreign key of another table points at it.
    pub(super) fn rename_column(&self, referenced: bool) -> Way {
        match self.flavor {
            Flavor::Mysql if referenced || !self.caps.instant_rename_column => Way::Catalog,
            Flavor::Mysql | Flavor::Mariadb => Way::Instant,
        }
    }

    pub(super) fn create_index(&self, index: &Index) -> Way {
        let computed = index.parts.iter().any(|part| matches!(part.key, IndexKey::Expression(_)));
        match index.method.as_deref() {
            // The first one adds a hidden column.
            Some("fulltext") => Way::RebuildShared,
            Some("spatial") => Way::BuildShared,
            _ if computed => Way::BuildShared,
            _ if self.clusters(index) && !self.table.indexes.iter().any(|it| self.clusters(it)) => {
                self.rebuild()
            }
            _ => self.build(),
        }
    }

    /// Whether InnoDB may keep the rows in the order of this index: a unique one over
    /// required columns, where there is no primary key.
    /// Source: MySQL manual, 17.6.2.1 "Clustered and Secondary Indexes".
    fn clusters(&self, index: &Index) -> bool {
        let required = |part: &IndexPart| match &part.key {
            IndexKey::Column(name) => {
                part.prefix.is_none() && self.table.column(name).is_some_and(|it| !it.nullable)
            }
            IndexKey::Expression(_) => false,
        };
        index.unique && self.table.primary_key.is_none() && index.parts.iter().all(required)
    }

    pub(super) fn drop_index(&self, index: &Index) -> Way {
        match self.flavor {
            Flavor::Mysql | Flavor::Mariadb if self.clusters(index) => Way::Copy,
            Flavor::Mariadb => Way::Nocopy,
            Flavor::Mysql => Way::Catalog,
        }
    }

    /// A column that is put between others, behind the named one or first.
    pub(super) fn add_between(&self, column: &Column, before: Option<&str>) -> Way {
        let last = self.table.columns.last().map(|it| it.name.as_str());
        match self.flavor {
            Flavor::Mysql | Flavor::Mariadb if is_virtual(column) && before != last => Way::Copy,
            Flavor::Mariadb if self.virtual_behind(before) => Way::Copy,
            Flavor::Mysql | Flavor::Mariadb => self.add_column(column),
        }
    }

    pub(super) fn reorder(&self, order: &[String]) -> Way {
        match self.flavor {
            Flavor::Mariadb if self.moves_virtual(order) => Way::Copy,
            Flavor::Mariadb if !self.has_generated() && !self.is_rigid() => Way::Instant,
            Flavor::Mariadb if self.has_generated() => Way::Copy,
            Flavor::Mysql | Flavor::Mariadb => self.rebuild(),
        }
    }

    pub(super) fn rename_index(&self) -> Way {
        self.named()
    }

    pub(super) fn drop_foreign_key(&self) -> Way {
        self.named()
    }

    pub(super) fn table_comment(&self) -> Way {
        self.named()
    }

    pub(super) fn alter_column(&self, column: Pair<&Column>) -> Way {
        let Pair { before, after } = column;
        let mut way = self.change_type(column);
        if before.nullable != after.nullable {
            let leaves =
                self.table.indexes.iter().any(|it| it.uses(&before.name) && self.clusters(it));
            let worse = if self.has_generated() || leaves { Way::Copy } else { self.rebuild() };
            way = way.max(worse);
        }
        if before.identity != after.identity {
            let quick = after.identity.is_none() && self.flavor == Flavor::Mariadb;
            way = way.max(if quick { Way::Instant } else { Way::Copy });
        }
        if before.generated != after.generated {
            way = way.max(self.recompute(after));
        }
        way
    }

    /// Another expression of a generated column.
    fn recompute(&self, column: &Column) -> Way {
        let computed = column.generated.as_ref().map(|it| it.storage);
        let indexed = self.table.indexes.iter().any(|index| index.uses(&column.name));
        match self.flavor {
            Flavor::Mariadb if computed == Some(GeneratedStorage::Virtual) && !indexed => {
                Way::Instant
            }
            Flavor::Mysql | Flavor::Mariadb => Way::Copy,
        }
    }

    fn change_type(&self, column: Pair<&Column>) -> Way {
        let Pair { before, after } = column;
        let charset = |it: &Column| (it.charset.clone(), it.collation.clone());
        let recollated = charset(before) != charset(after);
        if before.data_type == after.data_type && !recollated {
            return Way::Instant;
        }
        if recollated {
            return Way::Copy;
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
                    false => Way::Copy,
                }
            }
            _other => Way::Copy,
        }
    }

    /// The length of a value takes one byte up to 255 bytes of text, else two.
    /// Where the character set is not known here, all usual ones count.
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

    fn named_type(&self) -> Way {
        match self.flavor {
            Flavor::Mariadb => Way::Instant,
            Flavor::Mysql => Way::Catalog,
        }
    }

    /// Another collation or character set of the table, for columns to come.
    pub(super) fn table_collation(&self) -> Way {
        self.named()
    }

    /// Whether text columns of the table follow a change of its character set.
    pub(super) fn has_text(&self) -> bool {
        self.table.columns.iter().any(|column| types::has_charset(&column.data_type))
    }
}

/// New labels at the end only touch the catalog, while the width stays.
fn appended(before: &[String], after: &[String], same_width: bool) -> Way {
    if after.starts_with(before) && same_width { Way::Instant } else { Way::Copy }
}

/// Whether a column is computed when it is read.
pub(super) fn is_virtual(column: &Column) -> bool {
    column.generated.as_ref().is_some_and(|it| it.storage == GeneratedStorage::Virtual)
}
