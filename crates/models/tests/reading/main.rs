//! Reading models from texts and files, in one binary.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod attributes;
mod common;
mod compact;
mod dense;
mod diagnostics;
mod dialects;
mod macros;
mod seen;
mod types;
#[cfg(feature = "write")]
mod writing;
