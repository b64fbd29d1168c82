//! The `autogen` command: `flask db migrate` for SeaORM models.

mod applied;
mod args;
mod askable;
mod asking;
mod baseline;
mod branches;
mod choosing;
mod commands;
mod comparing;
mod compiled;
mod config;
mod conflicts;
mod ddl;
mod details;
mod drift;
mod duration;
mod env;
mod error;
mod examples;
mod expected;
mod explain;
mod file;
mod folder;
mod git;
mod hand_texts;
mod homes;
mod loaded;
mod losing;
mod model_cache;
mod naming;
mod output;
mod overview;
mod probing;
mod progress;
mod project;
mod pulling;
mod replay;
mod running;
mod scripts;
mod seaorm;
mod seaorm_migrations;
mod seen;
mod source;
mod timeouts;
mod trial;
mod usage;
mod within;
mod writing;

use std::process::ExitCode;

/// Reading models and catalogs makes very many small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let broken_env = env::load();
    let mut args = match usage::parse() {
        Ok(args) => args,
        Err(error) => return ExitCode::from(usage::report(&error)),
    };
    args.global.broken_env = broken_env;
    output::set(args.global.quiet, args.global.verbose, args.global.color.choice());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(commands::run(args));
            // The system may still be resolving a host name.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error::Error::internal(&error.to_string())),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            output::error(&error);
            ExitCode::from(error.exit)
        }
    }
}
