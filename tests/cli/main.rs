//! The command itself: each test runs the real binary in a folder of its own.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod commands;
mod help;
mod json;
mod models;
mod project;
mod renames;
mod silence;
