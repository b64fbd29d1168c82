//! The revisions of a downgrade.

use std::collections::BTreeSet;

use autogen_plan::{Revision, Revisions};
use autogen_schema::counted;

use crate::error::Error;

/// The revisions to undo, newest first.
pub(crate) fn back<'r>(
    revisions: &'r Revisions,
    applied: &[&'r Revision],
    goal: &str,
) -> Result<Vec<&'r Revision>, Error> {
    let newest_first = applied.iter().rev().copied();
    if goal == "base" {
        return Ok(newest_first.collect());
    }
    if let Some(steps) = goal.strip_prefix('-') {
        let steps: usize = steps.parse().map_err(|_| {
            let hint = "write -1, -2, .., a revision, or `base`";
            Error::usage("A0617", format!("`{goal}` is no number of steps"), hint)
        })?;
        if steps > applied.len() {
            return Err(Error::usage(
                "A0617",
                format!(
                    "can't go back {}: {} applied",
                    counted(steps, "step"),
                    counted(applied.len(), "revision")
                ),
                "`autogen current` shows what is applied",
            ));
        }
        return Ok(newest_first.take(steps).collect());
    }
    // Other branches of the goal are kept.
    let goals = revisions.find_all(goal)?;
    let gone: BTreeSet<&str> =
        goals.iter().flat_map(|goal| revisions.descendants(&goal.id)).collect();
    Ok(newest_first.filter(|it| gone.contains(it.id.as_str())).collect())
}
