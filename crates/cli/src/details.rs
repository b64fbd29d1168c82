//! The description of a revision.

use autogen_plan::{Revision, Revisions};

/// Its header, and what comes after it.
pub(crate) fn details(revisions: &Revisions, revision: &Revision) -> String {
    let mut text = format!("{}{}\n", revision.title(), marks(revisions, revision));
    let mut children: Vec<String> =
        revisions.children(&revision.id).map(|it| it.id.clone()).collect();
    if children.len() < 2 {
        children.clear();
    }
    let parents = match revision.parents.as_slice() {
        [] => "none".to_owned(),
        parents => parents.join(", "),
    };
    text.push_str(&format!("    parents: {parents}\n"));
    for (key, values) in
        [("depends", &revision.depends), ("labels", &revision.labels), ("children", &children)]
    {
        if !values.is_empty() {
            text.push_str(&format!("    {key}: {}\n", values.join(", ")));
        }
    }
    if !revision.message.is_empty() {
        text.push_str(&format!("    message: {}\n", revision.message));
    }
    text
}

/// The position of a revision in the graph, in parentheses.
pub(crate) fn marks(revisions: &Revisions, revision: &Revision) -> String {
    let mut marks: Vec<String> = Vec::new();
    if revisions.children(&revision.id).next().is_none() {
        marks.push("head".to_owned());
    }
    if revisions.children(&revision.id).count() > 1 {
        marks.push("branch point".to_owned());
    }
    if revision.parents.len() > 1 {
        marks.push("merge".to_owned());
    }
    if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) }
}
