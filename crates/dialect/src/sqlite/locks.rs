//! What SQLite locks: there is one writer at a time, and any DDL is one.
//!
//! Source: <https://sqlite.org/lockingv3.html>; in WAL mode readers go on.

use crate::step::{Blocks, Cost, Effect};

const fn writer(cost: Cost) -> Effect {
    Effect { lock: "RESERVED", blocks: Blocks::Writes, cost }
}

/// Only the schema table changes.
pub(crate) const BRIEF: Effect = writer(Cost::Instant);

/// Every row is read.
pub(crate) const SCAN: Effect = writer(Cost::Scan);

/// Every row is written again.
pub(crate) const REWRITE: Effect = writer(Cost::Rewrite);
