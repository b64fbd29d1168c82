//! What PostgreSQL locks for each kind of step, and for how long.
//!
//! Source: PostgreSQL manual, `ALTER TABLE` and table 13.2 "Conflicting Lock
//! Modes"; `pg_locks`, `relfilenode` and scan counts observed on 12, 15, 18.

use crate::step::{Blocks, Cost, Effect};

const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
const SHARE_ROW_EXCLUSIVE: &str = "SHARE ROW EXCLUSIVE";

const fn exclusive(cost: Cost) -> Effect {
    Effect { lock: ACCESS_EXCLUSIVE, blocks: Blocks::ReadsAndWrites, cost }
}

/// Only the catalog changes, under a lock that everybody waits for.
pub(crate) const BRIEF: Effect = exclusive(Cost::Instant);

/// Every row is read under that lock.
pub(crate) const SCAN: Effect = exclusive(Cost::Scan);

/// Every row is written again under that lock.
pub(crate) const REWRITE: Effect = exclusive(Cost::Rewrite);

/// An index is built: readers go on.
pub(crate) const CREATE_INDEX: Effect =
    Effect { lock: "SHARE", blocks: Blocks::Writes, cost: Cost::Scan };

/// A foreign key is added and validated: readers of both tables go on.
pub(crate) const ADD_FOREIGN_KEY: Effect =
    Effect { lock: SHARE_ROW_EXCLUSIVE, blocks: Blocks::Writes, cost: Cost::Scan };

/// A foreign key is added without looking at the rows.
pub(crate) const ADD_FOREIGN_KEY_NOT_VALID: Effect =
    Effect { lock: SHARE_ROW_EXCLUSIVE, blocks: Blocks::Writes, cost: Cost::Instant };

/// Comments, storage parameters, names of indexes: only other DDL waits.
pub(crate) const QUIET: Effect =
    Effect { lock: "SHARE UPDATE EXCLUSIVE", blocks: Blocks::Nothing, cost: Cost::Instant };

/// Rows are updated: writers of the same rows wait.
pub(crate) const BACKFILL: Effect =
    Effect { lock: "ROW EXCLUSIVE", blocks: Blocks::Nothing, cost: Cost::Rewrite };

/// A table is attached: who reads and writes the partitioned one goes on, and
/// nobody uses the table itself while its rows are read.
pub(crate) const ATTACH_PARTITION: Effect =
    Effect { lock: "SHARE UPDATE EXCLUSIVE", blocks: Blocks::Nothing, cost: Cost::Scan };

/// A trigger is made: readers go on.
pub(crate) const CREATE_TRIGGER: Effect = ADD_FOREIGN_KEY_NOT_VALID;
