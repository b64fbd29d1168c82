//! DL116: an object that no file declares is recreated.

use autogen_plan::Severity;
use autogen_schema::Change;

use crate::{Case, Finding, Rule};

/// The rule.
pub(super) const RULE: Rule = Rule {
    code: "DL116",
    title: "an object that no file declares is recreated",
    severity: Severity::Warning,
    page: "The change drops a view, a trigger, a policy or a routine and recreates it, and no file of `sql` in autogen.toml declares it. The migration has its text from the database that the migration was written from. Another database may have it with another text (a policy for one role only, a view with more columns): it gets this text as well. A database that lacks it fails at the DROP.\n\nDeclare it in a file of `sql`, so that every database has one text; or write the statements into the migration that suit all of them.",
    check,
};

fn check(case: &Case<'_>) -> Option<Finding> {
    let object = created(case.change)?;
    if case.new_table || !case.undeclared.contains(&object) {
        return None;
    }
    let (kind, name) = object;
    Finding::new(
        format!(
            "{kind} {name} is recreated with the text of one database, and no file declares it"
        ),
        "declare it in a file of `sql` in autogen.toml, so that every database has one text",
    )
}

/// The kind and the name of an object that is text.
fn created(change: &Change) -> Option<(&'static str, String)> {
    let kind = if change.created_view().is_some() {
        "view"
    } else if change.created_trigger().is_some() {
        "trigger"
    } else if change.created_policy().is_some() {
        "policy"
    } else {
        return None;
    };
    Some((kind, change.object()))
}
