//! `autogen edit`: a migration in the user's editor.

use std::process::Command;

use crate::args::Edit;
use crate::error::{Error, exit};
use crate::project::Project;

pub(super) fn run(project: &Project, args: &Edit) -> Result<u8, Error> {
    let revisions = project.folder.revisions()?;
    let revision = revisions.find(&args.revision)?;
    let path = project.folder.file_of(revision, !args.down)?;
    let named = |name: &str| std::env::var(name).ok().filter(|it| !it.trim().is_empty());
    let Some(editor) = named("VISUAL").or_else(|| named("EDITOR")) else {
        return Err(Error::usage(
            "A0624",
            format!("no editor is named; the file is {}", path.display()),
            "set EDITOR, as in EDITOR=vim",
        ));
    };
    // As in git, the editor's command may have arguments.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let status = Command::new(program).args(words).arg(&path).status();
    match status {
        Ok(status) if status.success() => Ok(exit::DONE),
        Ok(status) => Err(Error::usage(
            "A0625",
            format!("the editor `{program}` ended with {status}"),
            "check the file, and edit it again",
        )),
        Err(error) => Err(Error::usage(
            "A0625",
            format!("the editor `{program}` does not start: {error}"),
            "correct EDITOR",
        )),
    }
}
