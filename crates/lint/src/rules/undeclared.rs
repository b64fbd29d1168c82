//! DL115: a rebuild drops what only the target database has.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL115",
    title: "a rebuild drops what only this database has",
    severity: Severity::Warning,
    page: "The change can't be made in place: the table is copied into a new one, and the old one is dropped (most changes of a table on SQLite; a table that becomes partitioned, or no longer is, on PostgreSQL). The new one has the columns, indexes and triggers (on PostgreSQL also the constraints, policies, rules, statistics, comments, publications, row-level security and the replica identity) that were known when the migration was written. What somebody added by hand to another database would go without a word, so `upgrade` and `downgrade` look for it, and run nothing where they find it. `diff` refuses to write the migration where the database at hand has such an object (A0623). Only names are compared: a check, a default or a collation that was changed by hand is replaced. Take it into the history by `autogen diff --adopt`, or declare it in the models, and write the migration again; or drop it in that database. To accept the loss, delete the line `-- autogen: probe` below this hazard.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.step.replaces_table() || case.new_table {
        return None;
    }
    let table = case.change.table()?;
    let before = case.schema.before.tables.get(&case.origin.table(table)?)?;
    let probe = case.dialect.probe_undeclared(case.schema.before, before)?;
    Finding::probed(
        Some(probe.query),
        format!("drops {} of {table} that only this database has", probe.kinds),
        "take it into the history by `autogen diff --adopt`, or drop it there",
    )
}
