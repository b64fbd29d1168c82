//! The migrations that a command works with, in a project that serves several databases.

use autogen_dialect::Dialect;
use autogen_live::dialect_of;

use crate::args::{Command, Diff};
use crate::config::Format;
use crate::error::Error;
use crate::homes::Homes;
use crate::project::Project;

/// What a command does with the migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It may write a database's first one.
    Begins,
    /// It compares them with models.
    Compares,
    /// It runs, lists or changes them; each file says which database it is for.
    Works,
    /// It can do without.
    Other,
}

/// Chooses the folder by the flag, the database URL or the configuration.
pub(crate) async fn choose(project: &mut Project, command: &Command) -> Result<(), Error> {
    if project.config.format != Format::Sql {
        return Ok(());
    }
    let homes = Homes::find(&project.folder.path)?;
    let role = role(command);
    let Some(dialect) = dialect(project, &homes).await? else {
        return match homes.are_several() && role != Role::Other {
            true => Err(homes.undecided()),
            false => Ok(()),
        };
    };
    match (homes.of(dialect), role) {
        (Some(path), _) => {
            project.folder.path = path;
            project.home = Some(dialect).filter(|_| homes.are_several());
            Ok(())
        }
        (None, Role::Begins) if project.flag.is_some() => {
            project.folder.path = homes.new_for(dialect);
            project.home = Some(dialect);
            Ok(())
        }
        (None, Role::Works) if !homes.are_several() => Ok(()),
        (None, Role::Other) => Ok(()),
        // What is wrong with the database is reported first.
        (None, Role::Begins | Role::Compares) if project.flag.is_none() => {
            project.homeless = Some(homes.missing(dialect));
            Ok(())
        }
        (None, Role::Begins | Role::Compares | Role::Works) => Err(homes.missing(dialect)),
    }
}

/// The database that the command is for.
async fn dialect(project: &Project, homes: &Homes) -> Result<Option<Dialect>, Error> {
    let url = project.database_url.as_deref().and_then(dialect_of);
    let (None, Some(url)) = (&project.flag, url) else { return project.dialect() };
    match homes.reached_by(url).as_slice() {
        [one] => Ok(Some(*one)),
        [_, _, ..] if homes.are_several() => {
            let connection = project.connect().await?;
            let dialect = connection.dialect();
            connection.close().await;
            Ok(Some(dialect))
        }
        [] | [_, ..] => Ok(Some(url)),
    }
}

/// Whether a comparison is the one of the migrations or the database with the models.
fn is_usual(args: &Diff) -> bool {
    let from = args.from.as_deref().is_none_or(|it| it == "database" || it == "migrations");
    from && args.to.as_deref().is_none_or(|it| it == "models")
}

fn role(command: &Command) -> Role {
    match command {
        Command::Diff(it) if it.writes() || is_usual(it) => Role::Begins,
        Command::Revision(_) => Role::Begins,
        Command::Check => Role::Compares,
        Command::Upgrade(_)
        | Command::Downgrade(_)
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
        | Command::Merge(_)
        | Command::Rebase(_)
        | Command::Squash(_)
        | Command::Verify => Role::Works,
        Command::Diff(_)
        | Command::Init(_)
        | Command::Explain(_)
        | Command::Caps(_)
        | Command::Inspect(_)
        | Command::Pull(_)
        | Command::Snapshot(_) => Role::Other,
    }
}
