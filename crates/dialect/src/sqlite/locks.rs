//! SQLite's locks: there is one writer at a time, and any DDL is a writer.
//!
//! Source: <https://sqlite.org/lockingv3.html>; in WAL mode readers continue.

use crate::step::{Blocks, Cost, Effect};

const fn writer(cost: Cost) -> Effect {
    Effect { lock: "RESERVED", blocks: Blocks::Writes, cost }
}

/// Only the schema table changes.
pub(crate) const BRIEF: Effect = writer(Cost::Instant);

/// Every row is read.
pub(crate) const SCAN: Effect = writer(Cost::Scan);

/// Every row is rewritten.
pub(crate) const REWRITE: Effect = writer(Cost::Rewrite);
