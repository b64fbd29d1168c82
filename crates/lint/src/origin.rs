//! The names of a change's objects before the plan: probes run before anything else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autogen_dialect::Dialect;
use autogen_schema::{
    Change, Column, ColumnChange, ColumnType, EnumChange, Expr, Pair, PartitionChange, QName,
    Schema, SequenceChange, Table, TableChange,
};

/// The renames of a direction, including those of values in rows, each with its index among
/// the changes.
pub(crate) struct Renames<'a>(Vec<(usize, &'a Change)>);

impl<'a> Renames<'a> {
    pub(crate) fn of(changes: &'a [Change]) -> Self {
        let changes = changes.iter().enumerate();
        Self(changes.filter(|(_, change)| is_rename(change)).collect())
    }

    /// The former names for one change, from the renames before it.
    pub(crate) fn before(&'a self, change: usize, schema: Pair<&'a Schema>) -> FormerNames<'a> {
        let count = self.0.partition_point(|(at, _)| *at < change);
        FormerNames { renames: &self.0[..count], schema }
    }
}

fn is_rename(change: &Change) -> bool {
    matches!(
        change,
        Change::Table(TableChange::Rename(_))
            | Change::Sequence(SequenceChange::Rename(_))
            | Change::Column(ColumnChange::Rename { .. } | ColumnChange::Relabel { .. })
            | Change::Enum(EnumChange::RenameValue { .. })
    )
}

/// Both sides, with added tables for the partitions that become tables, were tables, or whose
/// own objects change: so that their rows can be queried. `None` if there are none.
pub(crate) fn with_tables(
    dialect: Dialect,
    schema: Pair<&Schema>,
    changes: &[Change],
) -> Option<Pair<Schema>> {
    let shown = changed_partitions(dialect, schema, changes);
    let moves = |change: &Change| {
        matches!(
            change,
            Change::Partition(PartitionChange::Attach { .. } | PartitionChange::Detach { .. })
        )
    };
    if shown.is_empty() && !changes.iter().any(moves) {
        return None;
    }
    let renamed = |of: &QName| {
        changes.iter().any(|change| {
            matches!(change, Change::Column(ColumnChange::Rename { table, .. }
                | ColumnChange::Relabel { table, .. }) if table == of)
        })
    };
    let mut both = schema.map(Schema::clone);
    for (_, tables) in shown.into_iter().filter(|(root, _)| !renamed(root)) {
        drop(both.before.add_table(tables.before));
        drop(both.after.add_table(tables.after));
    }
    for change in changes {
        if let Change::Partition(PartitionChange::Detach { table, plain, .. }) = change
            && !renamed(table)
        {
            both.before.add_table(Arc::clone(plain));
        }
        if let Change::Partition(PartitionChange::Attach { plain, .. }) = change {
            both.after.add_table(Arc::clone(plain));
        }
    }
    Some(both)
}

/// The partitions that are kept and whose own objects change, as the tables that they would
/// be, with the top-level table.
fn changed_partitions<'s>(
    dialect: Dialect,
    schema: Pair<&'s Schema>,
    changes: &[Change],
) -> Vec<(&'s QName, Pair<Table>)> {
    let roots = schema.map(Schema::partitions);
    let alone = |roots: &BTreeMap<&QName, &'s Arc<Table>>, name: &QName| {
        let root = *roots.get(name)?;
        let (_, partition) = root.partitioning.as_ref()?.find(&root.name, name)?;
        Some((&root.name, dialect.detached(root, partition)))
    };
    let names = changes.iter().filter_map(Change::table);
    let names: BTreeSet<&QName> = names.filter(|it| roots.after.contains_key(*it)).collect();
    let both = |name: &QName| {
        let (root, after) = alone(&roots.after, name)?;
        Some((root, Pair::new(alone(&roots.before, name)?.1, after)))
    };
    names.into_iter().filter_map(both).collect()
}

/// From the names at a change back to those before the plan.
#[derive(Clone, Copy)]
pub(crate) struct FormerNames<'a> {
    renames: &'a [(usize, &'a Change)],
    schema: Pair<&'a Schema>,
}

