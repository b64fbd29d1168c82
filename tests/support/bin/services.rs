//! `services up | down`: starts and stops the test servers by hand.

use std::process::ExitCode;

use autogen_tests::services;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("up") => {
            println!("AUTOGEN_TEST_POSTGRES_URL={}", services::up());
            ExitCode::SUCCESS
        }
        Some("down") => {
            services::down();
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: services up | down");
            ExitCode::from(2)
        }
    }
}
