//! RW101: table rewrite.

use autogen_dialect::{Blocks, Cost};
use autogen_plan::Severity;
use autogen_schema::{Change, QName};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "RW101",
    title: "table rewrite",
    severity: Severity::Warning,
    page: "Every row and every index of the table is rewritten, while nobody can read or write it. Where MySQL copies the table (`ALGORITHM=COPY`), readers continue. On a large table, add a new column, fill it in batches, and swap the names.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if matches!(case.change, Change::Enum(_) | Change::Domain(_)) {
        (case.step.effect.cost == Cost::Rewrite).then_some(())?;
        return Finding::new("tables with this type are rewritten", SAFER);
    }
    let (table, purpose) = rewritten(case.change)?;
    if case.copies() {
        return Finding::new(
            format!("{table} is copied row by row{purpose}, and nobody can write to it meanwhile"),
            SAFER,
        );
    }
    let effect = case.step.effect;
    if effect.cost != Cost::Rewrite || effect.blocks != Blocks::ReadsAndWrites || case.new_table {
        return None;
    }
    Finding::new(format!("{table} is rewritten{purpose}, and can't be used meanwhile"), SAFER)
}

/// The table, and what it is rewritten for. Many columns may be added by one statement, which
/// names them; of a change it is the column that costs the rewrite.
fn rewritten(change: &Change) -> Option<(&QName, String)> {
    let added = change.added_column();
    let added = added.map(|(table, _)| (table, String::new()));
    let altered = change
        .altered_column()
        .map(|(table, column)| (table, format!(" to change column {}", column.after.name)));
    let options = change.changed_options().map(|(table, _)| (table, String::new()));
    let divided = change.divided_table().map(|(table, _)| (table, String::new()));
    added.or(altered).or(options).or(divided)
}

const SAFER: &str = "on a large table, fill a second column in batches and swap the names";
