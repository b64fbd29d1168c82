//! PostgreSQL's lock for each kind of step, and how long it is held.
//!
//! Source: PostgreSQL manual, `ALTER TABLE` and table 13.2 "Conflicting Lock Modes";
//! `pg_locks`, `relfilenode` and scan counts observed on 12, 15, 18.

use crate::step::{Blocks, Cost, Effect};

const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
const SHARE_ROW_EXCLUSIVE: &str = "SHARE ROW EXCLUSIVE";

const fn exclusive(cost: Cost) -> Effect {
    Effect { lock: ACCESS_EXCLUSIVE, blocks: Blocks::ReadsAndWrites, cost }
}

/// Only the catalog changes, under a lock that blocks reads and writes.
pub(crate) const BRIEF: Effect = exclusive(Cost::Instant);

/// Every row is read under that lock.
pub(crate) const SCAN: Effect = exclusive(Cost::Scan);

/// Every row is rewritten under that lock.
pub(crate) const REWRITE: Effect = exclusive(Cost::Rewrite);

/// An index is built: reads continue.
pub(crate) const CREATE_INDEX: Effect =
    Effect { lock: "SHARE", blocks: Blocks::Writes, cost: Cost::Scan };

/// A foreign key is added and validated: reads of both tables continue.
pub(crate) const ADD_FOREIGN_KEY: Effect =
    Effect { lock: SHARE_ROW_EXCLUSIVE, blocks: Blocks::Writes, cost: Cost::Scan };

/// A foreign key is added without checking rows.
pub(crate) const ADD_FOREIGN_KEY_NOT_VALID: Effect =
    Effect { lock: SHARE_ROW_EXCLUSIVE, blocks: Blocks::Writes, cost: Cost::Instant };

/// Comments, storage parameters, names of indexes: only other DDL waits.
pub(crate) const QUIET: Effect =
    Effect { lock: "SHARE UPDATE EXCLUSIVE", blocks: Blocks::Nothing, cost: Cost::Instant };

/// Rows are updated: writers of the same rows wait.
pub(crate) const BACKFILL: Effect =
    Effect { lock: "ROW EXCLUSIVE", blocks: Blocks::Nothing, cost: Cost::Rewrite };

/// A table is attached: reads and writes of the partitioned table continue, and the attached
/// table is locked while its rows are read.
pub(crate) const ATTACH_PARTITION: Effect =
    Effect { lock: "SHARE UPDATE EXCLUSIVE", blocks: Blocks::Nothing, cost: Cost::Scan };

/// A trigger is created: reads continue.
pub(crate) const CREATE_TRIGGER: Effect = ADD_FOREIGN_KEY_NOT_VALID;
