//! Cargo, and the programs that tests run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where everything is built, also the crates that tests write: cargo then takes the dependencies
/// that it has built for the workspace.
pub fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root().join("target"), PathBuf::from);
    std::fs::create_dir_all(&target).expect("the folder of builds");
    target.canonicalize().expect("the folder that was just made")
}

/// The manifest of a crate that a test writes, with the features that the workspace turns on.
pub fn with_all_features(manifest: &str) -> String {
    let path = root().join("fixtures/dependencies").canonicalize().expect("a crate");
    format!("{manifest}\n[dependencies.fixture-dependencies]\npath = {path:?}\n")
}

/// The versions of the workspace's dependencies.
pub fn lock_file() -> String {
    std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A program of the workspace, built by cargo, which also prints its path. It is built with the
/// features of the whole workspace, as the tests are: for fewer, its dependencies would be built
/// again.
pub fn program(name: &str) -> PathBuf {
    let output = cargo()
        .args(["build", "--quiet", "--workspace", "--message-format=json", "--bin", name])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo build");
    assert!(output.status.success(), "{name} can't be built");
    let messages = String::from_utf8(output.stdout).expect("text");
    let found = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    found.expect("cargo names the executable")
}

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
