//! LK104: drop index.

use autogen_plan::Severity;
use autogen_schema::{Index, IndexKey, Table, View};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK104",
    title: "drop index",
    severity: Severity::Note,
    page: "Queries that used the index read the whole table, and become slow on a large one. Look at its use first: `pg_stat_user_indexes` on PostgreSQL, `sys.schema_unused_indexes` on MySQL. MySQL and MariaDB can hide an index before it is dropped (`ALTER TABLE t ALTER INDEX i INVISIBLE`, `IGNORED` on MariaDB).\n\nOn PostgreSQL, `DROP INDEX i` locks the table, and waits for all transactions that use it, while all later statements wait behind it. On a busy table, write `DROP INDEX CONCURRENTLY i` in a group of its own (`-- autogen: no-transaction`).",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    // Code of the earlier schema works without what the migration added.
    if !case.first || case.restoring {
        return None;
    }
    let lost = of_table(case).or_else(|| of_view(case))?;
    Finding::new(
        format!("queries that use {lost} become slow"),
        "make sure that no query needs it, and drop it concurrently on a busy table",
    )
}

fn of_table(case: &Case<'_>) -> Option<String> {
    // A unique index has a hazard of its own, and MySQL uses no invisible one.
    let (table, index) = case.change.dropped_index()?;
    let after = case.schema.after.tables.get(table)?;
    let used = !index.unique && !index.options.invisible;
    (used && stays(after, index) && !is_covered(after, index))
        .then(|| format!("the index {} of {table}", index.name))
}

/// Whether all columns of the index are kept.
fn stays(after: &Table, index: &Index) -> bool {
    index.parts.iter().all(|part| match &part.key {
        IndexKey::Column(name) => after.column(name).is_some(),
        IndexKey::Expression(_) => true,
    })
}

/// Whether another index has the same name, or begins with the same parts; or a key has the
/// same columns.
fn is_covered(after: &Table, index: &Index) -> bool {
    let begins = |other: &Index| {
        other.parts.starts_with(&index.parts)
            && other.method == index.method
            && (other.predicate.is_none() || other.predicate == index.predicate)
    };
    let mut others = after.indexes.iter();
    let columns = index.parts.iter().map(|part| match &part.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    });
    let columns: Option<Vec<&String>> = columns.collect();
    let in_key = |columns: Vec<&String>| {
        after.unique_keys().iter().any(|(_, key)| key.starts_with(&columns))
    };
    others.any(|other| other.name == index.name || begins(other)) || columns.is_some_and(in_key)
}

/// The indexes that a materialized view loses.
fn of_view(case: &Case<'_>) -> Option<String> {
    let view = case.change.altered_view()?;
    let names = |view: &View| -> Vec<String> {
        view.indexes.iter().map(|index| index.name.clone()).collect()
    };
    let after = names(&view.after);
    let gone: Vec<String> =
        names(&view.before).into_iter().filter(|name| !after.contains(name)).collect();
    (!gone.is_empty()).then(|| format!("{} of {}", gone.join(", "), view.after.name))
}
