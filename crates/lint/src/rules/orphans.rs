//! DD104: foreign key over orphans.

use autogen_plan::Severity;
use autogen_schema::{Change, Constraint, ConstraintChange, ForeignKey};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD104",
    title: "foreign key over orphans",
    severity: Severity::Warning,
    page: "Rows without a parent make the migration fail, and nothing is changed. Look for orphans first.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Constraint(ConstraintChange::Add {
        table,
        constraint: Constraint::ForeignKey(key),
    }) = case.change
    else {
        return None;
    };
    let added = case
        .schema
        .before
        .tables
        .get(table)
        .is_none_or(|before| key.columns.iter().all(|column| before.column(column).is_none()));
    let guarded = case.schema.before.tables.get(table).is_some_and(|before| {
        before.foreign_keys.iter().any(|there| !there.not_valid && guards(there, key))
    });
    if !case.first || case.new_table || added || guarded || key.not_valid {
        return None;
    }
    Finding::new(
        format!("fails if a row of {table} has no row in {}", key.references),
        "look for orphans before you run this",
    )
}

/// Whether the rows that `there` allows are rows that `wanted` allows.
fn guards(there: &ForeignKey, wanted: &ForeignKey) -> bool {
    let partly_null = wanted.columns.len() > 1 && there.match_type != wanted.match_type;
    there.columns == wanted.columns
        && there.references == wanted.references
        && there.referenced_columns == wanted.referenced_columns
        && !partly_null
}
