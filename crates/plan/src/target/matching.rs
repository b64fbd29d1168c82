//! Matches constraints and indexes by their structure, then by their name.

use autogen_schema::Name;

/// Pairs up objects: for each of `after`, the index of its partner in `before`. Partners of
/// the same name come first, so that each of two equal objects keeps its own.
pub(super) fn partners<T>(
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> &Name,
    mut alike: impl FnMut(&T, &T) -> bool,
) -> Vec<Option<usize>> {
    let mut taken = vec![false; before.len()];
    let mut found = vec![None; after.len()];
    for same_name in [true, false] {
        for (place, wanted) in after.iter().enumerate() {
            if found[place].is_some() {
                continue;
            }
            let partner = before.iter().enumerate().position(|(at, current)| {
                let names = name(current).text() == name(wanted).text();
                !taken[at] && (!same_name || names) && alike(current, wanted)
            });
            if let Some(at) = partner {
                taken[at] = true;
                found[place] = Some(at);
            }
        }
    }
    found
}

/// The desired name of a matched object: the binding one, or otherwise the existing one.
pub(super) fn matched_name(before: &Name, after: &Name) -> Name {
    if after.is_enforced() { after.clone() } else { before.clone() }
}
