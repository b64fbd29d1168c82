//! The commands, one per file.

mod caps;
mod check;
mod current;
mod diff;
mod downgrade;
mod edit;
mod explain;
mod heads;
mod history;
mod init;
mod inspect;
mod merge;
mod pull;
mod rebase;
mod remove;
mod repair;
mod revision;
mod show;
mod snapshot;
mod squash;
mod stamp;
mod status;
mod upgrade;
mod verify;

use crate::args::{Args, Command};
use crate::choosing::choose;
use crate::error::Error;
use crate::project::Project;

/// Runs the command; returns the exit code.
pub(crate) async fn run(args: Args) -> Result<u8, Error> {
    if let Command::Explain(it) = &args.command {
        return explain::run(it);
    }
    if let Command::Caps(it) = &args.command {
        return caps::run(it);
    }
    if let Command::Init(it) = &args.command {
        return init::run(&args.global, it).await;
    }
    if let Command::Diff(it) = &args.command
        && args.global.dialects.len() > 1
    {
        return diff::run_for_each(&args.global, it).await;
    }
    let mut project = Project::open(&args.global)?;
    if needs_project(&args.command) {
        project.require_found()?;
    }
    choose(&mut project, &args.command).await?;
    match args.command {
        Command::Init(it) => init::run(&args.global, &it).await,
        Command::Explain(it) => explain::run(&it),
        Command::Caps(it) => caps::run(&it),
        Command::Diff(it) => {
            project.drops.clone_from(&it.drops);
            diff::run(&project, &it).await
        }
        Command::Upgrade(it) => {
            project.statement_timeout = it.timeouts.statement_timeout.or(project.statement_timeout);
            upgrade::run(&project, &it).await
        }
        Command::Downgrade(it) => {
            project.statement_timeout = it.timeouts.statement_timeout.or(project.statement_timeout);
            downgrade::run(&project, &it).await
        }
        Command::Revision(it) => revision::run(&project, &it).await,
        Command::Edit(it) => edit::run(&project, &it),
        Command::Heads(it) => heads::heads(&project, &it),
        Command::Branches(it) => heads::branches(&project, &it),
        Command::Show(it) => show::run(&project, &it),
        Command::Stamp(it) => stamp::run(&project, &it).await,
        Command::Current(it) => current::run(&project, &it).await,
        Command::History(it) => history::run(&project, &it).await,
        Command::Status => status::run(&project).await,
        Command::Repair(it) => repair::run(&project, &it).await,
        Command::Check => check::run(&project).await,
        Command::Merge(it) => merge::run(&project, &it).await,
        Command::Remove(it) => remove::run(&project, &it).await,
        Command::Rebase(it) => rebase::run(&project, &it).await,
        Command::Squash(it) => squash::run(&project, &it).await,
        Command::Verify => verify::run(&project).await,
        Command::Inspect(it) => inspect::run(&project, &it).await,
        Command::Pull(it) => pull::run(&project, &it).await,
        Command::Snapshot(it) => snapshot::run(&project, &it).await,
    }
}

/// Whether a command needs a project: all except those that only show something.
fn needs_project(command: &Command) -> bool {
    match command {
        Command::Init(_)
        | Command::Explain(_)
        | Command::Caps(_)
        | Command::Inspect(_)
        | Command::Pull(_)
        | Command::Snapshot(_) => false,
        Command::Diff(it) => it.writes(),
        Command::Upgrade(_)
        | Command::Downgrade(_)
        | Command::Revision(_)
        | Command::Edit(_)
        | Command::Remove(_)
        | Command::Heads(_)
        | Command::Branches(_)
        | Command::Show(_)
        | Command::Stamp(_)
        | Command::Current(_)
        | Command::History(_)
        | Command::Status
        | Command::Repair(_)
        | Command::Check
        | Command::Merge(_)
        | Command::Rebase(_)
        | Command::Squash(_)
        | Command::Verify => true,
    }
}
