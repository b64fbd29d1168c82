//! `services up [NAME..] | down`: starts and stops the test servers by hand.

use std::process::ExitCode;

use autogen_dialect::Dialect;
use autogen_tests::{dialects, services};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("up") => {
            let named: Result<Vec<Dialect>, _> = arguments.map(|name| name.parse()).collect();
            let named = match named {
                Ok(named) if named.is_empty() => dialects(),
                Ok(named) => named,
                Err(error) => {
                    eprintln!("{error}");
                    return ExitCode::from(2);
                }
            };
            for (variable, url) in named.into_iter().filter_map(services::up) {
                println!("{variable}={url}");
            }
            ExitCode::SUCCESS
        }
        Some("down") => {
            Dialect::ALL.into_iter().for_each(services::down);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: services up [NAME..] | down");
            ExitCode::from(2)
        }
    }
}
