//! The properties of an index that PostgreSQL changes in place: its storage parameters.
//!
//! Source: <https://www.postgresql.org/docs/15/sql-createindex.html>, Index Storage
//! Parameters; `pg_locks` and `relfilenode` observed on 15 for each parameter.

use std::collections::BTreeMap;

use autogen_schema::{Index, Pair, Table};

use super::locks;
use crate::step::Effect;

/// Parameters that apply to later inserts. Only other DDL waits.
const QUIET: &[&str] = &["deduplicate_items", "fillfactor"];

/// Parameters that apply immediately. All statements wait for the lock, briefly.
const BRIEF: &[&str] = &["autosummarize", "buffering", "fastupdate", "gin_pending_list_limit"];

/// Whether the server changes one to the other in place, with effect: other parameters
/// (`pages_per_range`, those of extensions) apply only to indexes built later. Indexes of
/// partitioned tables allow none.
pub(crate) fn is_tunable(table: Pair<&Table>, before: &Index, after: &Index) -> bool {
    let storage = Pair::new(&before.options.storage, &after.options.storage);
    let known = |name: &str| QUIET.contains(&name) || BRIEF.contains(&name);
    storage.before != storage.after
        && table.before.partitioning.is_none()
        && table.after.partitioning.is_none()
        && changed(storage).all(known)
        && before.with_storage(storage.after.clone()).same_structure(after)
}

/// The lock of a change of these parameters.
pub(super) fn effect(storage: Pair<&BTreeMap<String, String>>) -> Effect {
    let quiet = changed(storage).all(|name| QUIET.contains(&name));
    if quiet { locks::QUIET } else { locks::BRIEF }
}

/// The parameters that differ.
fn changed(storage: Pair<&BTreeMap<String, String>>) -> impl Iterator<Item = &str> {
    let Pair { before, after } = storage;
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let set = after.iter().filter(|(name, value)| before.get(*name) != Some(*value));
    gone.chain(set.map(|(name, _)| name)).map(String::as_str)
}
