//! The work that PostgreSQL repeats when the type or the collation of a column changes and the
//! rows are kept: it builds the indexes that it can't keep, and checks constraints.
//!
//! Source: `CheckIndexCompatible` in `src/backend/commands/indexcmds.c`, `ATPostAlterTypeParse`
//! and `TryReuseForeignKey` in `tablecmds.c`; `relfilenode` and scan counts observed on 15.

use autogen_schema::{
    Column, Constraint, Exclusion, ForeignKey, Index, IndexKey, IndexPart, Pair, Partitioning,
    Schema, Table,
};

use super::convert::zoned;
use crate::step::Work;

/// The work for a column of this table.
pub(super) fn work(schema: &Schema, table: &Table, column: &Pair<Column>) -> Vec<Work> {
    let zone = |column: &Column| zoned(&column.data_type).map(|(zone, _)| zone);
    let change = Change {
        name: &column.before.name,
        collation: column.before.collation != column.after.collation,
        operators: zone(&column.before) != zone(&column.after),
    };
    let builds = owners(table).any(|owner| change.builds(owner)).then_some(Work::BuildIndex);
    let checks = owners(table).any(|owner| change.checks(owner));
    let checks = (checks || change.checks_references(schema, table)).then_some(Work::CheckRows);
    builds.into_iter().chain(checks).collect()
}

/// The table, and what its partitions have of their own.
fn owners(table: &Table) -> impl Iterator<Item = &Table> {
    let partitions = table.partitioning.iter().flat_map(Partitioning::all);
    std::iter::once(table).chain(partitions.map(|partition| &*partition.own))
}

struct Change<'a> {
    name: &'a str,
    /// Whether the values sort by another collation.
    collation: bool,
    /// Whether other operators compare the values.
    operators: bool,
}

impl Change<'_> {
    fn builds(&self, table: &Table) -> bool {
        let primary = table.primary_key.iter().flat_map(|it| &it.columns);
        let unique = table.uniques.iter().flat_map(|it| &it.columns);
        let key = primary.chain(unique).any(|part| part.column == self.name);
        key && (self.collation || self.operators)
            || table.indexes.iter().any(|index| self.builds_index(index))
            || table.exclusions.iter().any(|exclusion| self.builds_exclusion(exclusion))
    }

    /// The server compares no expressions and no predicates: it builds such an index again.
    fn builds_index(&self, index: &Index) -> bool {
        let computes = index.predicate.is_some() || index.parts.iter().any(is_expression);
        computes && index.uses(self.name) || index.parts.iter().any(|part| self.sorts(part))
    }

    fn builds_exclusion(&self, exclusion: &Exclusion) -> bool {
        let parts = || exclusion.elements.iter().map(|(part, _)| part);
        let computes = exclusion.predicate.is_some() || parts().any(is_expression);
        let used = Constraint::Exclusion(exclusion.clone()).uses(self.name);
        computes && used || parts().any(|part| self.sorts(part))
    }

    /// Whether the part sorts by something else after the change.
    fn sorts(&self, part: &IndexPart) -> bool {
        let of_column = matches!(&part.key, IndexKey::Column(name) if name == self.name);
        of_column && (self.operators || self.collation && part.collation.is_none())
    }

    fn checks(&self, table: &Table) -> bool {
        let checks = table.checks.iter().filter(|it| !it.not_valid && !it.not_enforced);
        checks.into_iter().any(|check| check.expr.mentions(self.name))
    }

    /// A foreign key from or to the column compares by other operators.
    fn checks_references(&self, schema: &Schema, table: &Table) -> bool {
        let from = |key: &ForeignKey| key.columns.iter().any(|it| it == self.name);
        let to = |key: &ForeignKey| {
            key.references == table.name && key.referenced_columns.iter().any(|it| it == self.name)
        };
        self.operators
            && (table.foreign_keys.iter().any(from)
                || schema.tables.values().flat_map(|it| &it.foreign_keys).any(to))
    }
}

fn is_expression(part: &IndexPart) -> bool {
    matches!(part.key, IndexKey::Expression(_))
}
