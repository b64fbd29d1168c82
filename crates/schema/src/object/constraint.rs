//! Constraints: primary keys, uniques, foreign keys, checks, exclusions.

use serde::{Deserialize, Serialize};

use crate::{Callee, Expr, IndexPart, Name, QName};

/// When a deferrable constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum Deferrable {
    InitiallyImmediate,
    InitiallyDeferred,
}

/// SQLite's `ON CONFLICT` clause of a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum ConflictAction {
    Rollback,
    Abort,
    Fail,
    Ignore,
    Replace,
}

/// What happens to referencing rows when the referenced row is deleted or updated.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum FkAction {
    #[default]
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

/// How NULLs in a composite foreign key match.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "SQL's own words")]
pub enum FkMatch {
    #[default]
    Simple,
    Full,
    Partial,
}

/// A column of a primary key or unique constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyPart {
    /// The column.
    pub column: String,
    /// `DESC` (SQLite, MySQL).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
    /// The collation (SQLite), where it is not the column's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// The prefix length (MySQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<u32>,
}

impl KeyPart {
    /// A plain column.
    pub fn new(column: impl Into<String>) -> Self {
        Self { column: column.into(), descending: false, collation: None, prefix: None }
    }
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// Its name.
    pub name: Name,
    /// Its columns in key order.
    pub columns: Vec<KeyPart>,
    /// PostgreSQL `INCLUDE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether its check can wait for the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// SQLite `ON CONFLICT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<ConflictAction>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl PrimaryKey {
    /// The word for its kind, in the database's terms.
    pub const KIND: &'static str = "primary key";

    /// A plain primary key.
    pub fn new(name: Name, columns: &[&str]) -> Self {
        Self {
            name,
            columns: columns.iter().map(|c| KeyPart::new(*c)).collect(),
            include: Vec::new(),
            deferrable: None,
            on_conflict: None,
            comment: None,
        }
    }

    /// Whether they differ in nothing but their name and comment.
    pub fn same_structure(&self, other: &Self) -> bool {
        let Self { name: _, columns, include, deferrable, on_conflict, comment: _ } = self;
        *columns == other.columns
            && *include == other.include
            && *deferrable == other.deferrable
            && *on_conflict == other.on_conflict
    }
}

/// A unique constraint (not a unique index).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unique {
    /// Its name.
    pub name: Name,
    /// Its columns in key order.
    pub columns: Vec<KeyPart>,
    /// PostgreSQL `INCLUDE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// PostgreSQL `NULLS NOT DISTINCT`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// Whether its check can wait for the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// SQLite `ON CONFLICT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<ConflictAction>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Unique {
    /// The word for its kind, in the database's terms.
    pub const KIND: &'static str = "unique constraint";

    /// A plain unique constraint.
    pub fn new(name: Name, columns: &[&str]) -> Self {
        Self {
            name,
            columns: columns.iter().map(|c| KeyPart::new(*c)).collect(),
            include: Vec::new(),
            nulls_not_distinct: false,
            deferrable: None,
            on_conflict: None,
            comment: None,
        }
    }

    /// Whether they differ in nothing but their name and comment.
    pub fn same_structure(&self, other: &Self) -> bool {
        let Self {
            name: _,
            columns,
            include,
            nulls_not_distinct,
            deferrable,
            on_conflict,
            comment: _,
        } = self;
        *columns == other.columns
            && *include == other.include
            && *nulls_not_distinct == other.nulls_not_distinct
            && *deferrable == other.deferrable
            && *on_conflict == other.on_conflict
    }
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Its name.
    pub name: Name,
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The referenced table.
    pub references: QName,
    /// The referenced columns, in the order of `columns`; empty for the
    /// referenced table's primary key, as SQLite allows.
    pub referenced_columns: Vec<String>,
    /// `ON DELETE`.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub on_delete: FkAction,
    /// `ON UPDATE`.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub on_update: FkAction,
    /// PostgreSQL 15: the columns of `ON DELETE SET NULL (..)`; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_columns: Vec<String>,
    /// `MATCH`.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub match_type: FkMatch,
    /// Whether its check can wait for the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// PostgreSQL `NOT VALID`: existing rows are not checked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_valid: bool,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl ForeignKey {
    /// The word for its kind, in the database's terms.
    pub const KIND: &'static str = "foreign key";

    /// A plain foreign key.
    pub fn new(name: Name, columns: &[&str], references: QName, referenced: &[&str]) -> Self {
        Self {
            name,
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            references,
            referenced_columns: referenced.iter().map(|c| (*c).to_owned()).collect(),
            on_delete: FkAction::NoAction,
            on_update: FkAction::NoAction,
            set_columns: Vec::new(),
            match_type: FkMatch::Simple,
            deferrable: None,
            not_valid: false,
            comment: None,
        }
    }

    /// Whether they connect the same columns.
    pub fn same_ends(&self, other: &Self) -> bool {
        self.columns == other.columns
            && self.references == other.references
            && self.referenced_columns == other.referenced_columns
    }

    /// Whether they differ in nothing but their name and comment.
    pub fn same_structure(&self, other: &Self) -> bool {
        let Self {
            name: _,
            columns,
            references,
            referenced_columns,
            on_delete,
            on_update,
            set_columns,
            match_type,
            deferrable,
            not_valid,
            comment: _,
        } = self;
        *columns == other.columns
            && *references == other.references
            && *referenced_columns == other.referenced_columns
            && *on_delete == other.on_delete
            && *on_update == other.on_update
            && *set_columns == other.set_columns
            && *match_type == other.match_type
            && *deferrable == other.deferrable
            && *not_valid == other.not_valid
    }
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: Name,
    /// Its expression, without the parentheses around it.
    pub expr: Expr,
    /// PostgreSQL `NOT VALID`: existing rows are not checked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_valid: bool,
    /// PostgreSQL `NO INHERIT`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_inherit: bool,
    /// MySQL, and PostgreSQL 18: `NOT ENFORCED`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_enforced: bool,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Check {
    /// The word for its kind, in the database's terms.
    pub const KIND: &'static str = "check constraint";

    /// A plain check.
    pub fn new(name: Name, expr: impl Into<String>) -> Self {
        Self {
            name,
            expr: Expr(expr.into()),
            not_valid: false,
            no_inherit: false,
            not_enforced: false,
            comment: None,
        }
    }
}

