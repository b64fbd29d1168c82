//! The rows of the catalog queries. The fields have the names of the `.sql` files; those of
//! newer servers have a default.

use std::borrow::Cow;
use std::str::FromStr;

use autogen_schema::Access;
use serde::{Deserialize, Deserializer};

/// Reads the printed form of an `int2vector` or `oidvector`: numbers with spaces between
/// them.
fn vector<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: std::fmt::Display>,
{
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    text.split_whitespace().map(|word| word.parse().map_err(serde::de::Error::custom)).collect()
}

#[derive(Debug, Deserialize)]
pub(super) struct SessionRow {
    pub(super) schema: Option<String>,
    pub(super) schemas: Vec<String>,
    /// Roles that belong neither to the server nor to an extension.
    pub(super) users: Vec<String>,
    pub(super) partitions: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Environment {
    pub(super) namespaces: Vec<NamespaceRow>,
    pub(super) extensions: Vec<ExtensionRow>,
    /// User-defined ones.
    pub(super) own_collations: Vec<CollationRow>,
    pub(super) grants: Vec<GrantRow>,
    /// Schemas that are not read, and how many objects they have.
    pub(super) outside: Vec<(String, usize)>,
    pub(super) left: Vec<LeftRow>,
    /// Objects there that use something that is read.
    pub(super) outside_uses: Vec<OutsideRow>,
    /// Oid, schema, name; only those that are not a type's default.
    pub(super) opclasses: Vec<(i64, String, String)>,
    /// Oid, schema, name; only those in use.
    pub(super) collations: Vec<(i64, String, String)>,
}

/// What is left alone: code, kind, schema, name, the text after the name, why, carrier.
pub(super) type LeftRow =
    (String, String, Option<String>, String, String, String, Option<CarrierRow>);

/// What a setting is on: kind, the schema and name of its relation, the part.
pub(super) type CarrierRow = (String, String, String, Option<String>);

/// A user of something: its description, then the used object's kind, schema, name and
/// column; whether the user is left alone in a schema that is read, and the schema and name
/// of what it is dropped with.
pub(super) type OutsideRow =
    (String, String, String, String, Option<String>, bool, Option<String>, Option<String>);

#[derive(Debug, Deserialize)]
pub(super) struct CollationRow {
    pub(super) schema: String,
    pub(super) name: String,
    /// `c`, `i` or `b`.
    pub(super) provider: char,
    pub(super) locale: Option<String>,
    pub(super) ctype: Option<String>,
    pub(super) deterministic: bool,
    pub(super) rules: Option<String>,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NamespaceRow {
    pub(super) name: String,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ExtensionRow {
    pub(super) name: String,
    pub(super) schema: String,
    pub(super) version: String,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TypeRow {
    pub(super) kind: char,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) comment: Option<String>,
    pub(super) labels: Option<Vec<String>>,
    pub(super) base: Option<String>,
    pub(super) base_kind: Option<char>,
    pub(super) base_schema: Option<String>,
    pub(super) base_name: Option<String>,
    pub(super) collation: Option<i64>,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    pub(super) checks: Option<Vec<DomainCheck>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DomainCheck {
    pub(super) name: String,
    pub(super) expr: String,
    pub(super) validated: bool,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RelationRow {
    pub(super) id: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: char,
    pub(super) unlogged: bool,
    pub(super) options: Option<Vec<String>>,
    pub(super) tablespace: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) row_security: bool,
    pub(super) forced: bool,
    pub(super) partition_by: Option<String>,
    pub(super) partitions: Option<Vec<PartitionRow>>,
    pub(super) definition: Option<String>,
    /// Name, type, comment.
    pub(super) columns: Option<Vec<(String, String, Option<String>)>>,
    pub(super) reads: Option<Vec<ReadRow>>,
    pub(super) access: Option<AccessRow>,
    pub(super) typed: bool,
    pub(super) inherits: bool,
    /// The tables that inherit from it.
    pub(super) heirs: Option<Vec<String>>,
}

/// A partition, at any depth.
#[derive(Debug, Deserialize)]
pub(super) struct PartitionRow {
    pub(super) id: i64,
    pub(super) parent: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) bound: String,
    pub(super) partition_by: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) row_security: bool,
    pub(super) forced: bool,
    /// The names of inherited indexes: the table's, and its own.
    pub(super) indexes: Option<Vec<(String, String)>>,
    /// The same for foreign keys.
    pub(super) foreign_keys: Option<Vec<(String, String)>>,
}

/// Owner and privileges of an object.
#[derive(Debug, Deserialize)]
pub(super) struct AccessRow {
    owner: Option<String>,
    #[serde(default)]
    closed: bool,
    grants: Option<Vec<(String, String, bool)>>,
}

impl From<AccessRow> for Access {
    fn from(row: AccessRow) -> Self {
        let grants = row.grants.unwrap_or_default();
        Self { owner: row.owner, closed: row.closed, grants }
    }
}

/// Kind, schema, name, column or arguments, role, privilege, grantable.
pub(super) type GrantRow = (char, String, String, String, Option<String>, String, bool);

/// Kind, schema, name and column of something that a view reads.
pub(super) type ReadRow = (String, String, String, Option<String>);

#[derive(Debug, Deserialize)]
pub(super) struct SequenceRow {
    pub(super) schema: String,
    pub(super) name: String,
    /// As `regclass` prints it.
    pub(super) shown: String,
    #[serde(rename = "type")]
    pub(super) data_type: String,
    pub(super) start: i64,
    pub(super) increment: i64,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) cache: i64,
    pub(super) cycle: bool,
    pub(super) comment: Option<String>,
    /// `i` for an identity column's, `a` for any other owned one.
    pub(super) owned: Option<char>,
    pub(super) relation: Option<i64>,
    pub(super) column: Option<i32>,
    pub(super) access: Option<AccessRow>,
}

/// In the order of the query.
#[derive(Debug, Deserialize)]
pub(super) struct ColumnRow {
    pub(super) relation: i64,
    pub(super) number: i32,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) data_type: String,
    /// `e` for enums and `d` for domains, arrays of them included.
    pub(super) kind: Option<char>,
    pub(super) type_schema: Option<String>,
    pub(super) type_name: Option<String>,
    pub(super) array: bool,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    pub(super) generated: Option<char>,
    pub(super) identity: Option<char>,
    pub(super) collation: Option<i64>,
    /// The collation, if it is not the type's.
    pub(super) own_collation: Option<i64>,
    pub(super) comment: Option<String>,
    pub(super) access: Option<AccessRow>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ConstraintRow {
    pub(super) relation: i64,
    pub(super) name: String,
    pub(super) kind: char,
    /// `None` for checks without columns.
    pub(super) key: Option<Vec<i32>>,
    pub(super) deferrable: bool,
    pub(super) deferred: bool,
    pub(super) validated: bool,
    pub(super) no_inherit: bool,
    pub(super) expr: Option<String>,
    pub(super) parent_schema: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) parent_id: Option<i64>,
    pub(super) parent_key: Option<Vec<i32>>,
    /// If the columns of the referenced table are not read.
    pub(super) parent_columns: Option<Vec<String>>,
    pub(super) on_update: Option<char>,
    pub(super) on_delete: Option<char>,
    #[serde(rename = "match")]
    pub(super) match_type: Option<char>,
    pub(super) include: Option<Vec<i32>>,
    /// Whether its index has storage parameters or a tablespace.
    pub(super) stored: Option<bool>,
    pub(super) index: Option<i64>,
    pub(super) operators: Option<Vec<String>>,
    #[serde(default)]
    pub(super) set_columns: Option<Vec<i32>>,
    #[serde(default)]
    pub(super) nulls_not_distinct: Option<bool>,
    #[serde(default)]
    pub(super) period: bool,
    #[serde(default)]
    pub(super) not_enforced: bool,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct IndexRow {
    pub(super) id: i64,
    pub(super) relation: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) unique: bool,
    pub(super) valid: bool,
    /// Whether an exclusion constraint owns it.
    pub(super) constraint: bool,
    pub(super) method: String,
    /// How many of the columns are keys; the others are from `INCLUDE`.
    pub(super) keys: usize,
    /// Column numbers; 0 for an expression.
    #[serde(deserialize_with = "vector")]
    pub(super) columns: Vec<i32>,
    /// Bit 0: descending, bit 1: NULLs first. Source: `src/include/catalog/pg_index.h`.
    #[serde(deserialize_with = "vector")]
    pub(super) options: Vec<i32>,
    #[serde(deserialize_with = "vector")]
    pub(super) opclasses: Vec<i64>,
    #[serde(deserialize_with = "vector")]
    pub(super) collations: Vec<i64>,
    /// One for each key; `None` for an index that is being dropped.
    pub(super) expressions: Option<Vec<Option<String>>>,
    pub(super) definition: Option<String>,
    pub(super) predicate: Option<String>,
    pub(super) storage: Option<Vec<String>>,
    pub(super) tablespace: Option<String>,
    #[serde(default)]
    pub(super) nulls_not_distinct: bool,
    /// Whether an operator class has parameters.
    #[serde(default)]
    pub(super) tuned: bool,
    pub(super) comment: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AttachedRow {
    pub(super) what: String,
    pub(super) relation: i64,
    pub(super) relation_kind: char,
    pub(super) schema: String,
    pub(super) relation_name: String,
    pub(super) name: String,
    pub(super) definition: Option<String>,
    /// When a trigger fires, as `pg_trigger.tgenabled`.
    pub(super) firing: Option<char>,
    /// A policy that is restrictive.
    pub(super) restrictive: bool,
    pub(super) comment: Option<String>,
    pub(super) command: Option<String>,
    pub(super) roles: Option<Vec<String>>,
    pub(super) using: Option<String>,
    pub(super) check: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RoutineRow {
    pub(super) what: String,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) arguments: String,
    pub(super) definition: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) access: Option<AccessRow>,
}
