//! RW116: foreign key copies the table.

use autogen_plan::Severity;
use autogen_schema::{Change, Constraint, ConstraintChange};

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "RW116",
    title: "foreign key copies the table",
    severity: Severity::Warning,
    page: "With `foreign_key_checks` on, MySQL and MariaDB copy the table to add a foreign key (`ALGORITHM=COPY, LOCK=SHARED`); nobody can write meanwhile. With it off, they add the key in place and do not check the rows. On a large table, switch it off, and look for orphans before and after.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let Change::Constraint(
        ConstraintChange::Add { table, constraint: Constraint::ForeignKey(_) }
        | ConstraintChange::Rename { table, constraint: Constraint::ForeignKey(_), .. },
    ) = case.change
    else {
        return None;
    };
    if !case.copies() {
        return None;
    }
    Finding::new(
        format!(
            "{table} is copied while the foreign key is added, and nobody can write to it meanwhile"
        ),
        "on a large table, add it with foreign_key_checks=0 and ALGORITHM=INPLACE, and look for \
         orphans before and after",
    )
}
