//! What the test binaries share: throw-away databases, and the servers that
//! hold them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't have its database has failed"
)]

pub mod case;
pub mod crash;
mod database;
pub mod drive;
pub mod files;
pub mod laws;
pub mod rows;
pub mod services;

pub use database::{Database, block_on, dialects};
pub use services::LOCKED_ROLE;
