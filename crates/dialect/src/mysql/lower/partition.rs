//! Partitions. Their clauses cannot be combined with other clauses of `ALTER TABLE`.

use std::collections::BTreeSet;

use autogen_schema::{
    Change, IndexKey, Pair, Partition, PartitionChange, Partitioning, QName, Table,
};

use super::Lowering;
use crate::Dialect::Mysql;
use crate::mysql::locks::{self, Algorithm};
use crate::mysql::{Flavor, partition, render};

impl Lowering<'_> {
    pub(super) fn partition(&mut self, change: &PartitionChange) {
        let (PartitionChange::Create { table, .. }
        | PartitionChange::Drop { table, .. }
        | PartitionChange::Attach { table, .. }
        | PartitionChange::Detach { table, .. }
        | PartitionChange::Comment { table, .. }
        | PartitionChange::Divide { table, .. }) = change;
        match change {
            PartitionChange::Divide { partitioning, .. } => self.divide(table, partitioning),
            PartitionChange::Create { .. } | PartitionChange::Drop { .. } => {
                self.partitions(table);
            }
            // In MySQL, comments are part of the bounds, and partitions are not tables.
            PartitionChange::Comment { .. }
            | PartitionChange::Attach { .. }
            | PartitionChange::Detach { .. } => {}
        }
    }

    /// All partitions of a table are created and dropped together, at the position of the last of
    /// these changes.
    fn partitions(&mut self, table: &QName) {
        let Some(there) = self.schema.tables.get(table) else { return };
        let Some(now) = there.partitioning.clone() else { return };
        let before = self.dividing.entry(table.clone()).or_insert(now).clone();
        let of_table = |change: &Change| {
            matches!(change, Change::Partition(PartitionChange::Create { table: it, .. }
                | PartitionChange::Drop { table: it, .. }) if it == table)
        };
        let changes = self.request.changes;
        let here = self.cause;
        if changes.iter().skip(here + 1).any(of_table) {
            return;
        }
        let mut schema = self.schema.clone();
        if let Some(change) = changes.get(here)
            && change.apply(&mut schema).is_err()
        {
            return;
        }
        let after = schema.tables.get(table).and_then(|it| it.partitioning.clone());
        let Some(after) = after else { return };
        self.dividing.remove(table);
        let first = self.steps.len();
        self.rearrange(table, Pair::new(&before, &after));
        let causes: Vec<usize> =
            (0..changes.len()).filter(|at| changes.get(*at).is_some_and(of_table)).collect();
        for step in self.steps.iter_mut().skip(first) {
            step.causes = causes.clone();
        }
    }

    fn rearrange(&mut self, table: &QName, both: Pair<&Partitioning>) {
        self.flush();
        let (before, after) = (partition::in_order(both.before), partition::in_order(both.after));
        let by = &both.before.by;
        if by.starts_with("RANGE") {
            self.ranges(table, &before, &after, both.after);
        } else if by.starts_with("LIST") {
            let gone: Vec<&Partition> =
                before.iter().filter(|it| !after.contains(it)).copied().collect();
            let made: Vec<&Partition> =
                after.iter().filter(|it| !before.contains(it)).copied().collect();
            match (gone.is_empty(), made.is_empty()) {
                (true, _) => self.add_partitions(table, &made),
                (false, true) => self.drop_partitions(table, &gone),
                (false, false) if partition::take_all(&gone, &made) => {
                    self.reorganize(table, &gone, &made);
                }
                // REORGANIZE deletes rows that fit none of the new partitions, and
                // PARTITION BY refuses them.
                (false, false) => self.anew(table, both.after),
            }
        } else {
            self.anew(table, both.after);
        }
    }

    /// Equal partitions at both ends are kept. The rows of a dropped range belong to the next
    /// range, if there is one.
    fn ranges(
        &mut self,
        table: &QName,
        before: &[&Partition],
        after: &[&Partition],
        all: &Partitioning,
    ) {
        let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        let (gone, made) =
            (before.get(same..).unwrap_or_default(), after.get(same..).unwrap_or_default());
        let backwards = gone.iter().rev().zip(made.iter().rev());
        let tail = backwards.take_while(|(a, b)| a == b).count();
        // The first range after the changed ones takes part: it starts at another value.
        let kept = tail.saturating_sub(1);
        let cut = |all: &[&'_ Partition]| all.len().saturating_sub(kept);
        let (inner_gone, inner_made) = (cut(gone), cut(made));
        let (gone, made) =
            (gone.get(..inner_gone).unwrap_or(gone), made.get(..inner_made).unwrap_or(made));
        let end = |all: &[&Partition]| all.last().map(|it| partition::limits(&it.bound));
        match (gone.is_empty(), made.is_empty()) {
            (true, true) => {}
            (true, false) => self.add_partitions(table, made),
            (false, true) => self.drop_partitions(table, gone),
            (false, false) if end(gone) <= end(made) => self.reorganize(table, gone, made),
            // The whole table cannot end earlier in any other way.
            (false, false) => self.anew(table, all),
        }
    }

    fn add_partitions(&mut self, table: &QName, made: &[&Partition]) {
        self.standing_alone(table, Algorithm::Catalog, &format!("ADD PARTITION {}", listed(made)));
    }

    fn drop_partitions(&mut self, table: &QName, gone: &[&Partition]) {
        self.standing_alone(table, Algorithm::Catalog, &format!("DROP PARTITION {}", names(gone)));
    }

    fn reorganize(&mut self, table: &QName, gone: &[&Partition], made: &[&Partition]) {
        let clause = format!("REORGANIZE PARTITION {} INTO {}", names(gone), listed(made));
        self.standing_alone(table, Algorithm::RebuildShared, &clause);
    }

    /// MariaDB accepts no algorithm here.
    fn standing_alone(&mut self, table: &QName, algorithm: Algorithm, clause: &str) {
        let (effect, said) = match (self.flavor, algorithm) {
            (Flavor::Mysql, _) => (algorithm.effect(), format!("{}, ", algorithm.clause())),
            (Flavor::Mariadb, _) => (algorithm.effect(), String::new()),
        };
        let effect = if algorithm == Algorithm::Catalog { locks::BRIEF } else { effect };
        let name = Mysql.quote_name(table);
        let sql = format!("ALTER TABLE {name} {said}{clause}");
        self.work(algorithm.work(), self.on(table, effect), sql);
    }

    /// A table becomes partitioned, partitioned in another way, or plain.
    fn divide(&mut self, name: &QName, both: &Pair<Option<Partitioning>>) {
        let Some(table) = self.schema.tables.get(name).cloned() else { return };
        if let Some(after) = &both.after
            && let Some((message, hint)) = self.undividable(&table, after)
        {
            self.refuse("A0441", format!("table {name}"), message, hint);
            return;
        }
        if let (Some(before), Some(after)) = (&both.before, &both.after)
            && let Some(clause) = another_number(before, after)
        {
            self.standing_alone(name, Algorithm::RebuildShared, &clause);
            return;
        }
        match &both.after {
            Some(after) => self.anew(name, after),
            None => self.copied(name, "\nREMOVE PARTITIONING"),
        }
    }

    /// All rows are distributed again.
    fn anew(&mut self, table: &QName, partitioning: &Partitioning) {
        self.copied(table, &render::partitioning(partitioning));
    }

    fn copied(&mut self, table: &QName, clause: &str) {
        let effect = self.on(table, Algorithm::Copy.effect());
        let algorithm = Algorithm::Copy.clause();
        let sql = format!("ALTER TABLE {} {algorithm}{clause}", Mysql.quote_name(table));
        self.work(Algorithm::Copy.work(), effect, sql);
    }

    /// Why the table cannot be partitioned like this, and what to do.
    fn undividable(&self, table: &Table, wanted: &Partitioning) -> Option<(String, &'static str)> {
        if wanted.partitions.is_empty() && !partition::is_counted(&wanted.by) {
            return Some((
                "no declared partition fits its rows".to_owned(),
                "add them after the key: RANGE (id) (PARTITION p0 VALUES LESS THAN (100), ..)",
            ));
        }
        let key: BTreeSet<String> = partition::columns(&wanted.by).into_iter().collect();
        let primary = table.primary_key.as_ref().map(|it| {
            let columns: Vec<&String> = it.columns.iter().map(|part| &part.column).collect();
            ("the primary key".to_owned(), columns)
        });
        let unique = table.indexes.iter().filter(|index| index.unique).map(|index| {
            let columns = index.parts.iter().filter_map(|part| match &part.key {
                IndexKey::Column(name) => Some(name),
                IndexKey::Expression(_) => None,
            });
            (index.name.to_string(), columns.collect())
        });
        let mut keys = primary.into_iter().chain(unique);
        if let Some((what, _)) = keys.find(|(_, has)| !key.iter().all(|it| has.contains(&it))) {
            let columns: Vec<&str> = key.iter().map(String::as_str).collect();
            return Some((
                format!(
                    "{what} does not contain all columns of the partition key ({})",
                    columns.join(", ")
                ),
                "a unique key of a partitioned table must contain the partition columns",
            ));
        }
        let referenced = || {
            let others = self.schema.tables.values();
            others.flat_map(|it| &it.foreign_keys).any(|key| key.references == table.name)
        };
        (!table.foreign_keys.is_empty() || referenced()).then(|| {
            (
                "a partitioned table has no foreign keys, and no foreign key references \
                 it"
                .to_owned(),
                "drop the foreign keys in the same revision",
            )
        })
    }
}

/// The clause for two partitionings that differ only in the number of partitions.
fn another_number(before: &Partitioning, after: &Partitioning) -> Option<String> {
    let (key, there) = partition::count(&before.by)?;
    let (wanted_key, wanted) = partition::count(&after.by)?;
    if key != wanted_key || !before.partitions.is_empty() || !after.partitions.is_empty() {
        return None;
    }
    Some(match wanted.checked_sub(there) {
        Some(more) => format!("ADD PARTITION PARTITIONS {more}"),
        None => format!("COALESCE PARTITION {}", there.saturating_sub(wanted)),
    })
}

fn names(partitions: &[&Partition]) -> String {
    let names: Vec<String> = partitions.iter().map(|it| Mysql.quote(&it.name.name)).collect();
    names.join(", ")
}

fn listed(partitions: &[&Partition]) -> String {
    let all: Vec<String> = partitions.iter().map(|it| partition::definition(it)).collect();
    format!("(\n    {}\n)", all.join(",\n    "))
}