impl FormerNames<'_> {
    /// The table, if it existed.
    pub(crate) fn table(&self, name: &QName) -> Option<QName> {
        let mut name = name.clone();
        for (_, change) in self.renames.iter().rev() {
            if let Some(it) = change.renamed_table().filter(|it| it.after == name) {
                name = it.before.clone();
            }
        }
        self.schema.before.tables.contains_key(&name).then_some(name)
    }

    /// The sequence, if it existed.
    pub(crate) fn sequence(&self, name: &QName) -> Option<QName> {
        let mut name = name.clone();
        for (_, change) in self.renames.iter().rev() {
            if let Some(it) = change.renamed_sequence().filter(|it| it.after == name) {
                name = it.before.clone();
            }
        }
        self.schema.before.sequences.contains_key(&name).then_some(name)
    }

    /// The column, if it existed and its values are not computed again.
    pub(crate) fn column(&self, table: &QName, name: &str) -> Option<String> {
        let (mut owner, mut column) = (table.clone(), name.to_owned());
        for (_, change) in self.renames.iter().rev() {
            if let Some(it) = change.renamed_table().filter(|it| it.after == owner) {
                owner = it.before.clone();
            }
            let renamed = change.renamed_column().filter(|(table, _)| **table == owner);
            if let Some((_, it)) = renamed.filter(|(_, it)| it.after == column) {
                column.clone_from(&it.before);
            }
        }
        let there = self.schema.before.tables.get(&owner)?.column(&column)?;
        let after = self.schema.after.tables.get(table).and_then(|it| it.column(name));
        let computed = after.and_then(|it| it.generated.as_ref());
        (computed.is_none() || there.generated.as_ref() == computed).then_some(column)
    }

    /// Whether the column's rows are relabelled by the plan.
    pub(crate) fn is_relabelled(&self, table: &QName, name: &str) -> bool {
        let mut relabelled = self.renames.iter().filter_map(|(_, it)| it.relabelled_column());
        relabelled.any(|(of, column)| of == table && column == name)
    }

    /// All of the columns, if they existed.
    pub(crate) fn columns(&self, table: &QName, columns: &[String]) -> Option<Vec<String>> {
        columns.iter().map(|name| self.column(table, name)).collect()
    }

    /// Whether the routines that the expression calls exist already, unchanged.
    pub(crate) fn can_call(&self, expr: &Expr) -> bool {
        let existing = &self.schema.before.routines;
        let mut called =
            self.schema.after.routines.iter().filter(|routine| expr.calls(&routine.callee()));
        called.all(|routine| existing.contains(routine))
    }

    /// Whether an expression names an enum label that the plan adds: the database would reject
    /// the query.
    fn names_new_label(&self, table: &Table, expr: &Expr) -> bool {
        let Pair { before, after } = self.schema;
        table.columns.iter().filter_map(|column| column.data_type.enum_name()).any(|name| {
            let sides = (before.enums.get(name), after.enums.get(name));
            let (Some(before), Some(after)) = sides else { return false };
            let mut new = after.values.iter().filter(|label| !before.values.contains(label));
            new.any(|it| expr.as_str().contains(&format!("'{}'", it.replace('\'', "''"))))
        })
    }

    /// The expression, if it means the same on the table before the plan.
    pub(crate) fn expression<'e>(&self, table: &QName, expr: &'e Expr) -> Option<&'e Expr> {
        self.conversion(table, "", expr)
    }

    /// The same for one that converts the column of this name: that has its type before.
    pub(crate) fn conversion<'e>(
        &self,
        table: &QName,
        converted: &str,
        expr: &'e Expr,
    ) -> Option<&'e Expr> {
        let after = self.schema.after.tables.get(table)?;
        let spoken = |(_, value): (&QName, &Pair<String>)| {
            expr.as_str().contains(&format!("'{}'", value.after.replace('\'', "''")))
        };
        let relabelled = |(of, column): (&QName, &String)| of == table && expr.mentions(column);
        if self.renames.iter().any(|(_, change)| {
            change.renamed_value().is_some_and(spoken)
                || change.relabelled_column().is_some_and(relabelled)
        }) {
            return None;
        }
        if !self.can_call(expr) || self.names_new_label(after, expr) {
            return None;
        }
        let before = self.table(table).and_then(|name| self.schema.before.tables.get(&name));
        let as_it_was = |column: &Column| {
            let was = before.and_then(|before| before.column(&column.name));
            self.column(table, &column.name).as_ref() == Some(&column.name)
                && (column.name == converted
                    || was.is_some_and(|was| is_of_a_kind(&was.data_type, &column.data_type)))
        };
        let mut mentioned = after.columns.iter().filter(|column| expr.mentions(&column.name));
        mentioned.all(as_it_was).then_some(expr)
    }
}

/// Whether the same operators apply to both types.
fn is_of_a_kind(one: &ColumnType, other: &ColumnType) -> bool {
    let number = |it: &ColumnType| {
        matches!(
            it,
            ColumnType::Integer { .. }
                | ColumnType::Decimal(_)
                | ColumnType::Float
                | ColumnType::Double
        )
    };
    let text = |it: &ColumnType| {
        matches!(it, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text(_))
    };
    one == other || number(one) && number(other) || text(one) && text(other)
}
