//! DD112: rows leave their table.

use autogen_dialect::probe::ProbedColumns;
use autogen_plan::Severity;
use autogen_schema::{Change, ForeignKey, PartitionChange, QName, Table};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD112",
    title: "rows leave their table",
    severity: Severity::Warning,
    page: "A detached partition keeps its rows, but queries on the partitioned table no longer find them. If rows of other tables reference them, the migration fails, and nothing is changed. Let those foreign keys reference the partition, or drop them, in the same migration or before.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Partition(PartitionChange::Detach { table, partition, .. }) = case.change else {
        return None;
    };
    if !case.first {
        return None;
    }
    let name = &partition.name;
    let leaves = format!("{table} no longer has the rows of {name}");
    let Some((child, key)) = referring(case, table) else {
        return Finding::new(leaves, "make sure that their readers use the new table");
    };
    Finding::probed(
        probe(case, name, child, key),
        format!("{leaves}; fails if {} refers to one", child.name),
        "drop the foreign key, or point it at the rows, in the same migration",
    )
}

/// A foreign key of another table that is kept.
fn referring<'c>(case: &Case<'c>, table: &QName) -> Option<(&'c Table, &'c ForeignKey)> {
    let keys = case
        .schema
        .before
        .tables
        .values()
        .flat_map(|child| child.foreign_keys.iter().map(move |key| (&**child, key)));
    let was = case.origin.table(table)?;
    let stays = |child: &Table, key: &ForeignKey| {
        let after = case.schema.after.tables.values().find(|it| it.name == child.name);
        after.is_some_and(|it| it.foreign_keys.iter().any(|other| other.same_structure(key)))
    };
    keys.into_iter()
        .filter(|(child, key)| key.references == was && child.name != was)
        .find(|(child, key)| stays(child, key))
}

fn probe(case: &Case<'_>, name: &QName, child: &Table, key: &ForeignKey) -> Option<String> {
    let own = case.origin.table(name)?;
    let children = ProbedColumns { table: &child.name, columns: &key.columns };
    let parents = ProbedColumns { table: &own, columns: &key.referenced_columns };
    Some(case.dialect.probe_referred(children, parents))
}
