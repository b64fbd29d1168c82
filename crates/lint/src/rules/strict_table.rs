//! DD106: values of another type.

use autogen_plan::Severity;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DD106",
    title: "values of another type",
    severity: Severity::Warning,
    page: "A STRICT table of SQLite refuses values that are not of the declared type; an ordinary table accepts them. A row with such a value makes the migration fail, and nothing is changed. Look for them first: `SELECT .. WHERE typeof(c) NOT IN (..)`.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let (table, options) = case.change.changed_options()?;
    if !case.first || options.before.strict || !options.after.strict {
        return None;
    }
    Finding::new(
        format!("fails if a value in {table} is not of the type that its column declares"),
        "look for such values with typeof() before you run this",
    )
}
