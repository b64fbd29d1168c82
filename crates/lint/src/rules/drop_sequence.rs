//! DL106: counter lost.

use autogen_plan::Severity;
use autogen_schema::{Change, Column, Default, SequenceChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL106",
    title: "counter lost",
    severity: Severity::Warning,
    page: "The current value of the sequence, or of the counter of an auto-increment column (`serial`, an identity, AUTO_INCREMENT, AUTOINCREMENT), is lost. A sequence that is created again, on the way down or under another name, starts from the beginning, and returns numbers that are in use. A column that gets a counter again continues after its largest number: numbers of deleted rows are given twice. Rename a sequence with --rename to keep its value; to keep the counter of a `serial` column, make its sequence one of its own, and keep the default.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    if let Change::Sequence(SequenceChange::Drop(item)) = case.change {
        return Finding::new(
            format!("the current value of {} is lost", item.name),
            "to keep the value under another name, pass --rename",
        );
    }
    let (table, column) = case.change.altered_column()?;
    let after = case.finally(table, column);
    if !case.first || column.before.identity.is_none() || counts(after) {
        return None;
    }
    Finding::new(
        format!("the counter of {table}.{} is lost", after.name),
        "note its current value if numbers of deleted rows must not be given again",
    )
}

/// Whether the column still has a counter.
fn counts(column: &Column) -> bool {
    let from_sequence = |default: &Default| match default {
        Default::Expression(expr) => !expr.sequences().is_empty(),
        Default::Literal(_) => false,
    };
    column.identity.is_some() || column.default.as_ref().is_some_and(from_sequence)
}
