//! LK108: constraint reads the table.

use autogen_dialect::{Blocks, Cost};
use autogen_plan::Severity;
use autogen_schema::Constraint;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "LK108",
    title: "constraint reads the table",
    severity: Severity::Warning,
    page: "The constraint is checked, or its index is built, while the table is locked. On a large PostgreSQL table, add foreign keys and checks NOT VALID, and validate them in another transaction. For a unique constraint, build the index concurrently, and attach it.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, constraint) = case.change.added_constraint()?;
    let effect = case.step.effect;
    let scans = effect.cost == Cost::Scan && effect.blocks != Blocks::Nothing;
    if !scans || case.step.foreign_keys_off {
        return None;
    }
    let safer = match constraint {
        Constraint::Exclusion(_) => "there is no other way: on a large table, choose a quiet hour",
        Constraint::PrimaryKey(_)
        | Constraint::Unique(_)
        | Constraint::ForeignKey(_)
        | Constraint::Check(_) => {
            "on a large table, add it NOT VALID and validate it later, or attach a ready index"
        }
    };
    Finding::new(format!("{table} is locked while the {} is checked", constraint.kind()), safer)
}
