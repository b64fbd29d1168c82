//! Tables.

use std::collections::BTreeMap;

use autogen_schema::{Column, Identity, Pair, QName, Table, TableChange, TableOptions};

use super::Lowering;
use crate::Dialect::Postgres;
use crate::ddl;
use crate::postgres::{locks, render};
use crate::step::Effect;

impl Lowering<'_> {
    pub(super) fn table(&mut self, change: &TableChange) {
        match change {
            TableChange::Create(table) => self.create_table(table),
            TableChange::Drop(table) => {
                self.step(locks::BRIEF, format!("DROP TABLE {}", Postgres.quote_name(&table.name)));
            }
            TableChange::Rename(name) => {
                self.rename_table(name);
                let columns = self.schema.tables.get(&name.before).map(|it| it.columns.clone());
                let moved = name.after.sibling(&*name.before.name);
                for column in columns.iter().flatten() {
                    let place = Pair::new((&moved, &*column.name), (&name.after, &*column.name));
                    self.rename_counter(column, place);
                }
            }
            TableChange::Comment { table, comment } => {
                let object = format!("TABLE {}", Postgres.quote_name(table));
                self.step(locks::QUIET, render::comment(&object, comment.after.as_deref()));
            }
            TableChange::Options { table, options } => self.table_options(table, options),
            // Not possible in PostgreSQL.
            TableChange::Reorder { .. } => {}
        }
    }

    pub(super) fn create_table(&mut self, table: &Table) {
        // A recreated table keeps using an existing sequence.
        let named = table.columns.iter().filter_map(named_sequence);
        let there = self.schema.tables.contains_key(&table.name);
        for sequence in named.filter(|_| !there) {
            self.step(Effect::NONE, format!("CREATE SEQUENCE {}", Postgres.quote_name(sequence)));
        }
        self.step(Effect::NONE, render::create_table(table));
        for column in &table.columns {
            if let Some(sequence) = named_sequence(column).filter(|_| !there) {
                self.own_sequence(&table.name, column, sequence);
            }
        }
        for constraint in table.constraints().iter().filter(|it| render::is_not_valid(it)) {
            let clause = ddl::constraint(Postgres, constraint);
            self.alter(&table.name, Effect::NONE, &format!("ADD {clause}"));
        }
        for index in &table.indexes {
            self.create_index(&table.name, index);
        }
        for partition in table.partitioning.iter().flat_map(|it| &it.partitions) {
            self.create_partition(&table.name, partition, Effect::NONE);
        }
        self.comments(table);
    }

    /// Makes a column the owner of a sequence, which is then dropped with it.
    pub(super) fn own_sequence(&mut self, table: &QName, column: &Column, sequence: &QName) {
        self.step(
            Effect::NONE,
            format!(
                "ALTER SEQUENCE {} OWNED BY {}.{}",
                Postgres.quote_name(sequence),
                Postgres.quote_name(table),
                Postgres.quote(&column.name)
            ),
        );
    }

    fn comments(&mut self, table: &Table) {
        let name = Postgres.quote_name(&table.name);
        if let Some(text) = &table.comment {
            self.step(Effect::NONE, render::comment(&format!("TABLE {name}"), Some(text)));
        }
        for column in &table.columns {
            self.column_comment(&table.name, column);
        }
        for constraint in table.constraints() {
            self.constraint_comment(&table.name, &constraint);
        }
    }

    pub(super) fn rename_table(&mut self, name: &Pair<QName>) {
        let mut current = name.before.clone();
        if name.before.schema != name.after.schema {
            let target = name.after.schema.as_deref().unwrap_or("public");
            self.step(
                locks::BRIEF,
                format!(
                    "ALTER TABLE {} SET SCHEMA {}",
                    Postgres.quote_name(&current),
                    Postgres.quote(target)
                ),
            );
            current.schema.clone_from(&name.after.schema);
        }
        if name.before.name != name.after.name {
            self.step(
                locks::BRIEF,
                format!(
                    "ALTER TABLE {} RENAME TO {}",
                    Postgres.quote_name(&current),
                    Postgres.quote(&name.after.name)
                ),
            );
        }
    }

    /// Other storage parameters of a table or an index.
    pub(super) fn storage(
        &mut self,
        object: &str,
        effect: Effect,
        storage: Pair<&BTreeMap<String, String>>,
    ) {
        let Pair { before, after } = storage;
        let gone: Vec<&str> =
            before.keys().filter(|key| !after.contains_key(*key)).map(String::as_str).collect();
        if !gone.is_empty() {
            self.step(effect, format!("ALTER {object} RESET ({})", gone.join(", ")));
        }
        let mut set = after.clone();
        set.retain(|key, value| before.get(key) != Some(value));
        if !set.is_empty() {
            self.step(effect, format!("ALTER {object} SET ({})", ddl::storage(&set)));
        }
    }

    fn table_options(&mut self, table: &QName, options: &Pair<TableOptions>) {
        let name = Postgres.quote_name(table);
        let Pair { before, after } = options;
        if before.unlogged != after.unlogged {
            let word = if after.unlogged { "UNLOGGED" } else { "LOGGED" };
            self.step(locks::REWRITE, format!("ALTER TABLE {name} SET {word}"));
        }
        let storage = options.as_ref().map(|it| &it.storage);
        self.storage(&format!("TABLE {name}"), locks::QUIET, storage);
        if before.tablespace != after.tablespace {
            let target = after.tablespace.as_deref().unwrap_or("pg_default");
            self.step(
                locks::REWRITE,
                format!("ALTER TABLE {name} SET TABLESPACE {}", Postgres.quote(target)),
            );
        }
    }
}

fn named_sequence(column: &Column) -> Option<&QName> {
    match &column.identity {
        Some(Identity::Serial(sequence)) => sequence.as_ref(),
        Some(
            Identity::Auto | Identity::Always(_) | Identity::ByDefault(_) | Identity::AutoIncrement,
        )
        | None => None,
    }
}
