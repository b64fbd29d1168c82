//! Partitions. PostgreSQL cannot partition an existing table: its rows are copied into a new
//! one that takes its name, within one transaction.

use autogen_schema::{
    Column, Constraint, ForeignKey, Identity, IndexKey, Pair, Partition, PartitionChange,
    Partitioning, PolicyChange, Protection, QName, Table, TriggerChange,
};

use super::Lowering;
use super::grant::is_of;
use crate::Dialect::Postgres;
use crate::ddl;
use crate::postgres::{locks, render, sequence};
use crate::step::{Effect, Work};

impl Lowering<'_> {
    pub(super) fn partition(&mut self, change: &PartitionChange) {
        match change {
            PartitionChange::Create { table, of, partition } => {
                let effect = self.on(table, locks::BRIEF);
                self.create_partition(of, partition, effect);
            }
            PartitionChange::Drop { table, partition, .. } => {
                let effect = self.on(table, locks::BRIEF);
                let name = Postgres.quote_name(&partition.name);
                self.step(effect, format!("DROP TABLE {name}"));
            }
            PartitionChange::Attach { table, of, partition, .. } => {
                self.attach(table, of, partition);
            }
            PartitionChange::Detach { of, partition, .. } => {
                let (of, name) = (Postgres.quote_name(of), Postgres.quote_name(&partition.name));
                self.step(locks::BRIEF, format!("ALTER TABLE {of} DETACH PARTITION {name}"));
            }
            PartitionChange::Comment { partition, comment, .. } => {
                let object = format!("TABLE {}", Postgres.quote_name(partition));
                self.step(locks::QUIET, render::comment(&object, comment.after.as_deref()));
            }
            PartitionChange::Divide { table, partitioning } => self.divide(table, partitioning),
        }
    }

    pub(super) fn create_partition(&mut self, of: &QName, partition: &Partition, effect: Effect) {
        let mut sql = format!(
            "CREATE TABLE {} PARTITION OF {} {}",
            Postgres.quote_name(&partition.name),
            Postgres.quote_name(of),
            partition.bound
        );
        if let Some(partitioning) = &partition.partitioning {
            sql.push_str(&format!(" PARTITION BY {}", partitioning.by));
        }
        self.step(effect, sql);
        if let Some(text) = &partition.comment {
            let object = format!("TABLE {}", Postgres.quote_name(&partition.name));
            self.step(Effect::NONE, render::comment(&object, Some(text)));
        }
        self.own_objects(partition);
        for below in partition.partitioning.iter().flat_map(|it| &it.partitions) {
            self.create_partition(&partition.name, below, Effect::NONE);
        }
    }

    /// The new partition's own objects.
    fn own_objects(&mut self, partition: &Partition) {
        let own = &partition.own;
        for constraint in own.constraints() {
            let clause = ddl::constraint(Postgres, &constraint);
            self.alter(&own.name, Effect::NONE, &format!("ADD {clause}"));
            self.constraint_comment(&own.name, &constraint);
        }
        for index in &own.indexes {
            self.step(Effect::NONE, ddl::create_index(Postgres, &own.name, index));
            self.index_comment(&own.name, index);
        }
    }

    /// The table's columns continue after the numbers of the attached rows.
    fn attach(&mut self, table: &QName, of: &QName, partition: &Partition) {
        let (quoted, name) = (Postgres.quote_name(of), Postgres.quote_name(&partition.name));
        let sql = format!("ALTER TABLE {quoted} ATTACH PARTITION {name} {}", partition.bound);
        self.step(locks::ATTACH_PARTITION, sql);
        let Some(root) = self.schema.tables.get(table).cloned() else { return };
        for column in &root.columns {
            self.catch_up(table, column);
        }
    }

    fn divide(&mut self, name: &QName, partitioning: &Pair<Option<Partitioning>>) {
        let Some(before) = self.schema.tables.get(name).cloned() else { return };
        if let Some(problem) = Self::undividable(&before, partitioning) {
            let (message, hint) = problem;
            self.refuse("A0432", format!("table {name}"), message, hint);
            return;
        }
        let after = Table { partitioning: partitioning.after.clone(), ..Table::clone(&before) };
        let retired = name.sibling(self.unused_relation(&format!("{}__before", name.name)));
        let children = self.children_of(name);
        for (child, key) in &children {
            let key = Postgres.quote(key.name.text().unwrap_or_default());
            self.alter(child, locks::BRIEF, &format!("DROP CONSTRAINT {key}"));
        }
        self.rename_table(&Pair::new(name.clone(), retired.clone()));
        self.free_names(&before, &retired);
        self.create_table(&bare(&after));
        self.copy_rows(&before, &retired);
        for column in &after.columns {
            self.carry_count(&after, column, &retired);
        }
        self.carry_access(name, &retired);
        self.step(locks::BRIEF, format!("DROP TABLE {}", Postgres.quote_name(&retired)));
        self.put_back(&after);
        for (child, key) in children {
            let clause = ddl::constraint(Postgres, &Constraint::ForeignKey(key));
            self.alter(&child, locks::ADD_FOREIGN_KEY, &format!("ADD {clause}"));
        }
    }

    /// Why the table cannot be partitioned as it is, and what to do.
    fn undividable(
        table: &Table,
        partitioning: &Pair<Option<Partitioning>>,
    ) -> Option<(String, &'static str)> {
        if partitioning.before.is_some() && partitioning.after.is_some() {
            return Some((
                "its partition key can't be changed in one step".to_owned(),
                "make it an unpartitioned table in one revision, and partition that in the next",
            ));
        }
        let after = partitioning.after.as_ref()?;
        if after.partitions.is_empty() {
            return Some((
                "no declared partition fits its rows".to_owned(),
                "declare partitions in an .sql file, if necessary a DEFAULT one: CREATE TABLE p \
                 PARTITION OF t DEFAULT",
            ));
        }
        let key = key_columns(&after.by);
        let holds = |columns: &[autogen_schema::KeyPart]| {
            key.iter().all(|name| columns.iter().any(|part| part.column == *name))
        };
        let primary = table.primary_key.as_ref().filter(|it| !holds(&it.columns));
        let unique = table.uniques.iter().find(|it| !holds(&it.columns));
        let index = table.indexes.iter().find(|it| {
            let column = |name: &String| {
                it.parts.iter().any(|part| part.key == IndexKey::Column(name.clone()))
            };
            it.unique && !key.iter().all(column)
        });
        let what = primary
            .map(|it| it.name.to_string())
            .or_else(|| unique.map(|it| it.name.to_string()))
            .or_else(|| index.map(|it| it.name.to_string()))?;
        Some((
            format!(
                "{what} does not contain all columns of the partition key ({})",
                key.join(", ")
            ),
            "a unique key of a partitioned table must contain the partition columns",
        ))
    }

    fn children_of(&self, name: &QName) -> Vec<(QName, ForeignKey)> {
        let others = self.schema.tables.values().filter(|table| table.name != *name);
        others
            .flat_map(|table| table.foreign_keys.iter().map(|key| (table.name.clone(), key)))
            .filter(|(_, key)| key.references == *name)
            .map(|(table, key)| (table, key.clone()))
            .collect()
    }

    fn unused_relation(&self, base: &str) -> String {
        let names = self.schema.tables.keys().chain(self.schema.views.keys());
        let mut taken =
            names.chain(self.schema.sequences.keys()).map(|it| it.name.clone()).collect();
        crate::names::unused(base, crate::postgres::MAX_NAME, &mut taken)
    }

    /// Indexes, the constraints that have one, and the sequences of serial columns share their
    /// namespace with all relations of the schema.
    fn free_names(&mut self, table: &Table, retired: &QName) {
        let aside = |name: &str| {
            let name = format!("{name}__before");
            Postgres.quote(&crate::names::fit(&name, crate::postgres::MAX_NAME))
        };
        for constraint in table.constraints() {
            let Some(name) = constraint.name().text().filter(|_| has_index(&constraint)) else {
                continue;
            };
            let clause = format!("RENAME CONSTRAINT {} TO {}", Postgres.quote(name), aside(name));
            self.alter(retired, locks::BRIEF, &clause);
        }
        for index in &table.indexes {
            let Some(name) = index.name.text() else { continue };
            let from = Postgres.quote_name(&table.name.sibling(name));
            self.step(locks::BRIEF, format!("ALTER INDEX {from} RENAME TO {}", aside(name)));
        }
        for column in &table.columns {
            if column.identity == Some(Identity::Serial(None)) {
                let sequence = sequence::chosen_name(&table.name, &column.name);
                let from = Postgres.quote_name(&sequence);
                let to = aside(&sequence.name);
                self.step(locks::BRIEF, format!("ALTER SEQUENCE {from} RENAME TO {to}"));
            }
        }
    }

    fn copy_rows(&mut self, table: &Table, retired: &QName) {
        let columns: Vec<&Column> =
            table.columns.iter().filter(|column| column.generated.is_none()).collect();
        let names: Vec<String> = columns.iter().map(|it| Postgres.quote(&it.name)).collect();
        let names = names.join(", ");
        let always = columns.iter().any(|it| matches!(it.identity, Some(Identity::Always(_))));
        let overriding = if always { " OVERRIDING SYSTEM VALUE" } else { "" };
        let (to, from) = (Postgres.quote_name(&table.name), Postgres.quote_name(retired));
        let sql = format!("INSERT INTO {to} ({names}){overriding} SELECT {names} FROM {from}");
        self.work(Work::Repartition, locks::REWRITE, sql);
    }

    fn carry_count(&mut self, table: &Table, column: &Column, retired: &QName) {
        match &column.identity {
            Some(Identity::Serial(Some(sequence))) => {
                self.own_sequence(&table.name, column, sequence);
            }
            Some(
                Identity::Serial(None)
                | Identity::Always(_)
                | Identity::ByDefault(_)
                | Identity::Auto
                | Identity::AutoIncrement,
            ) => self.continue_count(&table.name, column, retired),
            None => {
                let owned = self.schema.sequences.values().find(|it| {
                    it.owned_by
                        .as_ref()
                        .is_some_and(|(owner, name)| *owner == table.name && *name == column.name)
                });
                if let Some(sequence) = owned.map(|it| it.name.clone()) {
                    self.own_sequence(&table.name, column, &sequence);
                }
            }
        }
    }

    /// What a new table lacks.
    fn put_back(&mut self, table: &Table) {
        for index in &table.indexes {
            self.create_index(&table.name, index);
        }
        let on = &table.name;
        if let Some(security) = &table.row_security {
            for policy in &security.policies {
                let change = PolicyChange::Create { table: on.clone(), policy: policy.clone() };
                self.policy(&change);
            }
            let (enabled, forced) = (security.enabled, security.forced);
            let after = Protection { enabled, forced };
            let before = Protection { enabled: false, forced: false };
            if after != before {
                let protection = Pair::new(before, after);
                self.policy(&PolicyChange::Protect { table: on.clone(), protection });
            }
        }
        self.statistics_again(on);
        self.grant_again(|it| is_of(it, on));
        for trigger in &table.triggers {
            self.trigger(&TriggerChange::Create { on: on.clone(), trigger: trigger.clone() });
        }
    }
}

/// The table without what is added once its rows are copied.
fn bare(table: &Table) -> Table {
    Table { indexes: Vec::new(), triggers: Vec::new(), row_security: None, ..table.clone() }
}

fn has_index(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::Exclusion(_) => true,
        Constraint::ForeignKey(_) | Constraint::Check(_) => false,
    }
}

/// The plain columns of a partition key, as in `RANGE (a, b)`.
fn key_columns(by: &str) -> Vec<String> {
    let inside = by.split_once('(').map_or("", |(_, rest)| rest);
    let inside = inside.strip_suffix(')').unwrap_or(inside);
    if inside.contains('(') {
        return Vec::new();
    }
    let column = |text: &str| {
        let text = text.trim();
        match text.strip_prefix('"') {
            Some(rest) => rest.split('"').next().unwrap_or_default().to_owned(),
            None => text.split_whitespace().next().unwrap_or_default().to_owned(),
        }
    };
    inside.split(',').map(column).collect()
}
