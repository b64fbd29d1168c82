//! LK103: index build blocks writes.

use autogen_dialect::{Blocks, Work};
use autogen_plan::Severity;
use autogen_schema::{Change, IndexChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK103",
    title: "index build blocks writes",
    severity: Severity::Warning,
    page: "CREATE INDEX holds a SHARE lock while it reads the table: all writes wait. On a large, busy table, write `CREATE INDEX CONCURRENTLY` in its own group (`-- autogen: no-transaction`). On a materialized view, reads continue, and `REFRESH` waits.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let builds = case.step.does(Work::BuildIndex);
    let waits = case.step.effect.blocks == Blocks::Writes && !case.step.foreign_keys_off;
    if !builds || !waits || case.new_table {
        return None;
    }
    if let Some(view) = case.change.altered_view() {
        return Finding::new(
            format!("refreshes of {} wait while the index is built", view.after.name),
            "build it concurrently if the view is large",
        );
    }
    // SQLite rebuilds an index to rename it.
    let Change::Index(IndexChange::Create { table, .. } | IndexChange::Rename { table, .. }) =
        case.change
    else {
        return None;
    };
    Finding::new(
        format!("writes to {table} wait while the index is built"),
        "run it when there is little traffic, or build it concurrently where the database can",
    )
}
