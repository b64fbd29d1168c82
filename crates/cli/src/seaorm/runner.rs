//! Runs such a crate: by its own program, as `sea-orm-cli migrate` does.

use std::process::{Command, Stdio};

use super::Crate;
use crate::error::{Error, exit};
use crate::output;

/// Runs the next `number` migrations, or all.
pub(crate) fn up(migrations: &Crate, url: &str, number: Option<usize>) -> Result<(), Error> {
    match number {
        Some(number) => run(migrations, url, &["up", "-n", &number.to_string()]),
        None => run(migrations, url, &["up"]),
    }
}

/// Undoes the last `number` migrations.
pub(crate) fn down(migrations: &Crate, url: &str, number: usize) -> Result<(), Error> {
    run(migrations, url, &["down", "-n", &number.to_string()])
}

fn run(migrations: &Crate, url: &str, arguments: &[&str]) -> Result<(), Error> {
    let manifest = migrations.root.join("Cargo.toml");
    if migrations.is_library() {
        return Err(Error::usage(
            "A0656",
            format!("{} is a library, and can't be run by itself", manifest.display()),
            "run the program that calls its migrator; or add a `src/main.rs` with \
             `sea_orm_migration::cli::run_cli(Migrator)`, as `sea-orm-cli migrate init` does",
        ));
    }
    let shown =
        format!("cargo run --manifest-path {} -- {}", manifest.display(), arguments.join(" "));
    output::note(&format!("$ {shown}"));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--manifest-path"]).arg(&manifest).arg("--").args(arguments);
    // The URL may contain a password, and other users can read arguments but not the
    // environment.
    command.env("DATABASE_URL", url).stdin(Stdio::null()).stdout(Stdio::from(std::io::stderr()));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error {
            exit: exit::DATABASE,
            ..Error::usage(
                "A0656",
                format!("the project's migrator ended with {status}"),
                "its output is above; what SeaORM has recorded is applied",
            )
        }),
        Err(error) => Err(Error::usage(
            "A0656",
            format!("cargo does not start: {error}"),
            "the migrations are a program of the project: cargo builds and runs it",
        )),
    }
}
