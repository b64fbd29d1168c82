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
pub mod rows;
pub mod services;

use std::process::Command;

pub use database::{Database, block_on, dialects};
pub use services::LOCKED_ROLE;

/// Cargo, as from a shell.
pub fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    from_a_shell(&mut command);
    command
}

/// Removes cargo's test variables from the environment of a command: build scripts of
/// dependencies read them, and would run, and everything that depends on them would be built,
/// again and again.
pub fn from_a_shell(command: &mut Command) {
    let said = |name: &str| {
        name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"].contains(&name)
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(said) {
            command.env_remove(name);
        }
    }
}
