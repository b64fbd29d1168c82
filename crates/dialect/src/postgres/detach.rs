//! The table that results from detaching a partition.
//!
//! Source: PostgreSQL manual, `ALTER TABLE .. DETACH PARTITION`, and
//! `DetachPartitionFinalize` in `src/backend/commands/tablecmds.c`: columns, NOT NULL,
//! defaults, checks, keys and indexes are kept; identities are lost, and so are the triggers
//! from its table. Policies belong to each table.

use std::collections::BTreeSet;

use autogen_schema::{
    Column, Default, Identity, Index, IndexKey, Name, Partition, PartitionNames, Partitioning,
    PrimaryKey, QName, Table, Unique,
};

use super::render;
use super::sequence::{chosen_name, make_object_name, make_short_name};

/// The table that a partition of `table` becomes.
pub(crate) fn detached(table: &Table, partition: &Partition) -> Table {
    let table = &with_above(table, partition);
    let mut naming = Naming::of(partition);
    let mut alone = Table::new(partition.name.clone());
    alone.columns = table.columns.iter().map(|column| own_column(table, column)).collect();
    alone.primary_key = table.primary_key.as_ref().map(|key| naming.primary_key(key));
    alone.uniques = table.uniques.iter().map(|unique| naming.unique(unique)).collect();
    alone.foreign_keys.clone_from(&table.foreign_keys);
    for key in &mut alone.foreign_keys {
        key.name = naming.foreign_key(&key.name);
        key.comment = None;
    }
    alone.checks.clone_from(&table.checks);
    alone.checks.retain(|check| !check.no_inherit);
    alone.checks.iter_mut().for_each(|check| check.comment = None);
    alone.exclusions.clone_from(&table.exclusions);
    for exclusion in &mut alone.exclusions {
        let columns = exclusion.elements.iter().map(|(part, _)| part_name(&part.key)).collect();
        exclusion.name = naming.index(&exclusion.name, columns, "excl");
        exclusion.comment = None;
    }
    alone.indexes = table.indexes.iter().map(|index| naming.plain_index(index)).collect();
    alone.partitioning.clone_from(&partition.partitioning);
    alone.comment.clone_from(&partition.comment);
    add_constraints(&mut alone, &partition.own);
    alone.triggers.clone_from(&partition.own.triggers);
    alone.row_security.clone_from(&partition.own.row_security);
    alone.sort();
    alone
}

/// The table with the own objects of the partitions in between.
fn with_above(table: &Table, partition: &Partition) -> Table {
    let mut whole = table.clone();
    let partitioning = whole.partitioning.take();
    let above = partitioning.as_ref().and_then(|it| above(it, &partition.name));
    above.into_iter().flatten().for_each(|it| add_constraints(&mut whole, &it.own));
    whole
}

/// The partitions that contain this one.
fn above<'p>(partitioning: &'p Partitioning, name: &QName) -> Option<Vec<&'p Partition>> {
    partitioning.partitions.iter().find_map(|it| match &it.partitioning {
        _ if it.name == *name => Some(Vec::new()),
        Some(below) => Some([vec![it], above(below, name)?].concat()),
        None => None,
    })
}

fn add_constraints(alone: &mut Table, own: &Table) {
    alone.primary_key = alone.primary_key.take().or_else(|| own.primary_key.clone());
    alone.uniques.extend_from_slice(&own.uniques);
    alone.foreign_keys.extend_from_slice(&own.foreign_keys);
    alone.checks.extend_from_slice(&own.checks);
    alone.exclusions.extend_from_slice(&own.exclusions);
    alone.indexes.extend_from_slice(&own.indexes);
}

/// A serial column keeps using the sequence of the partitioned table.
fn own_column(table: &Table, column: &Column) -> Column {
    let sequence = match &column.identity {
        Some(Identity::Serial(Some(name))) => Some(name.clone()),
        Some(Identity::Serial(None)) => Some(chosen_name(&table.name, &column.name)),
        Some(
            Identity::Auto | Identity::Always(_) | Identity::ByDefault(_) | Identity::AutoIncrement,
        )
        | None => None,
    };
    let counted = sequence.map(|it| Default::Expression(render::next_value(&it).as_str().into()));
    Column {
        identity: None,
        default: counted.or_else(|| column.default.clone()),
        comment: None,
        ..column.clone()
    }
}

