//! `services up [NAME..] | down [NAME..]`: starts and stops the test servers by hand.

use std::process::ExitCode;

use autogen_dialect::Dialect;
use autogen_tests::{dialects, services};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("up") => with_named(arguments, dialects(), |named| {
            for (variable, url) in named.into_iter().filter_map(services::up) {
                println!("{variable}={url}");
            }
        }),
        Some("down") => with_named(arguments, Dialect::ALL.to_vec(), |named| {
            named.into_iter().for_each(services::down);
        }),
        _ => {
            eprintln!("usage: services up [NAME..] | down [NAME..]");
            ExitCode::from(2)
        }
    }
}

/// Does something with the databases that are named, or with all of these.
fn with_named(
    names: impl Iterator<Item = String>,
    all: Vec<Dialect>,
    action: impl FnOnce(Vec<Dialect>),
) -> ExitCode {
    let named: Result<Vec<Dialect>, _> = names.map(|name| name.parse()).collect();
    match named {
        Ok(named) => action(if named.is_empty() { all } else { named }),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