/// PostgreSQL's exclusion constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exclusion {
    /// Its name.
    pub name: Name,
    /// The access method.
    pub method: String,
    /// Each element and the operator it is compared with.
    pub elements: Vec<(IndexPart, String)>,
    /// The predicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<Expr>,
    /// Whether its check can wait for the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Exclusion {
    /// The word for its kind, in the database's terms.
    pub const KIND: &'static str = "exclusion constraint";

    pub(crate) fn rename_column(&mut self, before: &str, after: &str) {
        for (part, _) in &mut self.elements {
            part.rename_column(before, after);
        }
        if let Some(predicate) = &mut self.predicate {
            *predicate = predicate.rename_column(before, after);
        }
    }

    /// Whether they differ in nothing but their name and comment.
    pub fn same_structure(&self, other: &Self) -> bool {
        let Self { name: _, method, elements, predicate, deferrable, comment: _ } = self;
        *method == other.method
            && *elements == other.elements
            && *predicate == other.predicate
            && *deferrable == other.deferrable
    }
}

/// Any constraint of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named by their types")]
pub enum Constraint {
    PrimaryKey(PrimaryKey),
    Unique(Unique),
    ForeignKey(ForeignKey),
    Check(Check),
    Exclusion(Exclusion),
}

impl Constraint {
    /// Its name.
    pub fn name(&self) -> &Name {
        match self {
            Self::PrimaryKey(it) => &it.name,
            Self::Unique(it) => &it.name,
            Self::ForeignKey(it) => &it.name,
            Self::Check(it) => &it.name,
            Self::Exclusion(it) => &it.name,
        }
    }

    /// The same constraint under another name.
    #[must_use]
    pub fn with_name(mut self, name: Name) -> Self {
        match &mut self {
            Self::PrimaryKey(it) => it.name = name,
            Self::Unique(it) => it.name = name,
            Self::ForeignKey(it) => it.name = name,
            Self::Check(it) => it.name = name,
            Self::Exclusion(it) => it.name = name,
        }
        self
    }

    /// Its comment.
    pub fn comment(&self) -> Option<&str> {
        match self {
            Self::PrimaryKey(it) => it.comment.as_deref(),
            Self::Unique(it) => it.comment.as_deref(),
            Self::ForeignKey(it) => it.comment.as_deref(),
            Self::Check(it) => it.comment.as_deref(),
            Self::Exclusion(it) => it.comment.as_deref(),
        }
    }

    /// The same constraint with another comment.
    #[must_use]
    pub fn with_comment(mut self, comment: Option<String>) -> Self {
        match &mut self {
            Self::PrimaryKey(it) => it.comment = comment,
            Self::Unique(it) => it.comment = comment,
            Self::ForeignKey(it) => it.comment = comment,
            Self::Check(it) => it.comment = comment,
            Self::Exclusion(it) => it.comment = comment,
        }
        self
    }

    /// The word for its kind, in the database's terms.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PrimaryKey(_) => PrimaryKey::KIND,
            Self::Unique(_) => Unique::KIND,
            Self::ForeignKey(_) => ForeignKey::KIND,
            Self::Check(_) => Check::KIND,
            Self::Exclusion(_) => Exclusion::KIND,
        }
    }

    /// Whether the constraint may call this routine.
    pub fn calls(&self, routine: &Callee) -> bool {
        match self {
            Self::PrimaryKey(_) | Self::Unique(_) | Self::ForeignKey(_) => false,
            Self::Check(it) => it.expr.calls(routine),
            Self::Exclusion(it) => {
                it.elements.iter().any(|(part, _)| part.key.calls(routine))
                    || it.predicate.as_ref().is_some_and(|expr| expr.calls(routine))
            }
        }
    }

    /// Whether the constraint reads this column of its own table.
    pub fn uses(&self, column: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == column);
        let keyed = |parts: &[KeyPart]| parts.iter().any(|part| part.column == column);
        match self {
            Self::PrimaryKey(it) => keyed(&it.columns) || named(&it.include),
            Self::Unique(it) => keyed(&it.columns) || named(&it.include),
            Self::ForeignKey(it) => named(&it.columns),
            Self::Check(it) => it.expr.mentions(column),
            Self::Exclusion(it) => {
                it.elements.iter().any(|(part, _)| match &part.key {
                    crate::IndexKey::Column(name) => name == column,
                    crate::IndexKey::Expression(expr) => expr.mentions(column),
                }) || it.predicate.as_ref().is_some_and(|p| p.mentions(column))
            }
        }
    }
}
