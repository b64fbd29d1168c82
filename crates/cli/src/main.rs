//! The `autogen` command.

fn main() {}
