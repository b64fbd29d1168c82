//! BC101: rename table or sequence.

use autogen_plan::Severity;
use autogen_schema::{Default, Pair, QName, Table};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC101",
    title: "rename table or sequence",
    severity: Severity::Warning,
    page: "Code that uses the old name fails after the rename. Deploy both together, or create a view with the old name for the time in between. MariaDB's defaults do not follow a renamed sequence: a separate statement sets each one, and until then inserts that use the default fail.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if !case.first {
        return None;
    }
    if let Some(name) = case.change.renamed_sequence() {
        return of_sequence(case, name);
    }
    Finding::new(
        format!("code that still uses {} will fail", case.change.renamed_table()?.before),
        "create a view with the old name until all code is deployed",
    )
}

/// If defaults do not follow the rename, they fail until they are set.
fn of_sequence(case: &Case<'_>, name: &Pair<QName>) -> Option<Finding> {
    if case.dialect.follows_renames() {
        return None;
    }
    let counts = |table: &&std::sync::Arc<Table>| {
        table.columns.iter().any(|column| match &column.default {
            Some(Default::Expression(expr)) => expr.sequences().contains(&name.before),
            Some(Default::Literal(_)) | None => false,
        })
    };
    let tables = case.schema.before.tables.values().filter(counts);
    let tables: Vec<String> = tables.map(|table| table.name.to_string()).collect();
    if tables.is_empty() {
        return None;
    }
    Finding::new(
        format!("until defaults use {}, inserts into {} fail", name.after, tables.join(", ")),
        "run it while nobody inserts there",
    )
}
