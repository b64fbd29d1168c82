//! Keys of plain entities: SeaORM declares which columns are unique together, and neither their
//! order nor the form of the key.

use autogen_dialect::Dialect;
use autogen_schema::{ColumnType, Index, IndexKey, KeyPart, Name, Table};

use super::Resolver;
use crate::findings::Ambiguity;

impl Resolver<'_> {
    /// Whether a unique index of an entity is there in another form.
    pub(super) fn has_guard(&mut self, before: &Table, wanted: &Index) -> bool {
        let columns = columns_of(wanted).filter(|_| wanted.unique);
        columns.is_some_and(|columns| self.is_guarded(before, &wanted.name, &columns))
    }

    /// Whether a key of the database stands for what an entity declares as unique: one of the same
    /// columns, also for some rows only, or one of its name. A second key beside the latter could
    /// reject rows that are allowed today.
    pub(super) fn is_guarded(&mut self, before: &Table, name: &Name, wanted: &[&str]) -> bool {
        let keys = || unique_keys(before);
        if keys().any(|(_, columns)| same_columns(&columns, wanted)) {
            return true;
        }
        let Some((current, columns)) = keys().find(|(key, _)| is_its_name(before, key, name))
        else {
            return false;
        };
        self.findings.ambiguities.push(Ambiguity {
            code: "D0110",
            object: format!("{}.{current}", before.name),
            message: format!(
                "it is unique over ({}), and the entity says ({}): it is kept unchanged",
                columns.join(", "),
                wanted.join(", ")
            ),
            hint: "give each of its fields the `unique_key`, or derive Autogen to replace it"
                .to_owned(),
        });
        true
    }
}

/// The labels of an entity's enum: SeaORM declares no order of them, so existing ones keep theirs,
/// and new ones come last.
pub(super) fn labels(existing: &[String], declared: &[String]) -> Vec<String> {
    let kept = existing.iter().filter(|label| declared.contains(label));
    let new = declared.iter().filter(|label| !existing.contains(label));
    kept.chain(new).cloned().collect()
}

/// The type of an entity's column, in the existing form of what SeaORM can't say.
pub(super) fn data_type(
    dialect: Dialect,
    existing: &ColumnType,
    declared: &ColumnType,
) -> ColumnType {
    match (existing, declared) {
        (ColumnType::InlineEnum(existing), ColumnType::InlineEnum(declared)) => {
            ColumnType::InlineEnum(labels(existing, declared))
        }
        _ if dialect.stores_alike(declared, existing) => existing.clone(),
        _other => declared.clone(),
    }
}

/// The names and columns of unique constraints and of unique indexes.
fn unique_keys(table: &Table) -> impl Iterator<Item = (&Name, Vec<&str>)> {
    let constraints = table.uniques.iter().map(|it| (&it.name, names(&it.columns)));
    let indexes = table.indexes.iter().filter(|it| it.unique);
    constraints.chain(indexes.filter_map(|it| Some((&it.name, columns_of(it)?))))
}

/// Whether SeaORM's name for a key is the name of an existing one; `unique_key = "one"` becomes
/// `idx-table-one`.
fn is_its_name(table: &Table, current: &Name, wanted: &Name) -> bool {
    let (Some(current), Some(wanted)) = (current.text(), wanted.text()) else { return false };
    wanted == current || wanted == format!("idx-{}-{current}", table.name.name)
}

/// The columns of a key, in its order.
pub(super) fn names(parts: &[KeyPart]) -> Vec<&str> {
    parts.iter().map(|part| part.column.as_str()).collect()
}

/// Whether these are the same columns, in any order.
pub(super) fn same_columns(left: &[&str], right: &[&str]) -> bool {
    left.len() == right.len() && left.iter().all(|name| right.contains(name))
}

/// The columns of an index, in its order; `None` if it has an expression.
fn columns_of(index: &Index) -> Option<Vec<&str>> {
    index
        .parts
        .iter()
        .map(|part| match &part.key {
            IndexKey::Column(name) => Some(name.as_str()),
            IndexKey::Expression(_) => None,
        })
        .collect()
}
