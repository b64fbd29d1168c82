//! RW101: table rewrite.

use autogen_dialect::{Blocks, Cost};
use autogen_plan::Severity;
use autogen_schema::{Change, ColumnChange, PartitionChange, TableChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "RW101",
    title: "table rewrite",
    severity: Severity::Warning,
    page: "Every row, and every index of the table, is written again while nobody can read or write it; where MySQL copies the table (`ALGORITHM=COPY`), while nobody can write. On a large table add a new column, fill it in batches, and swap the names.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let table = match case.change {
        Change::Column(ColumnChange::Add { table, .. } | ColumnChange::Alter { table, .. })
        | Change::Table(TableChange::Options { table, .. })
        | Change::Partition(PartitionChange::Divide { table, .. }) => table,
        Change::Enum(_) | Change::Domain(_) => {
            return (case.step.effect.cost == Cost::Rewrite)
                .then(|| Finding::new("tables with this type are written anew", SAFER))
                .flatten();
        }
        _other => return None,
    };
    if case.copies() {
        return Finding::new(
            format!("{table} is copied row by row, and nobody can write to it meanwhile"),
            SAFER,
        );
    }
    let effect = case.step.effect;
    if effect.cost != Cost::Rewrite || effect.blocks != Blocks::ReadsAndWrites || case.new_table {
        return None;
    }
    Finding::new(format!("{table} is written anew, and can't be used meanwhile"), SAFER)
}

const SAFER: &str = "on a large table, fill a second column in batches and swap the names";