fn part_name(key: &IndexKey) -> &str {
    match key {
        IndexKey::Column(name) => name,
        IndexKey::Expression(_) => "expr",
    }
}

/// The names from the catalog; otherwise those that PostgreSQL generates for a new partition.
///
/// Source: `ChooseIndexName` in `src/backend/commands/indexcmds.c`.
struct Naming<'p> {
    own: &'p str,
    names: &'p PartitionNames,
    taken: BTreeSet<String>,
}

impl<'p> Naming<'p> {
    fn of(partition: &'p Partition) -> Self {
        let names = &partition.names.0;
        let taken = names.indexes.values().cloned().collect();
        Self { own: &partition.name.name, names, taken }
    }

    fn index(&mut self, name: &Name, columns: Vec<&str>, label: &str) -> Name {
        let known = name.text().and_then(|name| self.names.indexes.get(name));
        Name::Exact(known.cloned().unwrap_or_else(|| self.chosen(&columns, label)))
    }

    fn primary_key(&mut self, key: &PrimaryKey) -> PrimaryKey {
        let name = self.index(&key.name, Vec::new(), "pkey");
        PrimaryKey { name, comment: None, ..key.clone() }
    }

    fn unique(&mut self, unique: &Unique) -> Unique {
        let columns = unique.columns.iter().map(|part| part.column.as_str());
        let columns = columns.chain(unique.include.iter().map(String::as_str)).collect();
        let name = self.index(&unique.name, columns, "key");
        Unique { name, comment: None, ..unique.clone() }
    }

    fn plain_index(&mut self, index: &Index) -> Index {
        let columns = index.parts.iter().map(|part| part_name(&part.key));
        let columns = columns.chain(index.include.iter().map(String::as_str)).collect();
        let name = self.index(&index.name, columns, "idx");
        Index { name, comment: None, ..index.clone() }
    }

    /// The names of foreign keys are unique only within their table.
    fn foreign_key(&self, name: &Name) -> Name {
        let known = name.text().and_then(|name| self.names.foreign_keys.get(name));
        known.map_or_else(|| name.clone(), |name| Name::exact(name.as_str()))
    }

    fn chosen(&mut self, columns: &[&str], label: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        for column in columns {
            let same = |text: &String| parts.contains(text);
            let numbered = (1..).map(|number: usize| format!("{column}{number}"));
            let mut names = std::iter::once((*column).to_owned()).chain(numbered);
            parts.extend(names.find(|text| !same(text)));
        }
        let numbered = (1..).map(|number: usize| format!("{label}{number}"));
        let labels = std::iter::once(label.to_owned()).chain(numbered);
        let mut names = labels.map(|label| match parts.is_empty() {
            true => make_short_name(self.own, &label),
            false => make_object_name(self.own, &parts.join("_"), &label),
        });
        let name = names.find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use autogen_schema::{ColumnType, IntWidth, QName};

    use super::*;

    #[test]
    fn names_are_those_that_postgresql_chooses() {
        let mut table = Table::new(QName::bare("t"));
        table.columns.push(Column::new("a", ColumnType::int(IntWidth::Regular)));
        table.primary_key = Some(PrimaryKey::new(Name::exact("own"), &["a"]));
        table.indexes.push(Index::new(Name::exact("one"), &["a"]));
        table.indexes.push(Index::new(Name::exact("two"), &["a"]));
        let mut partition = Partition::new(QName::bare("p"), "DEFAULT");
        let names = |partition: &Partition| -> Vec<String> {
            let alone = detached(&table, partition);
            let key = alone.primary_key.iter().map(|it| it.name.to_string());
            key.chain(alone.indexes.iter().map(|it| it.name.to_string())).collect()
        };
        assert_eq!(names(&partition), ["p_pkey", "p_a_idx", "p_a_idx1"]);
        partition.names.0.indexes.insert("one".to_owned(), "p_a_idx1".to_owned());
        assert_eq!(names(&partition), ["p_pkey", "p_a_idx", "p_a_idx1"]);
    }
}
