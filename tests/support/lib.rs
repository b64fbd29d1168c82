//! Shared by the test binaries: throw-away databases, and their servers.
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
mod programs;
pub mod pulled;
pub mod rows;
pub mod services;

pub use database::{Database, block_on, dialects};
pub use programs::{cargo, from_a_shell, lock_file, program, target, with_all_features};
pub use services::LOCKED_ROLE;
