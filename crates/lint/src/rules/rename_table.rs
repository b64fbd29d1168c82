//! BC101: rename table or sequence.

use autogen_plan::Severity;
use autogen_schema::{Default, Pair, QName, Table};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "BC101",
    title: "rename table or sequence",
    severity: Severity::Warning,
    page: "Code that runs with the old name fails from the moment of the rename. Deploy both together, or put a view of the old name in between. MariaDB's defaults do not follow a sequence that gets another name: each is set by a statement of its own, and until then rows that leave it out are refused.",
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
        "put a view of the old name in between until all code is deployed",
    )
}

/// Where defaults do not follow, there is a gap until they are set.
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
        format!("until defaults say {}, inserts into {} fail", name.after, tables.join(", ")),
        "run it while nobody inserts there",
    )
}
